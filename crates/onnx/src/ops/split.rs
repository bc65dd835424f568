//! `Split`: `torch.split` and `torch.chunk` along an axis.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{output, pick, places, tensor};
use super::input_info::{InputInfo, axis, input_infos, known_ints, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::Tensor;

/// Splitting along an axis. Inputs: data and, from opset 13, optionally the lengths.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Axis to split; negative counts from the end.
    pub axis: i64,
    /// Lengths given as an attribute (up to opset 12).
    pub split: Option<Vec<i64>>,
    num_outputs: usize,
}

impl Split {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let num_outputs = a.count_or("num_outputs", a.outputs)?;
        if num_outputs != a.outputs {
            return Err(OpError(format!("num_outputs {num_outputs}, but {} listed", a.outputs)));
        }
        if num_outputs == 0 {
            return Err(OpError("it has no outputs".into()));
        }
        let split = a.ints("split")?.map(<[i64]>::to_vec);
        Ok(Self { axis: a.int_or("axis", 0)?, split, num_outputs })
    }

    /// The axis, and the length of each output along it.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<(usize, Vec<usize>), OpError> {
        let shape = required(inputs, 0, "input")?.shape();
        let axis = axis(self.axis, shape.len())?;
        let (len, count) = (shape[axis], self.num_outputs);
        let given = match &self.split {
            Some(list) => Some(list.as_slice()),
            None => known_ints(inputs, 1, "split")?,
        };
        let lengths: Vec<usize> = match given {
            Some(list) => {
                list.iter().filter_map(|&v| usize::try_from(v).ok()).filter(|&v| v <= len).collect()
            }
            None => {
                // Equal lengths, the last one shorter.
                let part = len.div_ceil(count);
                (0..count).map(|i| part.min(len.saturating_sub(i * part))).collect()
            }
        };
        let total = lengths.iter().try_fold(0usize, |a, &b| a.checked_add(b));
        if lengths.len() != count || total != Some(len) {
            return Err(OpError(format!("an axis of length {len} into {lengths:?}")));
        }
        Ok((axis, lengths))
    }
}

impl Operator for Split {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "input")?;
        let (axis, lengths) = self.resolve(inputs)?;
        let part = |length| {
            let mut shape = input.shape().to_vec();
            shape[axis] = length;
            (input.dtype(), shape)
        };
        Ok(lengths.into_iter().map(part).collect())
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let input = tensor(inputs, 0)?;
        let (axis, lengths) = self.resolve(&input_infos(inputs))?;
        let mut parts = Vec::new();
        let mut start = 0;
        for length in lengths {
            let tables: Vec<Vec<i32>> = (0..input.shape().len())
                .map(|a| {
                    let range = if a == axis { start..start + length } else { 0..input.shape()[a] };
                    range.map(|i| i as i32).collect()
                })
                .collect();
            let shape: Vec<usize> = tables.iter().map(Vec::len).collect();
            parts.extend(output(shape, pick(input.data(), places(input.shape(), &tables), 0.0))?);
            start += length;
        }
        Ok(parts)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        // Index tables per axis for each output.
        let tables =
            inputs.first().copied().flatten().map_or(0, |x| x.shape().iter().map(|&d| d as u64).sum());
        Cost { flops: 0, steps: (outputs.len() as u64).saturating_mul(tables) }
    }
}

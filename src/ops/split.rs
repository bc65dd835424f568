//! `Split`: `torch.split` and `torch.chunk` along an axis.

use super::OpError;
use super::attributes::Attributes;
use super::known::{Known, axis, known_ints, required};

/// Inputs data and, from opset 13, the lengths or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    pub axis: i64,
    /// Lengths given as an attribute (up to opset 12).
    pub split: Option<Vec<i64>>,
    pub num_outputs: usize,
}

impl Split {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let num_outputs = a.count_or("num_outputs", a.outputs)?;
        if num_outputs != a.outputs {
            return Err(OpError(format!("num_outputs {num_outputs}, but {} listed", a.outputs)));
        }
        let split = a.ints("split")?.map(<[i64]>::to_vec);
        Ok(Self { axis: a.int_or("axis", 0)?, split, num_outputs })
    }

    /// The axis, and the length of each output along it.
    pub fn resolve<V: Known>(&self, inputs: &[Option<&V>]) -> Result<(usize, Vec<usize>), OpError> {
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
                // Equal parts, the last one smaller.
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

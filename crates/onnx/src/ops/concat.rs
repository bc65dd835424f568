//! `Concat`: `torch.cat`. Inputs agree in every dimension but `axis`.

use super::OpError;
use super::attributes::Attributes;
use super::elements::output;
use super::input_info::{InputInfo, axis, checked_shape, input_infos, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Concatenation of one or more tensors of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct Concat {
    /// Axis of concatenation; negative counts from the end.
    pub axis: i64,
}

impl Concat {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let axis = a.int("axis")?.ok_or_else(|| OpError("axis is missing".into()))?;
        Ok(Self { axis })
    }
}

impl Operator for Concat {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let first = required(inputs, 0, "inputs")?;
        let axis = axis(self.axis, first.shape().len())?;
        let mut shape = first.shape().to_vec();
        for i in 1..inputs.len() {
            let next = required(inputs, i, "inputs")?;
            let fits = next.shape().len() == shape.len()
                && next.dtype() == first.dtype()
                && (0..shape.len()).all(|a| a == axis || next.shape()[a] == shape[a]);
            if !fits {
                let (a, b) = (first.shape(), next.shape());
                return Err(OpError(format!("{a:?} and {b:?} cannot be joined along axis {axis}")));
            }
            shape[axis] = shape[axis].saturating_add(next.shape()[axis]);
        }
        Ok(vec![(first.dtype(), checked_shape(shape)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (dtype, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let axis = axis(self.axis, shape.len())?;
        let outer: usize = shape[..axis].iter().product();
        let parts: Vec<&Tensor> = inputs.iter().copied().flatten().collect();
        let rows = (0..outer).flat_map(|row| parts.iter().map(move |part| (row, *part)));
        let range = |row: usize, part: &Tensor| {
            let len = part.len() / outer;
            row * len..(row + 1) * len
        };
        let data = match dtype {
            DType::F32 => Data::F32(
                rows.filter_map(|(r, p)| p.as_f32().map(|v| &v[range(r, p)])).flatten().copied().collect(),
            ),
            DType::I64 => Data::I64(
                rows.filter_map(|(r, p)| p.as_i64().map(|v| &v[range(r, p)])).flatten().copied().collect(),
            ),
        };
        output(shape, data)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..usize::MAX
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

//! `Trilu`: zeros below (`torch.triu`) or above (`torch.tril`) a diagonal of the last two axes.

use super::attributes::Attributes;
use super::elements::{output, pick, tensor};
use super::input_info::{InputInfo, input_infos, known_ints, required};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::Tensor;

/// Triangular part. Inputs: input and optionally k, the diagonal, above the main one if positive.
#[derive(Debug, Clone, PartialEq)]
pub struct Trilu {
    upper: bool,
}

impl Trilu {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { upper: a.flag("upper", true)? })
    }

    /// Mask of a matrix: 1 for elements to keep, 0 elsewhere.
    pub fn kept(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<f32>, OpError> {
        let shape = required(inputs, 0, "input")?.shape();
        let &[.., rows, columns] = shape else {
            return Err(OpError(format!("input of shape {shape:?} is not a matrix")));
        };
        let k = match known_ints(inputs, 1, "k")? {
            None | Some([]) => 0,
            Some(k) => k[0].clamp(-(rows as i64) - 1, columns as i64 + 1),
        };
        let keeps = |i: usize| {
            let above = (i % columns) as i64 - (i / columns) as i64 - k;
            if self.upper { above >= 0 } else { above <= 0 }
        };
        Ok((0..rows * columns).map(|i| f32::from(u8::from(keeps(i)))).collect())
    }
}

impl Operator for Trilu {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "input")?;
        if input.shape().len() < 2 {
            return Err(OpError(format!("input of shape {:?} is not a matrix", input.shape())));
        }
        known_ints(inputs, 1, "k")?;
        Ok(vec![(input.dtype(), input.shape().to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let input = tensor(inputs, 0)?;
        let kept = self.kept(&input_infos(inputs))?;
        let places = (0..input.len()).map(|i| (kept[i % kept.len()] != 0.0).then_some(i));
        output(input.shape(), pick(input.data(), places, 0.0))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

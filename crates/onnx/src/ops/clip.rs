//! `Clip`: min(max(x, min), max); `torch.clamp`, and `torch.nn.ReLU6` for 0 and 6.

use super::OpError;
use super::cost::made;
use super::elements::{output, tensor};
use super::input_info::{InputInfo, input_infos, known_tensor};
use super::input_info::{optional, required};
use super::unary::evaluate;
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::Unary;
use unet_kernels::tensor::Data;
use unet_kernels::tensor::Tensor;

/// Clamping. Inputs: X, optional min, optional max.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip;

impl Clip {
    /// Bounds, if they are known before the run; infinite if absent.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<[f32; 2], OpError> {
        let bound = |i, name, default| -> Result<f32, OpError> {
            let Some(tensor) = known_tensor(inputs, i, name)? else {
                return Ok(default);
            };
            let first = match tensor.data() {
                Data::F32(v) => v.first().copied(),
                Data::I64(v) => v.first().map(|&v| v as f32),
            };
            first.ok_or_else(|| OpError(format!("input {i} ({name}) is empty")))
        };
        Ok([bound(1, "min", f32::NEG_INFINITY)?, bound(2, "max", f32::INFINITY)?])
    }
}

impl Operator for Clip {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "X")?;
        for i in 1..=2 {
            let fits =
                |bound: InputInfo| bound.dtype() == input.dtype() && bound.shape().iter().all(|&d| d == 1);
            if !optional(inputs, i).is_none_or(fits) {
                return Err(OpError("a bound must be one number of X's type".into()));
            }
        }
        Ok(vec![(input.dtype(), input.shape().to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let [min, max] = self.resolve(&input_infos(inputs))?;
        let input = tensor(inputs, 0)?;
        let data = match input.data() {
            Data::F32(x) => {
                Data::F32(x.iter().map(|&x| evaluate(Unary::Clip { min, max }, x.into()) as f32).collect())
            }
            // Conversions saturate, so an infinite bound has no effect.
            Data::I64(x) => Data::I64(x.iter().map(|&x| x.max(min as i64).min(max as i64)).collect()),
        };
        output(input.shape(), data)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 1)
    }
}

//! `Clip`: min(max(x, min), max); `torch.clamp`, and `torch.nn.ReLU6` for 0 and 6.

use super::OpError;
use super::known::{Known, known_tensor};
use crate::tensor::Data;

/// Inputs X, min or none, max or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip;

impl Clip {
    /// The bounds; infinite where there is none.
    pub fn resolve<V: Known>(&self, inputs: &[Option<&V>]) -> Result<[f32; 2], OpError> {
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

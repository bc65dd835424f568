//! `Softmax`: exp(x − max) / Σ exp(x − max) along an axis, and `LogSoftmax`, its logarithm.
//! `torch.softmax`, `torch.log_softmax`. Up to opset 12 all axes from `axis` on count as one.

use super::OpError;
use super::attributes::Attributes;
use super::known::axis;

/// Input X.
#[derive(Debug, Clone, PartialEq)]
pub struct Softmax {
    pub axis: i64,
    /// Opset 11 and 12: the axis and all after it are one.
    pub flatten: bool,
    pub log: bool,
}

impl Softmax {
    pub fn new(log: bool, a: &Attributes) -> Result<Self, OpError> {
        let flatten = a.opset < 13;
        let axis = a.int_or("axis", if flatten { 1 } else { -1 })?;
        Ok(Self { axis, flatten, log })
    }

    pub fn name(&self) -> &'static str {
        if self.log { "LogSoftmax" } else { "Softmax" }
    }

    /// The shape viewed as `[outer, axis, inner]`.
    pub fn view(&self, shape: &[usize]) -> Result<[usize; 3], OpError> {
        let axis = axis(self.axis, shape.len())?;
        let outer = shape[..axis].iter().product();
        let end = if self.flatten { shape.len() } else { axis + 1 };
        Ok([outer, shape[axis..end].iter().product(), shape[end..].iter().product()])
    }
}

//! `Softmax`, exp(x − max) / Σ exp(x − max) along an axis, and `LogSoftmax`, its logarithm: `torch.softmax`,
//! `torch.log_softmax`. Up to opset 12 all axes from `axis` on count as one.

use super::OpError;
use super::attributes::Attributes;
use super::cost::made;
use super::elements::{floats, output};
use super::input_info::axis;
use super::input_info::{InputInfo, input_infos, required_float};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Softmax or its logarithm. Input: X.
#[derive(Debug, Clone, PartialEq)]
pub struct Softmax {
    /// Axis along which the results sum to 1; negative counts from the end.
    pub axis: i64,
    /// Whether the axis and all after it count as one (opset 11 and 12).
    pub flatten: bool,
    /// Whether logarithms are returned, as by `torch.nn.LogSoftmax`.
    pub log: bool,
}

impl Softmax {
    pub(super) fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        let log = match name {
            "Softmax" => false,
            "LogSoftmax" => true,
            _ => return Ok(None),
        };
        let flatten = a.opset < 13;
        let axis = a.int_or("axis", if flatten { 1 } else { -1 })?;
        Ok(Some(Self { axis, flatten, log }))
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        ["Softmax", "LogSoftmax"].into_iter()
    }

    pub(super) fn name(&self) -> &'static str {
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

impl Operator for Softmax {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let shape = required_float(inputs, 0, "input")?.shape();
        self.view(shape)?;
        Ok(vec![(DType::F32, shape.to_vec())])
    }

    /// Computes in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let x = floats(inputs, 0)?;
        let [outer, len, inner] = self.view(&shape)?;
        let mut y = vec![0.0; x.len()];
        for row in 0..outer * inner {
            let places = || (0..len).map(|i| (row / inner * len + i) * inner + row % inner);
            let max = places().map(|p| x[p]).fold(f32::NEG_INFINITY, f32::max);
            let shifted = |p: usize| f64::from(x[p]) - f64::from(max);
            let sum: f64 = places().map(|p| shifted(p).exp()).sum();
            for p in places() {
                y[p] = match self.log {
                    true => (shifted(p) - sum.ln()) as f32,
                    false => (shifted(p).exp() / sum) as f32,
                };
            }
        }
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 5)
    }
}

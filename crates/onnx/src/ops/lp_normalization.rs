//! `LpNormalization`: x/(Σ|x|ᵖ)^(1/p) along an axis, and 0 if the norm is 0; `torch.nn.functional.normalize`.

use super::attributes::Attributes;
use super::cost::made;
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, axis, input_infos, required_float};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Normalization to unit norm. Input: X.
#[derive(Debug, Clone, PartialEq)]
pub struct LpNormalization {
    /// Axis of the vectors to normalize; negative counts from the end.
    pub axis: i64,
    /// Whether p is 2, not 1.
    pub squares: bool,
}

impl LpNormalization {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let squares = match a.int_or("p", 2)? {
            1 => false,
            2 => true,
            p => return Err(OpError(format!("p is {p}, not 1 or 2"))),
        };
        Ok(Self { axis: a.int_or("axis", -1)?, squares })
    }
}

impl Operator for LpNormalization {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let shape = required_float(inputs, 0, "X")?.shape();
        axis(self.axis, shape.len())?;
        Ok(vec![(DType::F32, shape.to_vec())])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let x = floats(inputs, 0)?;
        let at = axis(self.axis, tensor(inputs, 0)?.shape().len())?;
        let (len, inner) = (shape[at], shape[at + 1..].iter().product::<usize>());
        let mut y = vec![0.0; x.len()];
        for row in 0..x.len() / len.max(1) {
            let places = || (0..len).map(|i| (row / inner * len + i) * inner + row % inner);
            let sum = |f: fn(f64) -> f64| places().map(|place| f(x[place].into())).sum::<f64>();
            let norm = if self.squares { sum(|x| x * x).sqrt() } else { sum(f64::abs) };
            for place in places().filter(|_| norm != 0.0) {
                y[place] = (f64::from(x[place]) / norm) as f32;
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
        Cost::each(made(outputs), 3)
    }
}

//! Tensors computed from shapes and numbers alone: `Shape`, `Size` (`torch.Tensor.shape`, `numel`), `Range`
//! (`torch.arange`), `ConstantOfShape` (`torch.full`).

use super::OpError;
use super::attributes::Attributes;
use super::cost::made;
use super::elements::{output, tensor};
use super::input_info::{
    InputInfo, MAX_ELEMENTS, input_infos, known_ints, known_tensor, required, shape_from,
};
use super::{Cost, Operator, Role, TensorType};
use std::sync::Arc;
use unet_kernels::tensor::Tensor;
use unet_kernels::tensor::{DType, Data};

/// Dimensions start to end of the input; negative bounds count from the end, as in a NumPy slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    start: i64,
    end: Option<i64>,
}

/// Number of elements of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Size;

/// Arithmetic sequence. Inputs: start, limit (exclusive), delta.
#[derive(Debug, Clone, PartialEq)]
pub struct Range;

/// Constant tensor. Input: shape.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstantOfShape {
    /// A tensor with the single value.
    pub value: Arc<Tensor>,
}

impl Shape {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { start: a.int_or("start", 0)?, end: a.int("end")? })
    }
}

impl ConstantOfShape {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let value = match a.tensor("value")? {
            Some(value) => value.clone(),
            None => Arc::new(Tensor::scalar(0.0)),
        };
        if value.len() != 1 {
            return Err(OpError(format!("value has {} elements, not 1", value.len())));
        }
        Ok(Self { value })
    }
}

impl Shape {
    /// Selected dimensions.
    pub fn resolve<'a>(&self, shape: &'a [usize]) -> &'a [usize] {
        let rank = shape.len() as i64;
        let bound = |v: i64| if v < 0 { v.saturating_add(rank) } else { v }.clamp(0, rank) as usize;
        let (start, end) = (bound(self.start), self.end.map_or(shape.len(), bound));
        &shape[start..end.max(start)]
    }
}

impl Shape {
    fn dims(&self, shape: &[usize]) -> Tensor {
        Tensor::vector(self.resolve(shape).iter().map(|&d| d as i64).collect::<Vec<_>>())
    }
}

impl Operator for Shape {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(DType::I64, vec![self.resolve(required(inputs, 0, "data")?.shape()).len()])])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        Ok(vec![self.dims(tensor(inputs, 0)?.shape())])
    }

    fn of_shapes(&self, inputs: &[Option<InputInfo>]) -> Option<Vec<Tensor>> {
        Some(vec![self.dims(inputs.first().copied().flatten()?.shape())])
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> std::ops::Range<usize> {
        0..0
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

impl Operator for Size {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        required(inputs, 0, "data")?;
        Ok(vec![(DType::I64, Vec::new())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        output([], Data::I64(vec![tensor(inputs, 0)?.len() as i64]))
    }

    fn of_shapes(&self, inputs: &[Option<InputInfo>]) -> Option<Vec<Tensor>> {
        let shape = inputs.first().copied().flatten()?.shape();
        output([], Data::I64(vec![shape.iter().product::<usize>() as i64])).ok()
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> std::ops::Range<usize> {
        0..0
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

impl Range {
    /// Start, step and count; data are floats or integers.
    fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<(Data, Data, usize), OpError> {
        let number = |i, name| {
            let tensor = known_tensor(inputs, i, name)?.filter(|t| t.len() == 1);
            tensor.ok_or_else(|| OpError(format!("input {i} ({name}) must be one number")))
        };
        let (start, limit, delta) = (number(0, "start")?, number(1, "limit")?, number(2, "delta")?);
        let count = match (start.data(), limit.data(), delta.data()) {
            (Data::F32(start), Data::F32(limit), Data::F32(delta)) => {
                ((f64::from(limit[0]) - f64::from(start[0])) / f64::from(delta[0])).ceil()
            }
            (Data::I64(start), Data::I64(limit), Data::I64(delta)) => {
                ((limit[0] as f64 - start[0] as f64) / delta[0] as f64).ceil()
            }
            _ => return Err(OpError("start, limit and delta differ in type".into())),
        };
        // 0 / 0 is NaN.
        if count.is_nan() || count > MAX_ELEMENTS as f64 {
            return Err(OpError("the range is too long".into()));
        }
        Ok((start.data().clone(), delta.data().clone(), count.max(0.0) as usize))
    }
}

impl Operator for Range {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let (_, _, count) = self.resolve(inputs)?;
        Ok(vec![(required(inputs, 0, "start")?.dtype(), vec![count])])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (start, delta, count) = self.resolve(&input_infos(inputs))?;
        let data = match (start, delta) {
            (Data::I64(start), Data::I64(delta)) => {
                let value = |i: usize| start[0].wrapping_add(delta[0].wrapping_mul(i as i64));
                Data::I64((0..count).map(value).collect())
            }
            (Data::F32(start), Data::F32(delta)) => {
                let value = |i: usize| (f64::from(start[0]) + i as f64 * f64::from(delta[0])) as f32;
                Data::F32((0..count).map(value).collect())
            }
            _ => return Err(OpError("start and delta differ in type".into())),
        };
        output([count], data)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> std::ops::Range<usize> {
        0..0
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 1)
    }
}

impl Operator for ConstantOfShape {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let shape = known_ints(inputs, 0, "input")?.ok_or_else(|| OpError("input 0 is missing".into()))?;
        Ok(vec![(self.value.dtype(), shape_from(shape)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let len = shape.iter().product();
        let data = match self.value.data() {
            Data::F32(v) => Data::F32(vec![v[0]; len]),
            Data::I64(v) => Data::I64(vec![v[0]; len]),
        };
        output(shape, data)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> std::ops::Range<usize> {
        0..0
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

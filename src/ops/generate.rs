//! Tensors that follow from shapes and numbers alone: `Shape`, `Size` (`torch.Tensor.shape`,
//! `numel`), `Range` (`torch.arange`), `ConstantOfShape` (`torch.full`).

use super::OpError;
use super::attributes::Attributes;
use crate::tensor::Tensor;
use std::sync::Arc;

/// Input data; dimensions start to end, negative bounds from the end, as in a NumPy slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    pub start: i64,
    pub end: Option<i64>,
}

/// Input data; number of elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Size;

/// Inputs start, limit (not reached), delta.
#[derive(Debug, Clone, PartialEq)]
pub struct Range;

/// Input shape.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstantOfShape {
    /// One element.
    pub value: Arc<Tensor>,
}

impl Shape {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { start: a.int_or("start", 0)?, end: a.int("end")? })
    }
}

impl ConstantOfShape {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
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

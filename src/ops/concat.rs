//! `Concat`: `torch.cat`. Inputs agree in every dimension but `axis`.

use super::OpError;
use super::attributes::Attributes;

/// Inputs: one or more tensors of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct Concat {
    pub axis: i64,
}

impl Concat {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let axis = a.int("axis")?.ok_or_else(|| OpError("axis is missing".into()))?;
        Ok(Self { axis })
    }
}

//! `Cast`: conversion between element types. The engine keeps every float type
//! as float32 and every integer type and bool as int64, so that a cast to float16 or float64
//! keeps single precision, and one to a narrower integer wraps to its range.

use super::OpError;
use super::attributes::Attributes;
use crate::tensor::DType;

/// What a cast makes, as far as values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CastTarget {
    Float,
    Bool,
    Int { bits: u32, signed: bool },
}

/// Input of any type.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    pub to: CastTarget,
}

impl Cast {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let int = |bits, signed| CastTarget::Int { bits, signed };
        let to = match a.int("to")? {
            // TensorProto.DataType
            Some(1 | 10 | 11 | 16) => CastTarget::Float,
            Some(2) => int(8, false),
            Some(3) => int(8, true),
            Some(4) => int(16, false),
            Some(5) => int(16, true),
            Some(6) => int(32, true),
            Some(7) => int(64, true),
            Some(9) => CastTarget::Bool,
            Some(12) => int(32, false),
            // Values from 2⁶³ on do not occur in shapes, masks or indices.
            Some(13) => int(64, true),
            Some(other) => return Err(OpError(format!("a cast to type {other} is not supported"))),
            None => return Err(OpError("attribute to is missing".into())),
        };
        Ok(Self { to })
    }

    pub fn dtype(&self) -> DType {
        match self.to {
            CastTarget::Float => DType::F32,
            _ => DType::I64,
        }
    }
}

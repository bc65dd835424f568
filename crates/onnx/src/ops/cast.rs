//! `Cast`: conversion between element types. The engine stores every float type as float32 and every integer
//! type and bool as int64, so a cast to float16 or float64 keeps single precision, and a cast to a narrower
//! integer wraps to its range.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{output, tensor};
use super::input_info::{InputInfo, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::DType;
use unet_kernels::tensor::{Data, Tensor};

/// Target of a cast, as far as values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CastTarget {
    /// Any of ONNX's floating-point types; values keep single precision.
    Float,
    /// 0 for 0, otherwise 1.
    Bool,
    /// An integer: fractions are truncated, and values out of range wrap.
    Int {
        /// 8, 16, 32 or 64.
        bits: u32,
        /// Whether the type is signed.
        signed: bool,
    },
}

/// Type conversion. Input of any type.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Type of the output.
    pub to: CastTarget,
}

impl Cast {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
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

    /// Stored output type: [`DType::F32`] for floats, [`DType::I64`] for all others.
    pub fn dtype(&self) -> DType {
        match self.to {
            CastTarget::Float => DType::F32,
            _ => DType::I64,
        }
    }
}

impl CastTarget {
    /// Wraps an integer to this type.
    fn wrap(self, v: i64) -> i64 {
        match self {
            CastTarget::Bool => i64::from(v != 0),
            CastTarget::Int { bits, signed: true } if bits < 64 => v << (64 - bits) >> (64 - bits),
            CastTarget::Int { bits, signed: false } if bits < 64 => v & ((1 << bits) - 1),
            _ => v,
        }
    }
}

impl Operator for Cast {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(self.dtype(), required(inputs, 0, "input")?.shape().to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let input = tensor(inputs, 0)?;
        let data = match (input.data(), self.to) {
            (data @ Data::F32(_), CastTarget::Float) => data.clone(),
            (Data::I64(v), CastTarget::Float) => Data::F32(v.iter().map(|&v| v as f32).collect()),
            (Data::F32(v), CastTarget::Bool) => Data::I64(v.iter().map(|&v| i64::from(v != 0.0)).collect()),
            (Data::F32(v), to) => Data::I64(v.iter().map(|&v| to.wrap(v as i64)).collect()),
            (Data::I64(v), to) => Data::I64(v.iter().map(|&v| to.wrap(v)).collect()),
        };
        output(input.shape(), data)
    }

    fn role(&self) -> Role {
        Role::Stores
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

//! Tensors of the file: all element types, inside the message or in a second file.

use super::External;
use super::proto::TensorProto;
use crate::ops::checked_shape;
use half::{bf16, f16};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{DType, Data, Tensor};

/// Supported values of `TensorProto.DataType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElementType {
    F32,
    F16,
    Bf16,
    F64,
    U8,
    I8,
    U16,
    I16,
    I32,
    I64,
    U32,
    U64,
    Bool,
}

impl ElementType {
    pub(super) fn new(data_type: i32) -> Option<Self> {
        Some(match data_type {
            1 => Self::F32,
            2 => Self::U8,
            3 => Self::I8,
            4 => Self::U16,
            5 => Self::I16,
            6 => Self::I32,
            7 => Self::I64,
            9 => Self::Bool,
            10 => Self::F16,
            11 => Self::F64,
            12 => Self::U32,
            13 => Self::U64,
            16 => Self::Bf16,
            _ => return None,
        })
    }

    /// Type in which the engine stores the elements.
    pub(super) fn dtype(self) -> DType {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 | Self::F64 => DType::F32,
            _ => DType::I64,
        }
    }
}

/// Decodes the tensor of a message. `what` names it in errors.
pub(super) fn decode(proto: &TensorProto, what: &str, external: &External) -> Result<Tensor> {
    let invalid = |reason: String| Error::InvalidModel(format!("{what}: {reason}"));
    let element = ElementType::new(proto.data_type)
        .ok_or_else(|| invalid(format!("element type {} is not supported", proto.data_type)))?;
    let shape: Option<Vec<usize>> = proto.dims.iter().map(|&d| usize::try_from(d).ok()).collect();
    let shape = shape.ok_or_else(|| invalid(format!("shape {:?} has a negative dimension", proto.dims)))?;
    let shape = checked_shape(shape).map_err(|e| invalid(e.0))?;
    let len: usize = shape.iter().product();
    let outside;
    let raw: &[u8] = if proto.is_external() {
        outside = external.slice(proto, what)?;
        outside
    } else {
        &proto.raw_data
    };
    let data = if raw.is_empty() { typed(proto, element) } else { raw_elements(raw, element) };
    let found = match &data {
        Some(Data::F32(v)) => v.len(),
        Some(Data::I64(v)) => v.len(),
        None => return Err(invalid("its bytes are not a whole number of elements".into())),
    };
    match data {
        Some(data) if found == len => Tensor::new(shape, data),
        _ => Err(invalid(format!("shape {shape:?} has {len} elements, the file has {found}"))),
    }
}

/// Elements stored as little-endian bytes.
fn raw_elements(raw: &[u8], element: ElementType) -> Option<Data> {
    Some(match element {
        ElementType::F32 => Data::F32(each(raw, f32::from_le_bytes)?),
        ElementType::F16 => Data::F32(each(raw, |b| f16::from_le_bytes(b).to_f32())?),
        ElementType::Bf16 => Data::F32(each(raw, |b| bf16::from_le_bytes(b).to_f32())?),
        ElementType::F64 => Data::F32(each(raw, |b| f64::from_le_bytes(b) as f32)?),
        ElementType::U8 => Data::I64(each(raw, |[b]: [u8; 1]| i64::from(b))?),
        ElementType::I8 => Data::I64(each(raw, |b| i64::from(i8::from_le_bytes(b)))?),
        ElementType::U16 => Data::I64(each(raw, |b| i64::from(u16::from_le_bytes(b)))?),
        ElementType::I16 => Data::I64(each(raw, |b| i64::from(i16::from_le_bytes(b)))?),
        ElementType::I32 => Data::I64(each(raw, |b| i64::from(i32::from_le_bytes(b)))?),
        ElementType::I64 => Data::I64(each(raw, i64::from_le_bytes)?),
        ElementType::U32 => Data::I64(each(raw, |b| i64::from(u32::from_le_bytes(b)))?),
        ElementType::U64 => Data::I64(each(raw, |b| u64::from_le_bytes(b) as i64)?),
        ElementType::Bool => Data::I64(each(raw, |[b]: [u8; 1]| i64::from(b != 0))?),
    })
}

fn each<const N: usize, T>(raw: &[u8], convert: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
    let (elements, rest) = raw.as_chunks::<N>();
    rest.is_empty().then(|| elements.iter().map(|&b| convert(b)).collect())
}

/// Elements stored in the field of their type; small types share `int32_data`.
fn typed(proto: &TensorProto, element: ElementType) -> Option<Data> {
    let small = || proto.int32_data.iter();
    Some(match element {
        ElementType::F32 => Data::F32(proto.float_data.clone()),
        ElementType::F16 => Data::F32(small().map(|&v| f16::from_bits(v as u16).to_f32()).collect()),
        ElementType::Bf16 => Data::F32(small().map(|&v| bf16::from_bits(v as u16).to_f32()).collect()),
        ElementType::F64 => Data::F32(proto.double_data.iter().map(|&v| v as f32).collect()),
        ElementType::I64 => Data::I64(proto.int64_data.clone()),
        ElementType::U32 | ElementType::U64 => {
            Data::I64(proto.uint64_data.iter().map(|&v| v as i64).collect())
        }
        ElementType::Bool => Data::I64(small().map(|&v| i64::from(v != 0)).collect()),
        _ => Data::I64(small().map(|&v| i64::from(v)).collect()),
    })
}

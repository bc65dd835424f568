//! Attributes of a node, read by name with checks of type and range.

use super::OpError;
use std::collections::BTreeMap;
use std::sync::Arc;
use unet_kernels::tensor::Tensor;

/// Maximum kernel size, stride and dilation: far beyond any network, and products of two of them and a
/// picture's side remain exact.
pub(super) const MAX_EXTENT: usize = 4096;

/// One attribute as ONNX stores it.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// An integer; also for truth values and enumerations such as `TensorProto.DataType`.
    Int(i64),
    /// A number in single precision.
    Float(f32),
    /// A string that is valid UTF-8.
    Text(String),
    /// A constant tensor.
    Tensor(Arc<Tensor>),
    /// A list of integers.
    Ints(Vec<i64>),
    /// A list of numbers in single precision.
    Floats(Vec<f32>),
    /// A list of strings that are valid UTF-8.
    Texts(Vec<String>),
}

/// Everything that defines a node besides its inputs.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// Attributes of the node by name; missing ones take the operator's defaults.
    pub values: BTreeMap<String, Attribute>,
    /// Version of the default operator set that the model declares.
    pub opset: i64,
    /// Number of outputs that the node lists.
    pub outputs: usize,
    /// `TensorProto.DataType` of each input, if it follows from the file.
    pub input_types: Vec<Option<i32>>,
}

impl Attributes {
    pub(super) fn int(&self, name: &str) -> Result<Option<i64>, OpError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Attribute::Int(v)) => Ok(Some(*v)),
            Some(_) => Err(wrong_type(name, "an integer")),
        }
    }

    pub(super) fn int_or(&self, name: &str, default: i64) -> Result<i64, OpError> {
        Ok(self.int(name)?.unwrap_or(default))
    }

    /// An integer interpreted as a truth value.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, OpError> {
        Ok(self.int_or(name, i64::from(default))? != 0)
    }

    /// An integer from 1 to `MAX_EXTENT`.
    pub fn extent(&self, name: &str) -> Result<Option<usize>, OpError> {
        self.int(name)?.map(|v| extent(name, v)).transpose()
    }

    /// A count of at least 1.
    pub fn count_or(&self, name: &str, default: usize) -> Result<usize, OpError> {
        match self.int(name)? {
            None => Ok(default),
            Some(v) => match usize::try_from(v) {
                Ok(v) if v > 0 => Ok(v),
                _ => Err(OpError(format!("{name} must be positive, not {v}"))),
            },
        }
    }

    pub(super) fn float(&self, name: &str) -> Result<Option<f32>, OpError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Attribute::Float(v)) => Ok(Some(*v)),
            Some(_) => Err(wrong_type(name, "a float")),
        }
    }

    pub(super) fn float_or(&self, name: &str, default: f32) -> Result<f32, OpError> {
        Ok(self.float(name)?.unwrap_or(default))
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, OpError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Attribute::Text(v)) => Ok(Some(v)),
            Some(_) => Err(wrong_type(name, "a string")),
        }
    }

    /// The entry of `choices` that a string attribute selects.
    pub fn choice<T: Copy>(&self, name: &str, default: T, choices: &[(&str, T)]) -> Result<T, OpError> {
        let Some(text) = self.text(name)? else {
            return Ok(default);
        };
        match choices.iter().find(|(key, _)| *key == text) {
            Some((_, value)) => Ok(*value),
            None => Err(OpError(format!("{name} {text:?} is not supported"))),
        }
    }

    pub(super) fn ints(&self, name: &str) -> Result<Option<&[i64]>, OpError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Attribute::Ints(v)) => Ok(Some(v)),
            Some(_) => Err(wrong_type(name, "a list of integers")),
        }
    }

    /// Two extents (height, width), each like [`Attributes::extent`].
    pub fn extents(&self, name: &str) -> Result<Option<[usize; 2]>, OpError> {
        let Some(list) = self.ints(name)? else {
            return Ok(None);
        };
        match *list {
            [y, x] => Ok(Some([extent(name, y)?, extent(name, x)?])),
            _ => Err(OpError(format!(
                "{name} has {} entries; only two spatial dimensions are supported",
                list.len()
            ))),
        }
    }

    pub(super) fn tensor(&self, name: &str) -> Result<Option<&Arc<Tensor>>, OpError> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Attribute::Tensor(v)) => Ok(Some(v)),
            Some(_) => Err(wrong_type(name, "a tensor")),
        }
    }
}

fn wrong_type(name: &str, expected: &str) -> OpError {
    OpError(format!("attribute {name} must be {expected}"))
}

fn extent(name: &str, value: i64) -> Result<usize, OpError> {
    match usize::try_from(value) {
        Ok(v) if (1..=MAX_EXTENT).contains(&v) => Ok(v),
        _ => Err(OpError(format!("{name} {value} is outside 1 to {MAX_EXTENT}"))),
    }
}

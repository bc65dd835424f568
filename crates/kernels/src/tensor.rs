//! Owned row-major tensors and shape arithmetic.

use crate::error::{Error, Result};

/// Element types that the engine keeps. Loading converts float16 and float64 to `F32`, and every integer type
/// and bool to `I64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DType {
    /// 32-bit float.
    F32,
    /// 64-bit integer; false and true are 0 and 1.
    I64,
}

/// Elements of a tensor, row-major.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Floats.
    F32(Vec<f32>),
    /// Integers.
    I64(Vec<i64>),
}

/// An owned, row-major (C-contiguous) tensor; shape `[]` is a scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    data: Data,
}

/// Product of the dimensions, or `None` on overflow.
pub fn checked_len(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d))
}

/// Row-major strides in elements.
pub fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i] * shape[i];
    }
    strides
}

impl Tensor {
    /// Makes a tensor of these elements.
    ///
    /// # Errors
    /// `InvalidInput` if the number of elements is not the product of `shape`.
    pub fn new(shape: Vec<usize>, data: Data) -> Result<Self> {
        let len = match &data {
            Data::F32(v) => v.len(),
            Data::I64(v) => v.len(),
        };
        if checked_len(&shape) != Some(len) {
            return Err(Error::InvalidInput(format!("shape {shape:?} does not hold {len} elements")));
        }
        Ok(Self { shape, data })
    }

    /// Makes a float tensor; errors as for [`Tensor::new`].
    pub fn f32(shape: impl Into<Vec<usize>>, data: impl Into<Vec<f32>>) -> Result<Self> {
        Self::new(shape.into(), Data::F32(data.into()))
    }

    /// Makes an integer tensor; errors as for [`Tensor::new`].
    pub fn i64(shape: impl Into<Vec<usize>>, data: impl Into<Vec<i64>>) -> Result<Self> {
        Self::new(shape.into(), Data::I64(data.into()))
    }

    /// Makes a float scalar, shape `[]`.
    pub fn scalar(value: f32) -> Self {
        Self { shape: Vec::new(), data: Data::F32(vec![value]) }
    }

    /// Makes a tensor without elements; `shape` must have a dimension of 0.
    pub fn empty(dtype: DType, shape: Vec<usize>) -> Self {
        debug_assert!(shape.contains(&0));
        let data = match dtype {
            DType::F32 => Data::F32(Vec::new()),
            DType::I64 => Data::I64(Vec::new()),
        };
        Self { shape, data }
    }

    /// Makes a 1-D integer tensor, the form in which ONNX passes shapes, axes and pads.
    pub fn vector(data: impl Into<Vec<i64>>) -> Self {
        let data = data.into();
        Self { shape: vec![data.len()], data: Data::I64(data) }
    }

    /// Dimensions, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Element type.
    pub fn dtype(&self) -> DType {
        match self.data {
            Data::F32(_) => DType::F32,
            Data::I64(_) => DType::I64,
        }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::F32(v) => v.len(),
            Data::I64(v) => v.len(),
        }
    }

    /// Whether any dimension is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Elements, row-major.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Elements to modify; their number must not change.
    pub fn data_mut(&mut self) -> &mut Data {
        &mut self.data
    }

    /// Takes the tensor apart into shape and elements.
    pub fn into_parts(self) -> (Vec<usize>, Data) {
        (self.shape, self.data)
    }

    /// Elements if they are floats.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.data {
            Data::F32(v) => Some(v),
            Data::I64(_) => None,
        }
    }

    /// Elements if they are integers.
    pub fn as_i64(&self) -> Option<&[i64]> {
        match &self.data {
            Data::I64(v) => Some(v),
            Data::F32(_) => None,
        }
    }
}

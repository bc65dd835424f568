//! Shape and owned tensor, row-major; no maths.

use crate::error::{Error, Result};

/// Element types as the engine keeps them. On load, float16 and float64 become `F32`; every
/// integer type and bool become `I64`.
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

/// Product of the dimensions, or `None` when it does not fit.
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
    /// A tensor of these elements.
    ///
    /// # Errors
    /// `InvalidInput` when the number of elements is not the product of `shape`.
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

    /// A float tensor. Same errors as [`Tensor::new`].
    pub fn f32(shape: impl Into<Vec<usize>>, data: impl Into<Vec<f32>>) -> Result<Self> {
        Self::new(shape.into(), Data::F32(data.into()))
    }

    /// An integer tensor. Same errors as [`Tensor::new`].
    pub fn i64(shape: impl Into<Vec<usize>>, data: impl Into<Vec<i64>>) -> Result<Self> {
        Self::new(shape.into(), Data::I64(data.into()))
    }

    /// A float of shape `[]`.
    pub fn scalar(value: f32) -> Self {
        Self { shape: Vec::new(), data: Data::F32(vec![value]) }
    }

    /// A tensor without elements; `shape` must have a dimension of 0.
    pub fn empty(dtype: DType, shape: Vec<usize>) -> Self {
        debug_assert!(shape.contains(&0));
        let data = match dtype {
            DType::F32 => Data::F32(Vec::new()),
            DType::I64 => Data::I64(Vec::new()),
        };
        Self { shape, data }
    }

    /// A 1-D integer tensor, as ONNX passes shapes, axes and pads.
    pub fn vector(data: impl Into<Vec<i64>>) -> Self {
        let data = data.into();
        Self { shape: vec![data.len()], data: Data::I64(data) }
    }

    /// Its dimensions, the outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        match self.data {
            Data::F32(_) => DType::F32,
            Data::I64(_) => DType::I64,
        }
    }

    /// How many elements it has.
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

    /// Its elements.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Its elements, which may be changed but not in number.
    pub fn data_mut(&mut self) -> &mut Data {
        &mut self.data
    }

    /// Its shape and its elements.
    pub fn into_parts(self) -> (Vec<usize>, Data) {
        (self.shape, self.data)
    }

    /// Elements if they are float.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.data {
            Data::F32(v) => Some(v),
            Data::I64(_) => None,
        }
    }

    /// Elements if they are integer.
    pub fn as_i64(&self) -> Option<&[i64]> {
        match &self.data {
            Data::I64(v) => Some(v),
            Data::F32(_) => None,
        }
    }
}

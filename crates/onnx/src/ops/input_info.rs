//! Information about an operator's inputs, either before a run (a [`Fact`]) or during it (a [`Tensor`]), and
//! shape rules shared by many operators.

use super::{Fact, OpError};
use unet_kernels::tensor::{DType, Tensor};

/// Maximum number of elements of a single value: positions inside it fit in 31 bits.
pub const MAX_ELEMENTS: usize = i32::MAX as usize;

/// Maximum number of dimensions of a tensor.
pub const MAX_RANK: usize = 8;

/// Type and shape of a value, and its elements if they are known.
#[derive(Debug, Clone, Copy)]
pub struct InputInfo<'a> {
    dtype: DType,
    shape: &'a [usize],
    value: Option<&'a Tensor>,
}

impl<'a> InputInfo<'a> {
    /// Element type.
    pub fn dtype(self) -> DType {
        self.dtype
    }
    /// Dimensions.
    pub fn shape(self) -> &'a [usize] {
        self.shape
    }
    /// The same shape with unknown elements of this type.
    pub fn of_type(self, dtype: DType) -> Self {
        Self { dtype, value: None, ..self }
    }
    /// Elements, if they do not depend on the picture.
    pub fn value(self) -> Option<&'a Tensor> {
        self.value
    }
}

impl<'a> From<&'a Fact> for InputInfo<'a> {
    fn from(Fact { dtype, shape, value }: &'a Fact) -> Self {
        Self { dtype: *dtype, shape, value: value.as_deref() }
    }
}

impl<'a> From<&'a Tensor> for InputInfo<'a> {
    fn from(tensor: &'a Tensor) -> Self {
        Self { dtype: tensor.dtype(), shape: tensor.shape(), value: Some(tensor) }
    }
}

/// Converts inputs, facts or tensors.
pub fn input_infos<'a, V: 'a>(inputs: &[Option<&'a V>]) -> Vec<Option<InputInfo<'a>>>
where
    &'a V: Into<InputInfo<'a>>,
{
    inputs.iter().map(|input| input.map(Into::into)).collect()
}

/// Input `i`, which must be present.
pub(super) fn required<'a>(
    inputs: &[Option<InputInfo<'a>>],
    i: usize,
    name: &str,
) -> Result<InputInfo<'a>, OpError> {
    optional(inputs, i).ok_or_else(|| OpError(format!("input {i} ({name}) is missing")))
}

/// Input `i`, if present.
pub(super) fn optional<T: Copy>(inputs: &[Option<T>], i: usize) -> Option<T> {
    inputs.get(i).copied().flatten()
}

/// Input `i` with float elements.
pub(super) fn required_float<'a>(
    inputs: &[Option<InputInfo<'a>>],
    i: usize,
    name: &str,
) -> Result<InputInfo<'a>, OpError> {
    let input = required(inputs, i, name)?;
    match input.dtype() {
        DType::F32 => Ok(input),
        DType::I64 => Err(OpError(format!("input {i} ({name}) must be float, not integer"))),
    }
}

/// Integers of optional input `i`, which must be known before the run (axes, pads, shapes).
pub(super) fn known_ints<'a>(
    inputs: &[Option<InputInfo<'a>>],
    i: usize,
    name: &str,
) -> Result<Option<&'a [i64]>, OpError> {
    let Some(tensor) = known_tensor(inputs, i, name)? else {
        return Ok(None);
    };
    match tensor.as_i64() {
        Some(ints) if tensor.shape().len() <= 1 => Ok(Some(ints)),
        Some(_) => Err(OpError(format!("input {i} ({name}) must be one-dimensional"))),
        None => Err(OpError(format!("input {i} ({name}) must be integer"))),
    }
}

/// Floats of optional input `i`, which must be known before the run.
pub(super) fn known_floats<'a>(
    inputs: &[Option<InputInfo<'a>>],
    i: usize,
    name: &str,
) -> Result<Option<&'a [f32]>, OpError> {
    let Some(tensor) = known_tensor(inputs, i, name)? else {
        return Ok(None);
    };
    let floats = tensor.as_f32();
    floats.map(Some).ok_or_else(|| OpError(format!("input {i} ({name}) must be float")))
}

pub(super) fn known_tensor<'a>(
    inputs: &[Option<InputInfo<'a>>],
    i: usize,
    name: &str,
) -> Result<Option<&'a Tensor>, OpError> {
    let Some(input) = optional(inputs, i) else {
        return Ok(None);
    };
    let value = input.value();
    value.map(Some).ok_or_else(|| {
        OpError(format!("input {i} ({name}) depends on the data, and must be known before the run"))
    })
}

/// Axis counted from the front; a negative one counts from the back.
pub fn axis(axis: i64, rank: usize) -> Result<usize, OpError> {
    let signed = rank as i64;
    if axis < -signed || axis >= signed {
        return Err(OpError(format!("axis {axis} is outside a tensor of rank {rank}")));
    }
    Ok(if axis < 0 { (axis + signed) as usize } else { axis as usize })
}

/// Axes counted from the front, each at most once.
pub(super) fn axes(list: &[i64], rank: usize) -> Result<Vec<usize>, OpError> {
    if rank > MAX_RANK {
        return Err(OpError(format!("a tensor of {rank} dimensions")));
    }
    let mut seen = vec![false; rank];
    let mut axes = Vec::new();
    for &a in list {
        let a = axis(a, rank)?;
        if std::mem::replace(&mut seen[a], true) {
            return Err(OpError(format!("axis {a} is named twice")));
        }
        axes.push(a);
    }
    Ok(axes)
}

/// Batch, channels, height and width.
pub(super) fn nchw(shape: &[usize], name: &str) -> Result<[usize; 4], OpError> {
    <[usize; 4]>::try_from(shape).map_err(|_| {
        OpError(format!("{name} must have the four dimensions N, C, H, W; its shape is {shape:?}"))
    })
}

/// Common shape under NumPy's broadcasting rules.
pub(super) fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, OpError> {
    let rank = a.len().max(b.len());
    let dim = |s: &[usize], i: usize| (i + s.len()).checked_sub(rank).map_or(1, |j| s[j]);
    (0..rank)
        .map(|i| match (dim(a, i), dim(b, i)) {
            (x, y) if x == y => Ok(x),
            (1, y) => Ok(y),
            (x, 1) => Ok(x),
            _ => Err(OpError(format!("shapes {a:?} and {b:?} do not broadcast"))),
        })
        .collect()
}

/// The shape itself, if a tensor of this shape may exist. Empty axes count as 1, so that products of any of
/// its dimensions are exact.
pub fn checked_shape(shape: Vec<usize>) -> Result<Vec<usize>, OpError> {
    let product = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d.max(1)));
    match product {
        Some(n) if n <= MAX_ELEMENTS && shape.len() <= MAX_RANK => Ok(shape),
        _ if shape.len() > MAX_RANK => Err(OpError(format!("a tensor of {} dimensions", shape.len()))),
        _ => Err(OpError(format!("a tensor of shape {shape:?} is too large"))),
    }
}

/// Checks a shape computed in signed arithmetic.
pub(super) fn shape_from(dims: &[i64]) -> Result<Vec<usize>, OpError> {
    let dims: Option<Vec<usize>> = dims.iter().map(|&d| usize::try_from(d).ok()).collect();
    checked_shape(dims.ok_or_else(|| OpError("a dimension is negative".into()))?)
}

//! Helpers of references: reading operands and iterating over row-major elements.

use super::OpError;
use unet_kernels::tensor::{Data, Tensor, strides};

/// Tensor of input `i`, which must be present.
pub(super) fn tensor<'a>(inputs: &[Option<&'a Tensor>], i: usize) -> Result<&'a Tensor, OpError> {
    inputs.get(i).copied().flatten().ok_or_else(|| OpError(format!("input {i} is missing")))
}

/// Elements of float input `i`, which must be present.
pub(super) fn floats<'a>(inputs: &[Option<&'a Tensor>], i: usize) -> Result<&'a [f32], OpError> {
    let floats = tensor(inputs, i)?.as_f32();
    floats.ok_or_else(|| OpError(format!("input {i} must be float, not integer")))
}

/// Elements of integer input `i`, which must be present.
pub(super) fn ints<'a>(inputs: &[Option<&'a Tensor>], i: usize) -> Result<&'a [i64], OpError> {
    let ints = tensor(inputs, i)?.as_i64();
    ints.ok_or_else(|| OpError(format!("input {i} must be integer, not float")))
}

/// A single output of these elements.
pub(super) fn output(shape: impl Into<Vec<usize>>, data: Data) -> Result<Vec<Tensor>, OpError> {
    let tensor = Tensor::new(shape.into(), data).map_err(|e| OpError(e.to_string()))?;
    Ok(vec![tensor])
}

/// Elements at the given positions; `fill` for `None`.
pub(super) fn pick(data: &Data, places: impl Iterator<Item = Option<usize>>, fill: f32) -> Data {
    match data {
        Data::F32(v) => Data::F32(places.map(|p| p.map_or(fill, |p| v[p])).collect()),
        Data::I64(v) => {
            let fill = fill.round() as i64;
            Data::I64(places.map(|p| p.map_or(fill, |p| v[p])).collect())
        }
    }
}

/// Input position of each output element, where output index i along an axis reads input index
/// `tables[axis][i]`; `None` if a table entry is negative.
pub(super) fn places<'a>(
    shape: &[usize],
    tables: &'a [Vec<i32>],
) -> impl Iterator<Item = Option<usize>> + 'a {
    let from = strides(shape);
    let dims: Vec<usize> = tables.iter().map(Vec::len).collect();
    let to = strides(&dims);
    (0..dims.iter().product()).map(move |i: usize| {
        tables.iter().enumerate().try_fold(0, |place, (axis, table)| {
            let position = usize::try_from(table[i / to[axis] % dims[axis]]).ok()?;
            Some(place + position * from[axis])
        })
    })
}

/// Position of each element of `to` in a tensor of `shape` that is broadcast to it.
pub fn broadcast_places(shape: &[usize], to: &[usize]) -> impl Iterator<Item = usize> + use<> {
    let skipped = to.len() - shape.len();
    let from = strides(shape);
    let steps: Vec<(usize, usize, usize)> = (0..shape.len())
        .filter(|&axis| shape[axis] != 1)
        .map(|axis| (strides(to)[skipped + axis], shape[axis], from[axis]))
        .collect();
    (0..to.iter().product())
        .map(move |i: usize| steps.iter().map(|&(stride, len, from)| i / stride % len * from).sum())
}

//! `GatherND`: rows of data at tuples of positions, `data[tuple(indices)]` with `batch_dims` shared leading
//! axes (the exported form of indexing such as `x[:, :, ::2, ::2]`). `GatherElements`: `torch.gather` along
//! an axis. Negative positions count from the end.

use super::attributes::Attributes;
use super::elements::{ints, output, pick, tensor};
use super::gather::position;
use super::input_info::{InputInfo, axis, checked_shape, input_infos, required};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Tensor, strides};

/// Selection by tuples. Inputs: data and indices `[…, depth]`.
#[derive(Debug, Clone, PartialEq)]
pub struct GatherNd {
    /// Number of leading axes that data and indices share; each of their elements is indexed separately.
    pub batch_dims: usize,
}

/// Selection of elements. Inputs: data and indices of the same rank.
#[derive(Debug, Clone, PartialEq)]
pub struct GatherElements {
    axis: i64,
}

impl GatherNd {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let batch_dims = usize::try_from(a.int_or("batch_dims", 0)?);
        Ok(Self { batch_dims: batch_dims.map_err(|_| OpError("batch_dims is negative".into()))? })
    }

    /// Number of data axes that a tuple of positions indexes: the first after those of the batch.
    fn depth(&self, data: &[usize], indices: &[usize]) -> Result<usize, OpError> {
        let b = self.batch_dims;
        let fits = |&depth: &usize| {
            indices.len() > b && b + depth <= data.len() && data[..b] == indices[..b] && depth > 0
        };
        indices.last().copied().filter(fits).ok_or_else(|| {
            OpError(format!("indices of shape {indices:?} do not fit data of shape {data:?}, batch_dims {b}"))
        })
    }

    /// Row of data for each tuple, counted over the batch and indexed axes.
    pub fn rows(&self, data: &[usize], indices: &Tensor) -> Result<Vec<usize>, OpError> {
        let depth = self.depth(data, indices.shape())?;
        let ints = indices.as_i64().ok_or_else(|| OpError("indices must be integer".into()))?;
        let batch: usize = data[..self.batch_dims].iter().product();
        let named = &data[self.batch_dims..self.batch_dims + depth];
        let (step, within): (Vec<usize>, usize) = (strides(named), named.iter().product());
        let tuples = (ints.len() / depth / batch.max(1)).max(1);
        let row = |(i, tuple): (usize, &[i64])| {
            let places = tuple.iter().zip(named).zip(&step);
            places
                .map(|((&index, &len), step)| Ok(position(index, len)? * step))
                .sum::<Result<usize, _>>()
                .map(|row: usize| i / tuples * within + row)
        };
        ints.chunks_exact(depth).enumerate().map(row).collect()
    }
}

impl GatherElements {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { axis: a.int_or("axis", 0)? })
    }

    /// Position in data of each element of the result.
    pub fn places(&self, data: &[usize], indices: &Tensor) -> Result<Vec<usize>, OpError> {
        let at = axis(self.axis, data.len())?;
        let ints = indices.as_i64().ok_or_else(|| OpError("indices must be integer".into()))?;
        let (from, to) = (strides(data), strides(indices.shape()));
        let place = |(i, &index): (usize, &i64)| {
            (0..data.len())
                .map(|a| match a == at {
                    true => Ok(position(index, data[a])? * from[a]),
                    false => Ok(i / to[a] % indices.shape()[a] * from[a]),
                })
                .sum()
        };
        ints.iter().enumerate().map(place).collect()
    }
}

impl Operator for GatherNd {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let (data, indices) = (required(inputs, 0, "data")?, required(inputs, 1, "indices")?);
        let depth = self.depth(data.shape(), indices.shape())?;
        if indices.dtype() != DType::I64 {
            return Err(OpError("indices must be integer".into()));
        }
        let lead = &indices.shape()[..indices.shape().len() - 1];
        let shape = [lead, &data.shape()[self.batch_dims + depth..]].concat();
        Ok(vec![(data.dtype(), checked_shape(shape)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (data, indices) = (tensor(inputs, 0)?, tensor(inputs, 1)?);
        let rows = self.rows(data.shape(), indices)?;
        let depth = self.depth(data.shape(), indices.shape())?;
        let inner: usize = data.shape()[self.batch_dims + depth..].iter().product();
        let places = rows.iter().flat_map(|row| (0..inner).map(move |i| Some(row * inner + i)));
        output(shape, pick(data.data(), places, 0.0))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

impl Operator for GatherElements {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let (data, indices) = (required(inputs, 0, "data")?, required(inputs, 1, "indices")?);
        let at = axis(self.axis, data.shape().len())?;
        let (from, to) = (data.shape(), indices.shape());
        let fits = from.len() == to.len() && (0..from.len()).all(|a| a == at || to[a] <= from[a]);
        if !fits || indices.dtype() != DType::I64 {
            return Err(OpError(format!("indices of shape {to:?} do not fit data of shape {from:?}")));
        }
        Ok(vec![(data.dtype(), to.to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.infer(&input_infos(inputs))?;
        ints(inputs, 1)?;
        let (data, indices) = (tensor(inputs, 0)?, tensor(inputs, 1)?);
        let places = self.places(data.shape(), indices)?;
        output(indices.shape(), pick(data.data(), places.into_iter().map(Some), 0.0))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

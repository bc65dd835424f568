//! `Gather`: `torch.index_select` along an axis, for indices of any shape; negative indices count from the
//! end. `ScatterND`: a copy of data in which the element (or slice) at each index is replaced by an update.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{ints, output, pick, tensor};
use super::input_info::{InputInfo, axis, checked_shape, input_infos, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor, strides};

/// Selection along an axis. Inputs: data and indices.
#[derive(Debug, Clone, PartialEq)]
pub struct Gather {
    /// Indexed axis; negative counts from the end.
    pub axis: i64,
}

/// Replacement of elements or slices. Inputs: data, indices `[…, depth]`, updates. For equal indices the last
/// update wins.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterNd;

impl Gather {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { axis: a.int_or("axis", 0)? })
    }
}

impl ScatterNd {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        match a.text("reduction")? {
            None | Some("none") => Ok(Self),
            Some(other) => Err(OpError(format!("reduction {other:?} is not supported"))),
        }
    }
}

/// Position in an axis of this length; a negative index counts from the end.
pub(super) fn position(index: i64, len: usize) -> Result<usize, OpError> {
    let from_start = if index < 0 { index.checked_add(len as i64) } else { Some(index) };
    let position = from_start.and_then(|i| usize::try_from(i).ok()).filter(|&i| i < len);
    position.ok_or_else(|| OpError(format!("index {index} is outside an axis of length {len}")))
}

impl Operator for Gather {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let (data, indices) = (required(inputs, 0, "data")?, required(inputs, 1, "indices")?);
        let axis = axis(self.axis, data.shape().len())?;
        if indices.dtype() != DType::I64 {
            return Err(OpError("indices must be integer".into()));
        }
        let (before, after) = (&data.shape()[..axis], &data.shape()[axis + 1..]);
        Ok(vec![(data.dtype(), checked_shape([before, indices.shape(), after].concat())?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let data = tensor(inputs, 0)?;
        let axis = axis(self.axis, data.shape().len())?;
        let len = data.shape()[axis];
        let positions: Vec<usize> =
            ints(inputs, 1)?.iter().map(|&i| position(i, len)).collect::<Result<_, _>>()?;
        let inner: usize = data.shape()[axis + 1..].iter().product();
        let outer: usize = data.shape()[..axis].iter().product();
        let places = (0..outer * positions.len() * inner).map(|i| {
            let (row, column) = (i / inner / positions.len(), i / inner % positions.len());
            Some((row * len + positions[column]) * inner + i % inner)
        });
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

impl ScatterNd {
    /// Row of data that each update replaces, counted over the indexed axes.
    pub fn rows(&self, data: &[usize], indices: &Tensor) -> Result<Vec<usize>, OpError> {
        let depth = indices.shape().last().copied().unwrap_or(0);
        let ints = indices.as_i64().ok_or_else(|| OpError("indices must be integer".into()))?;
        if depth == 0 {
            return Ok(vec![0; indices.shape().iter().rev().skip(1).product()]);
        }
        let step = strides(&data[..depth]);
        let row = |tuple: &[i64]| {
            let places = tuple.iter().zip(data).zip(&step);
            places.map(|((&index, &len), step)| Ok(position(index, len)? * step)).sum()
        };
        ints.chunks_exact(depth).map(row).collect()
    }
}

impl Operator for ScatterNd {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let (data, indices) = (required(inputs, 0, "data")?, required(inputs, 1, "indices")?);
        let updates = required(inputs, 2, "updates")?;
        let Some((&depth, lead)) = indices.shape().split_last() else {
            return Err(OpError("indices are a scalar".into()));
        };
        let fits = indices.dtype() == DType::I64
            && updates.dtype() == data.dtype()
            && depth <= data.shape().len()
            && [lead, &data.shape()[depth..]].concat() == updates.shape();
        if !fits {
            return Err(OpError(format!(
                "data {:?}, indices {:?} and updates {:?} do not fit each other",
                data.shape(),
                indices.shape(),
                updates.shape()
            )));
        }
        Ok(vec![(data.dtype(), data.shape().to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.infer(&input_infos(inputs))?;
        let (data, updates) = (tensor(inputs, 0)?, tensor(inputs, 2)?);
        let indices = tensor(inputs, 1)?;
        let depth = indices.shape()[indices.shape().len() - 1];
        let len: usize = data.shape()[depth..].iter().product();
        // Source of each element of the result: an update or, by default, the data.
        let mut source: Vec<Option<usize>> = vec![None; data.len()];
        for (update, row) in self.rows(data.shape(), indices)?.into_iter().enumerate() {
            (0..len).for_each(|i| source[row * len + i] = Some(update * len + i));
        }
        let result = match (data.data(), updates.data()) {
            (Data::F32(d), Data::F32(u)) => {
                Data::F32(source.iter().zip(d).map(|(s, &d)| s.map_or(d, |s| u[s])).collect())
            }
            (Data::I64(d), Data::I64(u)) => {
                Data::I64(source.iter().zip(d).map(|(s, &d)| s.map_or(d, |s| u[s])).collect())
            }
            _ => return Err(OpError("data and updates differ in type".into())),
        };
        output(data.shape(), result)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..3
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

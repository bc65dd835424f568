//! `TopK`: the k greatest (or least) elements along an axis and their positions, in order; among equal
//! elements smaller positions come first. `torch.topk`.

use super::attributes::Attributes;
use super::cost::elements;
use super::elements::{output, tensor};
use super::input_info::{InputInfo, axis, checked_shape, input_infos, known_ints, required};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::cmp::Ordering;
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Selection of the top elements. Inputs: X and K.
#[derive(Debug, Clone, PartialEq)]
pub struct TopK {
    axis: i64,
    /// Whether the greatest values are returned, not the least.
    pub largest: bool,
}

impl TopK {
    /// Reads the attributes; results are always sorted, even if not requested.
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { axis: a.int_or("axis", -1)?, largest: a.flag("largest", true)? })
    }

    /// Axis and k.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<(usize, usize), OpError> {
        let shape = required(inputs, 0, "X")?.shape();
        let at = axis(self.axis, shape.len())?;
        let k = known_ints(inputs, 1, "K")?.and_then(|k| usize::try_from(*k.first()?).ok());
        let k = k.filter(|&k| k <= shape[at]);
        Ok((at, k.ok_or_else(|| OpError(format!("K is missing or more than the {} elements", shape[at])))?))
    }
}

/// Positions of the first k elements of a row, in order.
fn order<T: PartialOrd>(row: &[T], k: usize, largest: bool) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..row.len()).collect();
    let compare = |&a: &usize, &b: &usize| {
        let (a, b) = if largest { (b, a) } else { (a, b) };
        row[a].partial_cmp(&row[b]).unwrap_or(Ordering::Equal)
    };
    // The sort is stable.
    positions.sort_by(compare);
    positions.truncate(k);
    positions
}

impl Operator for TopK {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let x = required(inputs, 0, "X")?;
        let (at, k) = self.resolve(inputs)?;
        let mut shape = x.shape().to_vec();
        shape[at] = k;
        let shape = checked_shape(shape)?;
        Ok(vec![(x.dtype(), shape.clone()), (DType::I64, shape)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (at, k) = self.resolve(&input_infos(inputs))?;
        let x = tensor(inputs, 0)?;
        let (len, inner) = (x.shape()[at], x.shape()[at + 1..].iter().product::<usize>());
        let mut places = vec![0; shape.iter().product()];
        let mut positions = vec![0; places.len()];
        for row in 0..places.len() / k.max(1) {
            let place = |i: usize| (row / inner * len + i) * inner + row % inner;
            let found = match x.data() {
                Data::F32(x) => order(&(0..len).map(|i| x[place(i)]).collect::<Vec<_>>(), k, self.largest),
                Data::I64(x) => order(&(0..len).map(|i| x[place(i)]).collect::<Vec<_>>(), k, self.largest),
            };
            for (i, position) in found.into_iter().enumerate() {
                let to = (row / inner * k + i) * inner + row % inner;
                (places[to], positions[to]) = (place(position), position as i64);
            }
        }
        let values = super::elements::pick(x.data(), places.into_iter().map(Some), 0.0);
        let mut outputs = output(shape.clone(), values)?;
        outputs.extend(output(shape, Data::I64(positions))?);
        Ok(outputs)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, inputs: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        let k = self.resolve(inputs).map_or(0, |(_, k)| k as u64);
        // Sorting takes fewer than 32 comparisons per element.
        let steps = elements(inputs, 0).saturating_mul(32);
        Cost { flops: elements(inputs, 0).saturating_mul(k), steps }
    }
}

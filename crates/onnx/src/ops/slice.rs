//! `Slice`: `x[start:end:step]` of NumPy along each named axis; out-of-range bounds are clamped,
//! negative ones count from the end.

use super::OpError;
use super::elements::{output, pick, places, tensor};
use super::input_info::{InputInfo, axes, input_infos, known_ints, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::Tensor;

/// Strided slice. Inputs: data, starts, ends, optional axes (default: the first ones), optional steps
/// (default: 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Slice;

/// Positions `start + i·step` for i in 0..len.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceRange {
    /// First position.
    pub start: usize,
    /// Distance between positions; negative goes backwards.
    pub step: isize,
    /// Number of positions.
    pub len: usize,
}

impl Slice {
    /// Positions selected along each axis of the input.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<SliceRange>, OpError> {
        let shape = required(inputs, 0, "data")?.shape();
        let missing = |name| OpError(format!("input {name} is missing"));
        let starts = known_ints(inputs, 1, "starts")?.ok_or_else(|| missing("starts"))?;
        let ends = known_ints(inputs, 2, "ends")?.ok_or_else(|| missing("ends"))?;
        let named = match known_ints(inputs, 3, "axes")? {
            Some(list) => axes(list, shape.len())?,
            None => (0..starts.len()).collect(),
        };
        let steps = known_ints(inputs, 4, "steps")?;
        let steps = steps.map_or_else(|| vec![1; starts.len()], <[i64]>::to_vec);
        let n = starts.len();
        if n > shape.len() || ends.len() != n || named.len() != n || steps.len() != n {
            return Err(OpError("starts, ends, axes and steps differ in length".into()));
        }
        let mut ranges: Vec<SliceRange> =
            shape.iter().map(|&len| SliceRange { start: 0, step: 1, len }).collect();
        for i in 0..n {
            ranges[named[i]] = range(shape[named[i]], starts[i], ends[i], steps[i])?;
        }
        Ok(ranges)
    }
}

fn range(len: usize, start: i64, end: i64, step: i64) -> Result<SliceRange, OpError> {
    if step == 0 {
        return Err(OpError("a step is 0".into()));
    }
    let n = len as i64;
    // A step beyond the axis selects one element, like any step that leaves it.
    let step = step.clamp(-n - 1, n + 1);
    let from_end = |v: i64| if v < 0 { v.saturating_add(n) } else { v };
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let start = from_end(start).clamp(low.max(0), high.max(0));
    let end = from_end(end).clamp(low, high);
    let span = if step > 0 { end - start } else { start - end };
    let count = if n == 0 || span <= 0 { 0 } else { (span - 1) / step.abs() + 1 };
    Ok(SliceRange { start: start as usize, step: step as isize, len: count as usize })
}

impl SliceRange {
    /// Positions in order.
    pub fn index(&self) -> Vec<i32> {
        (0..self.len as isize).map(|i| (self.start as isize + i * self.step) as i32).collect()
    }
}

impl Operator for Slice {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let dtype = required(inputs, 0, "data")?.dtype();
        Ok(vec![(dtype, self.resolve(inputs)?.iter().map(|r| r.len).collect())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let data = tensor(inputs, 0)?;
        let ranges = self.resolve(&input_infos(inputs))?;
        let tables: Vec<Vec<i32>> = ranges.iter().map(SliceRange::index).collect();
        let shape: Vec<usize> = ranges.iter().map(|r| r.len).collect();
        output(shape, pick(data.data(), places(data.shape(), &tables), 0.0))
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

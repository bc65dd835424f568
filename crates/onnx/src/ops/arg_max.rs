//! `ArgMax`, `ArgMin`: position of the maximum or minimum along an axis; the first or the last of equal
//! values. `torch.argmax`, `torch.argmin`.

use super::OpError;
use super::attributes::Attributes;
use super::cost::elements;
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, axis, input_infos, required_float};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Arg-max or arg-min. Input: data; integer output.
#[derive(Debug, Clone, PartialEq)]
pub struct ArgMax {
    /// Whether the minimum is searched, not the maximum.
    pub smallest: bool,
    /// Axis to search; negative counts from the end.
    pub axis: i64,
    keepdims: bool,
    /// Whether the last of equal values wins, not the first.
    pub select_last_index: bool,
}

impl ArgMax {
    pub(super) fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        let smallest = match name {
            "ArgMax" => false,
            "ArgMin" => true,
            _ => return Ok(None),
        };
        Ok(Some(Self {
            smallest,
            axis: a.int_or("axis", 0)?,
            keepdims: a.flag("keepdims", true)?,
            select_last_index: a.flag("select_last_index", false)?,
        }))
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        ["ArgMax", "ArgMin"].into_iter()
    }

    pub(super) fn name(&self) -> &'static str {
        if self.smallest { "ArgMin" } else { "ArgMax" }
    }
}

impl Operator for ArgMax {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let mut shape = required_float(inputs, 0, "data")?.shape().to_vec();
        let axis = axis(self.axis, shape.len())?;
        if shape[axis] == 0 {
            return Err(OpError("an empty axis has no maximum".into()));
        }
        if self.keepdims {
            shape[axis] = 1;
        } else {
            shape.remove(axis);
        }
        Ok(vec![(DType::I64, shape)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (x, from) = (floats(inputs, 0)?, tensor(inputs, 0)?.shape());
        let axis = axis(self.axis, from.len())?;
        let inner: usize = from[axis + 1..].iter().product();
        let outer: usize = from[..axis].iter().product();
        let mut y = Vec::new();
        for row in 0..outer * inner {
            let value = |i: usize| x[(row / inner * from[axis] + i) * inner + row % inner];
            let mut best = 0;
            for i in 1..from[axis] {
                let better = if self.smallest { value(i) < value(best) } else { value(i) > value(best) };
                if better || (self.select_last_index && value(i) == value(best)) {
                    best = i;
                }
            }
            y.push(best as i64);
        }
        output(shape, Data::I64(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, inputs: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::each(elements(inputs, 0), 1)
    }
}

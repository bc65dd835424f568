//! `ReduceMean`, `ReduceMax`, `ReduceMin`, `ReduceSum`: along the named axes; all of them if none
//! is named. `GlobalAveragePool` and `GlobalMaxPool` are these over every spatial axis, as
//! `torch.nn.AdaptiveAvgPool2d(1)` and `AdaptiveMaxPool2d(1)`. An empty set has no mean, maximum
//! or minimum.

use super::OpError;
use super::attributes::Attributes;
use super::known::{Known, axes, known_ints, required};
use crate::plan::ReduceKind;

/// Inputs data and, from opset 13 (sum) or 18, axes or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduce {
    pub kind: ReduceKind,
    pub axes: Axes,
    pub keepdims: bool,
    pub noop_with_empty_axes: bool,
}

/// Which axes go.
#[derive(Debug, Clone, PartialEq)]
pub enum Axes {
    /// Those of the second input, all if there is none.
    Input,
    Listed(Vec<i64>),
    /// All after the first two (N and C).
    Spatial,
}

impl Reduce {
    pub fn new(kind: ReduceKind, a: &Attributes) -> Result<Self, OpError> {
        Ok(Self {
            kind,
            axes: a.ints("axes")?.map_or(Axes::Input, |list| Axes::Listed(list.to_vec())),
            keepdims: a.flag("keepdims", true)?,
            noop_with_empty_axes: a.flag("noop_with_empty_axes", false)?,
        })
    }

    pub fn global(kind: ReduceKind) -> Self {
        Self { kind, axes: Axes::Spatial, keepdims: true, noop_with_empty_axes: false }
    }

    pub fn name(&self) -> &'static str {
        match (self.kind, &self.axes) {
            (ReduceKind::Mean, Axes::Spatial) => "GlobalAveragePool",
            (_, Axes::Spatial) => "GlobalMaxPool",
            (ReduceKind::Mean, _) => "ReduceMean",
            (ReduceKind::Max, _) => "ReduceMax",
            (ReduceKind::Min, _) => "ReduceMin",
            (ReduceKind::Sum, _) => "ReduceSum",
        }
    }

    /// For each axis of the input, whether it is reduced.
    pub fn resolve<V: Known>(&self, inputs: &[Option<&V>]) -> Result<Vec<bool>, OpError> {
        let rank = required(inputs, 0, "data")?.shape().len();
        let listed = match &self.axes {
            Axes::Spatial => return Ok((0..rank).map(|i| i >= 2).collect()),
            Axes::Listed(list) => list,
            Axes::Input => known_ints(inputs, 1, "axes")?.unwrap_or(&[]),
        };
        if listed.is_empty() {
            return Ok(vec![!self.noop_with_empty_axes; rank]);
        }
        let listed = axes(listed, rank)?;
        Ok((0..rank).map(|i| listed.contains(&i)).collect())
    }
}

//! `ReduceMean`, `ReduceMax`, `ReduceMin`, `ReduceSum`: along the named axes; all of them if none
//! is named. `GlobalAveragePool` and `GlobalMaxPool` are these over every spatial axis, as
//! `torch.nn.AdaptiveAvgPool2d(1)` and `AdaptiveMaxPool2d(1)`. An empty set has no mean, maximum
//! or minimum.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{output, tensor};
use super::known::checked_shape;
use super::known::{Known, axes, known, known_ints, required};
use super::{Operator, TensorType};
use crate::plan::ReduceKind;
use crate::tensor::{DType, Data, Tensor, strides};

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
    pub fn resolve(&self, inputs: &[Option<Known>]) -> Result<Vec<bool>, OpError> {
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

impl Operator for Reduce {
    fn infer(&self, inputs: &[Option<Known>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "data")?;
        let reduced = self.resolve(inputs)?;
        let mut shape = Vec::new();
        for (&len, &gone) in input.shape().iter().zip(&reduced) {
            match (gone, len) {
                (true, 0) if self.kind != ReduceKind::Sum => {
                    return Err(OpError("an empty axis cannot be reduced".into()));
                }
                (true, _) if self.keepdims => shape.push(1),
                (true, _) => {}
                (false, _) => shape.push(len),
            }
        }
        if self.kind == ReduceKind::Mean && input.dtype() == DType::I64 {
            return Err(OpError("the mean of integers is not supported".into()));
        }
        Ok(vec![(input.dtype(), checked_shape(shape)?)])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&known(inputs))?.remove(0);
        let reduced = self.resolve(&known(inputs))?;
        let input = tensor(inputs, 0)?;
        let kept: Vec<usize> =
            input.shape().iter().zip(&reduced).map(|(&n, &gone)| if gone { 1 } else { n }).collect();
        let (from, to) = (strides(input.shape()), strides(&kept));
        let place = |i: usize| -> usize {
            let axes = (0..reduced.len()).filter(|&a| !reduced[a]);
            axes.map(|a| i / from[a] % kept[a] * to[a]).sum()
        };
        let len: usize = kept.iter().product();
        let count = (input.len() / len.max(1)) as f64;
        let data = match input.data() {
            Data::F32(x) => {
                let mut y = vec![self.start(); len];
                for (i, &x) in x.iter().enumerate() {
                    let y = &mut y[place(i)];
                    *y = match self.kind {
                        ReduceKind::Mean | ReduceKind::Sum => *y + f64::from(x),
                        ReduceKind::Max => y.max(f64::from(x)),
                        ReduceKind::Min => y.min(f64::from(x)),
                    };
                }
                let scale = if self.kind == ReduceKind::Mean { count } else { 1.0 };
                Data::F32(y.into_iter().map(|y| (y / scale) as f32).collect())
            }
            Data::I64(x) => {
                let mut y: Vec<Option<i64>> = vec![None; len];
                for (i, &x) in x.iter().enumerate() {
                    let y = &mut y[place(i)];
                    *y = Some(match (*y, self.kind) {
                        (None, _) => x,
                        (Some(y), ReduceKind::Max) => y.max(x),
                        (Some(y), ReduceKind::Min) => y.min(x),
                        (Some(y), _) => y.wrapping_add(x),
                    });
                }
                Data::I64(y.into_iter().map(Option::unwrap_or_default).collect())
            }
        };
        output(shape, data)
    }
}

impl Reduce {
    fn start(&self) -> f64 {
        match self.kind {
            ReduceKind::Mean | ReduceKind::Sum => 0.0,
            ReduceKind::Max => f64::NEG_INFINITY,
            ReduceKind::Min => f64::INFINITY,
        }
    }
}

//! Reductions along the named axes, or along all if none is named: `ReduceMean`, `ReduceMax`, `ReduceMin`,
//! `ReduceSum`, `ReduceProd`, `ReduceL1`, `ReduceL2`, `ReduceSumSquare`, `ReduceLogSum`, `ReduceLogSumExp`.
//! `GlobalAveragePool` and `GlobalMaxPool` reduce all spatial axes, like `torch.nn.AdaptiveAvgPool2d(1)` and
//! `AdaptiveMaxPool2d(1)`. Mean, maximum and minimum of an empty set are refused.

use super::OpError;
use super::attributes::Attributes;
use super::cost::elements;
use super::elements::{output, tensor};
use super::input_info::checked_shape;
use super::input_info::{InputInfo, axes, input_infos, known_ints, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor, strides};

/// A reduction. Inputs: data and, from opset 13 (sum) or 18, optionally axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduce {
    /// ONNX operator.
    pub name: &'static str,
    /// Reduction function.
    pub kind: ReduceKind,
    axes: Axes,
    keepdims: bool,
    noop_with_empty_axes: bool,
}

/// Reduction function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReduceKind {
    /// Σx / n
    Mean,
    /// Maximum.
    Max,
    /// Minimum.
    Min,
    /// Σx
    Sum,
    /// Πx
    Prod,
    /// Σ|x|
    L1,
    /// √Σx²
    L2,
    /// Σx²
    SumSquare,
    /// log Σx
    LogSum,
    /// log Σ eˣ
    LogSumExp,
}

/// Selection of the axes to reduce.
#[derive(Debug, Clone, PartialEq)]
pub enum Axes {
    /// The axes in the second input, all if there is none.
    Input,
    /// The axes listed by an attribute (up to opset 12 for sums, 17 for the others).
    Listed(Vec<i64>),
    /// All axes after the first two (N and C).
    Spatial,
}

/// Every reduction: ONNX name, function, and whether it reduces all spatial axes.
const REDUCTIONS: &[(&str, ReduceKind, bool)] = &[
    ("GlobalAveragePool", ReduceKind::Mean, true),
    ("GlobalMaxPool", ReduceKind::Max, true),
    ("ReduceL1", ReduceKind::L1, false),
    ("ReduceL2", ReduceKind::L2, false),
    ("ReduceLogSum", ReduceKind::LogSum, false),
    ("ReduceLogSumExp", ReduceKind::LogSumExp, false),
    ("ReduceMax", ReduceKind::Max, false),
    ("ReduceMean", ReduceKind::Mean, false),
    ("ReduceMin", ReduceKind::Min, false),
    ("ReduceProd", ReduceKind::Prod, false),
    ("ReduceSum", ReduceKind::Sum, false),
    ("ReduceSumSquare", ReduceKind::SumSquare, false),
];

impl Reduce {
    pub(super) fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        let Some(&(name, kind, global)) = REDUCTIONS.iter().find(|(known, ..)| *known == name) else {
            return Ok(None);
        };
        if global {
            return Ok(Some(Self {
                name,
                kind,
                axes: Axes::Spatial,
                keepdims: true,
                noop_with_empty_axes: false,
            }));
        }
        Ok(Some(Self {
            name,
            kind,
            axes: a.ints("axes")?.map_or(Axes::Input, |list| Axes::Listed(list.to_vec())),
            keepdims: a.flag("keepdims", true)?,
            noop_with_empty_axes: a.flag("noop_with_empty_axes", false)?,
        }))
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        REDUCTIONS.iter().map(|(name, ..)| *name)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether each axis of the input is reduced.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<bool>, OpError> {
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
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "data")?;
        let reduced = self.resolve(inputs)?;
        let mut shape = Vec::new();
        for (&len, &gone) in input.shape().iter().zip(&reduced) {
            match (gone, len) {
                (true, 0) if matches!(self.kind, ReduceKind::Mean | ReduceKind::Max | ReduceKind::Min) => {
                    return Err(OpError("an empty axis cannot be reduced".into()));
                }
                (true, _) if self.keepdims => shape.push(1),
                (true, _) => {}
                (false, _) => shape.push(len),
            }
        }
        let float_only = [ReduceKind::Mean, ReduceKind::L2, ReduceKind::LogSum, ReduceKind::LogSumExp];
        if float_only.contains(&self.kind) && input.dtype() == DType::I64 {
            return Err(OpError(format!("{} of integers is not supported", self.name())));
        }
        Ok(vec![(input.dtype(), checked_shape(shape)?)])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let reduced = self.resolve(&input_infos(inputs))?;
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
                    let (x, y) = (f64::from(x), &mut y[place(i)]);
                    *y = match self.kind {
                        ReduceKind::Mean | ReduceKind::Sum => *y + x,
                        ReduceKind::Max => y.max(x),
                        ReduceKind::Min => y.min(x),
                        ReduceKind::Prod => *y * x,
                        ReduceKind::L1 => *y + x.abs(),
                        ReduceKind::L2 | ReduceKind::SumSquare => *y + x * x,
                        ReduceKind::LogSum => *y + x,
                        ReduceKind::LogSumExp => add_exponents(*y, x),
                    };
                }
                let finish = |y: f64| match self.kind {
                    ReduceKind::Mean => y / count,
                    ReduceKind::L2 => y.sqrt(),
                    ReduceKind::LogSum => y.ln(),
                    _ => y,
                };
                Data::F32(y.into_iter().map(|y| finish(y) as f32).collect())
            }
            Data::I64(x) => {
                let mut y = vec![self.start() as i64; len];
                for (i, &x) in x.iter().enumerate() {
                    let y = &mut y[place(i)];
                    *y = match self.kind {
                        ReduceKind::Max => x.max(*y),
                        ReduceKind::Min => x.min(*y),
                        ReduceKind::Prod => y.wrapping_mul(x),
                        ReduceKind::L1 => y.wrapping_add(x.wrapping_abs()),
                        ReduceKind::SumSquare => y.wrapping_add(x.wrapping_mul(x)),
                        ReduceKind::Sum
                        | ReduceKind::Mean
                        | ReduceKind::L2
                        | ReduceKind::LogSum
                        | ReduceKind::LogSumExp => y.wrapping_add(x),
                    };
                }
                Data::I64(y)
            }
        };
        output(shape, data)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, inputs: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        match self.kind {
            ReduceKind::L1 | ReduceKind::L2 | ReduceKind::SumSquare => Cost::each(elements(inputs, 0), 2),
            ReduceKind::LogSumExp => Cost::each(elements(inputs, 0), 3),
            ReduceKind::Mean
            | ReduceKind::Max
            | ReduceKind::Min
            | ReduceKind::Sum
            | ReduceKind::Prod
            | ReduceKind::LogSum => Cost::each(elements(inputs, 0), 1),
        }
    }
}

/// log(eᵃ + eᵇ)
fn add_exponents(a: f64, b: f64) -> f64 {
    let max = a.max(b);
    if max.is_infinite() { max } else { max + ((a - max).exp() + (b - max).exp()).ln() }
}

impl Reduce {
    /// Initial accumulator; infinities become the extreme integers.
    fn start(&self) -> f64 {
        match self.kind {
            ReduceKind::Mean
            | ReduceKind::Sum
            | ReduceKind::L1
            | ReduceKind::L2
            | ReduceKind::SumSquare
            | ReduceKind::LogSum => 0.0,
            ReduceKind::Max | ReduceKind::LogSumExp => f64::NEG_INFINITY,
            ReduceKind::Min => f64::INFINITY,
            ReduceKind::Prod => 1.0,
        }
    }
}

//! Operators that keep the elements in row-major order and change the shape: `Reshape`, `Flatten`, `Squeeze`,
//! `Unsqueeze`, and `Dropout`, a no-op in inference. As in PyTorch, except that `Flatten` always returns a
//! matrix.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{output, tensor};
use super::input_info::{InputInfo, axes, axis, input_infos, known_ints, known_tensor, required, shape_from};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::Tensor;
use unet_kernels::tensor::checked_len;

/// Rule for the new shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Reshape {
    /// Inputs: data and shape. 0 keeps a dimension (unless `allowzero`); a single −1 is inferred.
    Reshape {
        /// Whether a dimension 0 means length 0, rather than the input's dimension.
        allowzero: bool,
    },
    /// To `[product before axis, product from axis on]`.
    Flatten {
        /// First axis of the second dimension; negative counts from the end.
        axis: i64,
    },
    /// Removes axes of length 1: the named ones (by an attribute up to opset 12, then by an input), or all.
    Squeeze {
        /// Axes to remove; negative counts from the end. `None`: the second input lists them, or if absent,
        /// all axes of length 1.
        axes: Option<Vec<i64>>,
    },
    /// Inserts axes of length 1 at these positions of the output.
    Unsqueeze {
        /// Positions of the new axes in the output; `None`: the second input lists them.
        axes: Option<Vec<i64>>,
    },
    /// The unchanged input: dropout does nothing after training.
    Dropout,
}

impl Reshape {
    pub(super) fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        let axes = || Ok(a.ints("axes")?.map(<[i64]>::to_vec));
        Ok(Some(match name {
            "Reshape" => Self::Reshape { allowzero: a.flag("allowzero", false)? },
            "Flatten" => Self::Flatten { axis: a.int_or("axis", 1)? },
            "Squeeze" => Self::Squeeze { axes: axes()? },
            "Unsqueeze" => Self::Unsqueeze { axes: axes()? },
            "Dropout" if a.outputs > 1 => {
                return Err(OpError("output mask is not supported".into()));
            }
            "Dropout" => Self::Dropout,
            _ => return Ok(None),
        }))
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"].into_iter()
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Reshape { .. } => "Reshape",
            Self::Flatten { .. } => "Flatten",
            Self::Squeeze { .. } => "Squeeze",
            Self::Unsqueeze { .. } => "Unsqueeze",
            Self::Dropout => "Dropout",
        }
    }

    /// Shape of the output.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<usize>, OpError> {
        let shape = required(inputs, 0, "data")?.shape();
        let output = match self {
            Self::Dropout if known_tensor(inputs, 2, "training_mode")?.is_some_and(is_true) => {
                return Err(OpError("training mode is not supported; export in eval mode".into()));
            }
            Self::Dropout => shape.to_vec(),
            Self::Reshape { allowzero } => {
                let target = known_ints(inputs, 1, "shape")?
                    .ok_or_else(|| OpError("input 1 (shape) is missing".into()))?;
                reshape(shape, target, *allowzero)?
            }
            Self::Flatten { axis: at } => {
                let rank = shape.len();
                let at = if *at == rank as i64 { rank } else { axis(*at, rank)? };
                vec![shape[..at].iter().product(), shape[at..].iter().product()]
            }
            Self::Squeeze { axes: listed } => {
                let gone = match named_axes(listed, inputs)? {
                    Some(list) => axes(list, shape.len())?,
                    None => (0..shape.len()).filter(|&i| shape[i] == 1).collect(),
                };
                if let Some(i) = gone.iter().find(|&&i| shape[i] != 1) {
                    return Err(OpError(format!("axis {i} of {shape:?} is not of length 1")));
                }
                (0..shape.len()).filter(|i| !gone.contains(i)).map(|i| shape[i]).collect()
            }
            Self::Unsqueeze { axes: listed } => {
                let list = named_axes(listed, inputs)?.ok_or_else(|| OpError("axes are missing".into()))?;
                let rank = shape.len() + list.len();
                let new = axes(list, rank)?;
                let mut old = shape.iter().copied();
                (0..rank).map(|i| if new.contains(&i) { 1 } else { old.next().unwrap_or(1) }).collect()
            }
        };
        if checked_len(&output) != checked_len(shape) {
            return Err(OpError(format!("shape {shape:?} cannot become {output:?}")));
        }
        Ok(output)
    }
}

fn is_true(flag: &Tensor) -> bool {
    flag.as_i64().is_some_and(|v| v.contains(&1))
}

fn named_axes<'a>(
    listed: &'a Option<Vec<i64>>,
    inputs: &[Option<InputInfo<'a>>],
) -> Result<Option<&'a [i64]>, OpError> {
    match listed {
        Some(list) => Ok(Some(list)),
        None => known_ints(inputs, 1, "axes"),
    }
}

fn reshape(shape: &[usize], target: &[i64], allowzero: bool) -> Result<Vec<usize>, OpError> {
    let impossible = || OpError(format!("shape {shape:?} cannot become {target:?}"));
    let mut dims = Vec::new();
    let mut free = None;
    for (i, &d) in target.iter().enumerate() {
        dims.push(match d {
            0 if !allowzero => *shape.get(i).ok_or_else(impossible)? as i64,
            -1 if free.is_none() => {
                free = Some(i);
                1
            }
            d => d,
        });
    }
    let mut output = shape_from(&dims)?;
    if let Some(i) = free {
        let len = checked_len(shape).ok_or_else(impossible)?;
        let rest = checked_len(&output).filter(|&r| r > 0).ok_or_else(impossible)?;
        output[i] = len / rest;
    }
    Ok(output)
}

impl Operator for Reshape {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let dtype = required(inputs, 0, "data")?.dtype();
        Ok(vec![(dtype, self.resolve(inputs)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        output(self.resolve(&input_infos(inputs))?, tensor(inputs, 0)?.data().clone())
    }

    fn role(&self) -> Role {
        match self {
            Self::Dropout => Role::Identity,
            Self::Reshape { .. } | Self::Flatten { .. } | Self::Squeeze { .. } | Self::Unsqueeze { .. } => {
                Role::Stores
            }
        }
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

//! Normalization: `(x − mean) / √(variance + epsilon) · scale + bias`, with the biased variance.
//!
//! | ONNX | PyTorch | mean and variance |
//! |---|---|---|
//! | `BatchNormalization` | `BatchNorm2d` in eval mode | stored, one per channel |
//! | `InstanceNormalization` | `InstanceNorm2d` | of each channel of each sample |
//! | `GroupNormalization` | `GroupNorm` | of each group of channels of each sample |
//! | `LayerNormalization` | `LayerNorm` | of all axes from `axis` on |

use super::OpError;
use super::attributes::Attributes;
use super::cost::made;
use super::elements::{broadcast_places, floats, output, tensor};
use super::input_info::{InputInfo, axis, broadcast, input_infos, optional, required_float};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Batch normalization. Inputs: X `[N, C, …]`, scale, B, mean, var (each `[C]`).
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNormalization {
    /// Added to the variance before the square root, against division by zero.
    pub epsilon: f32,
}

/// Instance normalization. Inputs: X `[N, C, …]`, scale, B (each `[C]`).
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceNormalization {
    /// Added to the variance before the square root, against division by zero.
    pub epsilon: f32,
}

/// Group normalization. Inputs: X `[N, C, …]`, scale, bias (each `[C]`; `[num_groups]` before opset 21).
#[derive(Debug, Clone, PartialEq)]
pub struct GroupNormalization {
    /// Added to the variance before the square root, against division by zero.
    pub epsilon: f32,
    /// Number of groups of consecutive channels, which have separate statistics.
    pub num_groups: usize,
    /// Whether scale and bias are per group rather than per channel (opset 18 to 20).
    pub per_group: bool,
}

/// Layer normalization. Inputs: X, Scale, and optionally B, both broadcastable to the shape of X from `axis`
/// on.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNormalization {
    /// First axis to normalize over; negative counts from the end.
    pub axis: i64,
    /// Added to the variance before the square root, against division by zero.
    pub epsilon: f32,
}

impl BatchNormalization {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        if a.flag("training_mode", false)? || a.outputs > 1 {
            return Err(OpError("training mode is not supported; export in eval mode".into()));
        }
        Ok(Self { epsilon: a.float_or("epsilon", 1e-5)? })
    }
}

impl InstanceNormalization {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { epsilon: a.float_or("epsilon", 1e-5)? })
    }
}

impl GroupNormalization {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let num_groups = a.count_or("num_groups", 0)?;
        if num_groups == 0 {
            return Err(OpError("num_groups is missing".into()));
        }
        Ok(Self { epsilon: a.float_or("epsilon", 1e-5)?, num_groups, per_group: a.opset < 21 })
    }
}

impl LayerNormalization {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        if a.outputs > 1 {
            return Err(OpError("outputs Mean and InvStdDev are not supported".into()));
        }
        Ok(Self { axis: a.int_or("axis", -1)?, epsilon: a.float_or("epsilon", 1e-5)? })
    }
}

/// Shape of X, which has at least N and C; inputs 1 to `last` must have `len` values.
fn check(inputs: &[Option<InputInfo>], last: usize, len: Option<usize>) -> Result<Vec<usize>, OpError> {
    let shape = required_float(inputs, 0, "X")?.shape();
    let &[_, c, ..] = shape else {
        return Err(OpError(format!("X of shape {shape:?} has no channels")));
    };
    let len = len.unwrap_or(c);
    for i in 1..=last {
        let given = required_float(inputs, i, "a parameter of the channels")?.shape();
        if given != [len] {
            return Err(OpError(format!("input {i} has shape {given:?}, not [{len}]")));
        }
    }
    Ok(shape.to_vec())
}

/// Mean and 1/√(variance + epsilon).
fn statistics(x: &[f32], epsilon: f32) -> (f64, f64) {
    let count = x.len().max(1) as f64;
    let mean = x.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let variance = x.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
    (mean, 1.0 / (variance + f64::from(epsilon)).sqrt())
}

/// Group normalization in double precision; `parameter` selects the scale and bias of a channel.
fn group_norm(
    inputs: &[Option<&Tensor>],
    groups: usize,
    epsilon: f32,
    parameter: impl Fn(usize) -> usize,
) -> Result<Vec<Tensor>, OpError> {
    let (x, scale, bias) = (floats(inputs, 0)?, floats(inputs, 1)?, floats(inputs, 2)?);
    let shape = tensor(inputs, 0)?.shape();
    let plane: usize = shape[2..].iter().product();
    let group = shape[1] / groups * plane;
    let mut y = Vec::new();
    if group > 0 {
        for x in x.chunks_exact(group) {
            let (mean, factor) = statistics(x, epsilon);
            for &v in x {
                let p = parameter(y.len() / plane % shape[1]);
                y.push(((f64::from(v) - mean) * factor * f64::from(scale[p]) + f64::from(bias[p])) as f32);
            }
        }
    }
    output(shape, Data::F32(y))
}

impl Operator for BatchNormalization {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(DType::F32, check(inputs, 4, None)?)])
    }

    /// Computes in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let shape = check(&input_infos(inputs), 4, None)?;
        let plane: usize = shape[2..].iter().product();
        let (x, scale, bias) = (floats(inputs, 0)?, floats(inputs, 1)?, floats(inputs, 2)?);
        let (mean, variance) = (floats(inputs, 3)?, floats(inputs, 4)?);
        let normalized = |(i, &x): (usize, &f32)| {
            let c = i / plane % shape[1];
            let factor = f64::from(scale[c]) / (f64::from(variance[c]) + f64::from(self.epsilon)).sqrt();
            ((f64::from(x) - f64::from(mean[c])) * factor + f64::from(bias[c])) as f32
        };
        let y = x.iter().enumerate().map(normalized).collect();
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..5
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 2)
    }
}

impl Operator for InstanceNormalization {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(DType::F32, check(inputs, 2, None)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let shape = check(&input_infos(inputs), 2, None)?;
        group_norm(inputs, shape[1].max(1), self.epsilon, |c| c)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..3
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 5)
    }
}

impl Operator for GroupNormalization {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let shape = check(inputs, 2, self.per_group.then_some(self.num_groups))?;
        if shape[1] % self.num_groups != 0 {
            return Err(OpError(format!("{} channels do not make {} groups", shape[1], self.num_groups)));
        }
        Ok(vec![(DType::F32, shape)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let channels = shape[1] / self.num_groups;
        let parameter = |c| if self.per_group { c / channels } else { c };
        group_norm(inputs, self.num_groups, self.epsilon, parameter)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..3
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 5)
    }
}

impl Operator for LayerNormalization {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let shape = required_float(inputs, 0, "X")?.shape();
        let inner = &shape[axis(self.axis, shape.len())?..];
        for (i, name) in [(1, "Scale"), (2, "B")] {
            if i == 1 || optional(inputs, i).is_some() {
                let given = required_float(inputs, i, name)?.shape();
                if broadcast(given, inner)? != inner {
                    return Err(OpError(format!("{name} {given:?} does not broadcast to {inner:?}")));
                }
            }
        }
        Ok(vec![(DType::F32, shape.to_vec())])
    }

    /// Computes in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (x, scale) = (floats(inputs, 0)?, floats(inputs, 1)?);
        let inner = &shape[axis(self.axis, shape.len())?..];
        let scale_places: Vec<usize> = broadcast_places(tensor(inputs, 1)?.shape(), inner).collect();
        let bias = optional(inputs, 2);
        let bias_places: Vec<usize> =
            bias.map_or(Vec::new(), |b| broadcast_places(b.shape(), inner).collect());
        let bias = bias.and_then(Tensor::as_f32);
        let mut y = Vec::new();
        if !scale_places.is_empty() {
            for x in x.chunks_exact(scale_places.len()) {
                let (mean, factor) = statistics(x, self.epsilon);
                for (i, &v) in x.iter().enumerate() {
                    let shift = bias.map_or(0.0, |b| f64::from(b[bias_places[i]]));
                    let scale = f64::from(scale[scale_places[i]]);
                    y.push(((f64::from(v) - mean) * factor * scale + shift) as f32);
                }
            }
        }
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..3
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 5)
    }
}

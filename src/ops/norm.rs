//! Normalisations: `(x − mean) / √(variance + epsilon) · scale + bias`, with the biased variance.
//!
//! | ONNX | PyTorch | mean and variance |
//! |---|---|---|
//! | `BatchNormalization` | `BatchNorm2d` in eval mode | stored, one per channel |
//! | `InstanceNormalization` | `InstanceNorm2d` | of each channel of each sample |
//! | `GroupNormalization` | `GroupNorm` | of each group of channels of each sample |
//! | `LayerNormalization` | `LayerNorm` | of all axes from `axis` on |

use super::OpError;
use super::attributes::Attributes;

/// Inputs X `[N, C, …]`, scale, B, mean, var (each `[C]`).
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNormalization {
    pub epsilon: f32,
}

/// Inputs X `[N, C, …]`, scale, B (each `[C]`).
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceNormalization {
    pub epsilon: f32,
}

/// Inputs X `[N, C, …]`, scale, bias (each `[C]`; `[num_groups]` before opset 21).
#[derive(Debug, Clone, PartialEq)]
pub struct GroupNormalization {
    pub epsilon: f32,
    pub num_groups: usize,
    /// Opset 18 to 20: one scale and bias a group rather than a channel.
    pub per_group: bool,
}

/// Inputs X, Scale, and B or none, of (or broadcast to) the shape of X from `axis` on.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNormalization {
    pub axis: i64,
    pub epsilon: f32,
}

impl BatchNormalization {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        if a.flag("training_mode", false)? || a.outputs > 1 {
            return Err(OpError("training mode is not supported; export in eval mode".into()));
        }
        Ok(Self { epsilon: a.float_or("epsilon", 1e-5)? })
    }
}

impl InstanceNormalization {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { epsilon: a.float_or("epsilon", 1e-5)? })
    }
}

impl GroupNormalization {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let num_groups = a.count_or("num_groups", 0)?;
        if num_groups == 0 {
            return Err(OpError("num_groups is missing".into()));
        }
        Ok(Self { epsilon: a.float_or("epsilon", 1e-5)?, num_groups, per_group: a.opset < 21 })
    }
}

impl LayerNormalization {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        if a.outputs > 1 {
            return Err(OpError("outputs Mean and InvStdDev are not supported".into()));
        }
        Ok(Self { axis: a.int_or("axis", -1)?, epsilon: a.float_or("epsilon", 1e-5)? })
    }
}

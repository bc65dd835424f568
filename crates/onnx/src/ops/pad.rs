//! `Pad`: rows and columns added (or, if negative, cropped) at both ends of each axis.
//! `torch.nn.functional.pad`; `edge` is its "replicate", `wrap` its "circular".

use super::OpError;
use super::attributes::Attributes;
use super::elements::{output, pick, places, tensor};
use super::input_info::{
    InputInfo, axes, input_infos, known_floats, known_ints, optional, required, shape_from,
};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::Tensor;

/// Values of the padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PadMode {
    /// The third input, or 0 if absent.
    Constant,
    /// Mirrored without repeating the edge.
    Reflect,
    /// The nearest element.
    Edge,
    /// The tensor repeated periodically.
    Wrap,
}

/// Padding. Inputs: data, pads (all beginnings, then all ends), optional constant value, optional axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pad {
    /// Values of the padding.
    pub mode: PadMode,
}

/// A padding of known size.
#[derive(Debug, Clone, PartialEq)]
pub struct Padding {
    /// Padding before and after, for each axis; negative values crop.
    pub pads: Vec<[i64; 2]>,
    /// Value of `Constant` padding; rounded for integer data.
    pub value: f32,
    /// Shape of the result.
    pub output: Vec<usize>,
}

impl Pad {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let modes = [
            ("constant", PadMode::Constant),
            ("reflect", PadMode::Reflect),
            ("edge", PadMode::Edge),
            ("wrap", PadMode::Wrap),
        ];
        Ok(Self { mode: a.choice("mode", PadMode::Constant, &modes)? })
    }

    /// The padding for inputs of these shapes.
    ///
    /// # Errors
    /// Pads are not known before the run, do not match the axes, or exceed what the mode can fill.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Padding, OpError> {
        let shape = required(inputs, 0, "data")?.shape();
        let list =
            known_ints(inputs, 1, "pads")?.ok_or_else(|| OpError("input 1 (pads) is missing".into()))?;
        let named: Vec<usize> = match known_ints(inputs, 3, "axes")? {
            Some(list) => axes(list, shape.len())?,
            None => (0..shape.len()).collect(),
        };
        if list.len() != 2 * named.len() {
            return Err(OpError(format!("{} pads for {} axes", list.len(), named.len())));
        }
        let mut pads = vec![[0, 0]; shape.len()];
        for (i, &axis) in named.iter().enumerate() {
            pads[axis] = [list[i], list[i + named.len()]];
        }
        let mut output = Vec::new();
        for (&len, &[before, after]) in shape.iter().zip(&pads) {
            let size = (len as i64).checked_add(before).and_then(|v| v.checked_add(after));
            output.push(size.ok_or_else(|| OpError("pads are too large".into()))?);
            let limit = match self.mode {
                PadMode::Constant => i64::MAX,
                PadMode::Reflect => len as i64 - 1,
                PadMode::Edge if len > 0 => i64::MAX,
                PadMode::Edge => 0,
                PadMode::Wrap => len as i64,
            };
            if before.max(after) > limit.max(0) {
                return Err(OpError(format!(
                    "an axis of length {len} cannot be padded by {before} and {after} in mode {:?}",
                    self.mode
                )));
            }
        }
        let value = match optional(inputs, 2).and_then(InputInfo::value).and_then(|t| t.as_i64()) {
            Some(ints) => ints.first().map(|&v| v as f32),
            None => known_floats(inputs, 2, "constant_value")?.and_then(|v| v.first().copied()),
        };
        Ok(Padding { pads, value: value.unwrap_or(0.0), output: shape_from(&output)? })
    }

    /// Source position of each output position along an axis; −1 for `value`.
    pub fn index(&self, len: usize, [before, after]: [i64; 2]) -> Vec<i32> {
        let (len, last) = (len as i64, len as i64 - 1);
        (-before..len + after)
            .map(|i| match self.mode {
                PadMode::Constant if i < 0 || i > last => -1,
                PadMode::Constant => i as i32,
                PadMode::Reflect if i < 0 => -i as i32,
                PadMode::Reflect if i > last => (2 * last - i) as i32,
                PadMode::Reflect => i as i32,
                PadMode::Edge => i.clamp(0, last) as i32,
                PadMode::Wrap => i.rem_euclid(len) as i32,
            })
            .collect()
    }
}

impl Operator for Pad {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let dtype = required(inputs, 0, "data")?.dtype();
        Ok(vec![(dtype, self.resolve(inputs)?.output)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let data = tensor(inputs, 0)?;
        let padding = self.resolve(&input_infos(inputs))?;
        let tables: Vec<Vec<i32>> =
            data.shape().iter().zip(&padding.pads).map(|(&n, &pads)| self.index(n, pads)).collect();
        let data = pick(data.data(), places(data.shape(), &tables), padding.value);
        output(padding.output, data)
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

//! Sliding-window geometry shared by convolution and pooling.
//!
//! Output size along one axis, with K = dilation·(kernel − 1) + 1:
//! `floor((in + pad_begin + pad_end − K) / stride) + 1`, as in `torch.nn.Conv2d`. With `ceil_mode`
//! the division rounds up, and a last window that would start beyond the input and its leading
//! padding is dropped, as in PyTorch. `auto_pad` SAME_UPPER and SAME_LOWER give
//! `ceil(in / stride)`, with an odd zero at the end or the beginning.

use super::attributes::{Attributes, MAX_EXTENT};
use super::cost::made;
use super::{Cost, InputInfo, OpError};
use unet_kernels::Window;

/// Choice of padding; `NotSet` takes `pads`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoPad {
    /// The attribute `pads`.
    NotSet,
    /// Enough for ⌈input / stride⌉ outputs; odd padding goes to the end.
    SameUpper,
    /// Like `SameUpper`, but odd padding goes to the beginning.
    SameLower,
    /// No padding.
    Valid,
}

/// Attributes shared by `Conv`, `ConvTranspose` and all pools; pairs are `[y, x]`.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowAttributes {
    /// Choice of padding.
    pub auto_pad: AutoPad,
    /// Distance between neighboring taps of the kernel, in input pixels.
    pub dilations: [usize; 2],
    /// Kernel size; convolutions may omit it and take it from the weight.
    pub kernel_shape: Option<[usize; 2]>,
    /// Padding above and to the left, for [`AutoPad::NotSet`].
    pub pads_begin: [usize; 2],
    /// Padding below and to the right, for [`AutoPad::NotSet`].
    pub pads_end: [usize; 2],
    /// Distance between neighboring windows, in input pixels.
    pub strides: [usize; 2],
    /// Whether the output size is rounded up; pools only.
    pub ceil_mode: bool,
}

impl WindowAttributes {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let auto_pad = a.choice(
            "auto_pad",
            AutoPad::NotSet,
            &[
                ("NOTSET", AutoPad::NotSet),
                ("SAME_UPPER", AutoPad::SameUpper),
                ("SAME_LOWER", AutoPad::SameLower),
                ("VALID", AutoPad::Valid),
            ],
        )?;
        let pads = match a.ints("pads")? {
            None => [0; 4],
            Some(&[top, left, bottom, right]) => [pad(top)?, pad(left)?, pad(bottom)?, pad(right)?],
            Some(list) => {
                return Err(OpError(format!(
                    "pads has {} entries; only two spatial dimensions are supported",
                    list.len()
                )));
            }
        };
        Ok(Self {
            auto_pad,
            dilations: a.extents("dilations")?.unwrap_or([1; 2]),
            kernel_shape: a.extents("kernel_shape")?,
            pads_begin: [pads[0], pads[1]],
            pads_end: [pads[2], pads[3]],
            strides: a.extents("strides")?.unwrap_or([1; 2]),
            ceil_mode: a.flag("ceil_mode", false)?,
        })
    }

    /// Kernel size of a pool, which has no weight to infer it from.
    pub fn pool_kernel(&self) -> Result<[usize; 2], OpError> {
        self.kernel_shape.ok_or_else(|| OpError("kernel_shape is missing".into()))
    }

    /// Cost of a pool: one operation per position of each window.
    pub fn pool_cost(&self, outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), self.kernel_shape.map_or(1, |[h, w]| (h * w) as u64))
    }

    /// Window, output size and padding at the end for one input size.
    pub fn window(
        &self,
        input: [usize; 2],
        kernel: [usize; 2],
    ) -> Result<(Window, [usize; 2], [usize; 2]), OpError> {
        let mut window = Window { kernel, stride: self.strides, dilation: self.dilations, pad_begin: [0; 2] };
        let (mut output, mut pad_end) = ([0; 2], [0; 2]);
        for i in 0..2 {
            let axis = self.axis(i, input[i], kernel[i])?;
            window.pad_begin[i] = axis.pad_begin as isize;
            output[i] = axis.output;
            pad_end[i] = axis.pad_end;
        }
        Ok((window, output, pad_end))
    }

    fn axis(&self, i: usize, input: usize, kernel: usize) -> Result<AxisWindow, OpError> {
        let stride = self.strides[i];
        let reach = self.dilations[i] * (kernel - 1) + 1;
        let (pad_begin, pad_end) = match self.auto_pad {
            AutoPad::NotSet => (self.pads_begin[i], self.pads_end[i]),
            AutoPad::Valid => (0, 0),
            AutoPad::SameUpper | AutoPad::SameLower => {
                let output = input.div_ceil(stride);
                let total = (output.saturating_sub(1) * stride + reach).saturating_sub(input);
                let small = total / 2;
                match self.auto_pad {
                    AutoPad::SameUpper => (small, total - small),
                    _ => (total - small, small),
                }
            }
        };
        let padded = input + pad_begin + pad_end;
        if input == 0 || padded < reach {
            return Err(OpError(format!(
                "a kernel that reaches over {reach} does not fit in {padded}, the padded input"
            )));
        }
        let span = padded - reach;
        let mut output = span / stride + 1;
        if self.ceil_mode && !span.is_multiple_of(stride) && output * stride < input + pad_begin {
            output += 1;
        }
        Ok(AxisWindow { pad_begin, pad_end, output })
    }
}

struct AxisWindow {
    pad_begin: usize,
    pad_end: usize,
    output: usize,
}

fn pad(value: i64) -> Result<usize, OpError> {
    match usize::try_from(value) {
        Ok(v) if v <= MAX_EXTENT => Ok(v),
        _ => Err(OpError(format!("pad {value} is outside 0 to {MAX_EXTENT}"))),
    }
}

//! `ConvTranspose`: y[n, o, i·s + u·d − p, j·s + v·d − p] += x[n, c, i, j]·w[c, o', u, v], plus
//! bias[o]. `torch.nn.ConvTranspose2d`; what falls outside the output is dropped. Output size
//! along an axis: `s·(in − 1) + output_padding + d·(k − 1) + 1 − pad_begin − pad_end`.

use super::OpError;
use super::attributes::Attributes;
use super::conv::{check_bias, kernel};
use super::cost::{elements, taps};
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, checked_shape, input_infos, nchw, optional, required_float};
use super::window::{AutoPad, WindowAttributes};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::Window;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Transposed convolution. Inputs: X `[N, C, H, W]`, W `[C, C_out/group, kh, kw]`, and optionally B
/// `[C_out]`.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvTranspose {
    /// Stride, padding and dilation. The weight determines the kernel size.
    pub windowed: WindowAttributes,
    /// Number of groups of channels that are convolved separately.
    pub group: usize,
    /// Rows and columns added at the end, like `output_padding` of `torch.nn.ConvTranspose2d`; `[y, x]`.
    pub output_padding: [usize; 2],
    /// Requested output size, from which the padding follows.
    pub output_shape: Option<[usize; 2]>,
}

impl ConvTranspose {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let mut windowed = WindowAttributes::new(a)?;
        windowed.ceil_mode = false;
        let output_padding = match a.ints("output_padding")? {
            None => [0; 2],
            Some(&[y, x]) => [y, x],
            Some(list) => {
                return Err(OpError(format!("output_padding has {} entries, not 2", list.len())));
            }
        };
        let mut padding = [0; 2];
        for i in 0..2 {
            let limit = windowed.strides[i].max(windowed.dilations[i]);
            padding[i] = usize::try_from(output_padding[i])
                .ok()
                .filter(|&p| p < limit)
                .ok_or_else(|| OpError("output_padding must be below stride or dilation".into()))?;
        }
        Ok(Self {
            windowed,
            group: a.count_or("group", 1)?,
            output_padding: padding,
            output_shape: a.ints("output_shape")?.map(spatial).transpose()?,
        })
    }

    /// Window in the output (`pad_begin` rows and columns are cropped at the beginning), and the output size.
    pub fn window(&self, input: [usize; 2], kernel: [usize; 2]) -> Result<(Window, [usize; 2]), OpError> {
        let s = &self.windowed;
        let mut window = Window { kernel, stride: s.strides, dilation: s.dilations, pad_begin: [0; 2] };
        let mut output = [0; 2];
        for i in 0..2 {
            let too_large = || OpError("the output is too large".into());
            let spread = input[i]
                .checked_sub(1)
                .ok_or_else(|| OpError("the input is empty".into()))?
                .checked_mul(s.strides[i])
                .filter(|&v| v < i32::MAX as usize / 2)
                .ok_or_else(too_large)?;
            let full = spread + s.dilations[i] * (kernel[i] - 1) + 1 + self.output_padding[i];
            let wanted = match (self.output_shape, s.auto_pad) {
                (Some(shape), _) => Some(shape[i]),
                (None, AutoPad::SameUpper | AutoPad::SameLower) => {
                    Some(input[i].checked_mul(s.strides[i]).ok_or_else(too_large)?)
                }
                _ => None,
            };
            let size = match wanted {
                Some(size) => {
                    // Excess output size stays zero, at the end.
                    let total = full.saturating_sub(size) as isize;
                    // ONNX: the smaller half comes first only for SAME_UPPER.
                    let half = total / 2;
                    window.pad_begin[i] = if s.auto_pad == AutoPad::SameUpper { half } else { total - half };
                    size as isize
                }
                None => {
                    let (begin, end) = match s.auto_pad {
                        AutoPad::NotSet => (s.pads_begin[i], s.pads_end[i]),
                        _ => (0, 0),
                    };
                    window.pad_begin[i] = begin as isize;
                    full as isize - begin as isize - end as isize
                }
            };
            output[i] = usize::try_from(size)
                .ok()
                .filter(|&v| v > 0)
                .ok_or_else(|| OpError("padding leaves no output".into()))?;
        }
        Ok((window, output))
    }
}

/// Last two of 2 or 4 dimensions.
fn spatial(list: &[i64]) -> Result<[usize; 2], OpError> {
    let wrong = || OpError(format!("output_shape {list:?} is not supported"));
    let (&[y, x] | &[_, _, y, x]) = list else {
        return Err(wrong());
    };
    let size = |v: i64| i32::try_from(v).ok().filter(|&v| v > 0).map(|v| v as usize);
    Ok([size(y).ok_or_else(wrong)?, size(x).ok_or_else(wrong)?])
}

impl Operator for ConvTranspose {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let [n, c, h, w] = nchw(required_float(inputs, 0, "X")?.shape(), "X")?;
        let weight = nchw(required_float(inputs, 1, "W")?.shape(), "W")?;
        if weight[0] != c || c % self.group != 0 {
            return Err(OpError(format!(
                "{c} channels, group {} and W of shape {weight:?} do not fit each other",
                self.group
            )));
        }
        let c_out = weight[1].checked_mul(self.group).ok_or_else(|| OpError("W is too large".into()))?;
        check_bias(inputs, c_out)?;
        let (_, [h, w]) = self.window([h, w], kernel(&self.windowed, weight)?)?;
        Ok(vec![(DType::F32, checked_shape(vec![n, c_out, h, w])?)])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (x, weight) = (floats(inputs, 0)?, floats(inputs, 1)?);
        let [n_in, c_in, h, w] = nchw(tensor(inputs, 0)?.shape(), "X")?;
        let [_, o_group, kh, kw] = nchw(tensor(inputs, 1)?.shape(), "W")?;
        let [_, c_out, h_out, w_out] = nchw(&shape, "Y")?;
        let (window, _) = self.window([h, w], [kh, kw])?;
        let plane = h_out * w_out;
        let mut y = vec![0.0f64; n_in * c_out * plane];
        if let Some(bias) = optional(inputs, 2).and_then(Tensor::as_f32) {
            for (i, y) in y.iter_mut().enumerate() {
                *y = f64::from(bias[i / plane % c_out]);
            }
        }
        for n in 0..n_in {
            for c in 0..c_in {
                let first = c / (c_in / self.group) * o_group;
                for (p, x) in x[(n * c_in + c) * h * w..][..h * w].iter().enumerate() {
                    for o in 0..o_group {
                        let start = (n * c_out + first + o) * plane;
                        for u in 0..kh {
                            let Some(i) = window.source(0, p / w, u, h_out) else { continue };
                            for v in 0..kw {
                                let Some(j) = window.source(1, p % w, v, w_out) else { continue };
                                let weight = weight[((c * o_group + o) * kh + u) * kw + v];
                                y[start + i * w_out + j] += f64::from(*x) * f64::from(weight);
                            }
                        }
                    }
                }
            }
        }
        output(shape, Data::F32(y.into_iter().map(|v| v as f32).collect()))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..3
    }

    fn cost(&self, inputs: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::each(elements(inputs, 0), taps(inputs, 1).saturating_mul(2))
    }
}

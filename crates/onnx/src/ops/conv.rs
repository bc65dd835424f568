//! `Conv`: y[n, o, i, j] = bias[o] + Σ x[n, c, i·s + u·d − p, j·s + v·d − p]·w[o, c', u, v], the sum over
//! the channels c of o's group and the kernel positions u, v. `torch.nn.Conv2d`; positions outside
//! the picture are zeros.

use super::OpError;
use super::attributes::Attributes;
use super::cost::{made, taps};
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, checked_shape, input_infos, nchw, optional, required_float};
use super::window::WindowAttributes;
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::Window;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Convolution. Inputs: X `[N, C, H, W]`, W `[C_out, C/group, kh, kw]`, and optionally B `[C_out]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    windowed: WindowAttributes,
    /// Number of groups of channels that are convolved separately; the number of channels for a depthwise
    /// convolution.
    pub group: usize,
}

impl Conv {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let mut windowed = WindowAttributes::new(a)?;
        windowed.ceil_mode = false;
        Ok(Self { windowed, group: a.count_or("group", 1)? })
    }

    /// Window, output size and padding at the end.
    pub fn window(
        &self,
        input: [usize; 2],
        kernel: [usize; 2],
    ) -> Result<(Window, [usize; 2], [usize; 2]), OpError> {
        self.windowed.window(input, kernel)
    }
}

/// Checks that an optional bias has `channels` values.
pub(super) fn check_bias(inputs: &[Option<InputInfo>], channels: usize) -> Result<(), OpError> {
    if optional(inputs, 2).is_some() {
        let shape = required_float(inputs, 2, "B")?.shape();
        if shape != [channels] {
            return Err(OpError(format!("B has shape {shape:?}, not [{channels}]")));
        }
    }
    Ok(())
}

/// Height and width of a kernel; `kernel_shape` must agree, if given.
pub(super) fn kernel(windowed: &WindowAttributes, weight: [usize; 4]) -> Result<[usize; 2], OpError> {
    let kernel = [weight[2], weight[3]];
    let range = 1..=super::attributes::MAX_EXTENT;
    if !kernel.iter().all(|k| range.contains(k)) || windowed.kernel_shape.is_some_and(|k| k != kernel) {
        return Err(OpError(format!("W of shape {weight:?} does not fit kernel_shape")));
    }
    Ok(kernel)
}

impl Operator for Conv {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let [n, c, h, w] = nchw(required_float(inputs, 0, "X")?.shape(), "X")?;
        let weight = nchw(required_float(inputs, 1, "W")?.shape(), "W")?;
        if weight[1].checked_mul(self.group) != Some(c) || weight[0] % self.group != 0 {
            return Err(OpError(format!(
                "{c} channels, group {} and W of shape {weight:?} do not fit each other",
                self.group
            )));
        }
        check_bias(inputs, weight[0])?;
        let (_, [h, w], _) = self.window([h, w], kernel(&self.windowed, weight)?)?;
        Ok(vec![(DType::F32, checked_shape(vec![n, weight[0], h, w])?)])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (x, weight) = (floats(inputs, 0)?, floats(inputs, 1)?);
        let [_, c, h, w] = nchw(tensor(inputs, 0)?.shape(), "X")?;
        let [_, c_group, kh, kw] = nchw(tensor(inputs, 1)?.shape(), "W")?;
        let [n_out, c_out, h_out, w_out] = nchw(&shape, "Y")?;
        let bias = optional(inputs, 2).and_then(Tensor::as_f32);
        let (window, ..) = self.window([h, w], [kh, kw])?;
        let mut y = Vec::new();
        for n in 0..n_out {
            for o in 0..c_out {
                let first = o / (c_out / self.group) * c_group;
                for i in 0..h_out {
                    for j in 0..w_out {
                        let mut sum = bias.map_or(0.0, |b| f64::from(b[o]));
                        for k in 0..c_group {
                            for u in 0..kh {
                                let Some(iy) = window.source(0, i, u, h) else { continue };
                                for v in 0..kw {
                                    let Some(ix) = window.source(1, j, v, w) else { continue };
                                    let x = x[((n * c + first + k) * h + iy) * w + ix];
                                    let weight = weight[((o * c_group + k) * kh + u) * kw + v];
                                    sum += f64::from(x) * f64::from(weight);
                                }
                            }
                        }
                        y.push(sum as f32);
                    }
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

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), taps(inputs, 1).saturating_mul(2))
    }
}

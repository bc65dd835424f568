//! `AveragePool`: the mean of each window. `torch.nn.AvgPool2d`. Positions outside the padded
//! input never count; those in the padding count as zeros if `count_include_pad`.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, checked_shape, input_infos, nchw, required_float};
use super::window::WindowAttributes;
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::Window;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Average pooling. Input: X `[N, C, H, W]`.
#[derive(Debug, Clone, PartialEq)]
pub struct AveragePool {
    windowed: WindowAttributes,
    /// Whether zeros of the padding count in the mean, as in `torch.nn.AvgPool2d`.
    pub count_include_pad: bool,
}

impl AveragePool {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let windowed = WindowAttributes::new(a)?;
        windowed.pool_kernel()?;
        Ok(Self { windowed, count_include_pad: a.flag("count_include_pad", false)? })
    }

    /// Window, output size and padding at the end.
    pub fn window(&self, input: [usize; 2]) -> Result<(Window, [usize; 2], [usize; 2]), OpError> {
        self.windowed.window(input, self.windowed.pool_kernel()?)
    }
}

impl Operator for AveragePool {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let [n, c, h, w] = nchw(required_float(inputs, 0, "X")?.shape(), "X")?;
        let (_, [h, w], _) = self.window([h, w])?;
        Ok(vec![(DType::F32, checked_shape(vec![n, c, h, w])?)])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let x = floats(inputs, 0)?;
        let [_, _, h, w] = nchw(tensor(inputs, 0)?.shape(), "X")?;
        let [n, c, h_out, w_out] = nchw(&shape, "Y")?;
        let (window, _, pad_end) = self.window([h, w])?;
        // Counting the padding equals counting in a picture enlarged by it.
        let bound = [h as isize + pad_end[0] as isize, w as isize + pad_end[1] as isize];
        let counted = |axis: usize, i: usize, len: usize| {
            let kernel = 0..window.kernel[axis];
            match self.count_include_pad {
                true => kernel.filter(|&u| window.position(axis, i, u) < bound[axis]).count(),
                false => kernel.filter(|&u| window.source(axis, i, u, len).is_some()).count(),
            }
        };
        let mut y = Vec::new();
        for start in (0..n * c).map(|plane| plane * h * w) {
            for i in 0..h_out {
                for j in 0..w_out {
                    let mut sum = 0.0;
                    for u in 0..window.kernel[0] {
                        let Some(iy) = window.source(0, i, u, h) else { continue };
                        for v in 0..window.kernel[1] {
                            let Some(ix) = window.source(1, j, v, w) else { continue };
                            sum += f64::from(x[start + iy * w + ix]);
                        }
                    }
                    let count = counted(0, i, h) * counted(1, j, w);
                    y.push((sum / count.max(1) as f64) as f32);
                }
            }
        }
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        self.windowed.pool_cost(outputs)
    }
}

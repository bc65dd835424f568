//! `GridSample`: samples X at the positions in a second input, from −1 (left, top) to 1;
//! `torch.nn.functional.grid_sample` in 2-D.

use super::attributes::Attributes;
use super::cost::made;
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, checked_shape, input_infos, nchw, required_float};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};
use unet_kernels::{GridSample as Kernel, Interpolation, OutsideGrid};

/// Grid sampling. Inputs: X `[N, C, H, W]` and grid `[N, H_out, W_out, 2]` (x, then y).
#[derive(Debug, Clone, PartialEq)]
pub struct GridSample(pub Kernel);

impl GridSample {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let modes = [
            ("bilinear", Interpolation::Linear),
            ("linear", Interpolation::Linear),
            ("nearest", Interpolation::Nearest),
            ("bicubic", Interpolation::Cubic),
            ("cubic", Interpolation::Cubic),
        ];
        let outside = [
            ("zeros", OutsideGrid::Zeros),
            ("border", OutsideGrid::Border),
            ("reflection", OutsideGrid::Reflection),
        ];
        Ok(Self(Kernel {
            mode: a.choice("mode", Interpolation::Linear, &modes)?,
            outside: a.choice("padding_mode", OutsideGrid::Zeros, &outside)?,
            align_corners: a.flag("align_corners", false)?,
        }))
    }
}

impl Operator for GridSample {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let [n, c, h, w] = nchw(required_float(inputs, 0, "X")?.shape(), "X")?;
        let grid = required_float(inputs, 1, "grid")?.shape();
        match *grid {
            [samples, rows, columns, 2] if samples == n && h > 0 && w > 0 => {
                Ok(vec![(DType::F32, checked_shape(vec![n, c, rows, columns])?)])
            }
            _ => Err(OpError(format!("grid of shape {grid:?} is not [{n}, height, width, 2]"))),
        }
    }

    /// Computes in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (x, grid) = (floats(inputs, 0)?, floats(inputs, 1)?);
        let [n, c, h, w] = nchw(tensor(inputs, 0)?.shape(), "X")?;
        let area = shape[2] * shape[3];
        let mut y = vec![0.0; shape.iter().product()];
        for at in 0..n * area {
            let taps = [0, 1].map(|axis| self.0.taps(grid[2 * at + axis].into(), [w, h][axis]));
            for channel in 0..c {
                let plane = &x[(at / area * c + channel) * h * w..][..h * w];
                let mut sum = 0.0;
                for &(row, weight) in &taps[1] {
                    for &(column, by) in &taps[0] {
                        if let (Some(row), Some(column)) = (row, column) {
                            sum += weight * by * f64::from(plane[row * w + column]);
                        }
                    }
                }
                y[(at / area * c + channel) * area + at % area] = sum as f32;
            }
        }
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..2
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 2 * self.0.points())
    }
}

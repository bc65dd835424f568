//! `MaxPool`: the maximum of each window. `torch.nn.MaxPool2d`, with `Indices` its `return_indices=True`.
//! Positions outside the picture never win. If rounding precedes pooling with indices, values nearly equal to
//! the maximum tie with it and the first in row-major order wins ([`unet_kernels::TIE_EPSILON`]); the output
//! value is always the maximum itself.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{floats, tensor};
use super::input_info::{InputInfo, checked_shape, input_infos, nchw, required_float};
use super::window::WindowAttributes;
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::TIE_EPSILON;
use unet_kernels::Window;
use unet_kernels::tensor::{DType, Tensor};

/// Max-pooling. Input: X `[N, C, H, W]`; outputs: Y and, optionally, Indices.
#[derive(Debug, Clone, PartialEq)]
pub struct MaxPool {
    /// Kernel, stride, padding and dilation.
    pub windowed: WindowAttributes,
    /// Encoding of positions in the second output.
    pub indices: Indices,
    /// Whether X is computed by arithmetic rather than being a graph input: see [`crate::graph`].
    pub rounded: bool,
}

/// Encoding of Indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indices {
    /// Row-major over all of X.
    Rows,
    /// Over all of X, but column-major within each plane (`storage_order` 1).
    Columns,
    /// Row-major within each plane of X: PyTorch's meaning, which its exporter derives from the first kind by
    /// further nodes that [`crate::graph`] merges into the pooling.
    Plane,
}

impl MaxPool {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let windowed = WindowAttributes::new(a)?;
        windowed.pool_kernel()?;
        let indices = if a.flag("storage_order", false)? { Indices::Columns } else { Indices::Rows };
        Ok(Self { windowed, indices, rounded: false })
    }

    /// Window, output size and padding at the end.
    pub fn window(&self, input: [usize; 2]) -> Result<(Window, [usize; 2], [usize; 2]), OpError> {
        self.windowed.window(input, self.windowed.pool_kernel()?)
    }
}

impl Operator for MaxPool {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let [n, c, h, w] = nchw(required_float(inputs, 0, "X")?.shape(), "X")?;
        let (_, [h, w], _) = self.window([h, w])?;
        let shape = checked_shape(vec![n, c, h, w])?;
        Ok(vec![(DType::F32, shape.clone()), (DType::I64, shape)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let x = floats(inputs, 0)?;
        let [_, _, h, w] = nchw(tensor(inputs, 0)?.shape(), "X")?;
        let [n, c, h_out, w_out] = nchw(&shape, "Y")?;
        let (window, ..) = self.window([h, w])?;
        let (mut y, mut indices) = (Vec::new(), Vec::new());
        for plane in 0..n * c {
            let start = plane * h * w;
            for i in 0..h_out {
                for j in 0..w_out {
                    let places = || {
                        let rows = (0..window.kernel[0]).filter_map(move |u| window.source(0, i, u, h));
                        rows.flat_map(move |iy| {
                            let columns =
                                (0..window.kernel[1]).filter_map(move |v| window.source(1, j, v, w));
                            columns.map(move |ix| start + iy * w + ix)
                        })
                    };
                    let larger = |m: f32, p: usize| if x[p] > m || x[p].is_nan() { x[p] } else { m };
                    let max = places().fold(f32::NEG_INFINITY, larger);
                    let channels =
                        |p: usize| (0..c).map(move |o| x[(plane / c * c + o) * h * w + p - start].abs());
                    let magnitude =
                        if self.rounded { places().flat_map(channels).fold(0.0, f32::max) } else { 0.0 };
                    let least = max - (TIE_EPSILON * magnitude).min(f32::MAX);
                    let ties = |&p: &usize| x[p] >= least;
                    y.push(max);
                    let first = places().find(ties).unwrap_or(start);
                    let place = first - start;
                    indices.push(match self.indices {
                        Indices::Rows => first as i64,
                        Indices::Columns => (start + place % w * h + place / w) as i64,
                        Indices::Plane => place as i64,
                    });
                }
            }
        }
        let failed = |e: unet_kernels::Error| OpError(e.to_string());
        let y = Tensor::f32(shape.clone(), y).map_err(failed)?;
        Ok(vec![y, Tensor::i64(shape, indices).map_err(failed)?])
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

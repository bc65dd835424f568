//! Products of plain matrices. A unit is a run of rows of one product: they are packed once, and
//! panels of 8 columns pass over them.

use super::gemm::{PANEL, multiply, panel_rows};
use super::planes::pixels;
use super::task::{Buffers, Task};
use crate::simd::F32x4;
use std::ops::Range;

/// Rows of a unit.
const ROWS: usize = 32;

/// [`Kernel::MatMul`](unet_plan::Kernel::MatMul)
pub(super) struct MatMul {
    pub sizes: unet_plan::MatMul,
    /// Shape of c, if there is one.
    pub c: Option<[usize; 2]>,
}

impl MatMul {
    fn units_per_product(&self) -> usize {
        self.sizes.m.div_ceil(ROWS)
    }

    /// The matrix of product `i` in a stack of matrices that repeats.
    fn matrix<'a>(&self, operand: &'a [f32], len: usize, i: usize) -> &'a [f32] {
        let count = (operand.len() / len.max(1)).max(1);
        &operand[i % count * len..][..len]
    }

    /// Rows from `first` on as `[rows/4][K][4]`; rows beyond M are zero.
    fn pack_rows(&self, a: &[f32], first: usize, packed: &mut [f32]) {
        let unet_plan::MatMul { m, k, trans_a, .. } = self.sizes;
        for (i, packed) in packed.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let (quad, at) = (first + i / k * 4, i % k);
            *packed = std::array::from_fn(|lane| match quad + lane {
                row if row >= m => 0.0,
                row if trans_a => a[at * m + row],
                row => a[row * k + at],
            });
        }
    }

    /// Columns from `first` on as `[K][8]`; columns beyond N are zero.
    fn pack_columns(&self, b: &[f32], first: usize, packed: &mut [f32]) {
        let unet_plan::MatMul { k, n, trans_b, .. } = self.sizes;
        for (at, packed) in packed.as_chunks_mut::<PANEL>().0.iter_mut().enumerate() {
            *packed = std::array::from_fn(|lane| match first + lane {
                column if column >= n => 0.0,
                column if trans_b => b[column * k + at],
                column => b[at * n + column],
            });
        }
    }

    fn store(&self, sums: [[F32x4; 2]; 4], [row, column]: [usize; 2], c: Option<&[f32]>, y: &mut [f32]) {
        let unet_plan::MatMul { m, n, alpha, beta, .. } = self.sizes;
        for (sum, row) in sums.into_iter().zip(row..m) {
            let sum: [f32; PANEL] = std::array::from_fn(|i| sum[i / 4].to_array()[i % 4]);
            for (sum, column) in sum.into_iter().zip(column..n) {
                let added = match (c, self.c) {
                    (Some(c), Some([rows, columns])) => {
                        let row = if rows == 1 { 0 } else { row };
                        beta * c[row * columns + if columns == 1 { 0 } else { column }]
                    }
                    _ => 0.0,
                };
                y[row * n + column] = alpha * sum + added;
            }
        }
    }
}

impl Task for MatMul {
    fn units(&self) -> usize {
        self.sizes.batch * self.units_per_product()
    }

    fn scratch(&self) -> usize {
        (ROWS + PANEL) * self.sizes.k
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let unet_plan::MatMul { m, k, n, .. } = self.sizes;
        let (rows, columns) = buffers.scratch.split_at_mut(ROWS * k);
        for unit in units {
            let (i, first) = (unit / self.units_per_product(), unit % self.units_per_product() * ROWS);
            let a = self.matrix(buffers.inputs[0], m * k, i);
            let b = self.matrix(buffers.inputs[1], k * n, i);
            let y = &mut buffers.outputs[0][i * m * n..][..m * n];
            self.pack_rows(a, first, rows);
            for column in (0..n).step_by(PANEL) {
                self.pack_columns(b, column, columns);
                let quads = pixels(rows).chunks_exact(k.max(1));
                for (quad, row) in quads.zip((first..m).step_by(4)) {
                    let sums = multiply(quad, panel_rows(columns));
                    self.store(sums, [row, column], buffers.inputs.get(2).copied(), y);
                }
            }
        }
    }
}

/// [`Kernel::Transpose`](unet_plan::Kernel::Transpose); a unit is a position along the first axis of the output.
pub(super) struct Transpose {
    /// Output shape, and the input's stride along each of its axes.
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

impl Transpose {
    pub(crate) fn new(input: &[usize], perm: &[usize]) -> Self {
        let strides = unet_kernels::tensor::strides(input);
        Self {
            shape: perm.iter().map(|&axis| input[axis]).collect(),
            strides: perm.iter().map(|&axis| strides[axis]).collect(),
        }
    }

    fn copy(&self, axis: usize, x: &[f32], start: usize, y: &mut [f32]) {
        let (Some(&len), Some(&stride)) = (self.shape.get(axis), self.strides.get(axis)) else {
            y.copy_from_slice(&x[start..start + y.len()]);
            return;
        };
        if axis + 1 == self.shape.len() {
            y.iter_mut().enumerate().for_each(|(i, y)| *y = x[start + i * stride]);
            return;
        }
        for (i, y) in y.chunks_exact_mut((y.len() / len.max(1)).max(1)).enumerate() {
            self.copy(axis + 1, x, start + i * stride, y);
        }
    }
}

impl Task for Transpose {
    fn units(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let y = &mut *buffers.outputs[0];
        let run = y.len() / self.units().max(1);
        let stride = self.strides.first().copied().unwrap_or(0);
        for unit in units {
            self.copy(1, buffers.inputs[0], unit * stride, &mut y[unit * run..][..run]);
        }
    }
}

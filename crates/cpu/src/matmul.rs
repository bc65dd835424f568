//! Products of row-major matrices. A unit is a run of rows of one product, which are packed once and
//! multiplied with panels of 8 columns.

use super::gemm::{PANEL, PanelRow, multiply};
use super::planes::{pixels, pixels_mut};
use super::task::{Buffers, Task};
use crate::simd::{F32x4, Px};
use std::ops::Range;

/// Target number of floats in the rows of a unit: they fit a near cache, and share the cost of packing the
/// columns.
const ROWS_LEN: usize = 32 << 10;

/// [`Kernel::MatMul`](unet_plan::Kernel::MatMul)
pub(super) struct MatMul {
    pub sizes: unet_plan::MatMul,
    /// Shape of c, if present.
    pub c: Option<[usize; 2]>,
}

/// A view of a row-major matrix.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
}

impl Matrix<'_> {
    /// Four values of a row from `column` on; zeros beyond the last column and the last row.
    #[inline(always)]
    fn four(self, row: usize, column: usize) -> F32x4 {
        if row >= self.rows {
            return F32x4::zero();
        }
        let row = &self.values[row * self.columns..][..self.columns];
        match row[column.min(self.columns)..].first_chunk::<4>() {
            Some(four) => F32x4::load(four),
            None => F32x4::from(std::array::from_fn(|i| row.get(column + i).copied().unwrap_or(0.0))),
        }
    }

    /// Transposes rows `first..first + 4`: `to` gets their values at each k.
    fn transposed(self, first: usize, mut to: impl FnMut(usize, F32x4)) {
        for at in (0..self.columns).step_by(4) {
            let columns = F32x4::transpose(std::array::from_fn(|i| self.four(first + i, at)));
            for (i, column) in columns.into_iter().enumerate().take(self.columns - at) {
                to(at + i, column);
            }
        }
    }
}

impl MatMul {
    /// Rows per unit, a multiple of four.
    fn rows(&self) -> usize {
        (ROWS_LEN / self.sizes.k.max(1)).clamp(16, 256).min(self.sizes.m).next_multiple_of(4)
    }

    /// Terms per packed sum: at least one, which is zero if there are none.
    fn depth(&self) -> usize {
        self.sizes.k.max(1)
    }

    fn units_per_product(&self) -> usize {
        self.sizes.m.div_ceil(self.rows().max(1))
    }

    /// Matrix of product `i` in a stack of matrices that repeats.
    fn matrix<'a>(
        &self,
        operand: &'a [f32],
        [rows, columns]: [usize; 2],
        transposed: bool,
        i: usize,
    ) -> Matrix<'a> {
        let len = rows * columns;
        let count = (operand.len() / len.max(1)).max(1);
        let [rows, columns] = if transposed { [columns, rows] } else { [rows, columns] };
        Matrix { values: &operand[i % count * len..][..len], rows, columns }
    }

    /// Packs rows from `first` on as `[rows/4][K][4]`; rows beyond M are zero.
    fn pack_rows(&self, a: Matrix, first: usize, packed: &mut [Px]) {
        for (i, packed) in packed.chunks_exact_mut(self.depth()).enumerate() {
            let first = first + 4 * i;
            if self.sizes.trans_a {
                packed.iter_mut().take(a.rows).enumerate().for_each(|(k, px)| a.four(k, first).store(px));
            } else {
                a.transposed(first, |k, values| values.store(&mut packed[k]));
            }
        }
    }

    /// Packs columns from `first` on as `[K][8]`; columns beyond N are zero.
    fn pack_columns(&self, b: Matrix, first: usize, packed: &mut [PanelRow]) {
        for half in 0..2 {
            let first = first + 4 * half;
            if self.sizes.trans_b {
                b.transposed(first, |k, values| values.store(&mut packed[k][half]));
            } else {
                let rows = packed.iter_mut().take(b.rows).enumerate();
                rows.for_each(|(k, row)| b.four(k, first).store(&mut row[half]));
            }
        }
    }

    /// Stores alpha·sums + beta·c for up to four rows and eight columns.
    #[inline(always)]
    fn store(&self, sums: [[F32x4; 2]; 4], [row, column]: [usize; 2], c: Option<&[f32]>, y: &mut [f32]) {
        let unet_plan::MatMul { n, alpha, beta, .. } = self.sizes;
        let (alpha, beta) = (F32x4::splat(alpha), F32x4::splat(beta));
        let c = c.zip(self.c).map(|(values, [rows, columns])| Matrix { values, rows, columns });
        for (i, (sum, y)) in sums.into_iter().zip(y[row * n..].chunks_exact_mut(n)).enumerate() {
            for (half, sum) in sum.into_iter().enumerate() {
                let column = column + 4 * half;
                let mut sum = sum * alpha;
                if let Some(c) = c {
                    let row = if c.rows == 1 { 0 } else { row + i };
                    let added =
                        if c.columns == 1 { F32x4::splat(c.values[row]) } else { c.four(row, column) };
                    sum = added.mul_add(beta, sum);
                }
                match y.get_mut(column..) {
                    Some([a, b, c, d, ..]) => [*a, *b, *c, *d] = sum.to_array(),
                    Some(rest) => rest.iter_mut().zip(sum.to_array()).for_each(|(y, sum)| *y = sum),
                    None => {}
                }
            }
        }
    }
}

impl Task for MatMul {
    fn units(&self) -> usize {
        self.sizes.batch * self.units_per_product()
    }

    fn scratch(&self) -> usize {
        (self.rows() + PANEL) * self.depth()
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let unet_plan::MatMul { m, k, n, trans_a, trans_b, .. } = self.sizes;
        if k == 0 {
            buffers.scratch.fill(0.0);
        }
        let (rows, columns) = buffers.scratch.split_at_mut(self.rows() * self.depth());
        let columns = pixels_mut(columns).as_chunks_mut().0;
        for unit in units {
            let (i, first) = (unit / self.units_per_product(), unit % self.units_per_product() * self.rows());
            let a = self.matrix(buffers.inputs[0], [m, k], trans_a, i);
            let b = self.matrix(buffers.inputs[1], [k, n], trans_b, i);
            let y = &mut buffers.outputs[0][i * m * n..][..m * n];
            self.pack_rows(a, first, pixels_mut(rows));
            for column in (0..n).step_by(PANEL) {
                self.pack_columns(b, column, columns);
                let quads = pixels(rows).chunks_exact(self.depth());
                for (quad, row) in quads.zip((first..m).step_by(4)) {
                    let sums = multiply(quad, columns);
                    self.store(sums, [row, column], buffers.inputs.get(2).copied(), y);
                }
            }
        }
    }
}

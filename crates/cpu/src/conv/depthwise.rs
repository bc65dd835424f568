//! Depthwise convolution, with one input and one output channel per group: lanes are channels. A unit is a
//! row of one block.

use super::Shape;
use super::epilogue::Epilogue;
use crate::planes::{pixels, pixels_mut, plane};
use crate::simd::{F32x4, Px};
use crate::task::{Buffers, Task};
use crate::weights::Packed;
use std::ops::Range;

pub(super) struct Depthwise {
    pub shape: Shape,
    /// `[ceil(C/4)][kh·kw][4]`
    pub weights: Packed,
    pub epilogue: Epilogue,
}

/// Packs `[C, 1, kh, kw]` as `[ceil(C/4)][kh·kw][4]`.
pub(crate) fn pack_depthwise(weights: &[f32], shape: &[usize], out: &mut [f32]) {
    let taps = shape[2] * shape[3];
    for (i, &value) in weights.iter().enumerate() {
        let (c, tap) = (i / taps, i % taps);
        out[(c / 4 * taps + tap) * 4 + c % 4] = value;
    }
}

/// Number of output pixels summed in registers at a time.
const WIDE: usize = 8;

impl Depthwise {
    /// Output columns whose windows lie inside the image's columns.
    fn inside(&self) -> Range<usize> {
        let Shape { x, y, window, .. } = self.shape;
        let (step, pad, reach) =
            (window.stride[1], window.pad_begin[1], (window.kernel[1] - 1) * window.dilation[1]);
        let begin = if pad > 0 { pad.unsigned_abs().div_ceil(step) } else { 0 };
        let end = match x.w as isize + pad - reach as isize {
            room if room > 0 => (room as usize).div_ceil(step),
            _ => 0,
        };
        begin.min(y.w)..end.clamp(begin.min(y.w), y.w)
    }

    /// Sums of `N` neighboring outputs whose windows begin at `at` in each row and lie inside.
    #[inline(always)]
    fn sums<const N: usize, const STEP: usize>(&self, rows: &[(&[Px], &[Px])], at: usize) -> [F32x4; N] {
        let dilation = self.shape.window.dilation[1];
        let mut sums = [F32x4::zero(); N];
        for (from, weights) in rows {
            for (from, weight) in from[at..].windows((N - 1) * STEP + 1).step_by(dilation).zip(*weights) {
                let weight = F32x4::load(weight);
                for (i, sum) in sums.iter_mut().enumerate() {
                    *sum = F32x4::load(&from[i * STEP]).mul_add(weight, *sum);
                }
            }
        }
        sums
    }

    /// Sum of a window that is partly outside.
    fn sum_at_edge(&self, rows: &[(&[Px], &[Px])], column: usize) -> F32x4 {
        let window = self.shape.window;
        let left = (column * window.stride[1]) as isize - window.pad_begin[1];
        let mut sum = F32x4::zero();
        for (from, weights) in rows {
            for (kx, weight) in weights.iter().enumerate() {
                let at = left + (kx * window.dilation[1]) as isize;
                if let Some(x) = usize::try_from(at).ok().and_then(|at| from.get(at)) {
                    sum = F32x4::load(x).mul_add(F32x4::load(weight), sum);
                }
            }
        }
        sum
    }

    /// Computes the columns whose windows lie inside, `WIDE` at a time; `store` takes runs of sums.
    #[inline(always)]
    fn row<const STEP: usize>(
        &self,
        rows: &[(&[Px], &[Px])],
        columns: Range<usize>,
        mut store: impl FnMut(usize, &[F32x4]),
    ) {
        let start = |column: usize| (column * STEP).wrapping_add_signed(-self.shape.window.pad_begin[1]);
        let mut column = columns.start;
        while column + WIDE <= columns.end {
            store(column, &self.sums::<WIDE, STEP>(rows, start(column)));
            column += WIDE;
        }
        for column in column..columns.end {
            store(column, &self.sums::<1, STEP>(rows, start(column)));
        }
    }
}

impl Task for Depthwise {
    fn units(&self) -> usize {
        self.shape.y.all_blocks() * self.shape.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Shape { x, y, window, .. } = self.shape;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let (taps, inside) = (self.shape.taps(), self.inside());
        let mut rows = Vec::with_capacity(window.kernel[0]);
        for unit in units {
            let (at, row) = (unit / y.h, unit % y.h);
            let block = at % y.blocks();
            let weights = &self.weights.as_chunks::<4>().0[block * taps..][..taps];
            let from = plane(source, x.plane(), at);
            rows.clear();
            for (ky, weights) in weights.chunks_exact(window.kernel[1]).enumerate() {
                let line = (row * window.stride[0] + ky * window.dilation[0]) as isize - window.pad_begin[0];
                if (0..x.h as isize).contains(&line) {
                    rows.push((&from[line as usize * x.w..][..x.w], weights));
                }
            }
            let bias = self.epilogue.bias(block);
            let to = &mut target[unit * y.w..][..y.w];
            let residual = buffers.inputs.get(1).map(|r| &pixels(r)[unit * y.w..][..y.w]);
            let mut store = |column: usize, sums: &[F32x4]| {
                for (i, (sum, px)) in sums.iter().zip(&mut to[column..]).enumerate() {
                    let residual = residual.map_or(F32x4::zero(), |r| F32x4::load(&r[column + i]));
                    self.epilogue.store(*sum + bias + residual, px);
                }
            };
            for column in (0..inside.start).chain(inside.end..y.w) {
                store(column, &[self.sum_at_edge(&rows, column)]);
            }
            match window.stride[1] {
                1 => self.row::<1>(&rows, inside.clone(), store),
                2 => self.row::<2>(&rows, inside.clone(), store),
                _ => inside.clone().for_each(|column| store(column, &[self.sum_at_edge(&rows, column)])),
            }
            self.epilogue.finish(block, to);
        }
    }
}

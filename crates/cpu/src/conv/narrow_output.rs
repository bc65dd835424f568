//! Convolution to at most four channels: lanes are input channels, summed at the end, so that no lane
//! computes an unused output. A unit is a few rows of the output.

use super::Shape;
use super::epilogue::Epilogue;
use crate::planes::{pixels, pixels_mut};
use crate::simd::{F32x4, Px};
use crate::task::{Buffers, Task};
use crate::weights::Packed;
use std::ops::Range;

pub(super) struct NarrowOutput {
    pub shape: Shape,
    /// `[kh·kw][C_in/4][C_out][4]`
    pub weights: Packed,
    pub epilogue: Epilogue,
}

/// Packs `[C_out, C_in, kh, kw]`, C_in a multiple of four, as `[kh·kw][C_in/4][C_out][4]`.
pub(crate) fn pack_input_lanes(weights: &[f32], shape: &[usize], out: &mut [f32]) {
    let (c_out, c_in, taps) = (shape[0], shape[1], shape[2] * shape[3]);
    for (i, &value) in weights.iter().enumerate() {
        let (o, c, tap) = (i / (c_in * taps), i / taps % c_in, i % taps);
        out[((tap * (c_in / 4) + c / 4) * c_out + o) * 4 + c % 4] = value;
    }
}

/// Output rows per unit, which share most of their input rows.
const ROWS: usize = 8;

impl NarrowOutput {
    /// Input rows and columns spanned by `[rows, columns]` of windows.
    fn span(&self, windows: [usize; 2]) -> [usize; 2] {
        let window = self.shape.window;
        std::array::from_fn(|i| {
            (windows[i] - 1) * window.stride[i] + (window.kernel[i] - 1) * window.dilation[i] + 1
        })
    }

    /// Copies the input of output rows from `line` on, zero-padded, to `[rows][C_in/4][columns]`. In the
    /// image itself the rows of planes are often powers of two apart and would evict each other from the
    /// cache.
    fn copy_rows(&self, source: &[Px], line: usize, rows: &mut [Px]) {
        let Shape { x: planes, y, window, .. } = self.shape;
        let [_, span] = self.span([1, y.w]);
        let [pad_y, pad_x] = window.pad_begin;
        // Part of the span inside the image.
        let inside = |at: isize| (at + pad_x).clamp(0, span as isize) as usize;
        let (begin, end) = (inside(0), inside(planes.w as isize));
        for (i, row) in rows.chunks_exact_mut(span).enumerate() {
            let (block, y) =
                (i % planes.blocks(), (line * window.stride[0] + i / planes.blocks()) as isize - pad_y);
            if !(0..planes.h as isize).contains(&y) || begin >= end {
                row.fill([0.0; 4]);
                continue;
            }
            let start = (block * planes.h + y as usize) * planes.w + (begin as isize - pad_x) as usize;
            row[..begin].fill([0.0; 4]);
            row[begin..end].copy_from_slice(&source[start..start + end - begin]);
            row[end..].fill([0.0; 4]);
        }
    }

    /// Sums of `WIDTH` neighboring outputs (one, unless the stride is 1) from column `x` on.
    #[inline(always)]
    fn sums<const OUT: usize, const WIDTH: usize>(&self, rows: &[Px], x: usize) -> [Px; WIDTH] {
        let Shape { x: planes, y, window, .. } = self.shape;
        let (blocks, [_, span]) = (planes.blocks(), self.span([1, y.w]));
        let weights = self.weights.as_chunks::<4>().0.as_chunks::<OUT>().0.chunks_exact(blocks);
        let mut sums = [[F32x4::zero(); OUT]; WIDTH];
        for (tap, weights) in weights.enumerate() {
            let (ky, kx) = (tap / window.kernel[1], tap % window.kernel[1]);
            let at = x * window.stride[1] + kx * window.dilation[1];
            let rows = rows[ky * window.dilation[0] * blocks * span..].chunks_exact(span);
            for (row, weights) in rows.zip(weights) {
                let Some(pixels) = row[at..].first_chunk::<WIDTH>() else { continue };
                for (pixel, sums) in pixels.iter().zip(&mut sums) {
                    let pixel = F32x4::load(pixel);
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum = pixel.mul_add(F32x4::load(weight), *sum);
                    }
                }
            }
        }
        sums.map(|sums| {
            let mut px = [0.0; 4];
            px.iter_mut().zip(sums).for_each(|(px, sum)| *px = sum.sum());
            px
        })
    }

    /// Computes a row. `WIDTH`·`OUT` sums, `OUT` weights and a pixel must fit into 15 registers.
    fn row<const OUT: usize, const WIDTH: usize>(&self, rows: &[Px], to: &mut [Px]) {
        let neighbors = self.shape.window.stride[1] == 1;
        let (runs, rest) = if neighbors { to.as_chunks_mut() } else { (&mut [][..], to) };
        let done = WIDTH * runs.len();
        for (i, run) in runs.iter_mut().enumerate() {
            *run = self.sums::<OUT, WIDTH>(rows, WIDTH * i);
        }
        for (i, px) in rest.iter_mut().enumerate() {
            [*px] = self.sums::<OUT, 1>(rows, done + i);
        }
    }

    fn units_per_image(&self) -> usize {
        self.shape.y.h.div_ceil(ROWS)
    }
}

impl Task for NarrowOutput {
    fn units(&self) -> usize {
        self.shape.y.n * self.units_per_image()
    }

    fn scratch(&self) -> usize {
        let [rows, columns] = self.span([ROWS, self.shape.y.w]);
        rows * self.shape.x.blocks() * columns * 4
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Shape { x, y, window, .. } = self.shape;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let rows = pixels_mut(buffers.scratch);
        let bias = self.epilogue.bias(0);
        let [_, span] = self.span([1, y.w]);
        for unit in units {
            let (n, first) = (unit / self.units_per_image(), unit % self.units_per_image() * ROWS);
            self.copy_rows(&source[n * x.blocks() * x.plane()..], first, rows);
            for line in first..(first + ROWS).min(y.h) {
                let rows = &rows[(line - first) * window.stride[0] * x.blocks() * span..];
                let at = (n * y.h + line) * y.w;
                let to = &mut target[at..at + y.w];
                match y.c {
                    1 => self.row::<1, 8>(rows, to),
                    2 => self.row::<2, 4>(rows, to),
                    3 => self.row::<3, 3>(rows, to),
                    _ => self.row::<4, 2>(rows, to),
                }
                let residual = buffers.inputs.get(1).map(|r| &pixels(r)[at..at + y.w]);
                for (i, px) in to.iter_mut().enumerate() {
                    let residual = residual.map_or(F32x4::zero(), |r| F32x4::load(&r[i]));
                    self.epilogue.store(F32x4::load(px) + bias + residual, px);
                }
                self.epilogue.finish(0, to);
            }
        }
    }
}

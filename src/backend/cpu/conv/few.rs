//! Convolution to at most four channels: lanes are input channels, summed at the end, so that no
//! lane computes an output that is not there. A unit is a row of the output.

use super::Shape;
use super::epilogue::Epilogue;
use crate::backend::cpu::planes::{pixels, pixels_mut};
use crate::backend::cpu::task::{Buffers, Task};
use crate::backend::cpu::weights::Packed;
use crate::simd::{F32x4, Px};
use std::ops::Range;

pub(super) struct Few {
    pub shape: Shape,
    /// `[kh·kw][C_in/4][C_out][4]`
    pub weights: Packed,
    pub epilogue: Epilogue,
}

/// `[kh·kw][C_in/4][C_out][4]` from `[C_out, C_in, kh, kw]`, C_in a multiple of four.
pub(in crate::backend::cpu) fn pack_input_lanes(weights: &[f32], shape: &[usize]) -> Vec<f32> {
    let (c_out, c_in, taps) = (shape[0], shape[1], shape[2] * shape[3]);
    let mut out = vec![0.0; weights.len()];
    for (i, &value) in weights.iter().enumerate() {
        let (o, c, tap) = (i / (c_in * taps), i / taps % c_in, i % taps);
        out[((tap * (c_in / 4) + c / 4) * c_out + o) * 4 + c % 4] = value;
    }
    out
}

impl Few {
    /// Pixels that a row of windows spans.
    fn span(&self) -> usize {
        let window = self.shape.window;
        (self.shape.y.w - 1) * window.stride[1] + (window.kernel[1] - 1) * window.dilation[1] + 1
    }

    /// Copies what the windows of output row `line` see, with zeros outside, to
    /// `[kh][C_in/4][span]`. In the image itself the planes' rows often lie whole powers of two
    /// apart and would push each other out of the cache.
    fn copy_rows(&self, source: &[Px], line: usize, rows: &mut [Px]) {
        let Shape { x: planes, window, .. } = self.shape;
        let span = self.span();
        let pad = window.pad_begin[1];
        // Of the span, the part inside the image.
        let inside = |at: isize| (at + pad).clamp(0, span as isize) as usize;
        let (begin, end) = (inside(0), inside(planes.w as isize));
        for (i, row) in rows.chunks_exact_mut(span).enumerate() {
            let (ky, block) = (i / planes.blocks(), i % planes.blocks());
            let y = (line * window.stride[0] + ky * window.dilation[0]) as isize - window.pad_begin[0];
            if !(0..planes.h as isize).contains(&y) || begin >= end {
                row.fill([0.0; 4]);
                continue;
            }
            let start = (block * planes.h + y as usize) * planes.w + (begin as isize - pad) as usize;
            row[..begin].fill([0.0; 4]);
            row[begin..end].copy_from_slice(&source[start..start + end - begin]);
            row[end..].fill([0.0; 4]);
        }
    }

    /// Sums of `WIDTH` output pixels from column `x` on.
    #[inline(always)]
    fn sums<const OUT: usize, const WIDTH: usize>(&self, rows: &[Px], x: usize) -> [Px; WIDTH] {
        let Shape { x: planes, window, .. } = self.shape;
        let (span, blocks, step) = (self.span(), planes.blocks(), window.stride[1]);
        let weights = self.weights.as_chunks::<4>().0.chunks_exact(blocks * OUT);
        let mut sums = [[F32x4::zero(); OUT]; WIDTH];
        for (tap, weights) in weights.enumerate() {
            let (ky, kx) = (tap / window.kernel[1], tap % window.kernel[1]);
            let at = x * step + kx * window.dilation[1];
            let rows = rows[ky * blocks * span..].chunks_exact(span);
            for (row, weights) in rows.zip(weights.as_chunks::<OUT>().0) {
                let pixels = &row[at..][..(WIDTH - 1) * step + 1];
                for (i, sums) in sums.iter_mut().enumerate() {
                    let pixel = F32x4::load(&pixels[i * step]);
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

    fn row<const OUT: usize>(&self, rows: &[Px], to: &mut [Px]) {
        let (quads, rest) = to.as_chunks_mut();
        let done = 4 * quads.len();
        for (i, quad) in quads.iter_mut().enumerate() {
            *quad = self.sums::<OUT, 4>(rows, 4 * i);
        }
        for (i, px) in rest.iter_mut().enumerate() {
            [*px] = self.sums::<OUT, 1>(rows, done + i);
        }
    }
}

impl Task for Few {
    fn units(&self) -> usize {
        self.shape.y.n * self.shape.y.h
    }

    fn scratch(&self) -> usize {
        self.shape.window.kernel[0] * self.shape.x.blocks() * self.span() * 4
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Shape { x, y, .. } = self.shape;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let rows = pixels_mut(buffers.scratch);
        let bias = self.epilogue.bias(0);
        for unit in units {
            let (n, line) = (unit / y.h, unit % y.h);
            self.copy_rows(&source[n * x.blocks() * x.plane()..], line, rows);
            let to = &mut target[unit * y.w..][..y.w];
            match y.c {
                1 => self.row::<1>(rows, to),
                2 => self.row::<2>(rows, to),
                3 => self.row::<3>(rows, to),
                _ => self.row::<4>(rows, to),
            }
            let residual = buffers.inputs.get(1).map(|r| &pixels(r)[unit * y.w..][..y.w]);
            for (i, px) in to.iter_mut().enumerate() {
                let residual = residual.map_or(F32x4::zero(), |r| F32x4::load(&r[i]));
                self.epilogue.store(F32x4::load(px) + bias + residual, px);
            }
            self.epilogue.finish(0, to);
        }
    }
}

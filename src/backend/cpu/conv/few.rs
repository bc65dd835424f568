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
    /// Sums of `WIDTH` output pixels from column `x`; `window` sees only rows and columns inside.
    #[inline(always)]
    fn sums<const OUT: usize, const WIDTH: usize>(
        &self,
        source: &[Px],
        [y, x]: [usize; 2],
        columns: Range<usize>,
    ) -> [Px; WIDTH] {
        let Shape { x: planes, window, .. } = self.shape;
        let weights = self.weights.as_chunks::<4>().0;
        let step = window.stride[1];
        let mut sums = [[F32x4::zero(); OUT]; WIDTH];
        for ky in 0..window.kernel[0] {
            let row = (y * window.stride[0] + ky * window.dilation[0]) as isize - window.pad_begin[0];
            if !(0..planes.h as isize).contains(&row) {
                continue;
            }
            for kx in columns.clone() {
                let column = (x * step + kx * window.dilation[1]) as isize - window.pad_begin[1];
                let at = row as usize * planes.w + column as usize;
                let tap = ky * window.kernel[1] + kx;
                let weights = &weights[tap * planes.blocks() * OUT..][..planes.blocks() * OUT];
                let planes = source.chunks_exact(planes.plane());
                for (plane, weights) in planes.zip(weights.as_chunks::<OUT>().0) {
                    let pixels = &plane[at..at + (WIDTH - 1) * step + 1];
                    for (i, sums) in sums.iter_mut().enumerate() {
                        let pixel = F32x4::load(&pixels[i * step]);
                        for (sum, weight) in sums.iter_mut().zip(weights) {
                            *sum = pixel.mul_add(F32x4::load(weight), *sum);
                        }
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

    fn row<const OUT: usize>(&self, source: &[Px], y: usize, to: &mut [Px]) {
        let Shape { x: planes, window, .. } = self.shape;
        let reach = (window.kernel[1] - 1) * window.dilation[1];
        let left = |x: usize| (x * window.stride[1]) as isize - window.pad_begin[1];
        let mut x = 0;
        while x < to.len() {
            let right = left(x + 3) + reach as isize;
            if x + 4 <= to.len() && left(x) >= 0 && right < planes.w as isize {
                to[x..x + 4].copy_from_slice(&self.sums::<OUT, 4>(source, [y, x], 0..window.kernel[1]));
                x += 4;
            } else {
                // Columns of the kernel inside the image are consecutive.
                let inside = |kx: &usize| {
                    let column = left(x) + (kx * window.dilation[1]) as isize;
                    (0..planes.w as isize).contains(&column)
                };
                let begin = (0..window.kernel[1]).find(inside).unwrap_or(0);
                let end = (0..window.kernel[1]).rev().find(inside).map_or(begin, |last| last + 1);
                to[x..x + 1].copy_from_slice(&self.sums::<OUT, 1>(source, [y, x], begin..end));
                x += 1;
            }
        }
    }
}

impl Task for Few {
    fn units(&self) -> usize {
        self.shape.y.n * self.shape.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Shape { x, y, .. } = self.shape;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let bias = self.epilogue.bias(0);
        for unit in units {
            let (n, row) = (unit / y.h, unit % y.h);
            let image = &source[n * x.blocks() * x.plane()..][..x.blocks() * x.plane()];
            let to = &mut target[unit * y.w..][..y.w];
            match y.c {
                1 => self.row::<1>(image, row, to),
                2 => self.row::<2>(image, row, to),
                3 => self.row::<3>(image, row, to),
                _ => self.row::<4>(image, row, to),
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

//! Convolution with one input and one output channel a group: lanes are channels. A unit is a
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

/// `[ceil(C/4)][kh·kw][4]` from `[C, 1, kh, kw]`.
pub(crate) fn pack_depthwise(weights: &[f32], shape: &[usize], out: &mut [f32]) {
    let taps = shape[2] * shape[3];
    for (i, &value) in weights.iter().enumerate() {
        let (c, tap) = (i / taps, i % taps);
        out[(c / 4 * taps + tap) * 4 + c % 4] = value;
    }
}

impl Depthwise {
    /// Adds what one row of the kernel sees of one row of the image.
    fn add_row(&self, from: &[Px], weights: &[Px], sums: &mut [Px]) {
        let window = self.shape.window;
        let step = window.stride[1];
        for (kx, weight) in weights.iter().enumerate() {
            let weight = F32x4::load(weight);
            let shift = (kx * window.dilation[1]) as isize - window.pad_begin[1];
            // Output columns whose source x·step + shift lies inside.
            let begin = if shift < 0 { shift.unsigned_abs().div_ceil(step) } else { 0 };
            let end = match from.len() as isize - shift {
                room if room > 0 => (room as usize).div_ceil(step).min(sums.len()),
                _ => 0,
            };
            if begin >= end {
                continue;
            }
            let from = &from[(begin * step).wrapping_add_signed(shift)..];
            for (sum, x) in sums[begin..end].iter_mut().zip(from.iter().step_by(step)) {
                F32x4::load(x).mul_add(weight, F32x4::load(sum)).store(sum);
            }
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
        let taps = self.shape.taps();
        for unit in units {
            let (at, row) = (unit / y.h, unit % y.h);
            let block = at % y.blocks();
            let weights = &self.weights.as_chunks::<4>().0[block * taps..][..taps];
            let from = plane(source, x.plane(), at);
            let to = &mut target[unit * y.w..][..y.w];
            to.fill([0.0; 4]);
            for (ky, weights) in weights.chunks_exact(window.kernel[1]).enumerate() {
                let line = (row * window.stride[0] + ky * window.dilation[0]) as isize - window.pad_begin[0];
                if (0..x.h as isize).contains(&line) {
                    self.add_row(&from[line as usize * x.w..][..x.w], weights, to);
                }
            }
            let bias = self.epilogue.bias(block);
            let residual = buffers.inputs.get(1).map(|r| &pixels(r)[unit * y.w..][..y.w]);
            for (i, px) in to.iter_mut().enumerate() {
                let residual = residual.map_or(F32x4::zero(), |r| F32x4::load(&r[i]));
                self.epilogue.store(F32x4::load(px) + bias + residual, px);
            }
            self.epilogue.finish(block, to);
        }
    }
}

//! Separable resizing: rows first, then columns. A unit is a row of one block of the output.

use super::planes::{Planes, pixels, pixels_mut, plane};
use super::task::{Buffers, Task};
use crate::simd::{F32x4, Px};
use std::ops::Range;
use unet_plan::AxisTaps;

/// [`Kernel::Resample`](unet_plan::Kernel::Resample)
pub(super) struct Resample {
    pub x: Planes,
    pub y: Planes,
    pub rows: AxisTaps,
    pub columns: AxisTaps,
}

impl Resample {
    fn blend_rows(&self, from: &[Px], line: usize, blended: &mut [Px]) {
        let w = self.x.w;
        for (t, (row, weight)) in self.rows.of(line).enumerate() {
            let weight = F32x4::splat(weight);
            let row = &from[row * w..][..w];
            for (to, x) in blended.iter_mut().zip(row) {
                let sum = if t == 0 { F32x4::zero() } else { F32x4::load(to) };
                F32x4::load(x).mul_add(weight, sum).store(to);
            }
        }
    }

    fn blend_columns(&self, blended: &[Px], to: &mut [Px]) {
        if self.columns.taps == 2 {
            let taps = self.columns.index.as_chunks().0.iter().zip(self.columns.weight.as_chunks().0);
            for (to, ([a, b], [wa, wb])) in to.iter_mut().zip(taps) {
                let (a, b) = (F32x4::load(&blended[*a as usize]), F32x4::load(&blended[*b as usize]));
                a.mul_add(F32x4::splat(*wa), b * F32x4::splat(*wb)).store(to);
            }
            return;
        }
        for (x, to) in to.iter_mut().enumerate() {
            let terms = self.columns.of(x);
            let add = |sum, (at, weight): (usize, f32)| {
                F32x4::load(&blended[at]).mul_add(F32x4::splat(weight), sum)
            };
            terms.fold(F32x4::zero(), add).store(to);
        }
    }
}

impl Task for Resample {
    fn units(&self) -> usize {
        self.y.all_blocks() * self.y.h
    }

    fn scratch(&self) -> usize {
        4 * self.x.w
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let blended = pixels_mut(buffers.scratch);
        for unit in units {
            let from = plane(source, self.x.plane(), unit / self.y.h);
            self.blend_rows(from, unit % self.y.h, blended);
            self.blend_columns(blended, &mut target[unit * self.y.w..][..self.y.w]);
        }
    }
}

//! Softmax: e^(x − max) over its sum.

use super::math;
use super::planes::{Planes, pixels, pixels_mut};
use super::reduce::{Axis, greatest};
use super::task::{Buffers, Task};
use crate::simd::{F32x4, Px};
use std::ops::Range;

/// [`Kernel::SoftmaxChannels`](unet_plan::Kernel::SoftmaxChannels); a unit is a row.
pub(super) struct SoftmaxChannels {
    pub x: Planes,
}

impl SoftmaxChannels {
    /// Four channels of a pixel; lanes beyond the last channel are masked.
    fn channels(&self, block: usize, px: &Px) -> F32x4 {
        let mut px = *px;
        px[self.x.lanes(block)..].fill(f32::NEG_INFINITY);
        F32x4::from(px)
    }
}

impl Task for SoftmaxChannels {
    fn units(&self) -> usize {
        self.x.n * self.x.h
    }

    /// Per pixel of a row, the maximum and the sum.
    fn scratch(&self) -> usize {
        2 * 4 * self.x.w
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let (max, sum) = pixels_mut(buffers.scratch).split_at_mut(self.x.w);
        let x = self.x;
        for unit in units {
            let (n, line) = (unit / x.h, unit % x.h);
            let row = |block: usize| x.row(n, block, line);
            max.fill([f32::NEG_INFINITY; 4]);
            sum.fill([0.0; 4]);
            for block in 0..x.blocks() {
                for (max, px) in max.iter_mut().zip(&source[row(block)]) {
                    F32x4::load(max).max(self.channels(block, px)).store(max);
                }
            }
            for max in &mut *max {
                *max = [max.iter().copied().fold(f32::NEG_INFINITY, f32::max); 4];
            }
            for block in 0..x.blocks() {
                let of_row = source[row(block)].iter().zip(&*max).zip(&mut *sum);
                for (to, ((px, max), sum)) in target[row(block)].iter_mut().zip(of_row) {
                    let e = math::exp_below_zero(self.channels(block, px) - F32x4::load(max));
                    (F32x4::load(sum) + e).store(sum);
                    e.store(to);
                }
            }
            for sum in &mut *sum {
                *sum = [1.0 / F32x4::load(sum).sum(); 4];
            }
            for block in 0..x.blocks() {
                for (to, share) in target[row(block)].iter_mut().zip(&*sum) {
                    (F32x4::load(to) * F32x4::load(share)).store(to);
                }
            }
        }
    }
}

/// [`Kernel::SoftmaxAxis`](unet_plan::Kernel::SoftmaxAxis); a unit is an outer position.
pub(super) struct SoftmaxAxis {
    pub axis: Axis,
}

impl Task for SoftmaxAxis {
    fn units(&self) -> usize {
        self.axis.outer
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Axis { len, inner, .. } = self.axis;
        for unit in units {
            let run = unit * len * inner..(unit + 1) * len * inner;
            let (x, y) = (&buffers.inputs[0][run.clone()], &mut buffers.outputs[0][run]);
            if inner == 1 {
                of_run(x, y);
                continue;
            }
            let lanes = inner - inner % 4;
            for at in (0..lanes).step_by(4) {
                of_columns(x, y, inner, at);
            }
            (lanes..inner).for_each(|at| of_column(self.axis.along(x, 0, at), y, inner, at));
        }
    }
}

/// Softmax of column `at`, in rows of `inner` elements.
fn of_column(values: impl Iterator<Item = f32> + Clone, y: &mut [f32], inner: usize, at: usize) {
    let max = values.clone().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0f64;
    for (i, x) in values.enumerate() {
        let e = (x - max).exp();
        sum += f64::from(e);
        y[i * inner + at] = e;
    }
    let share = (1.0 / sum) as f32;
    y.iter_mut().skip(at).step_by(inner).for_each(|y| *y *= share);
}

/// Number of groups of four summed in single precision; more would make the error noticeable.
const SUMMED: usize = 64;

/// Softmax of contiguous elements.
fn of_run(x: &[f32], y: &mut [f32]) {
    let max = greatest(x);
    let maxima = F32x4::splat(max);
    let ((from, rest), (to, last)) = (x.as_chunks(), y.as_chunks_mut());
    let mut sum = 0.0;
    for (to, from) in to.chunks_mut(SUMMED).zip(from.chunks(SUMMED)) {
        let mut lanes = F32x4::zero();
        for (to, from) in to.iter_mut().zip(from) {
            let e = math::exp_below_zero(F32x4::load(from) - maxima);
            lanes += e;
            e.store(to);
        }
        sum += f64::from(lanes.sum());
    }
    for (y, x) in last.iter_mut().zip(rest) {
        *y = (x - max).exp();
        sum += f64::from(*y);
    }
    let share = (1.0 / sum) as f32;
    let shares = F32x4::splat(share);
    let (to, last) = y.as_chunks_mut();
    to.iter_mut().for_each(|px| (F32x4::load(px) * shares).store(px));
    last.iter_mut().for_each(|y| *y *= share);
}

/// Softmax of four columns from `at` on, in rows of `inner` elements.
fn of_columns(x: &[f32], y: &mut [f32], inner: usize, at: usize) {
    let rows = || x.chunks_exact(inner).filter_map(|row| row[at..].first_chunk()).map(F32x4::load);
    let max = rows().fold(F32x4::splat(f32::NEG_INFINITY), F32x4::max);
    let mut sum = F32x4::zero();
    for (to, x) in y.chunks_exact_mut(inner).zip(rows()) {
        let e = math::exp_below_zero(x - max);
        sum += e;
        if let Some(to) = to[at..].first_chunk_mut() {
            e.store(to);
        }
    }
    let share = F32x4::splat(1.0) / sum;
    for to in y.chunks_exact_mut(inner).filter_map(|row| row[at..].first_chunk_mut()) {
        (F32x4::load(to) * share).store(to);
    }
}

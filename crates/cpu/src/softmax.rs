//! Softmax: e^(x − max) over its sum.

use super::math;
use super::planes::{Planes, pixels, pixels_mut};
use super::reduce::{Axis, greatest};
use super::task::{Buffers, Task};
use crate::simd::F32x4;
use std::ops::Range;

/// [`Kernel::SoftmaxChannels`](unet_plan::Kernel::SoftmaxChannels); a unit is a row.
pub(super) struct SoftmaxChannels {
    pub x: Planes,
}

impl Task for SoftmaxChannels {
    fn units(&self) -> usize {
        self.x.n * self.x.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let x = self.x;
        for unit in units {
            let (n, line) = (unit / x.h, unit % x.h);
            let first = (n * x.blocks() * x.h + line) * x.w;
            for at in first..first + x.w {
                // Lanes beyond the last channel take no part.
                let channels = |block: usize| {
                    let mut px = source[at + block * x.plane()];
                    px[x.lanes(block)..].fill(f32::NEG_INFINITY);
                    F32x4::from(px)
                };
                let lowest = F32x4::splat(f32::NEG_INFINITY);
                let max = (0..x.blocks()).fold(lowest, |max, block| max.max(channels(block))).to_array();
                let max = F32x4::splat(max.into_iter().fold(f32::NEG_INFINITY, f32::max));
                let mut sum = F32x4::zero();
                for block in 0..x.blocks() {
                    let e = math::exp_below_zero(channels(block) - max);
                    sum += e;
                    e.store(&mut target[at + block * x.plane()]);
                }
                let share = F32x4::splat(1.0 / sum.sum());
                for block in 0..x.blocks() {
                    let px = &mut target[at + block * x.plane()];
                    (F32x4::load(px) * share).store(px);
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

/// Of the values of column `at`, in rows of `inner` elements.
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

/// Groups of four that are summed in single precision: the error of more would be seen.
const SUMMED: usize = 64;

/// Of neighbouring elements.
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

/// Of four columns that begin at `at`, in rows of `inner` elements.
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

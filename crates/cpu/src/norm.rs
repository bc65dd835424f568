//! Normalization by the value's own statistics.

use super::planes::{Planes, pixels, pixels_mut, plane, plane_mut};
use super::reduce::{sum, total};
use super::task::{Buffers, Task};
use super::weights::Packed;
use crate::simd::{F32x4, Px};
use std::ops::Range;

/// Constant scale and shift per channel or element.
pub(super) struct Affine {
    pub scale: Option<Packed>,
    pub shift: Option<Packed>,
}

impl Affine {
    fn of(&self, i: usize) -> (f64, f64) {
        let at = |v: &Option<Packed>, default: f32| v.as_ref().map_or(default, |v| v[i]);
        (at(&self.scale, 1.0).into(), at(&self.shift, 0.0).into())
    }

    /// Scale and shift of four channels or elements.
    fn block(&self, block: usize) -> (F32x4, F32x4) {
        let at = |vector: &Option<Packed>, default: f32| {
            let lanes = vector.as_ref().and_then(|vector| vector[4 * block..].first_chunk());
            lanes.map_or(F32x4::splat(default), F32x4::load)
        };
        (at(&self.scale, 1.0), at(&self.shift, 0.0))
    }
}

/// [`Kernel::GroupNorm`](unet_plan::Kernel::GroupNorm); a unit is the least number of channels that is a
/// multiple of both the group and the block size.
pub(super) struct GroupNorm {
    pub x: Planes,
    pub groups: usize,
    pub epsilon: f32,
    pub affine: Affine,
}

impl GroupNorm {
    fn per_group(&self) -> usize {
        self.x.c / self.groups
    }

    /// Channels per unit (fewer in the last): the least common multiple.
    fn span(&self) -> usize {
        let per_group = self.per_group();
        match (per_group % 4, per_group % 2) {
            (0, _) => per_group,
            (_, 0) => 2 * per_group,
            _ => 4 * per_group,
        }
    }

    /// Totals per group from totals per channel.
    fn totals(&self, by_channel: &[f64]) -> Vec<f64> {
        let count = (self.per_group() * self.x.plane()) as f64;
        by_channel.chunks(self.per_group()).map(|group| group.iter().sum::<f64>() / count).collect()
    }
}

impl Task for GroupNorm {
    fn units(&self) -> usize {
        self.x.n * self.x.c.div_ceil(self.span())
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let (x, per_image, per_group) = (self.x, self.x.c.div_ceil(self.span()), self.per_group());
        for unit in units {
            let first = unit % per_image * self.span();
            let channels = self.span().min(x.c - first);
            let block = unit / per_image * x.blocks() + first / 4;
            let blocks = block..block + channels.div_ceil(4);
            let planes = || blocks.clone().map(|block| plane(source, x.plane(), block));
            let totals = |mut by_channel: Vec<f64>| {
                by_channel.truncate(channels);
                self.totals(&by_channel)
            };
            let means = totals(planes().flat_map(|plane| sum(plane, |v| v)).collect());
            let lanes = |i: usize, of: &dyn Fn(usize) -> f64| -> F32x4 {
                F32x4::from(std::array::from_fn(|lane| of((4 * i + lane).min(channels - 1)) as f32))
            };
            let center = |i: usize| lanes(i, &|c| means[c / per_group]);
            let centers: Vec<F32x4> = (0..blocks.len()).map(center).collect();
            let squares = |(plane, &center)| sum(plane, |v| (v - center) * (v - center));
            let variances = totals(planes().zip(&centers).flat_map(squares).collect());
            let factor = |c: usize| {
                self.affine.of(first + c).0 / (variances[c / per_group] + f64::from(self.epsilon)).sqrt()
            };
            for (i, block) in blocks.clone().enumerate() {
                let scale = lanes(i, &factor);
                let shift = lanes(i, &|c| self.affine.of(first + c).1);
                let to = plane_mut(target, x.plane(), block);
                for (to, from) in to.iter_mut().zip(plane(source, x.plane(), block)) {
                    (F32x4::load(from) - centers[i]).mul_add(scale, shift).store(to);
                }
            }
        }
    }
}

/// Pixels normalized together; their blocks stay in the nearest cache.
const RUN: usize = 16;

/// [`Kernel::ChannelNorm`](unet_plan::Kernel::ChannelNorm); a unit is a row.
pub(super) struct ChannelNorm {
    pub x: Planes,
    pub epsilon: f32,
    pub affine: Affine,
}

impl ChannelNorm {
    /// Per pixel, the mean of `f` over its channels; `f` also gets the pixel's index in the run.
    #[inline(always)]
    fn means<'a>(&self, run: impl Fn(usize) -> &'a [Px], f: impl Fn(F32x4, usize) -> F32x4) -> [F32x4; RUN] {
        let mut sums = [F32x4::zero(); RUN];
        for block in 0..self.x.blocks() {
            let used = self.x.lanes(block);
            for (at, (sum, px)) in sums.iter_mut().zip(run(block)).enumerate() {
                let value = f(F32x4::load(px), at);
                *sum += if used == 4 { value } else { first_lanes(value, used) };
            }
        }
        let share = 1.0 / self.x.c as f32;
        sums.map(|sum| F32x4::splat(sum.sum() * share))
    }
}

/// Zeroes the lanes from `used` on.
fn first_lanes(value: F32x4, used: usize) -> F32x4 {
    let mut lanes = value.to_array();
    lanes[used..].fill(0.0);
    F32x4::from(lanes)
}

impl Task for ChannelNorm {
    fn units(&self) -> usize {
        self.x.n * self.x.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let x = self.x;
        for unit in units {
            let (n, line) = (unit / x.h, unit % x.h);
            for first in (0..x.w).step_by(RUN) {
                let run = |block: usize| {
                    let row = x.row(n, block, line);
                    row.start + first..row.end.min(row.start + first + RUN)
                };
                let centers = self.means(|block| &source[run(block)], |v, _| v);
                let squares = |v: F32x4, at: usize| (v - centers[at]) * (v - centers[at]);
                let variances = self.means(|block| &source[run(block)], squares);
                let factors = variances.map(|v| F32x4::splat(1.0 / (v.to_array()[0] + self.epsilon).sqrt()));
                for block in 0..x.blocks() {
                    let (scale, shift) = self.affine.block(block);
                    let values = source[run(block)].iter().zip(centers).zip(factors);
                    for (to, ((px, center), factor)) in target[run(block)].iter_mut().zip(values) {
                        ((F32x4::load(px) - center) * factor).mul_add(scale, shift).store(to);
                    }
                }
            }
        }
    }
}

/// [`Kernel::LayerNorm`](unet_plan::Kernel::LayerNorm); a unit is one run of `inner` elements.
pub(super) struct LayerNorm {
    pub outer: usize,
    pub inner: usize,
    pub epsilon: f32,
    pub affine: Affine,
}

impl Task for LayerNorm {
    fn units(&self) -> usize {
        self.outer
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        for unit in units {
            let run = unit * self.inner..(unit + 1) * self.inner;
            let (x, y) = (&buffers.inputs[0][run.clone()], &mut buffers.outputs[0][run]);
            let count = self.inner as f64;
            let mean = total(x, |x| x) / count;
            let center = F32x4::splat(mean as f32);
            let squares = total(x, |x| (x - center) * (x - center));
            let factor = 1.0 / (squares / count + f64::from(self.epsilon)).sqrt();
            let ((from, rest), (to, last)) = (x.as_chunks(), y.as_chunks_mut());
            let (factors, whole) = (F32x4::splat(factor as f32), 4 * to.len());
            for (i, (to, from)) in to.iter_mut().zip(from).enumerate() {
                let (scale, shift) = self.affine.block(i);
                (F32x4::load(from) - center).mul_add(factors * scale, shift).store(to);
            }
            for (i, (y, x)) in last.iter_mut().zip(rest).enumerate() {
                let (scale, shift) = self.affine.of(whole + i);
                *y = ((f64::from(*x) - mean) * factor * scale + shift) as f32;
            }
        }
    }
}

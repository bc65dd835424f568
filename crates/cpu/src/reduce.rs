//! Reductions and arg-max.

use super::planes::{Planes, pixels, pixels_mut, plane};
use super::task::{Buffers, Task};
use crate::simd::{F32x4, Px};
use std::ops::Range;
use unet_plan::ReduceKind;

/// Number of pixels summed in single precision before the sum continues in double.
const RUN: usize = 256;

fn start(kind: ReduceKind) -> f32 {
    match kind {
        ReduceKind::Mean | ReduceKind::Sum | ReduceKind::MaxAbs => 0.0,
        ReduceKind::Max => f32::NEG_INFINITY,
        ReduceKind::Min => f32::INFINITY,
    }
}

#[inline(always)]
fn join(kind: ReduceKind, a: F32x4, b: F32x4) -> F32x4 {
    match kind {
        ReduceKind::Mean | ReduceKind::Sum => a + b,
        ReduceKind::Max => a.max(b),
        ReduceKind::Min => a.min(b),
        ReduceKind::MaxAbs => a.abs().max(b.abs()),
    }
}

/// Per-lane sum of `f` over all pixels.
#[inline(always)]
pub(super) fn sum(pixels: &[Px], f: impl Fn(F32x4) -> F32x4) -> [f64; 4] {
    pixels.chunks(RUN).fold([0.0; 4], |total, run| {
        // Four sums at once, because each addition has to wait for the previous one.
        let (fours, rest) = run.as_chunks::<4>();
        let mut sums = [F32x4::zero(); 4];
        for four in fours {
            sums = std::array::from_fn(|i| sums[i] + f(F32x4::load(&four[i])));
        }
        let [a, b, c, d] = sums;
        let sum = rest.iter().fold((a + b) + (c + d), |sum, px| sum + f(F32x4::load(px))).to_array();
        std::array::from_fn(|lane| total[lane] + f64::from(sum[lane]))
    })
}

/// Sum of `f` over all elements.
#[inline(always)]
pub(super) fn total(values: &[f32], f: impl Fn(F32x4) -> F32x4) -> f64 {
    let (pixels, rest) = values.as_chunks();
    let of_one = |&x: &f32| f64::from(f(F32x4::splat(x)).to_array()[0]);
    sum(pixels, &f).iter().sum::<f64>() + rest.iter().map(of_one).sum::<f64>()
}

/// Maximum of all elements; −∞ if there are none.
#[inline(always)]
pub(super) fn greatest(values: &[f32]) -> f32 {
    let (pixels, rest) = values.as_chunks();
    let lowest = F32x4::splat(f32::NEG_INFINITY);
    let lanes = pixels.iter().fold(lowest, |max, px| max.max(F32x4::load(px))).to_array();
    lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

/// [`Kernel::ReduceSpatial`](unet_plan::Kernel::ReduceSpatial); a unit is one block.
pub(super) struct ReduceSpatial {
    pub kind: ReduceKind,
    pub x: Planes,
}

impl Task for ReduceSpatial {
    fn units(&self) -> usize {
        self.x.all_blocks()
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        for unit in units {
            let from = plane(source, self.x.plane(), unit);
            target[unit] = match self.kind {
                ReduceKind::Sum => sum(from, |x| x).map(|sum| sum as f32),
                ReduceKind::Mean => sum(from, |x| x).map(|sum| (sum / from.len() as f64) as f32),
                kind => {
                    let first = F32x4::splat(start(kind));
                    from.iter().fold(first, |a, px| join(kind, F32x4::load(px), a)).to_array()
                }
            };
        }
    }
}

/// [`Kernel::ReduceChannels`](unet_plan::Kernel::ReduceChannels); a unit is a row.
pub(super) struct ReduceChannels {
    pub kind: ReduceKind,
    pub x: Planes,
}

impl Task for ReduceChannels {
    fn units(&self) -> usize {
        self.x.n * self.x.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let x = self.x;
        let last = x.blocks() - 1;
        let first = F32x4::splat(start(self.kind));
        for unit in units {
            let (n, line) = (unit / x.h, unit % x.h);
            let row = |block: usize| &source[x.row(n, block, line)];
            for (at, to) in target[unit * x.w..][..x.w].iter_mut().enumerate() {
                let whole =
                    (0..last).fold(first, |a, block| join(self.kind, a, F32x4::load(&row(block)[at])));
                let mut lanes = [start(self.kind); 4];
                let used = x.lanes(last);
                lanes[..used].copy_from_slice(&row(last)[at][..used]);
                let [a, b, c, d] = join(self.kind, whole, F32x4::from(lanes)).to_array().map(F32x4::splat);
                let all = join(self.kind, join(self.kind, a, b), join(self.kind, c, d));
                let mean = self.kind == ReduceKind::Mean;
                (if mean { all / F32x4::splat(x.c as f32) } else { all }).store(to);
            }
        }
    }
}

/// [`Kernel::ArgMaxChannels`](unet_plan::Kernel::ArgMaxChannels); a unit is a row.
pub(super) struct ArgMaxChannels {
    pub x: Planes,
    pub last: bool,
}

impl Task for ArgMaxChannels {
    fn units(&self) -> usize {
        self.x.n * self.x.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let x = self.x;
        for unit in units {
            let (n, line) = (unit / x.h, unit % x.h);
            for (at, to) in target[unit * x.w..][..x.w].iter_mut().enumerate() {
                let pixel = (n * x.blocks() * x.h + line) * x.w + at;
                let channels = (0..x.c).map(|c| source[pixel + c / 4 * x.plane()][c % 4]);
                *to = [f32::from_bits(arg_max(channels, self.last)); 4];
            }
        }
    }
}

/// Index of the first (or last) maximum.
fn arg_max(values: impl Iterator<Item = f32>, last: bool) -> u32 {
    let mut best = (0, f32::NEG_INFINITY);
    for (i, value) in values.enumerate() {
        if value > best.1 || (last && value == best.1) {
            best = (i as u32, value);
        }
    }
    best.0
}

/// A plain value viewed as `[outer, axis, inner]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub outer: usize,
    pub len: usize,
    pub inner: usize,
}

impl Axis {
    /// Elements along the axis.
    pub(crate) fn along<'a>(
        &self,
        x: &'a [f32],
        outer: usize,
        inner: usize,
    ) -> impl Iterator<Item = f32> + Clone + use<'a> {
        let start = outer * self.len * self.inner + inner;
        x[start..].iter().step_by(self.inner.max(1)).take(self.len).copied()
    }
}

/// [`Kernel::ReduceAxis`](unet_plan::Kernel::ReduceAxis); a unit is an outer position.
pub(super) struct ReduceAxis {
    pub kind: ReduceKind,
    pub axis: Axis,
}

impl Task for ReduceAxis {
    fn units(&self) -> usize {
        self.axis.outer
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Axis { len, inner, .. } = self.axis;
        for unit in units {
            for (at, y) in buffers.outputs[0][unit * inner..][..inner].iter_mut().enumerate() {
                let values = self.axis.along(buffers.inputs[0], unit, at);
                let sum = || match inner {
                    1 => total(&buffers.inputs[0][unit * len..][..len], |x| x),
                    _ => values.clone().map(f64::from).sum(),
                };
                *y = match self.kind {
                    ReduceKind::Sum => sum() as f32,
                    ReduceKind::Mean => (sum() / len as f64) as f32,
                    ReduceKind::Max => values.fold(f32::NEG_INFINITY, |a, x| if x < a { a } else { x }),
                    ReduceKind::Min => values.fold(f32::INFINITY, |a, x| if x > a { a } else { x }),
                    ReduceKind::MaxAbs => values.fold(0.0, |a, x| if x.abs() < a { a } else { x.abs() }),
                };
            }
        }
    }
}

/// [`Kernel::ArgMaxAxis`](unet_plan::Kernel::ArgMaxAxis); a unit is an outer position.
pub(super) struct ArgMaxAxis {
    pub axis: Axis,
    pub last: bool,
}

impl Task for ArgMaxAxis {
    fn units(&self) -> usize {
        self.axis.outer
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let inner = self.axis.inner;
        for unit in units {
            for (at, y) in buffers.outputs[0][unit * inner..][..inner].iter_mut().enumerate() {
                *y = f32::from_bits(arg_max(self.axis.along(buffers.inputs[0], unit, at), self.last));
            }
        }
    }
}

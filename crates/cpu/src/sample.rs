//! Grid sampling, and top-k along an axis.

use super::planes::{Planes, pixels, pixels_mut, plane};
use super::reduce::Axis;
use super::task::{Buffers, Task};
use crate::simd::F32x4;
use std::cmp::Ordering;
use std::ops::Range;

/// [`Kernel::GridSample`](unet_plan::Kernel::GridSample); a unit is a row of all channels.
pub(super) struct GridSample {
    pub x: Planes,
    pub y: Planes,
    pub sample: unet_plan::GridSample,
}

impl Task for GridSample {
    fn units(&self) -> usize {
        self.y.n * self.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let (x, y) = (self.x, self.y);
        let mut points: Vec<(usize, F32x4)> = Vec::new();
        for unit in units {
            let (n, line) = (unit / y.h, unit % y.h);
            for column in 0..y.w {
                let at = &buffers.inputs[1][(unit * y.w + column) * 2..][..2];
                let [across, down] =
                    [(at[0], x.w), (at[1], x.h)].map(|(p, len)| self.sample.taps(p.into(), len));
                points.clear();
                for (row, by) in down {
                    for (column, weight) in across {
                        if let (Some(row), Some(column)) = (row, column) {
                            points.push((row * x.w + column, F32x4::splat((by * weight) as f32)));
                        }
                    }
                }
                for block in 0..y.blocks() {
                    let from = plane(source, x.plane(), n * x.blocks() + block);
                    let add =
                        |sum, &(at, weight): &(usize, F32x4)| F32x4::load(&from[at]).mul_add(weight, sum);
                    let sum = points.iter().fold(F32x4::zero(), add);
                    sum.store(&mut target[((n * y.blocks() + block) * y.h + line) * y.w + column]);
                }
            }
        }
    }
}

/// [`Kernel::TopKAxis`](unet_plan::Kernel::TopKAxis); a unit is an outer position.
pub(super) struct TopKAxis {
    pub axis: Axis,
    pub k: usize,
    pub largest: bool,
}

impl Task for TopKAxis {
    fn units(&self) -> usize {
        self.axis.outer
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (inner, k) = (self.axis.inner, self.k);
        let mut outputs = buffers.outputs.iter_mut();
        let (Some(values), mut positions) = (outputs.next(), outputs.next()) else { return };
        let mut row: Vec<(f32, u32)> = Vec::new();
        let before = |a: &(f32, u32), b: &(f32, u32)| {
            let (less, more) = if self.largest { (b.0, a.0) } else { (a.0, b.0) };
            less.partial_cmp(&more).unwrap_or(Ordering::Equal).then(a.1.cmp(&b.1))
        };
        for unit in units {
            for column in 0..inner {
                row.clear();
                row.extend(self.axis.along(buffers.inputs[0], unit, column).zip(0..));
                row.sort_unstable_by(before);
                for (i, &(value, position)) in row.iter().take(k).enumerate() {
                    let at = (unit * k + i) * inner + column;
                    values[at] = value;
                    if let Some(positions) = &mut positions {
                        positions[at] = f32::from_bits(position);
                    }
                }
            }
        }
    }
}

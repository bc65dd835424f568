//! Depth-to-space and space-to-depth. A unit is a row of one block of the output.

use super::planes::{Planes, pixels, pixels_mut};
use super::task::{Buffers, Task};
use crate::simd::{F32x4, Px};
use std::ops::Range;
use unet_plan::DepthMode;

/// [`Kernel::DepthToSpace`](unet_plan::Kernel::DepthToSpace)
pub(super) struct DepthToSpace {
    pub x: Planes,
    pub y: Planes,
    pub block: [usize; 2],
    pub mode: DepthMode,
    pub skip: [usize; 2],
}

impl DepthToSpace {
    fn channel(&self, c: usize, phase: usize) -> usize {
        self.mode.channel(c, phase, self.y.c, self.block[0] * self.block[1])
    }
}

impl Task for DepthToSpace {
    fn units(&self) -> usize {
        self.y.all_blocks() * self.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let (from, y, [rows, columns]) = (self.x, self.y, self.block);
        for unit in units {
            let (at, line) = (unit / y.h, unit % y.h + self.skip[0]);
            let (n, block) = (at / y.blocks(), at % y.blocks());
            let to = &mut target[unit * y.w..][..y.w];
            for bx in 0..columns {
                // First pixel at this phase of its block that is not cropped.
                let first = usize::from(bx < self.skip[1]);
                let row = |channel: usize| {
                    let start = ((n * from.blocks() + channel / 4) * from.h + line / rows) * from.w;
                    &source[start + first..start + from.w]
                };
                let phase = line % rows * columns + bx;
                let to = to.iter_mut().skip(first * columns + bx - self.skip[1]).step_by(columns);
                if self.mode == DepthMode::Dcr && y.c.is_multiple_of(4) {
                    to.zip(row(self.channel(4 * block, phase))).for_each(|(to, px)| *to = *px);
                    continue;
                }
                let lanes: [Option<(&[Px], usize)>; 4] = std::array::from_fn(|lane| {
                    let channel = self.channel(4 * block + lane, phase);
                    (lane < y.lanes(block)).then(|| (row(channel), channel % 4))
                });
                if let [Some((a, lane)), Some((b, lane_b)), Some((c, lane_c)), Some((d, lane_d))] = lanes
                    && [lane_b, lane_c, lane_d] == [lane; 3]
                {
                    let rows = a.iter().zip(b).zip(c.iter().zip(d));
                    for (to, ((a, b), (c, d))) in to.zip(rows) {
                        F32x4::transpose([a, b, c, d].map(F32x4::load))[lane].store(to);
                    }
                    continue;
                }
                for (x, to) in to.enumerate() {
                    *to = lanes.map(|lane| lane.map_or(0.0, |(row, lane)| row[x][lane]));
                }
            }
        }
    }
}

/// [`Kernel::SpaceToDepth`](unet_plan::Kernel::SpaceToDepth)
pub(super) struct SpaceToDepth {
    pub x: Planes,
    pub y: Planes,
    pub size: usize,
}

impl Task for SpaceToDepth {
    fn units(&self) -> usize {
        self.y.all_blocks() * self.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let (from, y, size) = (self.x, self.y, self.size);
        for unit in units {
            let (at, line) = (unit / y.h, unit % y.h);
            let (n, block) = (at / y.blocks(), at % y.blocks());
            let to = &mut target[unit * y.w..][..y.w];
            // Row of channel `c`, and the offset of the phase in it.
            let row = |c: usize| {
                let (phase, c) = (c / from.c, c % from.c);
                let line = line * size + phase / size;
                let start = ((n * from.blocks() + c / 4) * from.h + line) * from.w;
                (&source[start..start + from.w], phase % size, c % 4)
            };
            if from.c % 4 == 0 {
                let (row, bx, _) = row(4 * block);
                to.iter_mut().zip(row.iter().skip(bx).step_by(size)).for_each(|(to, px)| *to = *px);
                continue;
            }
            for lane in 0..4 {
                if lane >= y.lanes(block) {
                    to.iter_mut().for_each(|to| to[lane] = 0.0);
                    continue;
                }
                let (row, bx, from) = row(4 * block + lane);
                let pixels = row.iter().skip(bx).step_by(size);
                to.iter_mut().zip(pixels).for_each(|(to, px)| to[lane] = px[from]);
            }
        }
    }
}

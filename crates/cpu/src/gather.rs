//! Gather: one source element per output element, for slices, padding, flips and nearest-neighbor resizing.

use super::planes::{Planes, pixels, pixels_mut};
use super::task::{Buffers, Task};
use crate::simd::Px;
use std::ops::Range;
use unet_plan::{AxisIndex, Gather};

/// Source of a block of four output channels.
enum BlockSource {
    /// Four channels of one source block.
    Block(usize),
    /// One source channel per lane; `None` takes the fill value.
    Lanes([Option<usize>; 4]),
}

/// [`Kernel::Gather`](unet_plan::Kernel::Gather); a unit is a row of one block of the output.
pub(super) struct GatherTask {
    x: Planes,
    y: Planes,
    gather: Gather,
    blocks: Vec<BlockSource>,
}

/// Source position of `i`, if it is inside.
fn source(index: &AxisIndex, i: usize, len: usize) -> Option<usize> {
    let at = match index {
        AxisIndex::Same => i,
        AxisIndex::Table(table) => usize::try_from(*table.get(i)?).ok()?,
    };
    (at < len).then_some(at)
}

impl GatherTask {
    pub(crate) fn new(x: Planes, y: Planes, gather: &Gather) -> Self {
        let blocks = (0..y.blocks()).map(|block| block_source(&gather.index[1], x.c, y.c, block)).collect();
        Self { x, y, gather: gather.clone(), blocks }
    }

    /// Fills a row; `pixel` makes an output pixel from a position in the source plane.
    #[inline(always)]
    fn row(&self, start: usize, to: &mut [Px], pixel: impl Fn(usize) -> Px) {
        match &self.gather.index[3] {
            AxisIndex::Same => to.iter_mut().enumerate().for_each(|(x, to)| *to = pixel(start + x)),
            AxisIndex::Table(table) => {
                for (to, &x) in to.iter_mut().zip(table) {
                    let inside = (x as usize) < self.x.w;
                    *to = if inside { pixel(start + x as usize) } else { [self.gather.fill; 4] };
                }
            }
        }
    }
}

fn block_source(index: &AxisIndex, c_in: usize, c_out: usize, block: usize) -> BlockSource {
    let lanes = (c_out - 4 * block).min(4);
    let at = |lane: usize| if lane < lanes { source(index, 4 * block + lane, c_in) } else { None };
    let lanes_at: [Option<usize>; 4] = std::array::from_fn(at);
    match lanes_at[0] {
        Some(first) if first % 4 == 0 && (0..lanes).all(|lane| lanes_at[lane] == Some(first + lane)) => {
            BlockSource::Block(first / 4)
        }
        _ => BlockSource::Lanes(lanes_at),
    }
}

impl Task for GatherTask {
    fn units(&self) -> usize {
        self.y.all_blocks() * self.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (from, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let (x, y) = (self.x, self.y);
        for unit in units {
            let (at, line) = (unit / y.h, unit % y.h);
            let (n, block) = (at / y.blocks(), at % y.blocks());
            let to = &mut target[unit * y.w..][..y.w];
            let image = source(&self.gather.index[0], n, x.n);
            let Some((n, line)) = image.zip(source(&self.gather.index[2], line, x.h)) else {
                to.fill([self.gather.fill; 4]);
                continue;
            };
            let start = |block: usize| x.row(n, block, line).start;
            match &self.blocks[block] {
                BlockSource::Block(block) => match &self.gather.index[3] {
                    AxisIndex::Same => to.copy_from_slice(&from[start(*block)..][..y.w]),
                    AxisIndex::Table(_) => self.row(start(*block), to, |p| from[p]),
                },
                BlockSource::Lanes(lanes) => {
                    let base = start(0);
                    let lane = |source: Option<usize>, p: usize| {
                        source.map_or(self.gather.fill, |c| from[p + c / 4 * x.plane()][c % 4])
                    };
                    self.row(base, to, |p| lanes.map(|source| lane(source, p)));
                }
            }
        }
    }
}

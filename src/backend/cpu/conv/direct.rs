//! Convolution of any geometry as a matrix product. A unit is a run of output pixels: what their
//! windows see is gathered to `A[pixels/4][kh·kw·C_in][4 pixels]`, which stays in the cache while
//! all panels of 8 output channels pass over it.

use super::Shape;
use super::epilogue::Epilogue;
use crate::backend::cpu::gemm::{PANEL, multiply, panel_rows};
use crate::backend::cpu::planes::{pixels, pixels_mut};
use crate::backend::cpu::task::{Buffers, Task};
use crate::backend::cpu::weights::Packed;
use crate::simd::{F32x4, Px};
use std::ops::Range;

/// Size of A in bytes to aim at.
const A_BYTES: usize = 128 << 10;

pub(super) struct Direct {
    shape: Shape,
    /// `[groups][panels][kh·kw·C_in/groups][8]`
    weights: Packed,
    epilogue: Epilogue,
    /// Runs of four pixels in a unit.
    quads: usize,
}

/// `[groups][panels][kh·kw·C_in/groups][8]` from `[C_out, C_in/groups, kh, kw]`.
pub(in crate::backend::cpu) fn pack_panels(weights: &[f32], shape: &[usize], groups: usize) -> Vec<f32> {
    let (per_group, c_in, taps) = (shape[0] / groups, shape[1], shape[2] * shape[3]);
    let panels = per_group.div_ceil(PANEL);
    let mut out = vec![0.0; groups * panels * taps * c_in * PANEL];
    for (i, &value) in weights.iter().enumerate() {
        let (o, c, tap) = (i / (c_in * taps), i / taps % c_in, i % taps);
        let (group, o) = (o / per_group, o % per_group);
        out[(((group * panels + o / PANEL) * taps + tap) * c_in + c) * PANEL + o % PANEL] = value;
    }
    out
}

impl Direct {
    pub fn new(shape: Shape, weights: Packed, epilogue: Epilogue) -> Self {
        let depth = (shape.taps() * shape.x.c / shape.groups).max(1);
        let quads = (A_BYTES / (16 * depth)).clamp(1, 32).min(shape.y.plane().div_ceil(4)).max(1);
        Self { shape, weights, epilogue, quads }
    }

    /// Length of a row of A.
    fn depth(&self) -> usize {
        self.shape.taps() * (self.shape.x.c / self.shape.groups)
    }

    fn units_per_image(&self) -> usize {
        self.shape.y.plane().div_ceil(4 * self.quads)
    }

    /// What the windows of output pixels `first..first + 4` see in the channels of one group.
    fn gather(&self, n: usize, group: usize, first: usize, x: &[Px], a: &mut [Px]) {
        let Shape { x: planes, y, window, groups } = self.shape;
        let per_group = planes.c / groups;
        let channels = group * per_group..(group + 1) * per_group;
        let corner: [[isize; 2]; 4] = std::array::from_fn(|i| {
            // Past the last pixel: repeated, and not stored later.
            let p = (first + i).min(y.plane() - 1);
            let [py, px] = [p / y.w, p % y.w];
            [
                (py * window.stride[0]) as isize - window.pad_begin[0],
                (px * window.stride[1]) as isize - window.pad_begin[1],
            ]
        });
        let inside = |at: isize, len: usize| (0..len as isize).contains(&at);
        for (tap, a) in a.chunks_exact_mut(per_group).enumerate() {
            let [ky, kx] = [tap / window.kernel[1], tap % window.kernel[1]];
            let shift = [(ky * window.dilation[0]) as isize, (kx * window.dilation[1]) as isize];
            let at = corner.map(|[cy, cx]| {
                let (py, px) = (cy + shift[0], cx + shift[1]);
                let seen = inside(py, planes.h) && inside(px, planes.w);
                seen.then(|| py as usize * planes.w + px as usize)
            });
            let mut rest = a;
            for block in channels.start / 4..channels.end.div_ceil(4) {
                let plane = &x[(n * planes.blocks() + block) * planes.plane()..][..planes.plane()];
                let pixel = |p: Option<usize>| p.map_or(F32x4::zero(), |p| F32x4::load(&plane[p]));
                let lanes = F32x4::transpose(at.map(pixel));
                let begin = channels.start.saturating_sub(4 * block);
                let end = (channels.end - 4 * block).min(4);
                let (now, later) = rest.split_at_mut(end - begin);
                for (lane, a) in lanes[begin..end].iter().zip(now) {
                    lane.store(a);
                }
                rest = later;
            }
        }
    }

    /// Stores a panel's sums of up to four pixels where whole blocks are written.
    #[inline]
    fn store_blocks(&self, sums: &[[F32x4; 2]; 4], at: Place, y: &mut [Px], residual: Option<&[Px]>) {
        let planes = self.shape.y;
        for half in 0..2 {
            let block = at.channel / 4 + half;
            if block >= planes.blocks() || 4 * half >= at.channels {
                break;
            }
            let start = (at.n * planes.blocks() + block) * planes.plane() + at.pixel;
            let bias = self.epilogue.bias(block);
            let count = (planes.plane() - at.pixel).min(4);
            let to = &mut y[start..start + count];
            for (i, (y, sum)) in to.iter_mut().zip(sums).enumerate() {
                let residual = residual.map_or(F32x4::zero(), |r| F32x4::load(&r[start + i]));
                self.epilogue.store(sum[half] + bias + residual, y);
            }
            self.epilogue.finish(block, to);
        }
    }

    /// The same where groups end within blocks: lane by lane.
    fn store_lanes(&self, sums: &[[F32x4; 2]; 4], at: Place, y: &mut [Px], residual: Option<&[Px]>) {
        let planes = self.shape.y;
        let count = (planes.plane() - at.pixel).min(4);
        for channel in at.channel..at.channel + at.channels {
            let (block, lane) = (channel / 4, channel % 4);
            let start = (at.n * planes.blocks() + block) * planes.plane() + at.pixel;
            let bias = self.epilogue.bias(block).to_array()[lane];
            for (i, sum) in sums.iter().enumerate().take(count) {
                let from = channel - at.channel;
                let residual = residual.map_or(0.0, |r| r[start + i][lane]);
                let sum = sum[from / 4].to_array()[from % 4] + bias + residual;
                let mut px = [0.0; 4];
                self.epilogue.store(F32x4::splat(sum), &mut px);
                self.epilogue.finish(block, std::slice::from_mut(&mut px));
                y[start + i][lane] = px[lane];
            }
        }
    }
}

/// Where a panel's sums go.
#[derive(Clone, Copy)]
struct Place {
    n: usize,
    /// First output channel and how many of the panel are used.
    channel: usize,
    channels: usize,
    pixel: usize,
}

impl Task for Direct {
    fn units(&self) -> usize {
        self.shape.x.n * self.units_per_image()
    }

    fn scratch(&self) -> usize {
        self.quads * self.depth() * 4
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Shape { y, groups, .. } = self.shape;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let residual = buffers.inputs.get(1).map(|r| pixels(r));
        let a = pixels_mut(buffers.scratch);
        let (depth, per_group) = (self.depth(), y.c / groups);
        let panels = per_group.div_ceil(PANEL);
        let weights = panel_rows(&self.weights);
        for unit in units {
            let (n, first) = (unit / self.units_per_image(), unit % self.units_per_image() * 4 * self.quads);
            for group in 0..groups {
                let starts = (first..y.plane()).step_by(4);
                for (start, a) in starts.zip(a.chunks_exact_mut(depth)) {
                    self.gather(n, group, start, source, a);
                }
                for panel in 0..panels {
                    let b = &weights[(group * panels + panel) * depth..][..depth];
                    for (pixel, a) in (first..y.plane()).step_by(4).zip(a.chunks_exact(depth)) {
                        let sums = multiply(a, b);
                        let channel = group * per_group + panel * PANEL;
                        let channels = (per_group - panel * PANEL).min(PANEL);
                        let at = Place { n, channel, channels, pixel };
                        if groups == 1 || per_group % 4 == 0 {
                            self.store_blocks(&sums, at, target, residual);
                        } else {
                            self.store_lanes(&sums, at, target, residual);
                        }
                    }
                }
            }
        }
    }
}

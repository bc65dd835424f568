//! Convolution of any geometry as a matrix product. A unit is a run of output pixels, whose input windows are
//! gathered to `A[pixels/4][kh·kw·C_in][4 pixels]`, which stays in the cache while all panels of 8 output
//! channels pass over it. If a panel's weights would leave the cache before the next pixels need them, A is
//! built in parts, whose sums are added up.

use super::Shape;
use super::epilogue::Epilogue;
use crate::gemm::{PANEL, multiply, panel_rows};
use crate::planes::{pixels, pixels_mut};
use crate::simd::{F32x4, Px};
use crate::task::{Buffers, Task};
use crate::weights::Packed;
use std::ops::Range;

/// Target size of A in bytes.
const A_BYTES: usize = 128 << 10;

/// Maximum panel rows, of 32 bytes, that fit a near cache together with A.
const MOST_ROWS: usize = 768;

pub(super) struct Direct {
    shape: Shape,
    /// `[groups][panels][kh·kw·C_in/groups][8]`
    weights: Packed,
    epilogue: Epilogue,
    parts: Vec<Part>,
    /// Runs of four pixels per unit.
    quads: usize,
}

/// Range of A's rows built at a time: several taps, or some channels of a single tap.
#[derive(Debug, Clone)]
struct Part {
    taps: Range<usize>,
    /// Channels within the group.
    channels: Range<usize>,
}

impl Part {
    fn depth(&self) -> usize {
        self.taps.len() * self.channels.len()
    }
}

/// Splits the window of a group into parts of about equal size.
fn parts(taps: usize, channels: usize) -> Vec<Part> {
    let runs = |len: usize, most: usize| {
        let run = len.div_ceil(len.div_ceil(most.max(1)).max(1)).max(1);
        (0..len).step_by(run).map(move |start| start..(start + run).min(len))
    };
    if channels <= MOST_ROWS {
        let part = |taps| Part { taps, channels: 0..channels };
        return runs(taps, MOST_ROWS / channels.max(1)).map(part).collect();
    }
    let of_tap = |tap| {
        let part = move |quads: Range<usize>| Part {
            taps: tap..tap + 1,
            channels: 4 * quads.start..(4 * quads.end).min(channels),
        };
        runs(channels.div_ceil(4), MOST_ROWS / 4).map(part)
    };
    (0..taps).flat_map(of_tap).collect()
}

/// Packs `[C_out, C_in/groups, kh, kw]` as `[groups][panels][kh·kw·C_in/groups][8]`.
pub(crate) fn pack_panels(weights: &[f32], shape: &[usize], groups: usize, out: &mut [f32]) {
    let (per_group, c_in, taps) = (shape[0] / groups, shape[1], shape[2] * shape[3]);
    let panels = per_group.div_ceil(PANEL);
    for (i, &value) in weights.iter().enumerate() {
        let (o, c, tap) = (i / (c_in * taps), i / taps % c_in, i % taps);
        let (group, o) = (o / per_group, o % per_group);
        out[(((group * panels + o / PANEL) * taps + tap) * c_in + c) * PANEL + o % PANEL] = value;
    }
}

impl Direct {
    pub(super) fn new(shape: Shape, weights: Packed, epilogue: Epilogue) -> Self {
        let shape = shape.flattened();
        let parts = parts(shape.taps(), shape.x.c / shape.groups);
        let depth = parts.iter().map(Part::depth).max().unwrap_or(1).max(1);
        let quads = (A_BYTES / (16 * depth)).clamp(1, 32).min(shape.y.plane().div_ceil(4)).max(1);
        Self { shape, weights, epilogue, parts, quads }
    }

    /// Length of a row of A over all parts.
    fn depth(&self) -> usize {
        self.shape.taps() * (self.shape.x.c / self.shape.groups)
    }

    /// Length of A in pixels.
    fn a_len(&self) -> usize {
        self.quads * self.parts.iter().map(Part::depth).max().unwrap_or(0)
    }

    /// Panels of output channels per group.
    fn panels(&self) -> usize {
        (self.shape.y.c / self.shape.groups).div_ceil(PANEL)
    }

    fn units_per_image(&self) -> usize {
        self.shape.y.plane().div_ceil(4 * self.quads)
    }

    /// Gathers a part of the windows of output pixels `first..first + 4` in one group.
    fn gather(&self, part: &Part, [n, group, first]: [usize; 3], x: &[Px], a: &mut [Px]) {
        let Shape { x: planes, y, window, groups } = self.shape;
        let per_group = planes.c / groups;
        let channels = group * per_group + part.channels.start..group * per_group + part.channels.end;
        let image = &x[n * planes.blocks() * planes.plane()..][..planes.blocks() * planes.plane()];
        let corner = |p: usize| {
            let [line, column] = [p / y.w, p % y.w];
            [
                (line * window.stride[0]) as isize - window.pad_begin[0],
                (column * window.stride[1]) as isize - window.pad_begin[1],
            ]
        };
        let reach = |i: usize| (window.kernel[i] - 1) * window.dilation[i];
        let [top, left] = corner(first);
        let right = left + (3 * window.stride[1] + reach(1)) as isize;
        let inside = top >= 0 && left >= 0 && top as usize + reach(0) < planes.h && right < planes.w as isize;
        if inside && first % y.w + 4 <= y.w {
            let start = top as usize * planes.w + left as usize;
            let step = window.stride[1];
            self.gather_taps(image, (part.taps.clone(), channels), a, |[dy, dx], plane| {
                let seen = &plane[start + dy * planes.w + dx..][..3 * step + 1];
                std::array::from_fn(|i| F32x4::load(&seen[i * step]))
            });
            return;
        }
        // Past the last pixel: repeated here, and not stored.
        let corners: [[isize; 2]; 4] = std::array::from_fn(|i| corner((first + i).min(y.plane() - 1)));
        self.gather_taps(image, (part.taps.clone(), channels), a, |[dy, dx], plane| {
            corners.map(|[top, left]| {
                // Negative positions wrap to huge values and fail the bounds check.
                let [y, x] = [(top + dy as isize) as usize, (left + dx as isize) as usize];
                let inside = y < planes.h && x < planes.w;
                if inside { F32x4::load(&plane[y * planes.w + x]) } else { F32x4::zero() }
            })
        });
    }

    /// Fills a row of A; `quad` reads four pixels of a plane for a tap at `[dy, dx]`.
    #[inline(always)]
    fn gather_taps(
        &self,
        image: &[Px],
        (taps, channels): (Range<usize>, Range<usize>),
        a: &mut [Px],
        quad: impl Fn([usize; 2], &[Px]) -> [F32x4; 4],
    ) {
        let Shape { x: planes, window, .. } = self.shape;
        for (tap, mut a) in taps.zip(a.chunks_exact_mut(channels.len())) {
            let shift =
                [tap / window.kernel[1] * window.dilation[0], tap % window.kernel[1] * window.dilation[1]];
            for block in channels.start / 4..channels.end.div_ceil(4) {
                let plane = &image[block * planes.plane()..][..planes.plane()];
                let lanes = F32x4::transpose(quad(shift, plane));
                let begin = channels.start.saturating_sub(4 * block);
                let end = (channels.end - 4 * block).min(4);
                let (now, later) = a.split_at_mut(end - begin);
                if let Ok(now) = <&mut [Px; 4]>::try_from(&mut *now) {
                    lanes.into_iter().zip(now).for_each(|(lane, a)| lane.store(a));
                } else {
                    lanes[begin..end].iter().zip(now).for_each(|(lane, a)| lane.store(a));
                }
                a = later;
            }
        }
    }

    /// Stores a panel's sums for up to four pixels as whole blocks.
    #[inline(always)]
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
            let residual = residual.map(|r| &r[start..start + count]);
            match (to.first_chunk_mut::<4>(), residual) {
                (Some(to), None) => {
                    to.iter_mut().zip(sums).for_each(|(y, sum)| self.epilogue.store(sum[half] + bias, y));
                }
                _ => {
                    for (i, (y, sum)) in to.iter_mut().zip(sums).enumerate() {
                        let residual = residual.map_or(F32x4::zero(), |r| F32x4::load(&r[i]));
                        self.epilogue.store(sum[half] + bias + residual, y);
                    }
                }
            }
            self.epilogue.finish(block, to);
        }
    }

    /// Stores a panel's sums lane by lane, where groups end within blocks.
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

/// Destination of a panel's sums.
#[derive(Clone, Copy)]
struct Place {
    n: usize,
    /// First output channel.
    channel: usize,
    channels: usize,
    pixel: usize,
}

impl Task for Direct {
    fn units(&self) -> usize {
        self.shape.x.n * self.units_per_image()
    }

    fn scratch(&self) -> usize {
        let kept = if self.parts.len() > 1 { self.quads * self.panels() * SUMS } else { 0 };
        (self.a_len() + kept) * 4
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let Shape { y, groups, .. } = self.shape;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let residual = buffers.inputs.get(1).map(|r| pixels(r));
        let (a, kept) = pixels_mut(buffers.scratch).split_at_mut(self.a_len());
        let kept: &mut [Sums] = kept.as_chunks_mut::<2>().0.as_chunks_mut().0;
        let (depth, panels, per_group) = (self.depth(), self.panels(), y.c / groups);
        let weights = panel_rows(&self.weights);
        for unit in units {
            let (n, first) = (unit / self.units_per_image(), unit % self.units_per_image() * 4 * self.quads);
            let starts = || (first..y.plane()).step_by(4).take(self.quads);
            for group in 0..groups {
                let mut before = 0;
                for (i, part) in self.parts.iter().enumerate() {
                    let (begins, ends) = (i == 0, i + 1 == self.parts.len());
                    for (start, a) in starts().zip(a.chunks_exact_mut(part.depth())) {
                        self.gather(part, [n, group, start], source, a);
                    }
                    for panel in 0..panels {
                        let b = &weights[(group * panels + panel) * depth + before..][..part.depth()];
                        let channel = group * per_group + panel * PANEL;
                        let channels = (per_group - panel * PANEL).min(PANEL);
                        for (quad, (pixel, a)) in starts().zip(a.chunks_exact(part.depth())).enumerate() {
                            let mut sums = multiply(a, b);
                            if !(begins && ends) {
                                let kept = &mut kept[panel * self.quads + quad];
                                if !begins {
                                    add(&mut sums, kept);
                                }
                                if !ends {
                                    keep(&sums, kept);
                                    continue;
                                }
                            }
                            let at = Place { n, channel, channels, pixel };
                            if groups == 1 || per_group % 4 == 0 {
                                self.store_blocks(&sums, at, target, residual);
                            } else {
                                self.store_lanes(&sums, at, target, residual);
                            }
                        }
                    }
                    before += part.depth();
                }
            }
        }
    }
}

/// Sums of a panel and four pixels, between parts.
type Sums = [[Px; 2]; 4];

/// Number of pixels in [`Sums`].
const SUMS: usize = 8;

fn keep(sums: &[[F32x4; 2]; 4], kept: &mut Sums) {
    kept.as_flattened_mut().iter_mut().zip(sums.as_flattened()).for_each(|(kept, sum)| sum.store(kept));
}

fn add(sums: &mut [[F32x4; 2]; 4], kept: &Sums) {
    sums.as_flattened_mut()
        .iter_mut()
        .zip(kept.as_flattened())
        .for_each(|(sum, kept)| *sum += F32x4::load(kept));
}

//! 3×3 convolution with stride 1, and 2×2 as 3×3 with zeros, by Winograd's F(4×4, 3×3). With a dilation of d
//! along both axes, the image splits into d² phases, each of every d-th row and column.
//!
//! A block is a run of tiles of 4×4 output pixels. Its whole input is transformed to `V[36][tiles/4][C_in][4
//! tiles]`; then, for each panel of 8 output channels, 36 small matrix products go to `M[tiles][36][8]`,
//! which fits a near cache, and from there through the output transform to the image. A unit is a few panels
//! of a block; the first unit of a block computes V.

use super::epilogue::Epilogue;
use super::{Shape, transform};
use crate::gemm::{PANEL, multiply, panel_rows};
use crate::planes::{Planes, pixels, pixels_mut, plane, plane_mut};
use crate::simd::{F32x4, Px};
use crate::task::{Buffers, Task};
use crate::weights::Packed;
use std::ops::Range;

/// Maximum size of V in bytes, to fit the second-level cache.
const V_BYTES: usize = 1280 << 10;

/// Target number of operations per unit: about a millisecond.
const UNIT_OPERATIONS: usize = 40_000_000;

/// Two blocks of output channels of one tile, before the output transform.
type Product = [[Px; 2]; 36];

pub(super) struct Winograd {
    shape: Shape,
    /// `[panels][36][C_in][8]`
    weights: Packed,
    epilogue: Epilogue,
    /// Tiles `[y, x]` per phase.
    tiles: [usize; 2],
    /// Groups of four tiles per block.
    groups: usize,
    /// Panels per unit.
    panels: usize,
}

/// Number of tiles in all phases of an image.
pub(super) fn tile_count(y: Planes, dilation: [usize; 2]) -> usize {
    tiles(y, dilation).iter().chain(&dilation).product()
}

/// Tiles `[y, x]` per phase of an image.
fn tiles(y: Planes, dilation: [usize; 2]) -> [usize; 2] {
    [y.h.div_ceil(dilation[0]).div_ceil(4), y.w.div_ceil(dilation[1]).div_ceil(4)]
}

/// Packs `[C_out, C_in, kh, kw]` as `[panels][36][C_in][8]`, zero-padding kernels smaller than 3×3.
pub(crate) fn pack_winograd(weights: &[f32], shape: &[usize], out: &mut [f32]) {
    let (c_in, [kh, kw]) = (shape[1], [shape[2], shape[3]]);
    for (i, kernel) in weights.chunks_exact(kh * kw).enumerate() {
        let (o, c) = (i / c_in, i % c_in);
        let mut whole = [0.0; 9];
        for (row, values) in whole.chunks_exact_mut(3).zip(kernel.chunks_exact(kw)) {
            row[..kw].copy_from_slice(values);
        }
        for (xi, u) in transform::weight(&whole).into_iter().enumerate() {
            out[((o / PANEL * 36 + xi) * c_in + c) * PANEL + o % PANEL] = u;
        }
    }
}

impl Winograd {
    pub(super) fn new(shape: Shape, weights: Packed, epilogue: Epilogue) -> Self {
        let count = tile_count(shape.y, shape.window.dilation);
        let fitting = V_BYTES / (36 * 16 * shape.x.c);
        // With fewer, the weights, which may exceed the cache, are read too often.
        let groups = fitting.clamp(4, 8).min(count.div_ceil(4)).max(1);
        let per_panel = 2 * 4 * groups * 36 * shape.x.c * PANEL;
        let panels = (UNIT_OPERATIONS / per_panel).clamp(1, shape.y.c.div_ceil(PANEL));
        let tiles = tiles(shape.y, shape.window.dilation);
        Self { shape, weights, epilogue, tiles, groups, panels }
    }

    fn tile_count(&self) -> usize {
        self.tiles.iter().chain(&self.shape.window.dilation).product()
    }

    /// First output pixel of a tile, `[y, x]`; its others follow at the dilation's distance. In the last
    /// phases it may lie outside.
    fn corner(&self, tile: usize) -> [usize; 2] {
        let [dy, dx] = self.shape.window.dilation;
        let (phase, tile) = (tile / (self.tiles[0] * self.tiles[1]), tile % (self.tiles[0] * self.tiles[1]));
        let at = [tile / self.tiles[1], tile % self.tiles[1]];
        [4 * dy * at[0] + phase / dx, 4 * dx * at[1] + phase % dx]
    }

    fn units_per_block(&self) -> usize {
        self.shape.y.c.div_ceil(PANEL).div_ceil(self.panels)
    }

    fn blocks_per_image(&self) -> usize {
        self.tile_count().div_ceil(4 * self.groups)
    }

    /// Distance between V's 36 matrices in pixels: not a multiple of 4 KB, so that they do not compete for
    /// the same cache lines.
    fn v_stride(&self) -> usize {
        odd_lines(self.groups * self.shape.x.c)
    }

    fn transform_input(&self, n: usize, first: usize, x: &[Px], v: &mut [Px]) {
        let planes = self.shape.x;
        let (c_in, stride) = (planes.c, self.v_stride());
        let [dy, dx] = self.shape.window.dilation;
        let (mut edge, mut tiles) = ([Edge([(0, 0.0); 36]); 4], [[[0.0; 4]; 36]; 4]);
        for group in 0..self.groups {
            // Past the last tile: repeated here, and not stored.
            let tile = |i: usize| (first + 4 * group + i).min(self.tile_count() - 1);
            let inside: [Option<usize>; 4] = std::array::from_fn(|i| self.locate(tile(i), &mut edge[i]));
            for block in 0..planes.blocks() {
                let source = plane(x, planes.plane(), n * planes.blocks() + block);
                for ((start, edge), tile) in inside.iter().zip(&edge).zip(&mut tiles) {
                    match start {
                        Some(start) if dx == 1 => transform_tile(&source[*start..], dy * planes.w, tile),
                        Some(start) => {
                            transform_tile(&apart(&source[*start..], [dy * planes.w, dx]), 6, tile)
                        }
                        None => transform_tile(&edge.read(source), 6, tile),
                    }
                }
                let v = &mut v[group * c_in + 4 * block..];
                match planes.lanes(block) {
                    4 => store_channels::<4>(&tiles, v, stride),
                    3 => store_channels::<3>(&tiles, v, stride),
                    2 => store_channels::<2>(&tiles, v, stride),
                    _ => store_channels::<1>(&tiles, v, stride),
                }
            }
        }
    }

    /// First pixel of a tile's input if all of it lies inside; otherwise fills in `edge`.
    fn locate(&self, tile: usize, edge: &mut Edge) -> Option<usize> {
        let (h, w) = (self.shape.x.h, self.shape.x.w);
        let [pad_y, pad_x] = self.shape.window.pad_begin;
        let [dy, dx] = self.shape.window.dilation;
        let [y, x] = self.corner(tile);
        let (y, x) = (y as isize - pad_y, x as isize - pad_x);
        if y >= 0 && x >= 0 && y as usize + 5 * dy < h && x as usize + 5 * dx < w {
            return Some(y as usize * w + x as usize);
        }
        for (i, (at, inside)) in edge.0.iter_mut().enumerate() {
            let (y, x) = (y + (i / 6 * dy) as isize, x + (i % 6 * dx) as isize);
            // The nearest pixel, times zero.
            let [near_y, near_x] = [y.clamp(0, h as isize - 1), x.clamp(0, w as isize - 1)];
            *at = near_y as usize * w + near_x as usize;
            *inside = f32::from(u8::from([y, x] == [near_y, near_x]));
        }
        None
    }

    /// Computes the 36 products of one panel.
    fn products(&self, panel: usize, v: &[Px], m: &mut [Product]) {
        let c_in = self.shape.x.c;
        let u = &panel_rows(&self.weights)[panel * 36 * c_in..][..36 * c_in];
        let v = v.chunks_exact(self.v_stride());
        let m = m.as_chunks_mut::<4>().0;
        for (xi, (u, v)) in u.chunks_exact(c_in).zip(v).take(36).enumerate() {
            for (v, m) in v.chunks_exact(c_in).zip(&mut *m) {
                for (sum, m) in multiply(v, u).into_iter().zip(m) {
                    sum[0].store(&mut m[xi][0]);
                    sum[1].store(&mut m[xi][1]);
                }
            }
        }
    }

    /// Transforms M to one block of four output channels.
    fn transform_output(
        &self,
        at: Range<usize>,
        block: usize,
        m: &[Product],
        y: &mut [Px],
        residual: Option<&[Px]>,
    ) {
        let (h, w) = (self.shape.y.h, self.shape.y.w);
        let (bias, half) = (self.epilogue.bias(block), block % 2);
        for (tile, m) in at.zip(m) {
            let mut columns = [[F32x4::zero(); 6]; 4];
            for c in 0..6 {
                let column = std::array::from_fn(|r| F32x4::load(&m[6 * r + c][half]));
                for (row, value) in columns.iter_mut().zip(transform::output(column)) {
                    row[c] = value;
                }
            }
            let ([dy, dx], [top, left]) = (self.shape.window.dilation, self.corner(tile));
            let width = w.saturating_sub(left).div_ceil(dx).min(4);
            if width == 0 {
                continue;
            }
            for (line, row) in (top..h).step_by(dy).zip(columns) {
                let at = line * w + left;
                let mut sums = transform::output(row).map(|sum| sum + bias);
                if let Some(residual) = residual {
                    for (sum, x) in sums.iter_mut().zip(residual[at..].iter().step_by(dx).take(width)) {
                        *sum += F32x4::load(x);
                    }
                }
                if dx > 1 {
                    let mut stored = [[0.0; 4]; 4];
                    sums.into_iter().zip(&mut stored).for_each(|(sum, y)| self.epilogue.store(sum, y));
                    self.epilogue.finish(block, &mut stored);
                    let to = y[at..].iter_mut().step_by(dx).take(width);
                    to.zip(stored).for_each(|(y, px)| *y = px);
                    continue;
                }
                let to = &mut y[at..at + width];
                if let Some(to) = to.first_chunk_mut::<4>() {
                    sums.into_iter().zip(to).for_each(|(sum, y)| self.epilogue.store(sum, y));
                } else {
                    sums.into_iter().zip(&mut *to).for_each(|(sum, y)| self.epilogue.store(sum, y));
                }
                self.epilogue.finish(block, to);
            }
        }
    }
}

/// Input of a tile at the edge, the same for all channels: positions, and 1 or, for zero padding, 0.
#[derive(Clone, Copy)]
struct Edge([(usize, f32); 36]);

impl Edge {
    /// Reads without branches: they would be mispredicted, and a small image is mostly edge.
    #[inline(always)]
    fn read(&self, source: &[Px]) -> [Px; 36] {
        self.0.map(|(at, inside)| (F32x4::load(&source[at]) * F32x4::splat(inside)).to_array())
    }
}

/// Stores the first `LANES` channels of four tiles side by side into the 36 matrices of V.
#[inline(always)]
fn store_channels<const LANES: usize>(tiles: &[[Px; 36]; 4], v: &mut [Px], stride: usize) {
    for xi in 0..36 {
        let channels = F32x4::transpose(std::array::from_fn(|i| F32x4::load(&tiles[i][xi])));
        if let Some(v) = v[xi * stride..].first_chunk_mut::<LANES>() {
            v.iter_mut().zip(channels).for_each(|(v, channel)| channel.store(v));
        }
    }
}

/// Transforms the 6×6 pixels at the start of `seen`, with a row stride of `width`.
#[inline(never)]
fn transform_tile(seen: &[Px], width: usize, tile: &mut [Px; 36]) {
    let mut rows = [[F32x4::zero(); 6]; 6];
    for (r, row) in rows.iter_mut().enumerate() {
        let from = &seen[r * width..][..6];
        *row = transform::input(std::array::from_fn(|i| F32x4::load(&from[i])));
    }
    for c in 0..6 {
        let column = transform::input(std::array::from_fn(|r| rows[r][c]));
        for (r, value) in column.into_iter().enumerate() {
            value.store(&mut tile[6 * r + c]);
        }
    }
}

/// Collects 6×6 pixels with strides `[row, column]`.
#[inline(never)]
fn apart(seen: &[Px], [row, column]: [usize; 2]) -> [Px; 36] {
    std::array::from_fn(|i| seen[i / 6 * row + i % 6 * column])
}

/// Rounds a length in pixels up to an odd number of cache lines.
fn odd_lines(pixels: usize) -> usize {
    (pixels.div_ceil(4) | 1) * 4
}

impl Task for Winograd {
    fn units(&self) -> usize {
        self.shape.x.n * self.blocks_per_image() * self.units_per_block()
    }

    fn scratch(&self) -> usize {
        4 * 36 * (self.v_stride() + 8 * self.groups)
    }

    fn saving(&self) -> u64 {
        4
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let y = self.shape.y;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let residual = buffers.inputs.get(1).map(|r| pixels(r));
        let (v, m) = pixels_mut(buffers.scratch).split_at_mut(36 * self.v_stride());
        let m = m.as_chunks_mut().0.as_chunks_mut().0;
        for unit in units {
            let (run, part) = (unit / self.units_per_block(), unit % self.units_per_block());
            let (n, first) = (run / self.blocks_per_image(), run % self.blocks_per_image() * 4 * self.groups);
            let tiles = first..(first + 4 * self.groups).min(self.tile_count());
            if part == 0 {
                self.transform_input(n, first, source, v);
            }
            let panels = part * self.panels..(part + 1) * self.panels;
            for panel in panels.take_while(|panel| panel * PANEL < y.c) {
                self.products(panel, v, m);
                for block in 2 * panel..(2 * panel + 2).min(y.blocks()) {
                    let at = n * y.blocks() + block;
                    let residual = residual.map(|r| plane(r, y.plane(), at));
                    self.transform_output(
                        tiles.clone(),
                        block,
                        m,
                        plane_mut(target, y.plane(), at),
                        residual,
                    );
                }
            }
        }
    }
}

//! 3×3 convolution with stride 1 by Winograd's F(4×4, 3×3).
//!
//! A unit is a run of tiles of 4×4 output pixels. All its input is transformed to
//! `V[36][tiles/4][C_in][4 tiles]`; then, for each panel of 8 output channels, 36 small matrix
//! products go to `M[36][tiles][8]`, which stays in the first-level cache, and from there through
//! the output transform to the image.

use super::epilogue::Epilogue;
use super::{Shape, transform};
use crate::backend::cpu::gemm::{PANEL, multiply, panel_rows};
use crate::backend::cpu::planes::{pixels, pixels_mut, plane, plane_mut};
use crate::backend::cpu::task::{Buffers, Task};
use crate::backend::cpu::weights::Packed;
use crate::simd::{F32x4, Px};
use std::ops::Range;

/// Largest V in bytes: it should stay in the second-level cache.
const V_BYTES: usize = 384 << 10;

/// One tile, transformed.
type Tile = [[Px; 6]; 6];

pub(super) struct Winograd {
    shape: Shape,
    /// `[panels][36][C_in][8]`
    weights: Packed,
    epilogue: Epilogue,
    /// Tiles `[y, x]` of an image.
    tiles: [usize; 2],
    /// Groups of four tiles in a unit.
    groups: usize,
}

/// `[panels][36][C_in][8]` from `[C_out, C_in, 3, 3]`.
pub(in crate::backend::cpu) fn pack_winograd(weights: &[f32], shape: &[usize]) -> Vec<f32> {
    let (c_out, c_in) = (shape[0], shape[1]);
    let mut out = vec![0.0; c_out.next_multiple_of(PANEL) * 36 * c_in];
    for (i, kernel) in weights.as_chunks().0.iter().enumerate() {
        let (o, c) = (i / c_in, i % c_in);
        for (xi, u) in transform::weight(kernel).into_iter().enumerate() {
            out[((o / PANEL * 36 + xi) * c_in + c) * PANEL + o % PANEL] = u;
        }
    }
    out
}

impl Winograd {
    pub fn new(shape: Shape, weights: Packed, epilogue: Epilogue) -> Self {
        let tiles = [shape.y.h.div_ceil(4), shape.y.w.div_ceil(4)];
        let fitting = V_BYTES / (36 * 16 * shape.x.c);
        let groups = fitting.clamp(3, 6).min((tiles[0] * tiles[1]).div_ceil(4)).max(1);
        Self { shape, weights, epilogue, tiles, groups }
    }

    fn tile_count(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    fn units_per_image(&self) -> usize {
        self.tile_count().div_ceil(4 * self.groups)
    }

    /// Pixels from one of V's 36 matrices to the next: no multiple of 4 KB, or all would fall
    /// into the same few lines of the cache.
    fn v_stride(&self) -> usize {
        odd_lines(self.groups * self.shape.x.c)
    }

    fn m_stride(&self) -> usize {
        odd_lines(self.groups * 8)
    }

    fn transform_input(&self, n: usize, first: usize, x: &[Px], v: &mut [Px]) {
        let planes = self.shape.x;
        let (c_in, stride) = (planes.c, self.v_stride());
        let mut tiles: [Tile; 4] = [[[[0.0; 4]; 6]; 6]; 4];
        for group in 0..self.groups {
            for block in 0..planes.blocks() {
                let source = plane(x, planes.plane(), n * planes.blocks() + block);
                for (i, tile) in tiles.iter_mut().enumerate() {
                    // Past the last tile: repeated, and not stored later.
                    let at = (first + 4 * group + i).min(self.tile_count() - 1);
                    self.transform_tile(source, [at / self.tiles[1], at % self.tiles[1]], tile);
                }
                let (lanes, to) = (planes.lanes(block), group * c_in + 4 * block);
                for (xi, v) in v.chunks_exact_mut(stride).enumerate() {
                    let (r, c) = (xi / 6, xi % 6);
                    let channels = F32x4::transpose(std::array::from_fn(|i| F32x4::load(&tiles[i][r][c])));
                    for (channel, v) in channels.into_iter().zip(&mut v[to..to + lanes]) {
                        channel.store(v);
                    }
                }
            }
        }
    }

    #[inline]
    fn transform_tile(&self, source: &[Px], [ty, tx]: [usize; 2], tile: &mut Tile) {
        let (h, w) = (self.shape.x.h, self.shape.x.w);
        let [pad_y, pad_x] = self.shape.window.pad_begin;
        let (y, x) = ((4 * ty) as isize - pad_y, (4 * tx) as isize - pad_x);
        let mut rows = [[F32x4::zero(); 6]; 6];
        if y >= 0 && x >= 0 && y as usize + 6 <= h && x as usize + 6 <= w {
            for (r, row) in rows.iter_mut().enumerate() {
                let from: &[Px] = &source[(y as usize + r) * w + x as usize..][..6];
                *row = transform::input(std::array::from_fn(|i| F32x4::load(&from[i])));
            }
        } else {
            for (r, row) in rows.iter_mut().enumerate() {
                let y = y + r as isize;
                let inside = |x: isize| (0..h as isize).contains(&y) && (0..w as isize).contains(&x);
                *row = transform::input(std::array::from_fn(|i| match x + i as isize {
                    x if inside(x) => F32x4::load(&source[y as usize * w + x as usize]),
                    _ => F32x4::zero(),
                }));
            }
        }
        for c in 0..6 {
            let column = transform::input(std::array::from_fn(|r| rows[r][c]));
            for (r, value) in column.into_iter().enumerate() {
                value.store(&mut tile[r][c]);
            }
        }
    }

    /// The 36 products of one panel.
    fn products(&self, panel: usize, v: &[Px], m: &mut [Px]) {
        let c_in = self.shape.x.c;
        let u = &panel_rows(&self.weights)[panel * 36 * c_in..][..36 * c_in];
        let v = v.chunks_exact(self.v_stride());
        let m = m.chunks_exact_mut(self.m_stride());
        for ((u, v), m) in u.chunks_exact(c_in).zip(v).zip(m) {
            for (v, m) in v.chunks_exact(c_in).zip(m.chunks_exact_mut(8)) {
                let sums = multiply(v, u);
                for (sum, m) in sums.into_iter().zip(m.as_chunks_mut::<2>().0) {
                    sum[0].store(&mut m[0]);
                    sum[1].store(&mut m[1]);
                }
            }
        }
    }

    /// From M to one block of four output channels; `half` of the panel.
    fn transform_output(
        &self,
        at: Range<usize>,
        block: usize,
        m: &[Px],
        y: &mut [Px],
        residual: Option<&[Px]>,
    ) {
        let (h, w) = (self.shape.y.h, self.shape.y.w);
        let (bias, half, stride) = (self.epilogue.bias(block), block % 2, self.m_stride());
        for (i, tile) in at.enumerate() {
            let mut columns = [[F32x4::zero(); 6]; 4];
            for c in 0..6 {
                let column = std::array::from_fn(|r| F32x4::load(&m[(6 * r + c) * stride + 2 * i + half]));
                for (row, value) in columns.iter_mut().zip(transform::output(column)) {
                    row[c] = value;
                }
            }
            let (ty, tx) = (4 * (tile / self.tiles[1]), 4 * (tile % self.tiles[1]));
            let width = (w - tx).min(4);
            for (r, row) in columns.into_iter().enumerate().take(h - ty) {
                let at = (ty + r) * w + tx;
                let sums = transform::output(row);
                let to = &mut y[at..at + width];
                match residual {
                    None => {
                        for (y, sum) in to.iter_mut().zip(sums) {
                            self.epilogue.store(sum + bias, y);
                        }
                    }
                    Some(residual) => {
                        for ((y, sum), x) in to.iter_mut().zip(sums).zip(&residual[at..at + width]) {
                            self.epilogue.store(sum + bias + F32x4::load(x), y);
                        }
                    }
                }
                self.epilogue.finish(block, to);
            }
        }
    }
}

/// The next length in pixels that fills an odd number of cache lines.
fn odd_lines(pixels: usize) -> usize {
    (pixels.div_ceil(4) | 1) * 4
}

impl Task for Winograd {
    fn units(&self) -> usize {
        self.shape.x.n * self.units_per_image()
    }

    fn scratch(&self) -> usize {
        36 * 4 * (self.v_stride() + self.m_stride())
    }

    fn saving(&self) -> u64 {
        4
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let y = self.shape.y;
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        let residual = buffers.inputs.get(1).map(|r| pixels(r));
        let (v, m) = pixels_mut(buffers.scratch).split_at_mut(36 * self.v_stride());
        for unit in units {
            let (n, first) = (unit / self.units_per_image(), unit % self.units_per_image() * 4 * self.groups);
            let tiles = first..(first + 4 * self.groups).min(self.tile_count());
            self.transform_input(n, first, source, v);
            for panel in 0..y.c.div_ceil(PANEL) {
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

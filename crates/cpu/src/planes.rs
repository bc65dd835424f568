//! Sizes and pixels of a value in the `Nchwc4` layout.

use crate::simd::Px;
use std::ops::Range;

/// N, C, H, W of a value stored as `[N][ceil(C/4)][H][W][4]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planes {
    pub n: usize,
    pub c: usize,
    pub h: usize,
    pub w: usize,
}

impl Planes {
    /// Missing leading dimensions are 1; the plan guarantees at most four.
    pub(crate) fn new(shape: &[usize]) -> Self {
        let mut full = [1; 4];
        for (to, &from) in full.iter_mut().rev().zip(shape.iter().rev()) {
            *to = from;
        }
        let [n, c, h, w] = full;
        Self { n, c, h, w }
    }

    /// Blocks of four channels per image.
    pub(crate) fn blocks(&self) -> usize {
        self.c.div_ceil(4)
    }

    /// Pixels per channel.
    pub(crate) fn plane(&self) -> usize {
        self.h * self.w
    }

    /// Blocks of all images; each is one plane of pixels.
    pub(crate) fn all_blocks(&self) -> usize {
        self.n * self.blocks()
    }

    /// Number of channels in block `block` of an image: 4, or fewer in the last.
    pub(crate) fn lanes(&self, block: usize) -> usize {
        (self.c - 4 * block).min(4)
    }

    /// Pixels of row `line` of block `block` of image `n`.
    pub(crate) fn row(&self, n: usize, block: usize, line: usize) -> Range<usize> {
        let start = ((n * self.blocks() + block) * self.h + line) * self.w;
        start..start + self.w
    }

    /// Element of logical position `[n, c, p]`, p = y·W + x.
    pub(crate) fn element(&self, n: usize, c: usize, p: usize) -> usize {
        ((n * self.blocks() + c / 4) * self.plane() + p) * 4 + c % 4
    }
}

/// Views the buffer as pixels.
pub(super) fn pixels(buffer: &[f32]) -> &[Px] {
    buffer.as_chunks().0
}

/// Views the buffer as mutable pixels.
pub(super) fn pixels_mut(buffer: &mut [f32]) -> &mut [Px] {
    buffer.as_chunks_mut().0
}

/// One plane of pixels.
pub(super) fn plane(pixels: &[Px], len: usize, block: usize) -> &[Px] {
    &pixels[block * len..][..len]
}

/// One mutable plane of pixels.
pub(super) fn plane_mut(pixels: &mut [Px], len: usize, block: usize) -> &mut [Px] {
    &mut pixels[block * len..][..len]
}

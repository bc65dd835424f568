//! Super-resolution by iterative back-projection (Irani and Peleg, *Improving Resolution by Image Registration*, 1991).
//!
//! The enlarged picture is reduced again; what the result lacks of the picture that is there is enlarged and added, and
//! so on. Reducing is what made the small picture (antialiased bicubic), enlarging is bicubic as well. All steps lie in
//! the space of enlarged small pictures: x = U z, and z ← z + y − D U z. So they are made at the small size, where D U is
//! a kernel of few pixels, and only the last z is enlarged.

use super::Filter;
use super::convolve::add;
use super::resize::{Interpolation, Tap, Taps, along_columns, scale_of, with_hidden};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// How often the difference is projected back; more gain less than 0.01 dB.
const STEPS: usize = 5;
/// Pixels of the small picture that a step sees to each side.
const REACH: u32 = 3;
const BICUBIC: Interpolation = Interpolation::Bicubic;

/// Enlarged, so that reducing it gives the picture again. Colors are weighted by alpha, as [`super::Resize`] does.
#[derive(Debug, Clone)]
pub struct BackProjection {
    scale: u32,
}

impl BackProjection {
    /// `scale` times as large, 1 to 8.
    ///
    /// # Errors
    /// `InvalidInput` outside of the range.
    pub fn new(scale: u32) -> Result<Self> {
        Ok(Self { scale: scale_of(scale)? })
    }

    /// `opaque`: whether alpha is left out.
    fn enlarged(&self, source: &Picture, rect: Rect, opaque: bool) -> Result<Vec<u8>> {
        let (width, height) = source.size();
        let columns = Taps::new(BICUBIC, width, width * self.scale, rect.x, rect.width);
        let rows = Taps::new(BICUBIC, height, height * self.scale, rect.y, rect.height);
        let along_x = Span::around(columns.start, columns.len, width);
        let along_y = Span::around(rows.start, rows.len, height);
        let window = Rect::new(along_x.start, along_y.start, along_x.len, along_y.len);
        let seen = weighted(&source.region(window)?, opaque)?;
        let trips = [along_x.trips(width, self.scale), along_y.trips(height, self.scale)];
        let stride = along_x.len as usize;
        let (mut made, mut passed) = (copy_of(&seen)?, copy_of(&seen)?);
        let mut sums = vec![[0.0; RGBA]; stride];
        for _ in 0..STEPS {
            for (to, row) in passed.chunks_exact_mut(stride).zip(made.chunks_exact(stride)) {
                combined(to, row, &trips[0]);
            }
            for (y, (row, wanted)) in made.chunks_exact_mut(stride).zip(seen.chunks_exact(stride)).enumerate()
            {
                sums.fill([0.0; RGBA]);
                let tap = &trips[1][y];
                for (from, &weight) in passed[tap.first * stride..].chunks_exact(stride).zip(&tap.weights) {
                    add(&mut sums, from, weight);
                }
                add(row, wanted, 1.0);
                add(row, &sums, -1.0);
            }
        }
        let mut across = copy_of(&[])?;
        let len = columns.each.len() * rows.len as usize;
        across.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 16))?;
        across.resize(len, [0.0; RGBA]);
        let (left, top) = ((columns.start - along_x.start) as usize, (rows.start - along_y.start) as usize);
        for (to, row) in
            across.chunks_exact_mut(columns.each.len()).zip(made[top * stride..].chunks_exact(stride))
        {
            combined(to, &row[left..], &columns.each);
        }
        along_columns(&across, &rows, columns.each.len())
    }
}

impl Filter for BackProjection {
    fn size(&self, width: u32, height: u32) -> Result<(u32, u32)> {
        Ok((width.saturating_mul(self.scale), height.saturating_mul(self.scale)))
    }

    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        with_hidden(|opaque| self.enlarged(source, rect, opaque))
    }
}

/// Pixels of the small picture along one axis that all steps need.
struct Span {
    start: u32,
    len: u32,
}

impl Span {
    fn around(first: u32, len: u32, side: u32) -> Self {
        let margin = STEPS as u32 * REACH;
        let start = first.saturating_sub(margin);
        Self { start, len: (first + len + margin).min(side) - start }
    }

    /// What each pixel becomes when the picture is enlarged and reduced again. What leaves the span is left out: it
    /// does not get as far as the pixels that are wanted.
    fn trips(&self, side: u32, scale: u32) -> Vec<Tap> {
        let down = Taps::new(BICUBIC, side * scale, side, self.start, self.len);
        let up = Taps::new(BICUBIC, side, side * scale, down.start, down.len);
        let trip = |tap: &Tap| {
            let passed = &up.each[tap.first..][..tap.weights.len()];
            let (low, last) = (passed[0].first, &passed[passed.len() - 1]);
            let mut weights = vec![0.0; last.first + last.weights.len() - low];
            for (through, share) in passed.iter().zip(&tap.weights) {
                for (sum, weight) in weights[through.first - low..].iter_mut().zip(&through.weights) {
                    *sum += share * weight;
                }
            }
            let (low, start) = ((low + up.start as usize) as u32, self.start);
            let skipped = start.saturating_sub(low).min(weights.len() as u32);
            weights.drain(..skipped as usize);
            let first = (low + skipped - start) as usize;
            weights.truncate(self.len as usize - first);
            Tap { first, weights }
        };
        down.each.iter().map(trip).collect()
    }
}

/// Weighted sums along a row.
pub(crate) fn combined(to: &mut [[f32; RGBA]], row: &[[f32; RGBA]], taps: &[Tap]) {
    for (sum, tap) in to.iter_mut().zip(taps) {
        *sum = [0.0; RGBA];
        for (pixel, weight) in row[tap.first..].iter().zip(&tap.weights) {
            for (s, p) in sum.iter_mut().zip(pixel) {
                *s += weight * p;
            }
        }
    }
}

/// Colors times alpha, and alpha.
pub(crate) fn weighted(rgba: &[u8], opaque: bool) -> Result<Vec<[f32; RGBA]>> {
    let each = rgba.as_chunks::<RGBA>().0.iter().map(|&[r, g, b, a]| {
        let share = f32::from(if opaque { 255 } else { a });
        [share * f32::from(r), share * f32::from(g), share * f32::from(b), share]
    });
    collected(each)
}

fn copy_of(pixels: &[[f32; RGBA]]) -> Result<Vec<[f32; RGBA]>> {
    collected(pixels.iter().copied())
}

pub(crate) fn collected(pixels: impl ExactSizeIterator<Item = [f32; RGBA]>) -> Result<Vec<[f32; RGBA]>> {
    let mut all = Vec::new();
    all.try_reserve_exact(pixels.len()).map_err(|_| Error::OutOfMemory(pixels.len() as u64 * 16))?;
    all.extend(pixels);
    Ok(all)
}

//! Super-resolution by iterative back-projection (Irani and Peleg, *Improving Resolution by Image Registration*, 1991).
//!
//! The enlarged picture is reduced again, and the result's difference from the small picture is enlarged and
//! added, repeatedly. Reduction is the one that is assumed to have made the small picture (antialiased
//! bicubic); enlargement is bicubic as well. All steps lie in the space of enlarged small pictures: x = U z,
//! and z ← z + y − D U z. They are therefore computed at the small size, where D U is a kernel of a few
//! pixels, and only the last z is enlarged.

use super::Filter;
use super::convolve::add;
use super::linear::{along_rows, copied, resampled, weighted};
use super::resize::{Interpolation, Tap, Taps, along_columns, scale_of, with_hidden};
use crate::{Picture, Rect};
use unet_kernels::error::Result;

/// Number of back-projections; more gain less than 0.01 dB.
const STEPS: usize = 5;
/// Radius of a step in pixels of the small picture.
const REACH: u32 = 3;
const BICUBIC: Interpolation = Interpolation::Bicubic;

/// Enlarges so that reducing the result gives the picture again. Colors are weighted by alpha, as in
/// [`super::Resize`].
#[derive(Debug, Clone)]
pub struct BackProjection {
    scale: u32,
}

impl BackProjection {
    /// Makes the filter to enlarge by `scale`, 1 to 8.
    ///
    /// # Errors
    /// `InvalidInput` if `scale` is out of range.
    pub fn new(scale: u32) -> Result<Self> {
        Ok(Self { scale: scale_of(scale)? })
    }

    /// Enlarges a region; `opaque`: whether alpha is ignored.
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
        let mut made = copied(&seen)?;
        for _ in 0..STEPS {
            let passed = resampled(&made, stride, &trips[0], &trips[1])?;
            add(&mut made, &seen, 1.0);
            add(&mut made, &passed, -1.0);
        }
        let needed = &made[(rows.start - along_y.start) as usize * stride..][..rows.len as usize * stride];
        let columns = columns.counted_from(along_x.start);
        let across = along_rows(needed, stride, &columns)?;
        along_columns(&across, &rows, columns.len())
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

/// Range of the small picture's pixels along one axis that all steps need.
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

    /// Taps of enlarging and reducing again, for each pixel. Taps outside the span are dropped: they do not
    /// reach the requested pixels.
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

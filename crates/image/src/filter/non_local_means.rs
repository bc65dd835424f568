//! Non-local means (Buades, Coll and Morel, *A Non-Local Algorithm for Image Denoising*, 2005).
//!
//! Patches are compared one shift at a time: squared differences to the shifted picture, summed over boxes,
//! are the distances of all patches at this shift (Darbon et al. 2008). They are integers that floats
//! represent exactly, so running sums do not depend on where a tile begins.

use super::weights::{decay, noise, planes, zeros};
use super::{Filter, byte};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Side of a patch.
const PATCH: usize = 5;
/// Rows and columns of a patch before and after its center: scikit-image's fast mode sums differences of an
/// integral image, which omits the first row and column.
const BEFORE: usize = PATCH / 2 - 1;
const AFTER: usize = PATCH / 2;
const SUMMED: usize = BEFORE + 1 + AFTER;
/// Maximum shift along each axis, in pixels.
const DISTANCE: usize = 6;
/// Standard deviation of relevant patch differences, per standard deviation of the noise.
const FILTERING: f64 = 0.8;
/// Patches with a weight below e^−5 are ignored.
const CUTOFF: f32 = 5.0;

/// Mean of nearby pixels, weighted by the similarity of their patches. Alpha is unchanged.
///
/// `skimage.restoration.denoise_nl_means(x, patch_size=5, patch_distance=6, h=0.8 * s, sigma=s,
/// fast_mode=True)` with s = sigma / 255, the settings of scikit-image's example, but with the exact
/// exponential: its fast approximation is off by several percent.
#[derive(Debug, Clone)]
pub struct NonLocalMeans {
    /// Expected squared distance of patches that differ by noise alone.
    bias: f32,
    fall: f32,
}

impl NonLocalMeans {
    /// Makes the filter for noise of standard deviation `sigma`, 1 to 100, of 255.
    ///
    /// # Errors
    /// `InvalidInput` if `sigma` is out of range.
    pub fn new(sigma: f64) -> Result<Self> {
        let sigma = noise(sigma)?;
        let bias = (SUMMED * SUMMED * 3) as f64 * 2.0 * sigma * sigma;
        let fall = 1.0 / ((PATCH * PATCH * 3) as f64 * (FILTERING * sigma).powi(2));
        Ok(Self { bias: bias as f32, fall: fall as f32 })
    }

    /// Weight of a patch's squared distance.
    #[inline(always)]
    fn weight(&self, distance: f32) -> f32 {
        let above = (distance - self.bias) * self.fall;
        let above = if above > 0.0 { above } else { 0.0 };
        let weight = decay(above);
        if above > CUTOFF { 0.0 } else { weight }
    }
}

impl Filter for NonLocalMeans {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let planes = planes(source, rect, (DISTANCE + AFTER) as u32)?;
        let mut means = Means::new(&planes, rect.width as usize, rect.height as usize)?;
        for down in 0..=DISTANCE {
            // Only one of each pair of opposite shifts, since similarity is symmetric.
            for across in 0..=2 * DISTANCE {
                if down > 0 || across > DISTANCE {
                    means.add(self, down, across)?;
                }
            }
        }
        let mut rgba = source.region(rect)?;
        for (i, pixel) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().enumerate() {
            for (value, sum) in pixel.iter_mut().zip(&means.sums) {
                *value = byte(sum[i] / means.totals[i]);
            }
        }
        Ok(rgba)
    }
}

/// Weighted sums of a tile's pixels, and their source window.
struct Means<'a> {
    planes: &'a [Vec<f32>; 3],
    stride: usize,
    width: usize,
    height: usize,
    totals: Vec<f32>,
    sums: [Vec<f32>; 3],
}

/// Margin of the window around the tile, in pixels.
const MARGIN: usize = DISTANCE + AFTER;

impl<'a> Means<'a> {
    /// Starts with the pixels themselves, with weight 1.
    fn new(planes: &'a [Vec<f32>; 3], width: usize, height: usize) -> Result<Self> {
        let mut sums = [vec![], vec![], vec![]];
        for sum in &mut sums {
            *sum = zeros(width * height)?;
        }
        let mut means =
            Self { planes, stride: width + 2 * MARGIN, width, height, totals: zeros(width * height)?, sums };
        means.totals.fill(1.0);
        for y in 0..height {
            for (sum, plane) in means.sums.iter_mut().zip(planes) {
                let from = (y + MARGIN) * means.stride + MARGIN;
                sum[y * width..][..width].copy_from_slice(&plane[from..][..width]);
            }
        }
        Ok(means)
    }

    /// Adds to every pixel the one `down` rows below it and `across` − [`DISTANCE`] columns to its right, and
    /// the one at the opposite shift.
    fn add(&mut self, how: &NonLocalMeans, down: usize, across: usize) -> Result<()> {
        let right = across as isize - DISTANCE as isize;
        let offset = (down * self.stride).wrapping_add_signed(right);
        // Pairs with at least one pixel in the tile: their first pixels, in columns of the window from `left`
        // on.
        let left = MARGIN - right.max(0) as usize;
        let len = self.width + right.unsigned_abs();
        let mut rows = [const { vec![] }; SUMMED];
        for row in &mut rows {
            *row = zeros(len + SUMMED - 1)?;
        }
        let (mut columns, mut weights) = (zeros(len + SUMMED - 1)?, zeros(len)?);
        let first = MARGIN - down;
        // The first rows only fill the sums.
        for (count, y) in (first - BEFORE..self.height + MARGIN + AFTER).enumerate() {
            let row = &mut rows[count % SUMMED];
            for (sum, old) in columns.iter_mut().zip(&*row) {
                *sum -= old;
            }
            self.differences(row, y * self.stride + left - BEFORE, offset);
            for (sum, new) in columns.iter_mut().zip(&*row) {
                *sum += new;
            }
            if count + 1 < SUMMED {
                continue;
            }
            let shifted: [&[f32]; SUMMED] = std::array::from_fn(|i| &columns[i..][..len]);
            for (i, weight) in weights.iter_mut().enumerate() {
                *weight = how.weight(shifted.iter().map(|columns| columns[i]).sum());
            }
            // Row of the window that contains the patches' centers.
            let center = y - AFTER;
            let skipped = right.min(0).unsigned_abs();
            if center >= MARGIN {
                let from = center * self.stride + MARGIN + offset;
                self.weigh(center - MARGIN, from, &weights[right.max(0) as usize..]);
            }
            if center + down < self.height + MARGIN {
                let from = (center * self.stride + MARGIN).wrapping_add_signed(-right);
                self.weigh(center + down - MARGIN, from, &weights[skipped..]);
            }
        }
        Ok(())
    }

    /// Squared distances between the window's pixels from `first` on and those `offset` further.
    fn differences(&self, row: &mut [f32], first: usize, offset: usize) {
        let [r, g, b] = [0, 1, 2].map(|channel| {
            let plane = &self.planes[channel];
            (&plane[first..][..row.len()], &plane[first + offset..][..row.len()])
        });
        for (i, squared) in row.iter_mut().enumerate() {
            let [dr, dg, db] = [r, g, b].map(|(here, there)| here[i] - there[i]);
            *squared = dr * dr + dg * dg + db * db;
        }
    }

    /// Adds the window's pixels from `from` on, weighted, to the tile's row `y`.
    fn weigh(&mut self, y: usize, from: usize, weights: &[f32]) {
        let weights = &weights[..self.width];
        for (total, weight) in self.totals[y * self.width..].iter_mut().zip(weights) {
            *total += weight;
        }
        for (sum, plane) in self.sums.iter_mut().zip(self.planes) {
            let row = &mut sum[y * self.width..][..self.width];
            for ((sum, weight), near) in row.iter_mut().zip(weights).zip(&plane[from..][..self.width]) {
                *sum += weight * near;
            }
        }
    }
}

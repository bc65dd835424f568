//! The bilateral filter (Tomasi and Manduchi, *Bilateral Filtering for Gray and Color Images*, 1998).

use super::weights::{decay, noise, planes};
use super::{Filter, byte};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Standard deviation of the spatial Gaussian in pixels: best on average for photos with noise of 10 to 50.
const SPATIAL: f64 = 1.5;
/// Radius of the neighborhood in pixels: three standard deviations, as in scikit-image.
const REACH: u32 = 5;
/// Standard deviation of the Gaussian of color differences, per standard deviation of the noise.
const RANGE: f64 = 2.0;
/// Number of pixels of a row computed at once: their sums stay in registers.
const LANES: usize = 8;

/// Mean of the neighborhood, weighted by proximity in space and color, which preserves edges. Alpha is
/// unchanged.
///
/// `skimage.restoration.denoise_bilateral(x, sigma_color=2 * sigma / 255, sigma_spatial=1.5,
/// mode="reflect")`, which uses a third of the Euclidean distance between colors. (scikit-image up to 0.26
/// reads its table of spatial weights with rows one entry too long; here they are the documented Gaussian.)
#[derive(Debug, Clone)]
pub struct Bilateral {
    /// Exponent factor of a squared color distance (colors 0–255).
    fall: f32,
    /// Column and row from 0 to 2·reach, and the exponent of the spatial weight.
    taps: Vec<(usize, usize, f32)>,
}

impl Bilateral {
    /// Makes the filter for noise of standard deviation `sigma`, 1 to 100, of 255.
    ///
    /// # Errors
    /// `InvalidInput` if `sigma` is out of range.
    pub fn new(sigma: f64) -> Result<Self> {
        let sigma = noise(sigma)?;
        let side = 2 * REACH as usize + 1;
        let away = |i: usize| (i as f64 - f64::from(REACH)).powi(2);
        let exponent = |x, y| ((away(x) + away(y)) / (2.0 * SPATIAL * SPATIAL)) as f32;
        let taps = (0..side * side).map(|i| (i % side, i / side)).map(|(x, y)| (x, y, exponent(x, y)));
        Ok(Self { fall: (1.0 / (18.0 * (RANGE * sigma).powi(2))) as f32, taps: taps.collect() })
    }
}

impl Filter for Bilateral {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let planes = planes(source, rect, REACH)?;
        let mut rgba = source.region(rect)?;
        let (width, reach) = (rect.width as usize, REACH as usize);
        let stride = width + 2 * reach;
        let taps: Vec<(usize, f32)> = self.taps.iter().map(|&(x, y, e)| (y * stride + x, e)).collect();
        for (y, row) in rgba.as_chunks_mut::<RGBA>().0.chunks_exact_mut(width).enumerate() {
            for (block, pixels) in row.chunks_mut(LANES).enumerate() {
                let first = y * stride + block * LANES;
                let means = means(&planes, &taps, self.fall, first, first + reach * stride + reach);
                for (lane, pixel) in pixels.iter_mut().enumerate() {
                    for (value, mean) in pixel.iter_mut().zip(&means) {
                        *value = byte(mean[lane]);
                    }
                }
            }
        }
        Ok(rgba)
    }
}

/// Filters the pixels from `center` on; `first` is the first pixel of the first one's neighborhood.
fn means(
    planes: &[Vec<f32>; 3],
    taps: &[(usize, f32)],
    fall: f32,
    first: usize,
    center: usize,
) -> [[f32; LANES]; 3] {
    let at = |place: usize| -> [[f32; LANES]; 3] {
        std::array::from_fn(|channel| {
            let lanes = &planes[channel][place..place + LANES];
            std::array::from_fn(|lane| lanes[lane])
        })
    };
    let [r, g, b] = at(center);
    let (mut total, mut sums) = ([0.0f32; LANES], [[0.0f32; LANES]; 3]);
    for &(offset, exponent) in taps {
        let near = at(first + offset);
        for lane in 0..LANES {
            let [dr, dg, db] = [near[0][lane] - r[lane], near[1][lane] - g[lane], near[2][lane] - b[lane]];
            let weight = decay((dr * dr + dg * dg + db * db) * fall + exponent);
            total[lane] += weight;
            for (sum, near) in sums.iter_mut().zip(&near) {
                sum[lane] += weight * near[lane];
            }
        }
    }
    // The pixel itself has weight 1.
    sums.map(|sum| std::array::from_fn(|lane| sum[lane] / total[lane]))
}

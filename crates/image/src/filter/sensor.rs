//! Simulation of a camera's sensor, a realistic alternative to noise on finished pixels.
//!
//! A photo is converted back to linear light and to the electrons that a sensor counts: one color per pixel
//! (Bayer, RGGB), with photon noise and read noise (Poisson–Gaussian; Foi et al. 2008). The counts pass
//! through a camera's pipeline: white balance, clipping at white, demosaicing (Malvar, He and Cutler 2004),
//! tone curve and JPEG. The resulting noise is coarse and correlated, and stronger in red, blue and the
//! shadows. `training/degrade.py` has the same filter, `sensor`.

use super::jpeg::Jpeg;
use super::window::{reflect, reflected};
use super::{Filter, within};
use crate::encode_jpeg::Subsampling;
use crate::noise::normal;
use crate::{Picture, RGBA, Rect, lab};
use unet_kernels::error::Result;

/// Electrons at white times ISO number, for a phone's sensor.
const WELL: f64 = 320_000.0;
/// Standard deviation of the read noise, in electrons.
const READ_NOISE: f64 = 2.0;
/// Daylight white balance: gains of red, green and blue.
const GAINS: [f64; 3] = [2.0, 1.0, 1.6];
/// Radius of the demosaicing kernels in pixels.
const REACH: u32 = 2;

/// Weights of a 5 × 5 neighborhood, in sixteenths, for a color not measured at the center; the center's own
/// color contributes to keep edges sharp.
type Weights = [[f32; 5]; 5];
/// Green at red and blue.
const GREEN: Weights = [
    [0., 0., -2., 0., 0.],
    [0., 0., 4., 0., 0.],
    [-2., 4., 8., 4., -2.],
    [0., 0., 4., 0., 0.],
    [0., 0., -2., 0., 0.],
];
/// Red or blue at green, if measured in the same row; transposed if in the same column.
const ROW: Weights = [
    [0., 0., 1., 0., 0.],
    [0., -2., 0., -2., 0.],
    [-2., 8., 10., 8., -2.],
    [0., -2., 0., -2., 0.],
    [0., 0., 1., 0., 0.],
];
/// Red at blue and blue at red.
const DIAGONAL: Weights = [
    [0., 0., -3., 0., 0.],
    [0., 4., 0., 4., 0.],
    [-3., 0., 12., 0., -3.],
    [0., 4., 0., 4., 0.],
    [0., 0., -3., 0., 0.],
];

/// Sensor noise and the camera pipeline after it. Alpha is unchanged.
#[derive(Debug, Clone)]
pub struct Sensor {
    /// Electrons at white.
    white: f64,
    saved: Option<Jpeg>,
    seed: u32,
}

impl Sensor {
    /// Makes the filter. `iso` is 50 to 102,400; `quality` that of the camera's JPEG file (4:2:0), `None` for
    /// lossless.
    ///
    /// # Errors
    /// `InvalidInput` if a value is out of range.
    pub fn new(iso: f64, quality: Option<u8>, seed: u32) -> Result<Self> {
        let white = WELL / within("the ISO number", iso, 50.0, 102_400.0)?;
        let saved = quality.map(|quality| Jpeg::new(quality, Subsampling::Half)).transpose()?;
        Ok(Self { white, saved, seed })
    }

    /// White-balanced counts of `rect` and a margin of `REACH` pixels; white is 1.
    fn counted(&self, source: &Picture, rect: Rect) -> Result<Vec<f32>> {
        let window = reflected(source, rect, REACH)?;
        let stride = rect.width + 2 * REACH;
        let at =
            |i: u32, first: u32, side: u32| reflect(i64::from(first) + i64::from(i) - i64::from(REACH), side);
        let mut counted = Vec::with_capacity(window.len() / RGBA);
        for (i, pixel) in (0..).zip(window.as_chunks::<RGBA>().0) {
            let (x, y) = (at(i % stride, rect.x, source.width()), at(i / stride, rect.y, source.height()));
            let color = color_at(x, y);
            let electrons = f64::from(lab::to_light(pixel[color])) / GAINS[color] * self.white;
            let spread = (electrons + READ_NOISE * READ_NOISE).sqrt();
            let noisy = electrons + spread * normal(self.seed, x, y, 0);
            counted.push((noisy / self.white * GAINS[color]).min(1.0) as f32);
        }
        Ok(counted)
    }

    fn developed(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let counted = self.counted(source, rect)?;
        let stride = (rect.width + 2 * REACH) as usize;
        let mut rgba = source.region(rect)?;
        for (i, pixel) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().enumerate() {
            let (column, row) = (i % rect.width as usize, i / rect.width as usize);
            let (x, y) = (rect.x + column as u32, rect.y + row as u32);
            let weighted = |weight: &dyn Fn(usize, usize) -> f32| -> f32 {
                let rows = (0..5).map(|v| (v, &counted[(row + v) * stride + column..][..5]));
                rows.flat_map(|(v, line)| line.iter().enumerate().map(move |(u, c)| weight(u, v) * c))
                    .sum::<f32>()
                    / 16.0
            };
            let center = color_at(x, y);
            for (color, byte) in pixel[..3].iter_mut().enumerate() {
                let value = match (center, color) {
                    _ if center == color => counted[(row + 2) * stride + column + 2],
                    (_, 1) => weighted(&|u, v| GREEN[v][u]),
                    // Even rows contain red, in even columns.
                    (1, 0) if y.is_multiple_of(2) => weighted(&|u, v| ROW[v][u]),
                    (1, 2) if !y.is_multiple_of(2) => weighted(&|u, v| ROW[v][u]),
                    (1, _) => weighted(&|u, v| ROW[u][v]),
                    _ => weighted(&|u, v| DIAGONAL[v][u]),
                };
                *byte = lab::from_light(value);
            }
        }
        Ok(rgba)
    }
}

/// Color measured at a pixel: red, green, green, blue.
fn color_at(x: u32, y: u32) -> usize {
    (x % 2 + y % 2) as usize
}

impl Filter for Sensor {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        match &self.saved {
            Some(jpeg) => jpeg.of_region(source, rect, |around| self.developed(source, around)),
            None => self.developed(source, rect),
        }
    }
}

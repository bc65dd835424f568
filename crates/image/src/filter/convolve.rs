//! Blurs of all shapes, and what is made of them.

use super::kernel::{Kernel, Weights};
use super::window::reflected;
use super::{Filter, byte, within};
use crate::noise::{MAX_SIGMA, normal};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// A kernel's mean of the neighbourhood, and Gaussian noise upon it; rounded once. Alpha stays.
#[derive(Debug, Clone)]
pub struct Blur {
    kernel: Kernel,
    sigma: f64,
    seed: u32,
}

impl Blur {
    /// Without noise.
    pub fn new(kernel: Kernel) -> Self {
        Self { kernel, sigma: 0.0, seed: 0 }
    }

    /// With noise of standard deviation `sigma` (0–255, of 255), as [`crate::Noise`] makes it.
    ///
    /// # Errors
    /// `InvalidInput` outside of the range.
    pub fn with_noise(self, sigma: f64, seed: u32) -> Result<Self> {
        Ok(Self { sigma: within("the noise's sigma", sigma, 0.0, MAX_SIGMA)?, seed, ..self })
    }
}

impl Filter for Blur {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let blurred = convolved(source, rect, 0, &self.kernel)?;
        let mut rgba = source.region(rect)?;
        let noise = |i: usize, channel: usize| match self.sigma {
            0.0 => 0.0,
            sigma => {
                let (x, y) = (i as u32 % rect.width, i as u32 / rect.width);
                sigma * normal(self.seed, rect.x + x, rect.y + y, channel as u32)
            }
        };
        for (i, (pixel, mean)) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(&blurred).enumerate() {
            for channel in 0..3 {
                pixel[channel] = (f64::from(mean[channel]) + noise(i, channel) + 0.5) as u8;
            }
        }
        Ok(rgba)
    }
}

/// Unsharp mask: `x + amount·(x − blurred x)`, clipped; `skimage.filters.unsharp_mask`. Alpha stays.
#[derive(Debug, Clone)]
pub struct Unsharp {
    kernel: Kernel,
    amount: f32,
}

impl Unsharp {
    /// `sigma` of the Gaussian as [`Kernel::gaussian`] takes it; `amount` 0 to 10.
    ///
    /// # Errors
    /// `InvalidInput` outside of the ranges.
    pub fn new(sigma: f64, amount: f64) -> Result<Self> {
        let amount = within("the amount of the unsharp mask", amount, 0.0, 10.0)? as f32;
        Ok(Self { kernel: Kernel::gaussian(sigma)?, amount })
    }
}

impl Filter for Unsharp {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let blurred = convolved(source, rect, 0, &self.kernel)?;
        let mut rgba = source.region(rect)?;
        for (pixel, mean) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(&blurred) {
            for channel in 0..3 {
                let value = f32::from(pixel[channel]);
                pixel[channel] = byte(value + self.amount * (value - mean[channel]));
            }
        }
        Ok(rgba)
    }
}

/// Weighted means around each pixel of `rect` and of `margin` more pixels on each side, 0–255 in
/// every channel, alpha among them.
// Once in the download, not once in every caller.
#[inline(never)]
pub(super) fn convolved(
    source: &Picture,
    rect: Rect,
    margin: u32,
    kernel: &Kernel,
) -> Result<Vec<[f32; RGBA]>> {
    let window = reflected(source, rect, margin + kernel.reach)?;
    let stride = (rect.width + 2 * (margin + kernel.reach)) as usize;
    let mut pixels = pixels(window.len() / RGBA)?;
    for (to, from) in pixels.iter_mut().zip(window.as_chunks::<RGBA>().0) {
        *to = from.map(f32::from);
    }
    correlated(&pixels, stride, kernel)
}

/// Weighted means of all neighbourhoods that lie wholly inside of rows of `stride` pixels.
// Once in the download, not once in every caller.
#[inline(never)]
pub(crate) fn correlated(pixels: &[[f32; RGBA]], stride: usize, kernel: &Kernel) -> Result<Vec<[f32; RGBA]>> {
    let reach = kernel.reach as usize;
    let (width, height) = (stride - 2 * reach, pixels.len() / stride - 2 * reach);
    let mut sums = self::pixels(width * height)?;
    match &kernel.weights {
        Weights::Line(line) => {
            let mut across = self::pixels(width * (height + 2 * reach))?;
            for (to, row) in across.chunks_exact_mut(width).zip(pixels.chunks_exact(stride)) {
                for (x, &weight) in line.iter().enumerate() {
                    add(to, &row[x..], weight);
                }
            }
            for (y, to) in sums.chunks_exact_mut(width).enumerate() {
                for (row, &weight) in across[y * width..].chunks_exact(width).zip(line) {
                    add(to, row, weight);
                }
            }
        }
        Weights::Points(points) => {
            for (row, to) in sums.chunks_exact_mut(width).enumerate() {
                for &(x, y, weight) in points {
                    add(to, &pixels[(row + y) * stride + x..], weight);
                }
            }
        }
    }
    Ok(sums)
}

fn pixels(len: usize) -> Result<Vec<[f32; RGBA]>> {
    let mut pixels = Vec::new();
    pixels.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 16))?;
    pixels.resize(len, [0.0; RGBA]);
    Ok(pixels)
}

/// `to += weight·from`, as far as `to` goes.
pub(crate) fn add(to: &mut [[f32; RGBA]], from: &[[f32; RGBA]], weight: f32) {
    for (sum, pixel) in to.iter_mut().zip(from) {
        for (s, p) in sum.iter_mut().zip(pixel) {
            *s += weight * p;
        }
    }
}

//! Image similarity; alpha is ignored. All metrics agree with scikit-image 0.26 (`skimage.metrics`) on 8-bit
//! arrays, `data_range=255`.

use std::ops::Deref;

use super::work::{Work, finish};
use super::{Picture, RGBA, Rect, ssim};
use unet_kernels::error::{Error, Result};

/// Result of [`compare`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Peak signal-to-noise ratio over red, green and blue in dB; infinite for equal pictures
    /// (`peak_signal_noise_ratio`).
    pub psnr: f64,
    /// Peak signal-to-noise ratio of luma in dB, as papers on super-resolution report it: Y of
    /// `skimage.color.rgb2ycbcr` (BT.601, 16–235), not rounded, with a peak of 255.
    pub psnr_luma: f64,
    /// Mean structural similarity over red, green and blue, −1 to 1; 1 for equal pictures
    /// (`structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    /// channel_axis=-1)`: windows of 11 × 11 that lie completely inside). `None` if a side is shorter than
    /// that.
    pub ssim: Option<f64>,
    /// Mean absolute error over red, green and blue, 0–255.
    pub mae: f64,
}

/// A comparison in progress, one tile per step.
pub struct Comparison<P> {
    a: P,
    b: P,
    /// Region that counts for luma.
    inner: Rect,
    squares: f64,
    luma_squares: f64,
    differences: f64,
    similarities: f64,
}

impl<P: Deref<Target = Picture>> Comparison<P> {
    /// Prepares a comparison. `border`: number of pixels at each side that `psnr_luma` ignores.
    ///
    /// # Errors
    /// `InvalidInput` if the sizes differ or the border leaves nothing.
    pub fn new(a: P, b: P, border: u32) -> Result<Self> {
        same_size(a.size(), b.size())?;
        let side = |side: u32| side.checked_sub(border.saturating_mul(2)).filter(|&side| side > 0);
        let (Some(width), Some(height)) = (side(a.width()), side(a.height())) else {
            let (width, height) = (a.width(), a.height());
            return Err(Error::InvalidInput(format!(
                "a border of {border} leaves nothing of {width} × {height} pixels"
            )));
        };
        let inner = Rect::new(border, border, width, height);
        Ok(Self { a, b, inner, squares: 0.0, luma_squares: 0.0, differences: 0.0, similarities: 0.0 })
    }

    /// Scores, once all steps are done.
    pub fn scores(&self) -> Scores {
        let values = (3 * self.a.rect().pixels()) as f64;
        let windows = windows(self.a.rect(), self.a.rect());
        Scores {
            psnr: decibels(self.squares / values),
            psnr_luma: decibels(self.luma_squares / self.inner.pixels() as f64),
            ssim: windows.map(|(_, count)| (self.similarities / (3 * count) as f64).min(1.0)),
            mae: self.differences / values,
        }
    }
}

impl<P: Deref<Target = Picture>> Work for Comparison<P> {
    fn steps(&self) -> usize {
        self.a.rect().tiles()
    }

    fn step(&mut self, index: usize) -> Result<()> {
        let tile = self.a.rect().tile(index);
        let (p, q) = (self.a.region(tile)?, self.b.region(tile)?);
        let (mut squares, mut differences) = (0, 0);
        for (i, (p, q)) in (0..).zip(p.as_chunks::<RGBA>().0.iter().zip(q.as_chunks::<RGBA>().0)) {
            for channel in 0..3 {
                let difference = u64::from(p[channel].abs_diff(q[channel]));
                differences += difference;
                squares += difference * difference;
            }
            let (x, y) = (tile.x + i % tile.width, tile.y + i / tile.width);
            if self.inner.contains(x, y) {
                self.luma_squares += (luma(p) - luma(q)).powi(2);
            }
        }
        self.squares += squares as f64;
        self.differences += differences as f64;
        if let Some((rect, _)) = windows(tile, self.a.rect()) {
            let (p, q) = (self.a.region(rect)?, self.b.region(rect)?);
            self.similarities += ssim::sum(&p, &q, rect.width as usize)?;
        }
        Ok(())
    }
}

/// Runs [`Comparison::new`] and all steps. Errors are those of both, and `OutOfMemory`.
pub fn compare(a: &Picture, b: &Picture, border: u32) -> Result<Scores> {
    let mut comparison = Comparison::new(a, b, border)?;
    finish(&mut comparison)?;
    Ok(comparison.scores())
}

/// Pixels of all windows whose upper left corner lies in `tile`, and the number of windows.
fn windows(tile: Rect, whole: Rect) -> Option<(Rect, u64)> {
    let margin = ssim::WINDOW - 1;
    let corners = |start: u32, len: u32, side: u32| {
        Some(len.min(side.saturating_sub(start + margin))).filter(|&count| count > 0)
    };
    let width = corners(tile.x, tile.width, whole.width)?;
    let height = corners(tile.y, tile.height, whole.height)?;
    let rect = Rect::new(tile.x, tile.y, width + margin, height + margin);
    Some((rect, u64::from(width) * u64::from(height)))
}

fn luma(p: &[u8; RGBA]) -> f64 {
    16.0 + (65.481 * f64::from(p[0]) + 128.553 * f64::from(p[1]) + 24.966 * f64::from(p[2])) / 255.0
}

fn decibels(mse: f64) -> f64 {
    10.0 * (255.0 * 255.0 / mse).log10()
}

/// Checks that two pictures have the same size (width, height).
///
/// # Errors
/// `InvalidInput` if the sizes differ.
pub fn same_size(a: (u32, u32), b: (u32, u32)) -> Result<()> {
    if a == b {
        return Ok(());
    }
    let ((a, b), (c, d)) = (a, b);
    Err(Error::InvalidInput(format!("pictures of {a} × {b} and {c} × {d} pixels cannot be compared")))
}

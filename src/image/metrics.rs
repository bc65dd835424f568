//! How close two pictures are; alpha does not count. All agree with scikit-image 0.26
//! (`skimage.metrics`) on 8-bit arrays, `data_range=255`.

pub use super::ssim::ssim;
use super::{Picture, RGBA, Rect};
use crate::error::{Error, Result};

/// Rows compared at once.
const BAND: u32 = 64;

/// Mean squared error over red, green and blue, in squares of 255ths.
///
/// # Errors
/// `InvalidInput` when the sizes differ, `OutOfMemory`.
pub fn mse(a: &Picture, b: &Picture) -> Result<f64> {
    let sum = sum_over(a, b, 0, |p, q| (0..3).map(|c| square(f64::from(p[c]) - f64::from(q[c]))).sum())?;
    Ok(sum / (3 * a.rect().pixels()) as f64)
}

/// Mean absolute error over red, green and blue, 0–255. Errors as [`mse`].
pub fn mae(a: &Picture, b: &Picture) -> Result<f64> {
    let sum = sum_over(a, b, 0, |p, q| (0..3).map(|c| f64::from(p[c].abs_diff(q[c]))).sum())?;
    Ok(sum / (3 * a.rect().pixels()) as f64)
}

/// Peak signal-to-noise ratio over red, green and blue in dB; infinite for equal pictures
/// (`peak_signal_noise_ratio`). Errors as [`mse`].
pub fn psnr(a: &Picture, b: &Picture) -> Result<f64> {
    Ok(decibels(mse(a, b)?))
}

/// Peak signal-to-noise ratio of luma in dB, without `border` pixels on each side, as papers on
/// super-resolution report it: Y of `skimage.color.rgb2ycbcr` (BT.601, 16–235), not rounded, with a
/// peak of 255.
///
/// # Errors
/// `InvalidInput` when the sizes differ or the border leaves nothing, `OutOfMemory`.
pub fn psnr_luma(a: &Picture, b: &Picture, border: u32) -> Result<f64> {
    let sum = sum_over(a, b, border, |p, q| square(luma(p) - luma(q)))?;
    let inner = inner(a, border)?;
    Ok(decibels(sum / inner.pixels() as f64))
}

fn luma(p: [u8; RGBA]) -> f64 {
    16.0 + (65.481 * f64::from(p[0]) + 128.553 * f64::from(p[1]) + 24.966 * f64::from(p[2])) / 255.0
}

fn square(x: f64) -> f64 {
    x * x
}

fn decibels(mse: f64) -> f64 {
    10.0 * (255.0 * 255.0 / mse).log10()
}

fn inner(picture: &Picture, border: u32) -> Result<Rect> {
    let side = |side: u32| side.checked_sub(border.saturating_mul(2)).filter(|&side| side > 0);
    match (side(picture.width()), side(picture.height())) {
        (Some(width), Some(height)) => Ok(Rect::new(border, border, width, height)),
        _ => Err(Error::InvalidInput(format!(
            "a border of {border} leaves nothing of {} × {} pixels",
            picture.width(),
            picture.height()
        ))),
    }
}

/// # Errors
/// `InvalidInput` when the sizes differ.
pub(super) fn same_size(a: &Picture, b: &Picture) -> Result<()> {
    if a.rect() == b.rect() {
        return Ok(());
    }
    Err(Error::InvalidInput(format!(
        "pictures of {} × {} and {} × {} pixels cannot be compared",
        a.width(),
        a.height(),
        b.width(),
        b.height()
    )))
}

fn sum_over(
    a: &Picture,
    b: &Picture,
    border: u32,
    term: impl Fn([u8; RGBA], [u8; RGBA]) -> f64,
) -> Result<f64> {
    same_size(a, b)?;
    let inner = inner(a, border)?;
    let mut sum = 0.0;
    for y in (0..inner.height).step_by(BAND as usize) {
        let band = Rect::new(inner.x, inner.y + y, inner.width, BAND.min(inner.height - y));
        let (p, q) = (a.region(band)?, b.region(band)?);
        sum += p.as_chunks().0.iter().zip(q.as_chunks().0).map(|(&p, &q)| term(p, q)).sum::<f64>();
    }
    Ok(sum)
}

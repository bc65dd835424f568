//! Per-pixel filters.

use super::{Filter, byte, within};
use crate::{Picture, RGBA, Rect, lab};
use unet_kernels::error::Result;

/// Luma of ITU-R BT.601, computed on non-linear sRGB.
pub fn luma([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Replaces red, green and blue by [`luma`], rounded half up. Alpha is unchanged.
#[derive(Debug, Clone)]
pub struct Gray;

impl Filter for Gray {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        each(source, rect, |rgb| [byte(luma(rgb.map(f32::from))); 3])
    }
}

/// Scales chroma of CIE L\*a\*b\*. L\* is kept, unless the color leaves sRGB and is clipped; alpha is
/// unchanged.
#[derive(Debug, Clone)]
pub struct Saturation(f32);

impl Saturation {
    /// Makes the filter. `factor` is 0 (gray) to 4; 1 changes nothing.
    ///
    /// # Errors
    /// `InvalidInput` if `factor` is out of range.
    pub fn new(factor: f64) -> Result<Self> {
        Ok(Self(within("saturation", factor, 0.0, 4.0)? as f32))
    }
}

impl Filter for Saturation {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        each(source, rect, |rgb| {
            let [l, a, b] = lab::from_srgb(rgb);
            lab::to_srgb([l, a * self.0, b * self.0])
        })
    }
}

/// Maps every pixel separately; alpha is unchanged.
pub(super) fn each(source: &Picture, rect: Rect, color: impl Fn([u8; 3]) -> [u8; 3]) -> Result<Vec<u8>> {
    let mut rgba = source.region(rect)?;
    for pixel in rgba.as_chunks_mut::<RGBA>().0 {
        let [r, g, b, _] = *pixel;
        pixel[..3].copy_from_slice(&color([r, g, b]));
    }
    Ok(rgba)
}

//! Line drawings from photos.

use super::color::luma;
use super::convolve::convolved;
use super::kernel::Kernel;
use super::resize::{Interpolation, Resize};
use super::{Filter, apply, byte};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Luma gradient per pixel at which a line becomes visible, and the additional gradient that makes it black.
const FAINT: f32 = 0.02;
const RANGE: f32 = 0.08;

/// Draws edges as black lines on white: `training/degrade.py`, `edges`.
///
/// Luma in 0–1 is smoothed by a Gaussian of sigma 1; m is the length of its gradient by Sobel's kernels over
/// 8, so that a ramp of s per pixel has m = s; e = clip((m − 0.02) / 0.08, 0, 1), drawn as 255·(1 − e). Alpha
/// is unchanged.
#[derive(Debug, Clone)]
pub struct Edges(Kernel);

impl Edges {
    /// Makes the filter for edges at the picture's own size.
    ///
    /// # Errors
    /// Never in practice: the Gaussian's sigma is in range.
    pub fn new() -> Result<Self> {
        Ok(Self(Kernel::gaussian(1.0)?))
    }

    /// Edges as a network sees them, in a frame whose shorter side is `side`: large photos have gentler
    /// slopes per pixel, and lines that a smaller frame would not show. Returns a small drawing, and the
    /// filter that resizes it to the picture's size.
    ///
    /// # Errors
    /// `InvalidInput` for a side of 0, `OutOfMemory`.
    pub fn of_frame(source: &Picture, side: u32) -> Result<(Picture, Resize)> {
        if side == 0 {
            return Err(Error::InvalidInput("a frame needs a side of at least 1 pixel".into()));
        }
        let (width, height) = (source.width(), source.height());
        let factor = (f64::from(side) / f64::from(width.min(height))).min(1.0);
        let small = |length: u32| ((f64::from(length) * factor).round() as u32).max(1);
        let reduced = apply(&Resize::to(small(width), small(height), Interpolation::Bicubic), source)?;
        Ok((apply(&Self::new()?, &reduced)?, Resize::to(width, height, Interpolation::Bicubic)))
    }

    /// Computes the edges of [`Self::of_frame`] at the picture's size.
    ///
    /// # Errors
    /// As for [`Self::of_frame`].
    pub fn of_photo(source: &Picture, side: u32) -> Result<Picture> {
        let (drawn, enlarge) = Self::of_frame(source, side)?;
        apply(&enlarge, &drawn)
    }
}

impl Filter for Edges {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let mut rgba = source.region(rect)?;
        let smooth: Vec<f32> = convolved(source, rect, 1, &self.0)?
            .iter()
            .map(|&[r, g, b, _]| luma([r, g, b]) / 255.0)
            .collect();
        let (width, stride) = (rect.width as usize, rect.width as usize + 2);
        let rows = rgba
            .as_chunks_mut::<RGBA>()
            .0
            .chunks_exact_mut(width)
            .zip(smooth.windows(3 * stride).step_by(stride));
        for (row, lines) in rows {
            for (x, pixel) in row.iter_mut().enumerate() {
                let at = |dx: usize, dy: usize| lines[dy * stride + x + dx];
                let sobel = |before: [f32; 3], after: [f32; 3]| {
                    (after[0] - before[0] + 2.0 * (after[1] - before[1]) + after[2] - before[2]) / 8.0
                };
                let across = sobel([0, 1, 2].map(|y| at(0, y)), [0, 1, 2].map(|y| at(2, y)));
                let down = sobel([0, 1, 2].map(|x| at(x, 0)), [0, 1, 2].map(|x| at(x, 2)));
                let edge = ((across.hypot(down) - FAINT) / RANGE).clamp(0.0, 1.0);
                pixel[..3].fill(byte(255.0 * (1.0 - edge)));
            }
        }
        Ok(rgba)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checkerboard of squares with sides of `scale` pixels.
    fn board(scale: u32) -> Picture {
        let side = 16 * scale;
        let value =
            |i: u32| if (i % side / scale / 4 + i / side / scale / 4).is_multiple_of(2) { 60 } else { 200 };
        let rgba: Vec<u8> = (0..side * side).flat_map(|i| [value(i), value(i), value(i), 255]).collect();
        Picture::from_rgba(side, side, &rgba).unwrap()
    }

    #[test]
    fn a_frame_shows_the_same_lines_of_a_photo_of_any_size() {
        let small = apply(&Edges::new().unwrap(), &board(1)).unwrap();
        let (unchanged, _) = Edges::of_frame(&board(1), 16).unwrap();
        let rgba = |picture: &Picture| picture.region(picture.rect()).unwrap();
        assert_eq!(rgba(&unchanged), rgba(&small));
        let (drawn, enlarge) = Edges::of_frame(&board(8), 16).unwrap();
        // Reducing overshoots a little beside an edge.
        let off = rgba(&drawn).iter().zip(rgba(&small)).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off.unwrap() <= 20, "{off:?}");
        let full = apply(&enlarge, &drawn).unwrap();
        assert_eq!((full.width(), full.height()), (128, 128));
        assert!(Edges::of_frame(&small, 0).is_err());
    }
}

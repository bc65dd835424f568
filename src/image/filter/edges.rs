//! Line drawings of photos.

use super::color::luma;
use super::convolve::convolved;
use super::kernel::Kernel;
use super::{Filter, byte};
use crate::error::Result;
use crate::image::{Picture, RGBA, Rect};

/// Gradients of luma a pixel where a line begins to show, and how much more makes it black.
const FAINT: f32 = 0.02;
const RANGE: f32 = 0.08;

/// Edges as black lines on white: `training/degrade.py`, `edges`.
///
/// Luma in 0–1, smoothed by a Gaussian of sigma 1; m is the length of its gradient by Sobel's kernels
/// over 8, so that a ramp of s a pixel has m = s; e = clip((m − 0.02) / 0.08, 0, 1), drawn as
/// 255·(1 − e). Alpha stays.
#[derive(Debug, Clone)]
pub struct Edges(Kernel);

impl Edges {
    pub fn new() -> Result<Self> {
        Ok(Self(Kernel::gaussian(1.0)?))
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

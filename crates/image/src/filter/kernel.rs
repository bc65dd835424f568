//! Blur kernels, which each sum to 1. `training/degrade.py` has the same kernels.

use super::within;
use unet_kernels::error::{Error, Result};

/// Maximum side of a box or median, in pixels.
pub(super) const MAX_SIDE: u32 = 31;

/// Weights of a square neighborhood of odd side.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// Radius in pixels.
    pub(super) reach: u32,
    pub(super) weights: Weights,
}

#[derive(Debug, Clone)]
pub(super) enum Weights {
    /// Applied along rows, then along columns.
    Line(Vec<f32>),
    /// Column and row, from 0 to 2·reach, and weight; without zero weights.
    Points(Vec<(usize, usize, f32)>),
}

impl Kernel {
    /// Gaussian of standard deviation `sigma`, 0.1 to 20 pixels, cut at ⌈3 sigma⌉ pixels.
    ///
    /// # Errors
    /// `InvalidInput` if a value is out of range, here and below.
    pub fn gaussian(sigma: f64) -> Result<Self> {
        let sigma = within("the blur's sigma", sigma, 0.1, 20.0)?;
        let reach = (3.0 * sigma).ceil() as i32;
        let line: Vec<f64> =
            (-reach..=reach).map(|x| (-0.5 * (f64::from(x) / sigma).powi(2)).exp()).collect();
        let sum: f64 = line.iter().sum();
        let line = line.iter().map(|w| (w / sum) as f32).collect();
        Ok(Self { reach: reach as u32, weights: Weights::Line(line) })
    }

    /// The mean of `side` × `side` pixels; odd, 1 to 31.
    pub fn mean(side: u32) -> Result<Self> {
        let reach = reach_of(side)?;
        Ok(Self { reach, weights: Weights::Line(vec![1.0 / side as f32; side as usize]) })
    }

    /// Defocus: a disk of `radius` 0.5 to 20 pixels with an antialiased rim. A pixel at distance d has weight
    /// clip(radius + ½ − d, 0, 1).
    pub fn defocus(radius: f64) -> Result<Self> {
        let radius = within("the radius of defocus", radius, 0.5, 20.0)?;
        let reach = (radius + 0.5).ceil() - 1.0;
        Ok(Self::points(reach, |x, y| radius + 0.5 - x.hypot(y)))
    }

    /// Straight motion over `length` 1 to 60 pixels, `degrees` (−360 to 360) counterclockwise from the right.
    /// A pixel at distance d from the segment of length − 1 that joins the centers of the outer pixels has
    /// weight clip(1 − d, 0, 1).
    pub fn motion(length: f64, degrees: f64) -> Result<Self> {
        let half = (within("the length of motion", length, 1.0, 60.0)? - 1.0) / 2.0;
        let angle = within("the angle of motion", degrees, -360.0, 360.0)?.to_radians();
        let (dx, dy) = (angle.cos(), -angle.sin());
        Ok(Self::points(half.ceil(), |x, y| {
            let (along, across) = (x * dx + y * dy, x * dy - y * dx);
            1.0 - (along.abs() - half).max(0.0).hypot(across)
        }))
    }

    /// Kernel from `weight` of the distances along x and y (down), clipped to 0–1.
    fn points(reach: f64, weight: impl Fn(f64, f64) -> f64) -> Self {
        let side = 2 * reach as usize + 1;
        let at = |i: usize| i as f64 - reach;
        let all = (0..side * side).map(|i| (i % side, i / side));
        let weights: Vec<_> = all
            .map(|(x, y)| (x, y, weight(at(x), at(y)).min(1.0)))
            .filter(|&(_, _, weight)| weight > 0.0)
            .collect();
        let sum: f64 = weights.iter().map(|&(_, _, weight)| weight).sum();
        let weights = weights.iter().map(|&(x, y, weight)| (x, y, (weight / sum) as f32)).collect();
        Self { reach: reach as u32, weights: Weights::Points(weights) }
    }
}

/// Number of pixels on each side of the center, for `side` pixels.
pub(super) fn reach_of(side: u32) -> Result<u32> {
    if side % 2 == 1 && side <= MAX_SIDE {
        return Ok(side / 2);
    }
    Err(Error::InvalidInput(format!(
        "the side of the window must be an odd number up to {MAX_SIDE}, not {side}"
    )))
}

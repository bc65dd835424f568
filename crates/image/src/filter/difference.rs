//! Heat maps of the difference between two pictures.

use std::ops::Deref;

use super::{Filter, within};
use crate::metrics::same_size;
use crate::{Picture, RGBA, Rect, lab};
use unet_kernels::error::Result;

/// matplotlib's "inferno" (CC0) at eighths; its lightness rises evenly, also for color-blind people.
const INFERNO: [[u8; 3]; 9] = [
    [0, 0, 4],
    [31, 12, 72],
    [85, 15, 109],
    [136, 34, 106],
    [186, 54, 85],
    [227, 89, 51],
    [249, 140, 10],
    [249, 201, 50],
    [252, 255, 164],
];

/// Kind of difference to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Mean of the absolute differences of red, green and blue: from black through purple and orange to light
    /// yellow.
    Absolute,
    /// Mean of the differences: near white for none, red where the picture is lighter than the reference,
    /// blue where it is darker; equal amounts are equally light.
    Signed,
}

impl Sign {
    /// Color of a difference, 0 to 1 or −1 to 1, clamped to the range.
    pub fn color(self, difference: f32) -> [u8; 3] {
        match self {
            Self::Absolute => {
                let last = INFERNO.len() - 2;
                let at = (difference * (last + 1) as f32).clamp(0.0, (last + 1) as f32);
                let below = (at as usize).min(last);
                let [from, to] = [below, below + 1].map(|i| lab::from_srgb(INFERNO[i]));
                let share = at - below as f32;
                lab::to_srgb([0, 1, 2].map(|i| from[i] + share * (to[i] - from[i])))
            }
            Self::Signed => {
                let d = difference.clamp(-1.0, 1.0);
                let hue = if d > 0.0 { [55.0, 35.0] } else { [15.0, -60.0] };
                lab::to_srgb([95.0 - 50.0 * d.abs(), hue[0] * d.abs(), hue[1] * d.abs()])
            }
        }
    }
}

/// Heat map of a picture's difference from a reference. Opaque.
#[derive(Debug, Clone)]
pub struct Difference<P> {
    reference: P,
    sign: Sign,
    /// Color of each sum of three differences, from −765 on.
    colors: Vec<[u8; 3]>,
}

/// Largest sum of three differences.
const MOST: i32 = 3 * 255;

impl<P> Difference<P> {
    /// Makes the filter. A difference of 255 / `gain` (1 to 255) has the last color of the scale.
    ///
    /// # Errors
    /// `InvalidInput` if `gain` is out of range.
    pub fn new(reference: P, sign: Sign, gain: f64) -> Result<Self> {
        let gain = within("the gain", gain, 1.0, 255.0)? as f32;
        let colors = (-MOST..=MOST).map(|sum| sign.color(sum as f32 / MOST as f32 * gain)).collect();
        Ok(Self { reference, sign, colors })
    }
}

impl<P: Deref<Target = Picture>> Filter for Difference<P> {
    /// Size of the result, which is the reference's.
    ///
    /// # Errors
    /// `InvalidInput` if the picture has another size.
    fn size(&self, width: u32, height: u32) -> Result<(u32, u32)> {
        same_size((width, height), self.reference.size())?;
        Ok((width, height))
    }

    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let reference = self.reference.region(rect)?;
        let mut rgba = source.region(rect)?;
        for (pixel, from) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(reference.as_chunks::<RGBA>().0) {
            let each = [0, 1, 2].map(|channel| i32::from(pixel[channel]) - i32::from(from[channel]));
            let sum: i32 = match self.sign {
                Sign::Absolute => each.iter().map(|d| d.abs()).sum(),
                Sign::Signed => each.iter().sum(),
            };
            let [r, g, b] = self.colors[(sum + MOST) as usize];
            *pixel = [r, g, b, 255];
        }
        Ok(rgba)
    }
}

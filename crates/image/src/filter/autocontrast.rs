//! Restoration of lost contrast.

use super::color::{each, luma};
use super::{Filter, byte};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Share of pixels that may become black, and share that may become white.
const CUTOFF: f64 = 0.005;

/// Stretches luma to the full range, with the same linear map for all channels to preserve hues: Pillow's
/// `ImageOps.autocontrast` with `cutoff=0.5` and `preserve_tone=True`. Ignores fully transparent pixels;
/// alpha is unchanged.
#[derive(Debug, Clone)]
pub struct Autocontrast([u8; 256]);

impl Autocontrast {
    /// Makes the filter from the statistics of a whole picture.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn of(picture: &Picture) -> Result<Self> {
        let mut counts = [0_u64; 256];
        for index in 0..picture.rect().tiles() {
            let tile = picture.rect().tile(index);
            for &[r, g, b, a] in picture.region(tile)?.as_chunks::<RGBA>().0 {
                if a > 0 {
                    counts[usize::from(byte(luma([r, g, b].map(f32::from))))] += 1;
                }
            }
        }
        let [low, high] = ends(&counts);
        let scale = 255.0 / f64::from(high.saturating_sub(low).max(1));
        let stretched = |value: u8| (f64::from(value) * scale - f64::from(low) * scale) as u8;
        let line = |value: usize| if low < high { stretched(value as u8) } else { value as u8 };
        Ok(Self(std::array::from_fn(line)))
    }
}

/// Darkest and brightest value after removing [`CUTOFF`] of the pixels at either end.
fn ends(counts: &[u64; 256]) -> [u8; 2] {
    let cut = (counts.iter().sum::<u64>() as f64 * CUTOFF) as u64;
    // First value with more pixels than remain to be removed.
    let end = |values: [u8; 256]| {
        let mut left = cut;
        let is_left = |&value: &u8| {
            let count = counts[usize::from(value)];
            let enough = count > left;
            left = left.saturating_sub(count);
            enough
        };
        values.into_iter().find(is_left).unwrap_or(0)
    };
    let upward: [u8; 256] = std::array::from_fn(|i| i as u8);
    let downward = upward.map(|value| 255 - value);
    [end(upward), end(downward)]
}

impl Filter for Autocontrast {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        each(source, rect, |rgb| rgb.map(|value| self.0[usize::from(value)]))
    }
}

//! Contrast that a photo has lost.

use super::color::{each, luma};
use super::{Filter, byte};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Part of the pixels that may become black, and that may become white.
const CUTOFF: f64 = 0.005;

/// Stretches a picture's luma to the whole range, all channels by the same line, so that hues stay: Pillow's
/// `ImageOps.autocontrast` with `cutoff=0.5` and `preserve_tone=True`. Wholly transparent pixels do not count, and alpha stays.
#[derive(Debug, Clone)]
pub struct Autocontrast([u8; 256]);

impl Autocontrast {
    /// What a picture needs, as a whole.
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

/// The darkest and the brightest value that are left when [`CUTOFF`] of the pixels at either end are taken away.
fn ends(counts: &[u64; 256]) -> [u8; 2] {
    let cut = (counts.iter().sum::<u64>() as f64 * CUTOFF) as u64;
    // The first of these values with more pixels than are still to be cut.
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

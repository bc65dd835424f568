//! Embedded ICC profiles: pixels of their colour space become sRGB.
//!
//! `moxcms` reads the profile; of its transforms only the common one is wanted (three tone curves
//! and a matrix: Display P3, Adobe RGB, ProPhoto, …), and that is short enough to do here, without
//! the tables for inks and cameras that would come along.

use moxcms::{ColorProfile, DataColorSpace};

use super::RGBA;

/// Steps of linear light in the table that encodes it: under 0.1 of a level each in the darks.
const LEVELS: usize = 1 << 14;
/// Steps per axis of the grid of colours that is tried to see whether a profile changes anything.
const PROBE: usize = 9;

/// From the colour space of a profile to sRGB.
pub(super) struct ToSrgb {
    /// Byte → linear light of each channel.
    linear: [Box<[f32; 256]>; 3],
    /// Linear light of the profile → linear light of sRGB.
    matrix: [[f32; 3]; 3],
    /// Linear light, 0–1 in [`LEVELS`] steps → sRGB byte.
    encoded: Vec<u8>,
}

impl ToSrgb {
    /// The transform for a picture with gray or RGB pixels. `None` where the profile is sRGB to
    /// within a rounding step, does not fit the pixels, or is broken or of another kind: the pixels
    /// then count as sRGB.
    pub(super) fn new(icc: &[u8], is_gray: bool) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        let (linear, matrix) = match profile.color_space {
            DataColorSpace::Rgb => {
                let linear = [
                    profile.build_r_linearize_table::<u8, 256, 8>(false).ok()?,
                    profile.build_g_linearize_table::<u8, 256, 8>(false).ok()?,
                    profile.build_b_linearize_table::<u8, 256, 8>(false).ok()?,
                ];
                let matrix = profile.transform_matrix(&ColorProfile::new_srgb()).v;
                (linear, matrix.map(|row| row.map(|m| m as f32)))
            }
            DataColorSpace::Gray if is_gray => {
                let curve = profile.build_gray_linearize_table::<u8, 256, 8>().ok()?;
                ([curve.clone(), curve.clone(), curve], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
            }
            _ => return None,
        };
        let encoded = (0..LEVELS).map(|i| srgb(i as f32 / (LEVELS - 1) as f32)).collect();
        let to_srgb = Self { linear, matrix, encoded };
        to_srgb.changes_colours().then_some(to_srgb)
    }

    /// Converts RGBA pixels in place; alpha stays.
    pub(super) fn apply(&self, rgba: &mut [u8]) {
        for pixel in rgba.as_chunks_mut::<RGBA>().0 {
            let light: [f32; 3] = std::array::from_fn(|c| self.linear[c][usize::from(pixel[c])]);
            for (byte, row) in pixel.iter_mut().zip(&self.matrix) {
                let value = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
                // The cast saturates, so that colours outside sRGB are clipped.
                let level = (value * (LEVELS - 1) as f32 + 0.5) as usize;
                *byte = self.encoded[level.min(LEVELS - 1)];
            }
        }
    }

    fn changes_colours(&self) -> bool {
        let level = |i: usize| (i % PROBE * 255 / (PROBE - 1)) as u8;
        let grid: Vec<u8> = (0..PROBE * PROBE * PROBE)
            .flat_map(|i| [level(i), level(i / PROBE), level(i / PROBE / PROBE), 255])
            .collect();
        let mut mapped = grid.clone();
        self.apply(&mut mapped);
        grid.iter().zip(&mapped).any(|(a, b)| a.abs_diff(*b) > 1)
    }
}

/// Linear light, 0–1 → sRGB byte (IEC 61966-2-1).
fn srgb(linear: f32) -> u8 {
    let value = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0 + 0.5) as u8
}

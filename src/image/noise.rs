//! Seeded noise that depends on the position alone: a tile has the noise of the whole picture, and
//! `training/noise.py` makes the same noise in NumPy.
//!
//! For pixel column x, row y, channel c and seed s, all of them 32-bit unsigned, pcg4d (Jarzynski
//! and Olano, *Hash Functions for GPU Rendering*, 2020) maps (x, y, c, s) to four 32-bit words, of
//! which the first two make a normal number by Box–Muller:
//!
//! ```text
//! v = (x, y, c, s) · 1664525 + 1013904223                      (mod 2³²)
//! mix: v0 += v1·v3;  v1 += v2·v0;  v2 += v0·v1;  v3 += v1·v2   (mod 2³², one after the other)
//! v ^= v >> 16;  mix once more
//! u = ((v0 >> 8) + ½) / 2²⁴,  t = (v1 >> 8) / 2²⁴
//! n = √(−2 ln u) · cos(2π t)                                   (f64, |n| < 5.9)
//! ```

use super::{Picture, RGBA, Rect};
use crate::error::Result;

/// Rows that are made at once.
const BAND: u32 = 64;

/// Four words out of four; integer steps alone, so that every language agrees to the bit.
fn pcg4d(v: [u32; 4]) -> [u32; 4] {
    let mut v = v.map(|x| x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    mix(&mut v);
    v = v.map(|x| x ^ (x >> 16));
    mix(&mut v);
    v
}

fn mix(v: &mut [u32; 4]) {
    v[0] = v[0].wrapping_add(v[1].wrapping_mul(v[3]));
    v[1] = v[1].wrapping_add(v[2].wrapping_mul(v[0]));
    v[2] = v[2].wrapping_add(v[0].wrapping_mul(v[1]));
    v[3] = v[3].wrapping_add(v[1].wrapping_mul(v[2]));
}

/// A standard normal number for one channel of one pixel.
pub fn normal(seed: u32, x: u32, y: u32, channel: u32) -> f64 {
    const UNIT: f64 = 1.0 / (1u32 << 24) as f64;
    let [a, b, ..] = pcg4d([x, y, channel, seed]);
    let u = (f64::from(a >> 8) + 0.5) * UNIT;
    let t = f64::from(b >> 8) * UNIT;
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * t).cos()
}

/// Adds Gaussian noise of standard deviation `sigma` (of 255) to red, green and blue, rounded half
/// up and clipped to 0–255. Alpha stays.
///
/// # Errors
/// `OutOfMemory`.
pub fn add_gaussian(picture: &Picture, sigma: f32, seed: u32) -> Result<Picture> {
    let mut noisy = Picture::new(picture.width(), picture.height())?;
    for y in (0..picture.height()).step_by(BAND as usize) {
        let rows = Rect::new(0, y, picture.width(), BAND.min(picture.height() - y));
        let mut rgba = picture.region(rows)?;
        for (line, row) in (y..).zip(rgba.chunks_exact_mut(picture.width() as usize * RGBA)) {
            for (x, pixel) in (0..).zip(row.as_chunks_mut::<RGBA>().0) {
                for (channel, byte) in (0..).zip(&mut pixel[..3]) {
                    let value = f64::from(*byte) + f64::from(sigma) * normal(seed, x, line, channel);
                    *byte = (value + 0.5) as u8;
                }
            }
        }
        noisy.write(rows, &rgba)?;
    }
    Ok(noisy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_variance_and_kurtosis_are_those_of_a_normal() {
        let samples: Vec<f64> = (0..300 * 300).map(|i| normal(7, i % 300, i / 300, i % 3)).collect();
        let moment = |k: i32| samples.iter().map(|n| n.powi(k)).sum::<f64>() / samples.len() as f64;
        assert!(moment(1).abs() < 0.015);
        assert!((moment(2) - 1.0).abs() < 0.02);
        assert!(moment(3).abs() < 0.05);
        assert!((moment(4) - 3.0).abs() < 0.12);
    }

    #[test]
    fn neighbours_channels_and_seeds_are_uncorrelated() {
        let of = |f: fn(u32, u32) -> (f64, f64)| {
            (0..40_000).map(|i| f(i % 200, i / 200)).map(|(a, b)| a * b).sum::<f64>() / 40_000.0
        };
        assert!(of(|x, y| (normal(1, x, y, 0), normal(1, x + 1, y, 0))).abs() < 0.02);
        assert!(of(|x, y| (normal(1, x, y, 0), normal(1, x, y + 1, 0))).abs() < 0.02);
        assert!(of(|x, y| (normal(1, x, y, 0), normal(1, x, y, 1))).abs() < 0.02);
        assert!(of(|x, y| (normal(1, x, y, 0), normal(2, x, y, 0))).abs() < 0.02);
    }
}

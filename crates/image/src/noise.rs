//! Seeded noise that depends on the position alone: a tile gets the same noise as in the whole picture, and
//! `training/noise.py` generates the same noise in NumPy.
//!
//! For pixel column x, row y, channel c and seed s, all 32-bit unsigned, pcg4d (Jarzynski and Olano, *Hash
//! Functions for GPU Rendering*, 2020) maps (x, y, c, s) to four 32-bit words, of which the first two give a
//! normal number by Box–Muller:
//!
//! ```text
//! v = (x, y, c, s) · 1664525 + 1013904223                      (mod 2³²)
//! mix: v0 += v1·v3;  v1 += v2·v0;  v2 += v0·v1;  v3 += v1·v2   (mod 2³², one after the other)
//! v ^= v >> 16;  mix once more
//! u = ((v0 >> 8) + ½) / 2²⁴,  t = (v1 >> 8) / 2²⁴
//! n = √(−2 ln u) · cos(2π t)                                   (f64, |n| < 5.9)
//! ```
//!
//! u is used as a uniformly distributed number, that of channel 0 if all channels share it.

use super::filter::{Filter, within};
use super::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Largest standard deviation, of 255.
pub(super) const MAX_SIGMA: f64 = 255.0;
const UNIT: f64 = 1.0 / (1u32 << 24) as f64;

/// Maps four words to four; integer operations only, so that all languages agree bit for bit.
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
// Once in the download, not once in every caller.
#[inline(never)]
pub fn normal(seed: u32, x: u32, y: u32, channel: u32) -> f64 {
    let [a, b, ..] = pcg4d([x, y, channel, seed]);
    let u = (f64::from(a >> 8) + 0.5) * UNIT;
    let t = f64::from(b >> 8) * UNIT;
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * t).cos()
}

/// A uniformly distributed number in 0–1 for one channel of one pixel.
pub(super) fn uniform(seed: u32, x: u32, y: u32, channel: u32) -> f64 {
    let [a, ..] = pcg4d([x, y, channel, seed]);
    (f64::from(a >> 8) + 0.5) * UNIT
}

/// Seeded noise of one kind; results are rounded half up and clipped to 0–255. Alpha is unchanged.
#[derive(Debug, Clone)]
pub struct Noise {
    kind: Kind,
    /// Whether all channels use the noise of the first.
    alike: bool,
    seed: u32,
}

#[derive(Debug, Clone)]
enum Kind {
    Gaussian(f64),
    Speckle(f64),
    SaltAndPepper(f64),
    Poisson(Photons),
}

impl Noise {
    /// `x + n`: n is normal with standard deviation `sigma`, 0 to 255, of 255.
    ///
    /// # Errors
    /// `InvalidInput` if a value is out of range, here and below.
    pub fn gaussian(sigma: f64, seed: u32) -> Result<Self> {
        let sigma = within("the noise's sigma", sigma, 0.0, MAX_SIGMA)?;
        Ok(Self { kind: Kind::Gaussian(sigma), alike: false, seed })
    }

    /// `x + x·n`: n is normal with standard deviation `sigma`, 0 to 1.
    pub fn speckle(sigma: f64, seed: u32) -> Result<Self> {
        let sigma = within("the speckle's sigma", sigma, 0.0, 1.0)?;
        Ok(Self { kind: Kind::Speckle(sigma), alike: false, seed })
    }

    /// Salt and pepper: a pixel becomes white or black, each with half of `probability` (0 to 1), in all
    /// channels.
    pub fn salt_and_pepper(probability: f64, seed: u32) -> Result<Self> {
        let probability = within("the probability of salt and pepper", probability, 0.0, 1.0)?;
        Ok(Self { kind: Kind::SaltAndPepper(probability), alike: false, seed })
    }

    /// Photon noise, `Poisson(x·peak) / peak` with x in 0–1: white is `peak` photons, 1 to 255.
    pub fn poisson(peak: f64, seed: u32) -> Result<Self> {
        let peak = within("the peak of Poisson noise", peak, 1.0, 255.0)?;
        Ok(Self { kind: Kind::Poisson(Photons::new(peak)), alike: false, seed })
    }
}

impl Noise {
    /// Sets whether all channels have the same noise, as film and gray pictures do.
    pub fn alike(self, alike: bool) -> Self {
        Self { alike, ..self }
    }
}

impl Filter for Noise {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let mut rgba = source.region(rect)?;
        let places =
            (rect.y..rect.y + rect.height).flat_map(|y| (rect.x..rect.x + rect.width).map(move |x| (x, y)));
        for (pixel, (x, y)) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(places) {
            if let Kind::SaltAndPepper(probability) = self.kind {
                let draw = uniform(self.seed, x, y, 0);
                if draw < probability {
                    pixel[..3].fill(if draw < probability / 2.0 { 255 } else { 0 });
                }
                continue;
            }
            for (channel, byte) in (0..).zip(&mut pixel[..3]) {
                let value = f64::from(*byte);
                let channel = if self.alike { 0 } else { channel };
                let normal = || normal(self.seed, x, y, channel);
                *byte = match &self.kind {
                    Kind::Gaussian(sigma) => (value + sigma * normal() + 0.5) as u8,
                    Kind::Speckle(sigma) => (value + value * sigma * normal() + 0.5) as u8,
                    Kind::Poisson(photons) => photons.count(*byte, uniform(self.seed, x, y, channel)),
                    Kind::SaltAndPepper(_) => *byte,
                };
            }
        }
        Ok(rgba)
    }
}

/// Distribution of the photon count for every byte.
#[derive(Debug, Clone)]
struct Photons {
    peak: f64,
    /// `cumulative[byte·counts + k]`: the probability of at most k photons; all counts from `peak` on are
    /// white.
    cumulative: Vec<f64>,
    counts: usize,
}

impl Photons {
    fn new(peak: f64) -> Self {
        let counts = peak.ceil() as usize;
        let mut cumulative = Vec::with_capacity(256 * counts);
        for byte in 0..256 {
            let mean = f64::from(byte) / 255.0 * peak;
            let (mut term, mut sum) = ((-mean).exp(), 0.0);
            for k in 1..=counts {
                sum += term;
                term *= mean / k as f64;
                cumulative.push(sum);
            }
        }
        Self { peak, cumulative, counts }
    }

    /// Byte for the first count whose cumulative probability exceeds `draw`.
    fn count(&self, byte: u8, draw: f64) -> u8 {
        let row = &self.cumulative[usize::from(byte) * self.counts..][..self.counts];
        let photons = row.partition_point(|&p| p <= draw);
        (photons as f64 / self.peak * 255.0 + 0.5) as u8
    }
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
    fn neighbors_channels_and_seeds_are_uncorrelated() {
        let of = |f: fn(u32, u32) -> (f64, f64)| {
            (0..40_000).map(|i| f(i % 200, i / 200)).map(|(a, b)| a * b).sum::<f64>() / 40_000.0
        };
        assert!(of(|x, y| (normal(1, x, y, 0), normal(1, x + 1, y, 0))).abs() < 0.02);
        assert!(of(|x, y| (normal(1, x, y, 0), normal(1, x, y + 1, 0))).abs() < 0.02);
        assert!(of(|x, y| (normal(1, x, y, 0), normal(1, x, y, 1))).abs() < 0.02);
        assert!(of(|x, y| (normal(1, x, y, 0), normal(2, x, y, 0))).abs() < 0.02);
    }
}

//! Shared parts of filters that weight neighbors by similarity: a window as float planes, and the weight of a
//! distance.

use std::ops::RangeInclusive;

use super::window::reflected;
use super::within;
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Number of floats readable past the last pixel of a plane, so that rows can be read in whole blocks.
pub(super) const SPARE: usize = 16;

/// Range of removable noise: standard deviations, of 255.
pub const NOISE: RangeInclusive<f64> = 1.0..=100.0;

/// Checks that noise of standard deviation `sigma` can be removed.
///
/// # Errors
/// `InvalidInput` if `sigma` is out of range.
pub(super) fn noise(sigma: f64) -> Result<f64> {
    within("the noise's sigma", sigma, *NOISE.start(), *NOISE.end())
}

/// Red, green and blue of `rect` and a margin of `margin` pixels, 0–255, in rows of `rect.width + 2·margin`,
/// with [`SPARE`] zeros at the end.
pub(super) fn planes(source: &Picture, rect: Rect, margin: u32) -> Result<[Vec<f32>; 3]> {
    let window = reflected(source, rect, margin)?;
    let pixels = window.as_chunks::<RGBA>().0;
    let mut planes = [vec![], vec![], vec![]];
    for (channel, plane) in planes.iter_mut().enumerate() {
        reserve(plane, pixels.len() + SPARE)?;
        plane.extend(pixels.iter().map(|pixel| f32::from(pixel[channel])));
        plane.resize(pixels.len() + SPARE, 0.0);
    }
    Ok(planes)
}

/// A zeroed buffer, or `OutOfMemory`.
pub(super) fn zeros(len: usize) -> Result<Vec<f32>> {
    let mut floats = vec![];
    reserve(&mut floats, len)?;
    floats.resize(len, 0.0);
    Ok(floats)
}

fn reserve(floats: &mut Vec<f32>, len: usize) -> Result<()> {
    floats.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 4))
}

/// e^−x for x ≥ 0, to a relative 3·10⁻⁶; below 10⁻³⁷ it stops falling. Without branches or calls, so that
/// loops over rows become SIMD.
#[inline(always)]
pub(super) fn decay(x: f32) -> f32 {
    /// 1.5·2²³: floats of this size have no fraction, so adding it rounds, with the integer in the lowest
    /// bits.
    const WHOLE: f32 = 12_582_912.0;
    const LEAST: f32 = -126.0;
    let exponent = -x * std::f32::consts::LOG2_E;
    let exponent = if exponent > LEAST { exponent } else { LEAST };
    let rounded = exponent + WHOLE;
    let rest = exponent - (rounded - WHOLE);
    // Taylor series of 2^rest.
    let power = 1.333_355_8e-3f32;
    let power = power * rest + 9.618_129e-3;
    let power = power * rest + 5.550_411e-2;
    let power = power * rest + 2.402_265e-1;
    let power = power * rest + 6.931_472e-1;
    let power = power * rest + 1.0;
    f32::from_bits(power.to_bits().wrapping_add(rounded.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decay_is_the_exponential() {
        for i in 0..8_000 {
            let x = i as f32 / 100.0;
            let exact = (-f64::from(x)).exp();
            let off = (f64::from(decay(x)) - exact).abs() / exact;
            // The exponent itself is rounded, to a relative 2⁻²⁴.
            assert!(off < 4e-6 + f64::from(x) * 1.2e-7, "{x}: {off}");
        }
        for x in [1e3, 1e30, f32::INFINITY] {
            assert!((0.0..1e-37).contains(&decay(x)), "{x}");
        }
    }
}

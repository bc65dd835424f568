//! Structural similarity (Wang et al. 2004).

use super::RGBA;
use super::filter::{Kernel, correlated};
use unet_kernels::error::Result;

/// Side of a window.
pub(super) const WINDOW: u32 = 11;
const SIGMA: f64 = 1.5;
const C1: f32 = (0.01 * 255.0) * (0.01 * 255.0);
const C2: f32 = (0.03 * 255.0) * (0.03 * 255.0);
/// Subtracted from every byte, so that the squares keep more digits.
const MIDDLE: f32 = 128.0;

/// Sum of the similarity of all windows that lie completely inside, for each of red, green and blue. `p` and
/// `q` are row-major RGBA of `width` pixels per row.
pub(super) fn sum(p: &[u8], q: &[u8], width: usize) -> Result<f64> {
    // The Gaussian is cut off at 5 pixels: 11 taps.
    let window = Kernel::gaussian(SIGMA)?;
    let mut sum = 0.0;
    for channel in 0..3 {
        let bytes = p[channel..].iter().step_by(RGBA).zip(q[channel..].iter().step_by(RGBA));
        let moments: Vec<[f32; 4]> = bytes
            .map(|(&a, &b)| {
                let (a, b) = (f32::from(a) - MIDDLE, f32::from(b) - MIDDLE);
                [a, b, a * a + b * b, a * b]
            })
            .collect();
        sum += correlated(&moments, width, &window)?.iter().map(similarity).sum::<f64>();
    }
    Ok(sum)
}

/// Similarity from the windowed means of a, b, a² + b² and ab.
fn similarity(&[a, b, squares, product]: &[f32; 4]) -> f64 {
    let (variances, covariance) = (squares - a * a - b * b, product - a * b);
    let (a, b) = (a + MIDDLE, b + MIDDLE);
    let similarity =
        ((2.0 * a * b + C1) * (2.0 * covariance + C2)) / ((a * a + b * b + C1) * (variances + C2));
    f64::from(similarity)
}

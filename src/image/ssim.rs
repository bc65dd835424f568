//! Structural similarity (Wang et al. 2004).

use super::metrics::same_size;
use super::{Picture, RGBA, Rect};
use crate::error::{Error, Result};

const RADIUS: usize = 5;
const TAPS: usize = 2 * RADIUS + 1;
const SIGMA: f64 = 1.5;
const C1: f64 = (0.01 * 255.0) * (0.01 * 255.0);
const C2: f64 = (0.03 * 255.0) * (0.03 * 255.0);
/// Output rows made at once.
const BAND: u32 = 64;

/// Windowed means of a, b, a², b², ab at one pixel.
type Moments = [f64; 5];

/// Mean structural similarity over red, green and blue, −1 to 1; 1 for equal pictures. Agrees with
/// `skimage.metrics.structural_similarity(gaussian_weights=True, sigma=1.5,
/// use_sample_covariance=False, data_range=255, channel_axis=-1)`: windows of 11 × 11 that lie
/// wholly inside.
///
/// # Errors
/// `InvalidInput` when the sizes differ or a side is shorter than 11 pixels, `OutOfMemory`.
pub fn ssim(a: &Picture, b: &Picture) -> Result<f64> {
    same_size(a, b)?;
    let margin = (TAPS - 1) as u32;
    if a.width() <= margin || a.height() <= margin {
        return Err(Error::InvalidInput(format!(
            "structural similarity needs at least {TAPS} × {TAPS} pixels, not {} × {}",
            a.width(),
            a.height()
        )));
    }
    let (columns, rows) = (a.width() - margin, a.height() - margin);
    let weights = gaussian();
    let mut sum = 0.0;
    for y in (0..rows).step_by(BAND as usize) {
        let band = Rect::new(0, y, a.width(), BAND.min(rows - y) + margin);
        let (p, q) = (a.region(band)?, b.region(band)?);
        for channel in 0..3 {
            let across = across(&p, &q, channel, a.width() as usize, &weights);
            sum += down(&across, columns as usize, &weights);
        }
    }
    Ok(sum / (3 * u64::from(columns) * u64::from(rows)) as f64)
}

fn gaussian() -> [f64; TAPS] {
    let weights: [f64; TAPS] = std::array::from_fn(|i| {
        let x = i as f64 - RADIUS as f64;
        (-x * x / (2.0 * SIGMA * SIGMA)).exp()
    });
    let sum: f64 = weights.iter().sum();
    weights.map(|w| w / sum)
}

/// Moments smoothed along rows, `width − 10` a row.
fn across(p: &[u8], q: &[u8], channel: usize, width: usize, weights: &[f64; TAPS]) -> Vec<Moments> {
    let mut smooth = Vec::with_capacity(p.len() / RGBA);
    let rows = p.chunks_exact(width * RGBA).zip(q.chunks_exact(width * RGBA));
    for (p_row, q_row) in rows {
        let moments: Vec<Moments> = p_row[channel..]
            .iter()
            .step_by(RGBA)
            .zip(q_row[channel..].iter().step_by(RGBA))
            .map(|(&a, &b)| {
                let (a, b) = (f64::from(a), f64::from(b));
                [a, b, a * a, b * b, a * b]
            })
            .collect();
        smooth.extend(moments.windows(TAPS).map(|window| weighted(window.iter(), weights)));
    }
    smooth
}

/// Sum of the similarity of the windows whose rows are `columns` moments each.
fn down(across: &[Moments], columns: usize, weights: &[f64; TAPS]) -> f64 {
    let rows = across.len() / columns - (TAPS - 1);
    (0..rows * columns)
        .map(|first| similarity(weighted(across[first..].iter().step_by(columns), weights)))
        .sum()
}

fn weighted<'a>(moments: impl Iterator<Item = &'a Moments>, weights: &[f64; TAPS]) -> Moments {
    let mut sum = [0.0; 5];
    for (moment, w) in moments.zip(weights) {
        for (s, m) in sum.iter_mut().zip(moment) {
            *s += w * m;
        }
    }
    sum
}

fn similarity([a, b, aa, bb, ab]: Moments) -> f64 {
    let (var_a, var_b, cov) = (aa - a * a, bb - b * b, ab - a * b);
    ((2.0 * a * b + C1) * (2.0 * cov + C2)) / ((a * a + b * b + C1) * (var_a + var_b + C2))
}

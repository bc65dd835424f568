//! Measurement of checkerboard artifacts, the pattern that upsampling leaves at the period of its grid.
//!
//! Luma is divided into windows of 64 × 64 pixels, every 32 pixels, or less densely so that there are at most
//! 64 along an axis. Each window's weighted mean is subtracted, and the window multiplied by Hann's window
//! along both axes. P(u, v) is the power of its discrete Fourier transform at u and v cycles per 64 pixels
//! along x and y. For a period p, k = 64 / p, and d = ±3 and ±4, the closest frequencies that Hann's window
//! resolves,
//!
//! ```text
//! columns  = P(k, 0)  / (mean of P(k + d, 0) + q)
//! rows     = P(0, k)  / (mean of P(0, k + d) + q)
//! crossed  = P(k, k)  / (mean of P(k + d, k) and P(k, k + d) + q)
//! crossed' = P(k, −k) / (mean of P(k + d, −k) and P(k, −k + d) + q)
//! ```
//!
//! with q the power of rounding to 8 bits at any frequency, so that flat windows have ratios near 0. The
//! median of each ratio over all windows is taken, so that a texture on less than half of the picture, such
//! as a shirt, does not count. A grid is periodic along both axes and stripes along one, so the result is
//!
//! ```text
//! 10 · log₁₀ max(1, min(columns, rows), min(crossed, crossed'))   decibels,
//! ```
//!
//! which is 0 if the grid is no stronger than its spectral surroundings, and rises by 6 for every doubling of
//! the pattern's amplitude. A texture with exactly this period along both axes all over a picture cannot be
//! distinguished from a grid, nor can JPEG's blocks at a period of 8.

use std::ops::Deref;

use super::filter::luma;
use super::work::{Work, finish};
use super::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Side of a window in pixels.
const SIDE: usize = 64;
/// Distance between windows, and maximum number of windows along an axis.
const HOP: u32 = 32;
const MOST: u32 = 64;
/// Distances of the neighboring frequencies, in cycles per window.
const AWAY: [i32; 4] = [-4, -3, 3, 4];

type Complex = [f32; 2];

/// A measurement in progress, one row of windows per step.
pub struct Checkerboard<P> {
    picture: P,
    /// Cycles per window.
    k: i32,
    /// Coefficients of Hann's window.
    weights: [f32; SIDE],
    /// cos and −sin over a full cycle.
    circle: [Complex; SIDE],
    /// Ratios of all windows: columns, rows, and the two crossed ones.
    ratios: [Vec<f32>; 4],
}

impl<P: Deref<Target = Picture>> Checkerboard<P> {
    /// Prepares a measurement. `period` of the grid in pixels: 2 for the last upsampling by two, 4 and 8 for
    /// the ones before.
    ///
    /// # Errors
    /// `InvalidInput` for other periods, and for pictures with a side below 64 pixels.
    pub fn new(picture: P, period: u32) -> Result<Self> {
        let (width, height) = picture.size();
        if !matches!(period, 2 | 4 | 8) {
            return Err(Error::InvalidInput(format!(
                "the period of a grid is 2, 4 or 8 pixels, not {period}"
            )));
        }
        if width.min(height) < SIDE as u32 {
            return Err(Error::InvalidInput(format!(
                "a checkerboard is measured on at least {SIDE} × {SIDE} pixels, not {width} × {height}"
            )));
        }
        let angle = |i: f32| std::f32::consts::TAU * i / SIDE as f32;
        Ok(Self {
            picture,
            k: SIDE as i32 / period as i32,
            weights: std::array::from_fn(|i| 0.5 - 0.5 * angle(i as f32 + 0.5).cos()),
            circle: std::array::from_fn(|i| [angle(i as f32).cos(), -angle(i as f32).sin()]),
            ratios: Default::default(),
        })
    }

    /// Result in dB, once all steps are done.
    pub fn decibels(&self) -> f64 {
        let [columns, rows, crossed, other] = self.ratios.each_ref().map(|ratios| f64::from(median(ratios)));
        10.0 * columns.min(rows).max(crossed.min(other)).max(1.0).log10()
    }

    fn window(&mut self, pixels: impl Iterator<Item = f32>) {
        let mut values: Vec<Complex> = pixels.map(|value| [value, 0.0]).collect();
        let weight: f32 = self.weights.iter().sum();
        let rows = values.chunks_exact(SIDE).zip(&self.weights);
        let sum: f32 = rows
            .map(|(row, w)| w * row.iter().zip(&self.weights).map(|([v, _], w)| v * w).sum::<f32>())
            .sum();
        let mean = sum / (weight * weight);
        values.iter_mut().for_each(|[value, _]| *value -= mean);

        let k = self.k;
        let rounding = self.weights.iter().map(|w| w * w).sum::<f32>().powi(2) / 12.0;
        let lines =
            |u: i32| -> Vec<Complex> { values.chunks_exact(SIDE).map(|row| self.at(row, u)).collect() };
        let power = |lines: &[Complex], v: i32| self.power(lines, v);
        let (constant, grid, beside) = (lines(0), lines(k), AWAY.map(|d| lines(k + d)));
        let mean = |powers: [f32; 4]| powers.iter().sum::<f32>() / 4.0;
        let columns = power(&grid, 0) / (mean(beside.each_ref().map(|lines| power(lines, 0))) + rounding);
        let rows = power(&constant, k) / (mean(AWAY.map(|d| power(&constant, k + d))) + rounding);
        let [crossed, other] = [k, -k].map(|v| {
            let along_x = mean(beside.each_ref().map(|lines| power(lines, v)));
            let along_y = mean(AWAY.map(|d| power(&grid, v + d)));
            power(&grid, v) / ((along_x + along_y) / 2.0 + rounding)
        });
        for (ratios, ratio) in self.ratios.iter_mut().zip([columns, rows, crossed, other]) {
            ratios.push(ratio);
        }
    }

    // Once in the download, not once in every use; as are those below.
    #[inline(never)]
    fn power(&self, line: &[Complex], k: i32) -> f32 {
        let [re, im] = self.at(line, k);
        re * re + im * im
    }

    /// The weighted transform of a line at `k` cycles.
    #[inline(never)]
    fn at(&self, line: &[Complex], k: i32) -> Complex {
        let mut sum = [0.0; 2];
        for ((n, [re, im]), weight) in (0..).zip(line).zip(&self.weights) {
            // The transform is periodic in whole cycles, of either sign.
            let [cos, sin] = self.circle[(k * n) as usize % SIDE];
            sum[0] += weight * (re * cos - im * sin);
            sum[1] += weight * (re * sin + im * cos);
        }
        sum
    }
}

impl<P: Deref<Target = Picture>> Work for Checkerboard<P> {
    fn steps(&self) -> usize {
        count(self.picture.height()) as usize
    }

    fn step(&mut self, index: usize) -> Result<()> {
        let (width, height) = self.picture.size();
        let y = start(index as u32, height);
        let rgba = self.picture.region(Rect::new(0, y, width, SIDE as u32))?;
        let (pixels, _) = rgba.as_chunks::<RGBA>();
        for column in 0..count(width) {
            let x = start(column, width) as usize;
            let rows = pixels.chunks_exact(width as usize).flat_map(|row| &row[x..x + SIDE]);
            self.window(rows.map(|&[r, g, b, _]| luma([r, g, b].map(f32::from))));
        }
        Ok(())
    }
}

/// Runs [`Checkerboard::new`] and all steps; returns dB. Errors are those of both, and `OutOfMemory`.
pub fn checkerboard(picture: &Picture, period: u32) -> Result<f64> {
    let mut meter = Checkerboard::new(picture, period)?;
    finish(&mut meter)?;
    Ok(meter.decibels())
}

/// Median of nonnegative values; 0 if there are none. The bits of such floats are ordered like the floats,
/// and a binary search over them takes less code than sorting.
#[inline(never)]
fn median(values: &[f32]) -> f32 {
    let below = |bits: u32| values.iter().filter(|value| value.to_bits() < bits).count();
    let (mut low, mut high) = (0, f32::INFINITY.to_bits());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if below(middle) <= values.len() / 2 { low = middle } else { high = middle }
    }
    if values.is_empty() { 0.0 } else { f32::from_bits(low) }
}

/// Number of windows along a side.
fn count(side: u32) -> u32 {
    ((side - SIDE as u32) / HOP + 1).min(MOST)
}

/// Start of a window: the first and the last touch the borders.
fn start(index: u32, side: u32) -> u32 {
    let last = count(side) - 1;
    (index * (side - SIDE as u32)).checked_div(last).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median(&[3.0, 0.5, 1e20, 0.0, 2.5]), 2.5);
        assert_eq!(median(&[4.0, 1.0]), 4.0);
        assert_eq!(median(&[0.0, 0.0, 7.0]), 0.0);
        assert_eq!(median(&[1e-30]), 1e-30);
        assert_eq!(median(&[]), 0.0);
    }
}

//! Fourier transforms of square pictures (Cooley and Tukey 1965).

use std::f64::consts::PI;

use unet_kernels::error::{Error, Result};

type Complex = [f64; 2];

/// Transform of a real-valued picture, row-major; `side` is a power of two.
pub(super) fn forward(values: impl Iterator<Item = f64>, side: usize) -> Result<Vec<Complex>> {
    transformed(values.map(|value| [value, 0.0]), side, -1.0)
}

/// Real part of the inverse transform, times the number of pixels.
pub(super) fn inverse(spectrum: impl Iterator<Item = Complex>, side: usize) -> Result<Vec<f64>> {
    Ok(transformed(spectrum, side, 1.0)?.iter().map(|&[re, _]| re).collect())
}

fn transformed(values: impl Iterator<Item = Complex>, side: usize, sign: f64) -> Result<Vec<Complex>> {
    let mut all = Vec::new();
    all.try_reserve_exact(side * side).map_err(|_| Error::OutOfMemory((side * side * 16) as u64))?;
    all.extend(values);
    let turns: Vec<Complex> = (0..side / 2)
        .map(|k| sign * 2.0 * PI * k as f64 / side as f64)
        .map(|angle| [angle.cos(), angle.sin()])
        .collect();
    // Rows, then columns as rows of the transpose.
    for _ in 0..2 {
        all.chunks_exact_mut(side).for_each(|row| line(row, &turns));
        for y in 0..side {
            for x in 0..y {
                all.swap(y * side + x, x * side + y);
            }
        }
    }
    Ok(all)
}

/// Transforms a line. `turns`: the roots of unity of half a circle.
fn line(row: &mut [Complex], turns: &[Complex]) {
    let side = row.len();
    let bits = side.trailing_zeros();
    for i in 0..side {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            row.swap(i, j);
        }
    }
    let mut half = 1;
    while half < side {
        for pair in row.chunks_exact_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            for ((a, b), [cos, sin]) in low.iter_mut().zip(high).zip(turns.iter().step_by(side / 2 / half)) {
                let turned = [b[0] * cos - b[1] * sin, b[0] * sin + b[1] * cos];
                *b = [a[0] - turned[0], a[1] - turned[1]];
                *a = [a[0] + turned[0], a[1] + turned[1]];
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_matches_its_definition_and_inverts() {
        let side = 8;
        let values: Vec<f64> = (0..side * side).map(|i| ((i * i * 7 + 3 * i) % 31) as f64 - 9.0).collect();
        let spectrum = forward(values.iter().copied(), side).unwrap();
        for (k, [re, im]) in spectrum.iter().enumerate() {
            let mut sum = [0.0; 2];
            for (i, value) in values.iter().enumerate() {
                let cycles = (k % side * (i % side) + k / side * (i / side)) as f64 / side as f64;
                sum =
                    [sum[0] + value * (2.0 * PI * cycles).cos(), sum[1] - value * (2.0 * PI * cycles).sin()];
            }
            assert!((re - sum[0]).hypot(im - sum[1]) < 1e-9, "{k}");
        }
        let back = inverse(spectrum.iter().copied(), side).unwrap();
        for (value, back) in values.iter().zip(back) {
            assert!((value - back / (side * side) as f64).abs() < 1e-9);
        }
    }
}

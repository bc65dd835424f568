//! Weighted sums of float pixels along rows and columns, the basis of super-resolution without networks.

use super::convolve::add;
use super::resize::Tap;
use crate::RGBA;
use unet_kernels::error::{Error, Result};

/// Colors premultiplied by alpha, and alpha; 0–255.
pub(crate) type Pixel = [f32; RGBA];

/// Converts RGBA bytes to pixels. `opaque`: whether alpha is ignored.
pub(crate) fn weighted(rgba: &[u8], opaque: bool) -> Result<Vec<Pixel>> {
    let each = rgba.as_chunks::<RGBA>().0.iter().map(|&[r, g, b, a]| {
        let share = f32::from(if opaque { 255 } else { a });
        [share * f32::from(r), share * f32::from(g), share * f32::from(b), share]
    });
    let mut pixels = reserved(each.len())?;
    pixels.extend(each);
    Ok(pixels)
}

pub(crate) fn copied(from: &[Pixel]) -> Result<Vec<Pixel>> {
    let mut pixels = reserved(from.len())?;
    pixels.extend_from_slice(from);
    Ok(pixels)
}

pub(crate) fn zeros(len: usize) -> Result<Vec<Pixel>> {
    let mut pixels = reserved(len)?;
    pixels.resize(len, [0.0; RGBA]);
    Ok(pixels)
}

fn reserved(len: usize) -> Result<Vec<Pixel>> {
    let mut pixels = Vec::new();
    pixels.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 16))?;
    Ok(pixels)
}

/// Resamples rows of `stride` pixels along x; taps are relative to a row's first pixel.
pub(crate) fn along_rows(from: &[Pixel], stride: usize, columns: &[Tap]) -> Result<Vec<Pixel>> {
    let mut across = zeros(columns.len() * (from.len() / stride))?;
    for (to, row) in across.chunks_exact_mut(columns.len()).zip(from.chunks_exact(stride)) {
        for (sum, tap) in to.iter_mut().zip(columns) {
            for (pixel, weight) in row[tap.first..].iter().zip(&tap.weights) {
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += weight * value;
                }
            }
        }
    }
    Ok(across)
}

/// Resamples rows of `stride` pixels along both axes.
pub(crate) fn resampled(from: &[Pixel], stride: usize, columns: &[Tap], rows: &[Tap]) -> Result<Vec<Pixel>> {
    let (across, width) = (along_rows(from, stride, columns)?, columns.len());
    let mut made = zeros(width * rows.len())?;
    for (to, tap) in made.chunks_exact_mut(width).zip(rows) {
        for (row, &weight) in across[tap.first * width..].chunks_exact(width).zip(&tap.weights) {
            add(to, row, weight);
        }
    }
    Ok(made)
}

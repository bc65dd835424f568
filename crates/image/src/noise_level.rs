//! Noise estimation from a picture alone.
//!
//! Blocks of 8 × 8 pixels are transformed by a DCT-II. White noise has equal power at all frequencies, while most image
//! content has more at low ones: blocks with the least low-frequency power are smooth, and their power at higher
//! frequencies is noise (after Pyatykh, Hesser and Zheng 2013, Ponomarenko et al. 2007). The bands are those that JPEG
//! compression preserves: middle frequencies of luma, and low ones of chroma, whose resolution 4:2:0 halves.

use super::filter::luma;
use super::{Picture, RGBA};
use unet_kernels::error::{Error, Result};

/// Side of a block in pixels, as in JPEG.
const SIDE: usize = 8;
/// Approximate number of blocks sampled; more do not improve the estimate.
const ENOUGH: usize = 16_384;
/// Share of blocks that count as smooth, and their minimum number.
const SMOOTH: f64 = 0.05;
const FEW: usize = 48;
/// Maximum share of black or white pixels in a block; noise is clipped there.
const CLIPPED: f32 = 0.02;
/// Share of chroma's low-frequency power that survives 4:2:0 subsampling.
const HALVED: f32 = 0.62;
/// Ratio of chroma's high-frequency to low-frequency power from which chroma was not subsampled.
const HIGH: f32 = 0.15;
/// Variance of independent, equal noise in red, green and blue, divided by its mean chroma variance and
/// beyond its luma variance: (1 − Σw²) / ½(var Cb + var Cr).
const OF_CHROMA: f32 = 1.349;

/// Standard deviations of the noise, on the scale 0–255.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct NoiseLevel {
    /// Sigma of equally strong Gaussian noise in each of red, green and blue. For pictures saved with
    /// subsampled chroma, sigma before that.
    pub sigma: f32,
    /// Sigma of luma.
    pub luma: f32,
    /// Mean sigma of Cb and Cr.
    pub chroma: f32,
}

/// Mean squares of a block in each band.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// Luma at the lowest frequencies.
    texture: f32,
    luma: f32,
    /// Cb and Cr, low and high frequencies.
    chroma: [[f32; 2]; 2],
    clipped: f32,
}

/// Band membership by the sum of the two frequencies, or by the higher one.
const TEXTURE: fn(usize, usize) -> bool = |u, v| (1..=2).contains(&(u + v));
const MIDDLE: fn(usize, usize) -> bool = |u, v| (4..=7).contains(&(u + v));
const LOW: fn(usize, usize) -> bool = |u, v| (1..=3).contains(&(u + v));
const UPPER: fn(usize, usize) -> bool = |u, v| u.max(v) >= 5;

/// Estimates the noise of a picture, for any noise that covers all frequencies.
///
/// # Errors
/// `InvalidInput` for a picture without a block of 8 × 8 pixels, `OutOfMemory`.
pub fn noise_level(picture: &Picture) -> Result<NoiseLevel> {
    let mut blocks = blocks(picture)?;
    if blocks.is_empty() {
        return Err(Error::InvalidInput("the picture is too small to estimate its noise".into()));
    }
    // Noise clipped at black or white looks too weak; if all blocks are clipped, the least clipped ones
    // count.
    blocks.sort_by(|a, b| a.clipped.total_cmp(&b.clipped));
    let whole = blocks.partition_point(|block| block.clipped <= CLIPPED).max(FEW.min(blocks.len()));
    blocks.truncate(whole);
    blocks.sort_by(|a, b| a.texture.total_cmp(&b.texture));
    blocks.truncate(((whole as f64 * SMOOTH) as usize).max(FEW).min(whole));
    let luma = middle(&blocks, MIDDLE, |block| block.luma);
    let chroma = [0, 1].map(|channel| {
        let low = middle(&blocks, LOW, |block| block.chroma[channel][0]);
        let high = middle(&blocks, UPPER, |block| block.chroma[channel][1]);
        // Smooth blocks of strong colors have more power at low frequencies than noise.
        if high < HIGH * low { low / HALVED } else { high.max(low.min(1.3 * high)) }
    });
    let chroma = (chroma[0] + chroma[1]) / 2.0;
    Ok(NoiseLevel { sigma: (luma + OF_CHROMA * chroma).sqrt(), luma: luma.sqrt(), chroma: chroma.sqrt() })
}

/// Noise variance from the median of the blocks' mean squares in a band, which is robust to a few blocks that
/// are not smooth.
fn middle(blocks: &[Block], band: fn(usize, usize) -> bool, of: impl Fn(&Block) -> f32) -> f32 {
    let mut values: Vec<f32> = blocks.iter().map(of).collect();
    values.sort_by(f32::total_cmp);
    let half = values.len() / 2;
    let median = if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 };
    // The median of a chi-squared distribution is less than its mean (Wilson and Hilferty 1931).
    median / (1.0 - 2.0 / (9.0 * count(band) as f32)).powi(3)
}

fn count(band: fn(usize, usize) -> bool) -> usize {
    (0..SIDE * SIDE).filter(|i| band(i % SIDE, i / SIDE)).count()
}

fn blocks(picture: &Picture) -> Result<Vec<Block>> {
    let all = (picture.width() as usize / SIDE) * (picture.height() as usize / SIDE);
    let step = all.div_ceil(ENOUGH).max(1);
    let basis: [[f32; SIDE]; SIDE] = std::array::from_fn(|u| {
        let scale = if u == 0 { 1.0 } else { 2.0f32.sqrt() } / (SIDE as f32).sqrt();
        std::array::from_fn(|x| {
            scale * (std::f32::consts::PI * (2 * x + 1) as f32 * u as f32 / (2 * SIDE) as f32).cos()
        })
    });
    let (mut blocks, mut seen) = (vec![], 0);
    for index in 0..picture.rect().tiles() {
        let rect = picture.rect().tile(index);
        let rgba = picture.region(rect)?;
        let pixels = rgba.as_chunks::<RGBA>().0;
        let (width, height) = (rect.width as usize, rect.height as usize);
        for y in (0..(height / SIDE) * SIDE).step_by(SIDE) {
            for x in (0..(width / SIDE) * SIDE).step_by(SIDE) {
                seen += 1;
                if seen % step == 0 {
                    let row = |v: usize| &pixels[(y + v) * width + x..][..SIDE];
                    blocks.extend(analyzed(&basis, row));
                }
            }
        }
    }
    Ok(blocks)
}

/// Analyzes a block of eight rows; `None` if it is not opaque.
fn analyzed<'a>(basis: &[[f32; SIDE]; SIDE], row: impl Fn(usize) -> &'a [[u8; RGBA]]) -> Option<Block> {
    let mut planes = [[[0.0f32; SIDE]; SIDE]; 3];
    let mut clipped = 0.0;
    for (v, u) in (0..SIDE * SIDE).map(|i| (i / SIDE, i % SIDE)) {
        let [r, g, b, a] = row(v)[u];
        if a < 255 {
            return None;
        }
        if [r, g, b].iter().any(|&value| value <= 1 || value >= 254) {
            clipped += 1.0 / (SIDE * SIDE) as f32;
        }
        let [r, g, b] = [r, g, b].map(f32::from);
        let y = luma([r, g, b]);
        for (plane, value) in planes.iter_mut().zip([y, (b - y) / 1.772, (r - y) / 1.402]) {
            plane[v][u] = value;
        }
    }
    let [y, blue, red] = planes.map(|plane| frequencies(basis, &plane));
    Some(Block {
        texture: power(&y, TEXTURE),
        luma: power(&y, MIDDLE),
        chroma: [blue, red].map(|plane| [power(&plane, LOW), power(&plane, UPPER)]),
        clipped,
    })
}

/// `basis · plane · basisᵀ`
fn frequencies(basis: &[[f32; SIDE]; SIDE], plane: &[[f32; SIDE]; SIDE]) -> [[f32; SIDE]; SIDE] {
    let dot = |a: &[f32; SIDE], b: &[f32; SIDE]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let across: [[f32; SIDE]; SIDE] =
        std::array::from_fn(|u| std::array::from_fn(|y| dot(&basis[u], &plane[y])));
    std::array::from_fn(|v| std::array::from_fn(|u| dot(&basis[v], &across[u])))
}

fn power(plane: &[[f32; SIDE]; SIDE], band: fn(usize, usize) -> bool) -> f32 {
    let cells = (0..SIDE * SIDE).filter(|i| band(i % SIDE, i / SIDE));
    cells.map(|i| plane[i / SIDE][i % SIDE].powi(2)).sum::<f32>() / count(band) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FilterSpec, Subsampling, apply_all, decode};

    fn photo() -> Picture {
        decode(include_bytes!("../../../tests/fixtures/filters/photo.png")).unwrap()
    }

    #[test]
    fn known_noise_is_estimated_for_every_kind_of_file() {
        let saved = |quality, subsampling| FilterSpec::Jpeg { quality, subsampling };
        for sigma in [10.0, 25.0, 50.0] {
            let noise = |alike| FilterSpec::GaussianNoise { sigma, alike, seed: 3 };
            for chain in [
                vec![noise(false)],
                vec![noise(false), saved(95, Subsampling::None)],
                vec![noise(false), saved(95, Subsampling::Half)],
                vec![FilterSpec::Gray {}, noise(true)],
                vec![FilterSpec::Gray {}, noise(true), saved(85, Subsampling::Half)],
            ] {
                let found = noise_level(&apply_all(&chain, &photo()).unwrap()).unwrap();
                let off = f64::from(found.sigma) / sigma - 1.0;
                assert!(off.abs() < 0.25, "{chain:?}: {found:?}");
            }
        }
    }

    #[test]
    fn a_flat_picture_has_no_noise_and_a_tiny_one_is_refused() {
        let flat = Picture::from_rgba(64, 64, &[90, 120, 30, 255].repeat(64 * 64)).unwrap();
        assert!(noise_level(&flat).unwrap().sigma < 0.01);
        assert_eq!(noise_level(&Picture::new(7, 100).unwrap()).unwrap_err().code(), "invalid-input");
    }
}

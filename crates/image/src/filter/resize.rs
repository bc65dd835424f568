//! Resizing by interpolation kernels.

use serde::{Deserialize, Serialize};

use super::Filter;
use super::convolve::add;
use crate::reduce::straight;
use crate::tile::zeroed;
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Number of source rows read at once.
const BAND: u32 = 64;

/// Interpolation kernels as in Pillow and the `image` crate; for reduction all but nearest are stretched by
/// the factor, so that every pixel counts (antialiasing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interpolation {
    /// Pixel at the center.
    Nearest,
    /// A triangle: linear between neighbors.
    Bilinear,
    /// Keys' cubic with a = −½: Pillow's BICUBIC, MATLAB's `imresize`, `CatmullRom` of `image`.
    Bicubic,
    /// Sinc windowed by the main lobe of a sinc three times as wide.
    Lanczos3,
}

/// Resizes a picture. Colors are weighted by alpha, unless all are transparent; at the borders only the
/// inside counts.
#[derive(Debug, Clone)]
pub struct Resize {
    target: Target,
    interpolation: Interpolation,
    shift: [f64; 2],
}

#[derive(Debug, Clone)]
enum Target {
    Size(u32, u32),
    Up(u32),
    Down(u32),
}

impl Resize {
    /// Resizes to exactly this size.
    pub fn to(width: u32, height: u32, interpolation: Interpolation) -> Self {
        Self { target: Target::Size(width, height), interpolation, shift: [0.0; 2] }
    }

    /// Enlarges by `scale`, 1 to 8.
    ///
    /// # Errors
    /// `InvalidInput` if `scale` is out of range.
    pub fn up(scale: u32, interpolation: Interpolation) -> Result<Self> {
        Ok(Self { target: Target::Up(scale_of(scale)?), interpolation, shift: [0.0; 2] })
    }

    /// Reduces by `scale`, 1 to 8. If a side is not a multiple, the remainder at the right or the bottom is
    /// cropped first, as in papers on super-resolution.
    ///
    /// # Errors
    /// `InvalidInput` if `scale` is out of range.
    pub fn down(scale: u32, interpolation: Interpolation) -> Result<Self> {
        Ok(Self { target: Target::Down(scale_of(scale)?), interpolation, shift: [0.0; 2] })
    }

    /// Shifts the view: samples are read `shift` source pixels further to the right and down.
    pub fn shifted(self, shift: [f64; 2]) -> Self {
        Self { shift, ..self }
    }
}

pub(crate) fn scale_of(scale: u32) -> Result<u32> {
    if (1..=8).contains(&scale) {
        return Ok(scale);
    }
    Err(Error::InvalidInput(format!("the scale must be a whole number from 1 to 8, not {scale}")))
}

impl Filter for Resize {
    fn size(&self, width: u32, height: u32) -> Result<(u32, u32)> {
        match self.target {
            Target::Size(width, height) => Ok((width, height)),
            Target::Up(scale) => Ok((width.saturating_mul(scale), height.saturating_mul(scale))),
            Target::Down(scale) if width < scale || height < scale => Err(Error::InvalidInput(format!(
                "a picture of {width} × {height} pixels cannot be reduced by {scale}"
            ))),
            Target::Down(scale) => Ok((width / scale, height / scale)),
        }
    }

    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        with_hidden(|opaque| self.resized(source, rect, opaque))
    }
}

/// RGBA bytes whose colors are weighted by alpha, as `make(false)` makes them; where they are wholly transparent, the
/// colors of `make(true)`, which takes all for opaque.
pub(crate) fn with_hidden(make: impl Fn(bool) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let mut rgba = make(false)?;
    let is_hidden = |pixel: &[u8; RGBA]| pixel[3] == 0;
    if rgba.as_chunks().0.iter().any(is_hidden) {
        let plain = make(true)?;
        let pairs = rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(plain.as_chunks::<RGBA>().0);
        for (hidden, from) in pairs.filter(|(pixel, _)| is_hidden(pixel)) {
            hidden[..3].copy_from_slice(&from[..3]);
        }
    }
    Ok(rgba)
}

impl Resize {
    fn resized(&self, source: &Picture, rect: Rect, opaque: bool) -> Result<Vec<u8>> {
        let (width, height) = self.size(source.width(), source.height())?;
        let used = |side: u32| match self.target {
            Target::Down(scale) => side - side % scale,
            _ => side,
        };
        let [dx, dy] = self.shift;
        let columns = Taps::shifted(self.interpolation, used(source.width()), width, rect.x, rect.width, dx);
        let rows = Taps::shifted(self.interpolation, used(source.height()), height, rect.y, rect.height, dy);
        let across = across(source, &columns, &rows, opaque)?;
        along_columns(&across, &rows, columns.each.len())
    }
}

/// Interpolates rows, which are resampled along x already, along y to RGBA bytes; `across` begins where
/// `rows` do.
pub(crate) fn along_columns(across: &[[f32; RGBA]], rows: &Taps, width: usize) -> Result<Vec<u8>> {
    let mut rgba = zeroed(rows.each.len() * width * RGBA)?;
    let (out, _) = rgba.as_chunks_mut::<RGBA>();
    let mut sums = vec![[0.0; RGBA]; width];
    for (to, tap) in out.chunks_exact_mut(width).zip(&rows.each) {
        sums.fill([0.0; RGBA]);
        for (row, &weight) in across[tap.first * width..].chunks_exact(width).zip(&tap.weights) {
            add(&mut sums, row, weight);
        }
        for (pixel, sum) in to.iter_mut().zip(&sums) {
            *pixel = straight(sum);
        }
    }
    Ok(rgba)
}

/// Required source rows, resampled along x; colors are premultiplied by alpha, or by 255 if all count as
/// opaque.
fn across(source: &Picture, columns: &Taps, rows: &Taps, opaque: bool) -> Result<Vec<[f32; RGBA]>> {
    let mut across = Vec::new();
    let len = columns.each.len() * rows.len as usize;
    across.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 16))?;
    for y in (0..rows.len).step_by(BAND as usize) {
        let band = Rect::new(columns.start, rows.start + y, columns.len, BAND.min(rows.len - y));
        let rgba = source.region(band)?;
        for row in rgba.as_chunks::<RGBA>().0.chunks_exact(columns.len as usize) {
            across.extend(columns.each.iter().map(|tap| {
                let mut sum = [0.0; RGBA];
                for (&[r, g, b, a], weight) in row[tap.first..].iter().zip(&tap.weights) {
                    let share = weight * f32::from(if opaque { 255 } else { a });
                    sum[0] += share * f32::from(r);
                    sum[1] += share * f32::from(g);
                    sum[2] += share * f32::from(b);
                    sum[3] += share;
                }
                sum
            }));
        }
    }
    Ok(across)
}

/// Source pixels and weights for a window of the result along one axis.
pub(crate) struct Taps {
    /// First required source pixel.
    pub start: u32,
    pub len: u32,
    pub each: Vec<Tap>,
}

pub(crate) struct Tap {
    /// Relative to [`Taps::start`].
    pub first: usize,
    /// Weights, which sum to 1.
    pub weights: Vec<f32>,
}

impl Taps {
    /// Taps of each pixel relative to source pixel `first`, which is at most [`Taps::start`].
    pub(crate) fn counted_from(self, first: u32) -> Vec<Tap> {
        let further = (self.start - first) as usize;
        self.each.into_iter().map(|tap| Tap { first: tap.first + further, ..tap }).collect()
    }

    /// Taps for `len` pixels from `first` on of an axis resized from `from` to `to` pixels.
    pub(crate) fn new(interpolation: Interpolation, from: u32, to: u32, first: u32, len: u32) -> Self {
        Self::shifted(interpolation, from, to, first, len, 0.0)
    }

    /// Like [`Taps::new`], with samples read `shift` source pixels further.
    pub(crate) fn shifted(
        interpolation: Interpolation,
        from: u32,
        to: u32,
        first: u32,
        len: u32,
        shift: f64,
    ) -> Self {
        let ratio = f64::from(from) / f64::from(to);
        let stretch = ratio.max(1.0);
        let support = interpolation.support() * stretch;
        let span = |i: u32| {
            let center = (f64::from(i) + 0.5) * ratio + shift;
            let (low, high) = match interpolation {
                Interpolation::Nearest => (center, center + 1.0),
                _ => (center - support + 0.5, center + support + 0.5),
            };
            let low = (low.max(0.0) as u32).min(from - 1);
            (center, low..(high as u32).clamp(low + 1, from))
        };
        let (start, end) = (span(first).1.start, span(first + len - 1).1.end);
        let each = (first..first + len).map(|i| {
            let (center, pixels) = span(i);
            let at = |p: u32| interpolation.kernel((f64::from(p) + 0.5 - center) / stretch);
            let sum: f64 = pixels.clone().map(at).sum();
            let weights = match sum {
                // Far outside, only the border counts.
                0.0 => pixels.clone().map(|p| f32::from(u8::from(p == pixels.start))).collect(),
                _ => pixels.clone().map(|p| (at(p) / sum) as f32).collect(),
            };
            Tap { first: (pixels.start - start) as usize, weights }
        });
        Self { start, len: end - start, each: each.collect() }
    }
}

impl Interpolation {
    fn support(self) -> f64 {
        match self {
            Self::Nearest => 0.5,
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos3 => 3.0,
        }
    }

    fn kernel(self, x: f64) -> f64 {
        let x = x.abs();
        match self {
            // It has one tap.
            Self::Nearest => 1.0,
            Self::Bilinear => (1.0 - x).max(0.0),
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Self::Lanczos3 if x < 3.0 => sinc(x) * sinc(x / 3.0),
            Self::Bicubic | Self::Lanczos3 => 0.0,
        }
    }
}

fn sinc(x: f64) -> f64 {
    let t = std::f64::consts::PI * x;
    if t == 0.0 { 1.0 } else { t.sin() / t }
}

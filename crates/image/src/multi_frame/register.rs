//! Registration of shifted pictures: phase correlation (Kuglin and Hines 1975) for whole pixels, and the
//! slope of the phase at low frequencies, where reduced pictures have little aliasing, for fractions (Stone,
//! Orchard, Chang and Martucci 2001).

use std::f64::consts::PI;

use super::fft::{forward, inverse};
use crate::filter::luma;
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Side lengths of the region used for registration.
const LEAST: u32 = 8;
const MOST: u32 = 512;
/// Highest frequency used for the slope, in cycles per pixel.
const LOW: f64 = 0.25;

/// Shift of `moved` against `reference`, in pixels right and down: moved(p) = reference(p + shift). 0 for
/// pictures without structure.
///
/// # Errors
/// `InvalidInput` if sizes differ or a side has less than 8 pixels; `OutOfMemory`.
pub fn registered(reference: &Picture, moved: &Picture) -> Result<[f64; 2]> {
    let (width, height) = reference.size();
    if reference.size() != moved.size() || width.min(height) < LEAST {
        return Err(Error::InvalidInput(
            "pictures to register must have equal sizes of at least 8 pixels a side".into(),
        ));
    }
    let middle = |len: u32, side: u32| (side - len) / 2;
    let [w, h] = [width.min(MOST), height.min(MOST)];
    let part = Rect::new(middle(w, width), middle(h, height), w, h);
    let whole = Cross::of([reference, moved], [part, part])?.peak()?;
    // The region that both show, so that less than a pixel of shift remains.
    let common = |side: u32, shift: f64| {
        let apart = shift.abs() as u32;
        let len = side.saturating_sub(apart).min(MOST);
        let start = side.saturating_sub(apart + len) / 2;
        let [here, there] = if shift > 0.0 { [apart, 0] } else { [0, apart] };
        (len, start + here, start + there)
    };
    let ((w, x, moved_x), (h, y, moved_y)) = (common(width, whole[0]), common(height, whole[1]));
    if w.min(h) < LEAST {
        return Ok(whole);
    }
    let parts = [Rect::new(x, y, w, h), Rect::new(moved_x, moved_y, w, h)];
    let [right, down] = Cross::of([reference, moved], parts)?.slope();
    Ok([whole[0] + right, whole[1] + down])
}

/// Cross spectrum: the product of one spectrum and the conjugate of the other, whose phases encode the shift.
struct Cross {
    side: usize,
    values: Vec<[f64; 2]>,
}

impl Cross {
    fn of(pictures: [&Picture; 2], parts: [Rect; 2]) -> Result<Self> {
        let side = parts[0].width.max(parts[0].height).next_power_of_two() as usize;
        let other = spectrum(pictures[1], parts[1], side)?;
        let mut values = spectrum(pictures[0], parts[0], side)?;
        for ([re, im], [c, d]) in values.iter_mut().zip(other) {
            [*re, *im] = [*re * c + *im * d, *im * c - *re * d];
        }
        Ok(Self { side, values })
    }

    /// Low frequencies along x and y, in cycles per pixel, with their values. High ones are mostly aliasing
    /// and noise.
    fn low(&self) -> impl Iterator<Item = (usize, [f64; 2], [f64; 2])> {
        let signed = |k: usize| if k > self.side / 2 { k as f64 - self.side as f64 } else { k as f64 };
        let at = move |i: usize| [signed(i % self.side), signed(i / self.side)].map(|k| k / self.side as f64);
        let all = self.values.iter().enumerate().skip(1).map(move |(i, &value)| (i, at(i), value));
        all.filter(|(_, [kx, ky], _)| kx.hypot(*ky) <= LOW)
    }

    /// Shift in whole pixels at which the phases agree best, −side/2 to side/2 along each axis.
    fn peak(&self) -> Result<[f64; 2]> {
        let mut phases = vec![[0.0; 2]; self.values.len()];
        for (i, _, [re, im]) in self.low() {
            let size = re.hypot(im);
            if size > 0.0 {
                phases[i] = [re / size, im / size];
            }
        }
        let surface = inverse(phases.into_iter(), self.side)?;
        let best = (0..surface.len()).fold(0, |best, i| if surface[i] > surface[best] { i } else { best });
        let signed = |i: usize| if i >= self.side / 2 { i as f64 - self.side as f64 } else { i as f64 };
        Ok([signed(best % self.side), signed(best / self.side)])
    }

    /// Subpixel shift by weighted least squares over the phases; 0 if undetermined.
    fn slope(&self) -> [f64; 2] {
        let (mut xx, mut xy, mut yy, mut xp, mut yp) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (_, [kx, ky], [re, im]) in self.low() {
            let (weight, cycles) = (re.hypot(im), -im.atan2(re) / (2.0 * PI));
            xx += weight * kx * kx;
            xy += weight * kx * ky;
            yy += weight * ky * ky;
            xp += weight * kx * cycles;
            yp += weight * ky * cycles;
        }
        let determinant = xx * yy - xy * xy;
        // Stripes do not determine a shift along them.
        if determinant <= 1e-6 * xx * yy || determinant == 0.0 {
            return [0.0; 2];
        }
        [(yy * xp - xy * yp) / determinant, (xx * yp - xy * xp) / determinant]
    }
}

/// Spectrum of luma without its mean, faded out toward the borders and zero-padded.
fn spectrum(picture: &Picture, part: Rect, side: usize) -> Result<Vec<[f64; 2]>> {
    let rgba = picture.region(part)?;
    let pixels = rgba.as_chunks::<RGBA>().0;
    let luma = |&[r, g, b, _]: &[u8; RGBA]| f64::from(luma([r, g, b].map(f32::from)));
    let mean = pixels.iter().map(luma).sum::<f64>() / pixels.len() as f64;
    let [across, down] = [part.width as usize, part.height as usize];
    let fade = |i: usize, len: usize| 0.5 - 0.5 * (2.0 * PI * (i as f64 + 0.5) / len as f64).cos();
    let value = |i: usize| {
        let (x, y) = (i % side, i / side);
        if x >= across || y >= down {
            return 0.0;
        }
        (luma(&pixels[y * across + x]) - mean) * fade(x, across) * fade(y, down)
    };
    forward((0..side * side).map(value), side)
}

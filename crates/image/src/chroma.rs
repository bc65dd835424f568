//! Upsampling of a small frame's chroma to the full-size picture, guided by its lightness.
//!
//! Joint bilateral upsampling (Kopf, Cohen, Lischinski, Uyttendaele 2007): a pixel averages the chroma of the
//! surrounding pixels of the small frame, weighted by similarity in lightness. Colors therefore end at the
//! picture's edges, not at the small frame's pixel boundaries; where lightness is constant, the result is
//! bilinear.

use super::hint::{Hint, cell, spread};
use super::planar::{Channels, Encoding};
use super::{RGBA, Rect, lab};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Difference in L\* at which a neighbor's weight falls to a sixteenth.
const CONTRAST: f32 = 4.0;
/// Weight of the second ring of neighbors: negligible unless none of the first ring are similar, as where a
/// pixel of the small frame straddles an edge.
const RING: f32 = 0.02;

/// Chroma and lightness of a small frame.
#[derive(Debug)]
pub struct Chroma {
    width: usize,
    /// L\*, a\*, b\* of each pixel.
    lab: Vec<[f32; 3]>,
}

impl Chroma {
    /// Reads chroma. `tensor` is `[1, 2, H, W]`, and `rgba` the picture at `W × H`. Values that are not
    /// finite become gray.
    ///
    /// # Errors
    /// `InvalidInput` if they do not fit together, `OutOfMemory`.
    pub fn new(tensor: &Tensor, encoding: Encoding, rgba: &[u8]) -> Result<Self> {
        let pixels = rgba.as_chunks::<RGBA>().0;
        let (&[1, 2, height, width], Some(values), Channels::Chroma) =
            (tensor.shape(), tensor.as_f32(), encoding.channels)
        else {
            return Err(Error::InvalidInput(format!("chroma is [1, 2, H, W], not {:?}", tensor.shape())));
        };
        if height * width != pixels.len() || pixels.is_empty() {
            return Err(Error::InvalidInput("chroma and the picture it belongs to differ in size".into()));
        }
        let chroma = |value: &f32| {
            let chroma = encoding.chroma(*value);
            if chroma.is_finite() { chroma } else { 0.0 }
        };
        let (a, b) = values.split_at(pixels.len());
        let mut lab = Vec::new();
        lab.try_reserve_exact(pixels.len()).map_err(|_| Error::OutOfMemory(12 * pixels.len() as u64))?;
        let colored = pixels.iter().zip(a).zip(b);
        lab.extend(
            colored
                .map(|((&[r, g, b, _], a), b_star)| [lab::lightness([r, g, b]), chroma(a), chroma(b_star)]),
        );
        Ok(Self { width, lab })
    }

    /// Reads chroma of a small picture, row-major RGBA.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn of(rgba: &[u8], width: usize) -> Result<Self> {
        let pixels = rgba.as_chunks::<RGBA>().0;
        let mut lab = Vec::new();
        lab.try_reserve_exact(pixels.len()).map_err(|_| Error::OutOfMemory(12 * pixels.len() as u64))?;
        lab.extend(pixels.iter().map(|&[r, g, b, _]| lab::from_srgb([r, g, b])));
        Ok(Self { width, lab })
    }

    /// Applies color hints: known a\* and b\* at pixels `[x, y]` of a picture of `size` (width, height),
    /// spread over their objects (see `hint`).
    pub fn hint(&mut self, size: (u32, u32), known: impl Iterator<Item = ([u32; 2], [f32; 2])>) {
        let cells = [self.lab.len() / self.width, self.width];
        let hints: Vec<Hint> =
            known.map(|(pixel, color)| Hint { at: cell(pixel, size, cells), color }).collect();
        spread(&mut self.lab, self.width, &hints);
    }

    /// Colors `rgba`, the region `rect` of a picture of `width × height`: L\* and alpha are kept, a\* and b\*
    /// come from the small frame.
    pub fn color(&self, (width, height): (u32, u32), rect: Rect, rgba: &mut [u8]) {
        let taps = |from: u32, len: u32, size: u32, small: usize| {
            (from..from + len).map(move |i| Taps::new(i, size, small)).collect::<Vec<Taps>>()
        };
        let columns = taps(rect.x, rect.width, width, self.width);
        let rows = taps(rect.y, rect.height, height, self.lab.len() / self.width);
        for (rows, line) in rows.iter().zip(rgba.chunks_exact_mut(rect.width as usize * RGBA)) {
            for (columns, pixel) in columns.iter().zip(line.as_chunks_mut::<RGBA>().0) {
                let lightness = lab::lightness([pixel[0], pixel[1], pixel[2]]);
                let [a, b] = self.at(columns, rows, lightness);
                let [r, g, b] = lab::to_srgb([lightness, a, b]);
                *pixel = [r, g, b, pixel[3]];
            }
        }
    }

    fn at(&self, columns: &Taps, rows: &Taps, lightness: f32) -> [f32; 2] {
        let (mut sum, mut total) = ([0f32; 2], 0f32);
        for (y, row_weight) in rows.index.iter().zip(rows.weight) {
            let line = &self.lab[y * self.width..][..self.width];
            for (x, column_weight) in columns.index.iter().zip(columns.weight) {
                let [l, a, b] = line[*x];
                let off = (l - lightness) / CONTRAST;
                // Falls off like a bell curve, but never to 0, so that the sum is positive.
                let alike = 1.0 / (1.0 + off * off);
                let weight = row_weight * column_weight * (alike * alike) * (alike * alike);
                sum[0] += weight * a;
                sum[1] += weight * b;
                total += weight;
            }
        }
        sum.map(|v| v / total)
    }
}

/// The four neighbors of a full-size position along one axis.
struct Taps {
    index: [usize; 4],
    weight: [f32; 4],
}

impl Taps {
    /// Half-pixel centers; beyond the border the last pixel repeats.
    fn new(position: u32, size: u32, small: usize) -> Self {
        let center = (position as f32 + 0.5) * small as f32 / size as f32 - 0.5;
        let low = center.floor();
        let around = [-1.0, 0.0, 1.0, 2.0].map(|k| low + k);
        let tent = |distance: f32| (1.0 - distance).max(0.0);
        Self {
            index: around.map(|p| p.clamp(0.0, (small - 1) as f32) as usize),
            weight: around.map(|p| (p - center).abs()).map(|d| tent(d) + RING * tent(d / 2.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Picture;
    use crate::filter::{Filter, Interpolation, Resize};

    fn reduced(full: &Picture, width: u32, height: u32) -> Vec<u8> {
        let resize = Resize::to(width, height, Interpolation::Bicubic);
        resize.region(full, Rect::new(0, 0, width, height)).unwrap()
    }

    const ENCODING: Encoding = Encoding { channels: Channels::Chroma, low: -128.0, high: 128.0 };

    /// Gray bytes by position.
    fn gray(width: u32, height: u32, of: impl Fn(u32, u32) -> u8) -> Picture {
        let rgba: Vec<u8> = (0..width * height).map(|i| of(i % width, i / width)).collect();
        let rgba: Vec<u8> = rgba.iter().flat_map(|&v| [v, v, v, 255]).collect();
        Picture::from_rgba(width, height, &rgba).unwrap()
    }

    /// L\*, a\*, b\* of the picture, colored with the chroma `ab` of the small frame's pixels.
    fn colored(
        full: &Picture,
        (width, height): (u32, u32),
        ab: impl Fn(f32, f32) -> [f32; 2],
    ) -> Vec<[f32; 3]> {
        let frame = reduced(full, width, height);
        let at = |c: usize| {
            let ab = &ab;
            (0..width * height).map(move |i| ab((i % width) as f32, (i / width) as f32)[c])
        };
        let values: Vec<f32> = at(0).chain(at(1)).collect();
        let tensor = Tensor::f32([1, 2, height as usize, width as usize], values).unwrap();
        let chroma = Chroma::new(&tensor, ENCODING, &frame).unwrap();
        let mut rgba = full.region(full.rect()).unwrap();
        chroma.color((full.width(), full.height()), full.rect(), &mut rgba);
        rgba.as_chunks::<RGBA>().0.iter().map(|&[r, g, b, _]| lab::from_srgb([r, g, b])).collect()
    }

    #[test]
    fn chroma_ends_where_lightness_does() {
        // The edge is at every position within a pixel of the small frame, whose chroma is mixed there.
        for edge in 60..68 {
            let full = gray(128, 16, |x, _| if x < edge { 90 } else { 190 });
            let share = |x: f32| ((x + 1.0) * 8.0 - edge as f32).clamp(0.0, 8.0) / 8.0;
            let lab = colored(&full, (16, 2), |x, _| [-30.0 + 60.0 * share(x), 20.0]);
            for (x, [_, a, b]) in (0..128).zip(&lab) {
                let wanted = if x < edge { -30.0 } else { 30.0 };
                assert!((a - wanted).abs() < 6.0, "edge {edge}, column {x}: {a}");
                assert!((b - 20.0).abs() < 2.0, "edge {edge}, column {x}: {b}");
            }
        }
    }

    #[test]
    fn on_flat_lightness_chroma_is_bilinear() {
        let full = gray(96, 48, |_, _| 140);
        let lab = colored(&full, (12, 6), |x, y| [4.0 * x - 20.0, 6.0 * (y - 3.0).abs()]);
        for (i, [_, a, _]) in (0..).zip(&lab) {
            // Along x it is linear between the outer centers.
            let x = (((i % 96) as f32 + 0.5) / 8.0 - 0.5).clamp(0.0, 11.0);
            assert!((a - (4.0 * x - 20.0)).abs() < 0.6, "{a} at column {}", i % 96);
        }
        for (i, [_, _, b]) in (0..).zip(&lab) {
            let y = (((i / 96) as f32 + 0.5) / 8.0 - 0.5).clamp(0.0, 5.0);
            assert!((b - 6.0 * (y - 3.0).abs()).abs() < 0.8, "{b} at row {}", i / 96);
        }
    }

    #[test]
    fn lightness_is_kept_and_regions_fit_together() {
        let full = gray(70, 50, |x, y| (60 + x + 2 * y) as u8);
        let lab = colored(&full, (9, 7), |x, y| [x, 10.0 - y]);
        let before = full.region(full.rect()).unwrap();
        for ([l, ..], pixel) in lab.iter().zip(before.as_chunks::<RGBA>().0) {
            assert!((l - lab::lightness([pixel[0], pixel[1], pixel[2]])).abs() < 0.5);
        }
        let tensor = Tensor::f32([1, 2, 7, 9], (0..126).map(|i| i as f32 / 4.0).collect::<Vec<_>>()).unwrap();
        let frame = reduced(&full, 9, 7);
        let chroma = Chroma::new(&tensor, ENCODING, &frame).unwrap();
        let of = |rect: Rect| {
            let mut rgba = full.region(rect).unwrap();
            chroma.color((70, 50), rect, &mut rgba);
            rgba
        };
        let whole = Picture::from_rgba(70, 50, &of(full.rect())).unwrap();
        let rect = Rect::new(33, 21, 20, 9);
        assert_eq!(of(rect), whole.region(rect).unwrap());
    }

    #[test]
    fn nan_becomes_gray_and_sizes_must_agree() {
        let tensor = Tensor::f32([1, 2, 1, 1], [f32::NAN, f32::INFINITY]).unwrap();
        let mut rgba = vec![99, 99, 99, 255];
        Chroma::new(&tensor, ENCODING, &rgba).unwrap().color((1, 1), Rect::new(0, 0, 1, 1), &mut rgba);
        assert_eq!(rgba, [99, 99, 99, 255]);
        assert_eq!(Chroma::new(&tensor, ENCODING, &[0; 8]).unwrap_err().code(), "invalid-input");
        let luma = Encoding { channels: Channels::Luma, ..ENCODING };
        assert_eq!(Chroma::new(&tensor, luma, &rgba).unwrap_err().code(), "invalid-input");
    }
}

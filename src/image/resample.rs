//! Any part of a picture at another size, without making the rest of it.

use super::tile::zeroed;
use super::{Picture, RGBA, Rect};
use crate::error::{Error, Result};

/// Source rows read at once.
const BAND: u32 = 64;

/// Row-major RGBA bytes of `rect` of what `source` is at `width × height`: bicubic with Keys'
/// a = −1/2, half-pixel centres, antialiased along a side that gets shorter
/// (`torch.nn.functional.interpolate(mode="bicubic", antialias=True)`, Pillow's `BICUBIC`), rounded
/// half up. Adjoining parts fit together exactly. Alpha is 255: the colours of transparent pixels
/// count like any others.
///
/// # Errors
/// `InvalidInput` when `rect` is empty or leaves `width × height`, `OutOfMemory`.
pub fn bicubic(source: &Picture, (width, height): (u32, u32), rect: Rect) -> Result<Vec<u8>> {
    let fits = |start: u32, len: u32, side: u32| len > 0 && u64::from(start) + u64::from(len) <= side.into();
    if !fits(rect.x, rect.width, width) || !fits(rect.y, rect.height, height) {
        return Err(Error::InvalidInput("the region is empty or leaves the resized picture".into()));
    }
    let columns = Taps::new(source.width(), width, rect.x, rect.width);
    let rows = Taps::new(source.height(), height, rect.y, rect.height);
    let across = across(source, &columns, &rows)?;
    let line = 3 * rect.width as usize;
    let mut rgba = zeroed(rect.pixels() as usize * RGBA)?;
    let mut sums = vec![0f32; line];
    for (i, to) in rgba.chunks_exact_mut(rect.width as usize * RGBA).enumerate() {
        sums.fill(0.0);
        let (first, weights) = rows.at(i);
        let lines = across[(first - rows.start()) as usize * line..].chunks_exact(line);
        for (weight, from) in weights.iter().zip(lines) {
            for (sum, value) in sums.iter_mut().zip(from) {
                *sum += weight * value;
            }
        }
        for (pixel, [r, g, b]) in to.as_chunks_mut::<RGBA>().0.iter_mut().zip(sums.as_chunks().0) {
            *pixel = [byte(*r), byte(*g), byte(*b), 255];
        }
    }
    Ok(rgba)
}

fn byte(value: f32) -> u8 {
    (value + 0.5) as u8
}

/// The source rows that `rows` need, resized along x: three floats a pixel.
fn across(source: &Picture, columns: &Taps, rows: &Taps) -> Result<Vec<f32>> {
    let needed = Rect::new(columns.start(), rows.start(), columns.span(), rows.span());
    let len = needed.height as usize * columns.len() * 3;
    let mut out = Vec::new();
    out.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(4 * len as u64))?;
    for y in (0..needed.height).step_by(BAND as usize) {
        let band = Rect::new(needed.x, needed.y + y, needed.width, BAND.min(needed.height - y));
        let rgba = source.region(band)?;
        for row in rgba.as_chunks::<RGBA>().0.chunks_exact(needed.width as usize) {
            for i in 0..columns.len() {
                let (first, weights) = columns.at(i);
                let mut sum = [0f32; 3];
                for (weight, pixel) in weights.iter().zip(&row[(first - needed.x) as usize..]) {
                    for c in 0..3 {
                        sum[c] += weight * f32::from(pixel[c]);
                    }
                }
                out.extend_from_slice(&sum);
            }
        }
    }
    Ok(out)
}

/// For consecutive output positions: as many source positions each, and their weights, which sum
/// to 1. Weights that would fall outside of the source are left out.
struct Taps {
    first: Vec<u32>,
    weights: Vec<f32>,
    each: usize,
}

impl Taps {
    fn new(from: u32, to: u32, start: u32, len: u32) -> Self {
        let ratio = f64::from(from) / f64::from(to);
        let stretch = ratio.max(1.0);
        let each = ((4.0 * stretch).ceil() as u32 + 1).min(from);
        let mut taps = Self { first: vec![], weights: vec![], each: each as usize };
        for i in start..start + len {
            let centre = (f64::from(i) + 0.5) * ratio - 0.5;
            let first = ((centre - 2.0 * stretch).ceil().max(0.0) as u32).min(from - each);
            let weight = |k: u32| keys((f64::from(first + k) - centre) / stretch);
            let sum: f64 = (0..each).map(weight).sum();
            taps.first.push(first);
            taps.weights.extend((0..each).map(|k| (weight(k) / sum) as f32));
        }
        taps
    }

    fn len(&self) -> usize {
        self.first.len()
    }

    fn at(&self, i: usize) -> (u32, &[f32]) {
        (self.first[i], &self.weights[i * self.each..][..self.each])
    }

    /// First source position of all.
    fn start(&self) -> u32 {
        self.first[0]
    }

    /// Source positions from the first to the last.
    fn span(&self) -> u32 {
        self.first[self.len() - 1] - self.first[0] + self.each as u32
    }
}

fn keys(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((2.5 - 0.5 * x) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::imageops::{FilterType, resize};

    fn noise(width: u32, height: u32) -> Picture {
        let rgba: Vec<u8> = (0..width * height)
            .flat_map(|i| {
                let v = i.wrapping_mul(2_654_435_761) >> 8;
                [v as u8, (v >> 8) as u8, (i % width) as u8, 255]
            })
            .collect();
        Picture::from_rgba(width, height, &rgba).unwrap()
    }

    #[test]
    fn is_the_image_crates_catmull_rom() {
        for (from, to) in [((13, 9), (26, 18)), ((13, 9), (52, 36)), ((90, 61), (32, 17)), ((5, 40), (40, 5))]
        {
            let source = noise(from.0, from.1);
            let ours = bicubic(&source, to, Rect::new(0, 0, to.0, to.1)).unwrap();
            let whole = source.region(source.rect()).unwrap();
            let theirs = image::RgbaImage::from_raw(from.0, from.1, whole).unwrap();
            let theirs = resize(&theirs, to.0, to.1, FilterType::CatmullRom).into_raw();
            let worst = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(worst <= 1, "{from:?} to {to:?}: {worst}");
        }
    }

    #[test]
    fn parts_fit_together_and_the_same_size_is_the_same_picture() {
        let source = noise(37, 150);
        assert_eq!(
            bicubic(&source, (37, 150), source.rect()).unwrap(),
            source.region(source.rect()).unwrap()
        );
        for size in [(74, 300), (20, 41), (148, 600)] {
            let all = Rect::new(0, 0, size.0, size.1);
            let whole = Picture::from_rgba(size.0, size.1, &bicubic(&source, size, all).unwrap()).unwrap();
            for rect in [Rect::new(3, 7, 9, 30), Rect::new(0, 0, 1, 1), Rect::new(19, 40, 1, 1)] {
                assert_eq!(bicubic(&source, size, rect).unwrap(), whole.region(rect).unwrap());
            }
        }
    }

    #[test]
    fn tiny_pictures_and_wrong_regions() {
        let dot = Picture::from_rgba(1, 1, &[9, 8, 7, 255]).unwrap();
        assert_eq!(bicubic(&dot, (4, 2), Rect::new(0, 0, 4, 2)).unwrap(), [9, 8, 7, 255].repeat(8));
        for rect in [Rect::new(0, 0, 0, 1), Rect::new(1, 0, 4, 1), Rect::new(u32::MAX, 0, 2, 1)] {
            assert_eq!(bicubic(&dot, (4, 2), rect).unwrap_err().code(), "invalid-input");
        }
    }
}

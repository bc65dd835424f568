//! Colors of fully transparent pixels.
//!
//! Files store arbitrary colors there (white, black, whatever an eraser left) that nobody has seen, but a
//! filter or a network that reads neighbors would carry them into visible pixels. They are therefore replaced
//! by the colors of visible pixels nearby: a pyramid of alpha-weighted means, whose gaps are filled from the
//! next coarser level (push–pull, Gortler et al., *The Lumigraph*, 1996).

use std::borrow::Cow;

use super::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Number of rows read at once; the height of a tile.
const BAND: u32 = 256;

type Pixel = [u8; RGBA];

/// A coarser version of the picture; alpha is 0 where no visible pixel is covered.
struct Level {
    width: usize,
    pixels: Vec<Pixel>,
}

impl Level {
    fn new(width: usize, height: usize) -> Result<Self> {
        let len = width * height;
        let mut pixels = Vec::new();
        pixels.try_reserve_exact(len).map_err(|_| Error::OutOfMemory((len * RGBA) as u64))?;
        Ok(Self { width, pixels })
    }

    /// Appends rows at half the size of those given.
    fn push(&mut self, fine: &[Pixel], width: usize) {
        for rows in fine.chunks(2 * width) {
            self.pixels.extend((0..self.width).map(|x| {
                let columns = 2 * x..(2 * x + 2).min(width);
                mean(rows.chunks_exact(width).flat_map(|row| &row[columns.clone()]))
            }));
        }
    }

    /// The next coarser level, at half the size.
    fn reduced(&self) -> Result<Self> {
        let height = self.pixels.len() / self.width;
        let mut level = Self::new(self.width.div_ceil(2), height.div_ceil(2))?;
        level.push(&self.pixels, self.width);
        Ok(level)
    }

    fn has_gaps(&self) -> bool {
        self.pixels.iter().any(|pixel| pixel[3] == 0)
    }

    /// Fills gaps in rows of the finer level, from its row `top` on.
    fn pull(&self, fine: &mut [Pixel], width: usize, top: usize, alpha: u8) {
        for (y, row) in (top..).zip(fine.chunks_exact_mut(width)) {
            let coarse = &self.pixels[y / 2 * self.width..][..self.width];
            for (x, pixel) in row.iter_mut().enumerate().filter(|(_, pixel)| pixel[3] == 0) {
                let [r, g, b, _] = coarse[x / 2];
                *pixel = [r, g, b, alpha];
            }
        }
    }
}

/// Mean of visible colors, weighted by alpha; alpha is rounded up, so that anything visible stays visible.
fn mean<'a>(pixels: impl Iterator<Item = &'a Pixel>) -> Pixel {
    let (mut sums, mut count) = ([0u32; RGBA], 0);
    for &[r, g, b, a] in pixels {
        let a = u32::from(a);
        sums =
            [sums[0] + a * u32::from(r), sums[1] + a * u32::from(g), sums[2] + a * u32::from(b), sums[3] + a];
        count += 1;
    }
    let [r, g, b, a] = sums;
    let color = |sum: u32| (sum + a / 2).checked_div(a).unwrap_or(0) as u8;
    [color(r), color(g), color(b), a.div_ceil(count) as u8]
}

impl Picture {
    /// Replaces the colors of pixels with alpha 0 by those of visible pixels nearby; everything else is
    /// unchanged.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn bled(&self) -> Result<Cow<'_, Picture>> {
        if !self.has_alpha() {
            return Ok(Cow::Borrowed(self));
        }
        let (width, height) = (self.width() as usize, self.height() as usize);
        let mut half = Level::new(width.div_ceil(2), height.div_ceil(2))?;
        let mut has_gaps = false;
        for band in self.bands() {
            let rgba = self.region(band)?;
            let pixels = rgba.as_chunks::<RGBA>().0;
            has_gaps |= pixels.iter().any(|pixel| pixel[3] == 0);
            half.push(pixels, width);
        }
        let mut levels = vec![half];
        while let Some(last) = levels.last().filter(|last| last.has_gaps() && last.pixels.len() > 1) {
            levels.push(last.reduced()?);
        }
        // Without visible pixels there is nothing to fill in.
        if !has_gaps || levels.last().is_none_or(Level::has_gaps) {
            return Ok(Cow::Borrowed(self));
        }
        while let [.., fine, coarse] = &mut levels[..] {
            coarse.pull(&mut fine.pixels, fine.width, 0, u8::MAX);
            levels.pop();
        }
        let mut bled = self.clone();
        for band in self.bands() {
            let mut rgba = self.region(band)?;
            levels[0].pull(rgba.as_chunks_mut::<RGBA>().0, width, band.y as usize, 0);
            bled.write(band, &rgba)?;
        }
        Ok(Cow::Owned(bled))
    }

    fn bands(&self) -> impl Iterator<Item = Rect> + use<> {
        let (width, height) = self.size();
        (0..height).step_by(BAND as usize).map(move |y| Rect::new(0, y, width, BAND.min(height - y)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A red disc on the left and a blue one on the right, on transparent white.
    fn discs(width: u32, height: u32) -> Picture {
        let inside = |x: u32, y: u32, cx: u32| {
            (f64::from(x) - f64::from(cx)).hypot(f64::from(y) - f64::from(height / 2))
                < f64::from(height) / 4.0
        };
        let rgba: Vec<u8> = (0..width * height)
            .flat_map(|i| match (i % width, i / width) {
                (x, y) if inside(x, y, width / 4) => [200, 20, 20, 255],
                (x, y) if inside(x, y, width * 3 / 4) => [20, 20, 200, 255],
                _ => [255, 255, 255, 0],
            })
            .collect();
        Picture::from_rgba(width, height, &rgba).unwrap()
    }

    #[test]
    fn hidden_colors_come_from_visible_pixels_nearby() {
        // More than one tile per side, and odd sizes.
        let picture = discs(601, 301);
        let bled = picture.bled().unwrap();
        let (before, after) = (picture.region(picture.rect()).unwrap(), bled.region(bled.rect()).unwrap());
        let pairs = before.as_chunks::<RGBA>().0.iter().zip(after.as_chunks::<RGBA>().0);
        for (i, (before, after)) in pairs.enumerate() {
            assert_eq!(before[3], after[3]);
            if before[3] == 255 {
                assert_eq!(before, after);
            } else {
                // A mixture of the two, and close to one of them that one alone.
                assert!(after[1] <= 21 && after[0].abs_diff(220 - after[2]) <= 2, "{i}: {after:?}");
                let near =
                    |cx: usize| (i % 601).abs_diff(cx).pow(2) + (i / 601).abs_diff(150).pow(2) < 105 * 105;
                assert!(!near(150) || after[0] >= 199, "{i}: {after:?}");
                assert!(!near(450) || after[2] >= 199, "{i}: {after:?}");
            }
        }
    }

    #[test]
    fn a_faint_pixel_is_visible_and_an_invisible_picture_stays_unchanged() {
        let mut rgba = [255, 255, 255, 0].repeat(9);
        rgba[..4].copy_from_slice(&[9, 8, 7, 1]);
        let bled = Picture::from_rgba(3, 3, &rgba).unwrap().bled().unwrap().into_owned();
        let rgba = bled.region(bled.rect()).unwrap();
        assert_eq!(rgba[..8], [9, 8, 7, 1, 9, 8, 7, 0]);
        assert!(rgba.chunks(4).all(|pixel| pixel[..3] == [9, 8, 7]));
        for picture in [Picture::new(3, 2).unwrap(), Picture::from_rgba(1, 1, &[1, 2, 3, 255]).unwrap()] {
            assert!(matches!(picture.bled().unwrap(), Cow::Borrowed(_)));
        }
    }
}

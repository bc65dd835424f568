//! The eight EXIF orientations, applied to bands of source rows.

use image::metadata::Orientation;

use super::tile::zeroed;
use super::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Number of source rows turned at once.
const BAND: u32 = 256;

/// Transformation from stored to upright pixels: first the axes swap, then each axis may be mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    transpose: bool,
    flip_x: bool,
    flip_y: bool,
}

impl Turn {
    pub(super) fn new(orientation: Orientation) -> Self {
        let (transpose, flip_x, flip_y) = match orientation {
            Orientation::NoTransforms => (false, false, false),
            Orientation::FlipHorizontal => (false, true, false),
            Orientation::Rotate180 => (false, true, true),
            Orientation::FlipVertical => (false, false, true),
            Orientation::Rotate90FlipH => (true, false, false),
            Orientation::Rotate90 => (true, true, false),
            Orientation::Rotate270FlipH => (true, true, true),
            Orientation::Rotate270 => (true, false, true),
        };
        Self { transpose, flip_x, flip_y }
    }

    /// Mirrors left to right if `mirrored`, then turns clockwise by `quarters` of a circle.
    fn of(quarters: u32, mirrored: bool) -> Self {
        Self::new(match (quarters % 4, mirrored) {
            (0, false) => Orientation::NoTransforms,
            (1, false) => Orientation::Rotate90,
            (2, false) => Orientation::Rotate180,
            (_, false) => Orientation::Rotate270,
            (0, true) => Orientation::FlipHorizontal,
            (1, true) => Orientation::Rotate270FlipH,
            (2, true) => Orientation::FlipVertical,
            (_, true) => Orientation::Rotate90FlipH,
        })
    }

    /// Width and height after turning.
    pub(super) fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.transpose { (height, width) } else { (width, height) }
    }

    /// Destination of the stored rows `y .. y + rows` of a picture of `width × height`.
    pub(super) fn band(self, y: u32, rows: u32, width: u32, height: u32) -> Rect {
        let mirrored = if self.transpose { self.flip_x } else { self.flip_y };
        let start = if mirrored { height - y - rows } else { y };
        if self.transpose { Rect::new(start, 0, rows, width) } else { Rect::new(0, start, width, rows) }
    }

    /// Turns a band with `width` pixels per row into `out`, of the same length.
    pub(super) fn apply(self, band: &[u8], width: usize, out: &mut [u8]) {
        let (pixels, _) = band.as_chunks::<RGBA>();
        let rows = pixels.len() / width;
        let (out_width, out_rows) = if self.transpose { (rows, width) } else { (width, rows) };
        for (y, out_row) in out.as_chunks_mut::<RGBA>().0.chunks_exact_mut(out_width).enumerate() {
            let v = if self.flip_y { out_rows - 1 - y } else { y };
            for (x, to) in out_row.iter_mut().enumerate() {
                let u = if self.flip_x { out_width - 1 - x } else { x };
                *to = if self.transpose { pixels[u * width + v] } else { pixels[v * width + u] };
            }
        }
    }
}

impl Picture {
    /// Crops the picture, mirrors the crop left to right if `mirrored`, then turns it clockwise by `quarters`
    /// of a circle. Pixels are not resampled.
    ///
    /// # Errors
    /// `InvalidInput` if `rect` is empty or leaves the picture, `OutOfMemory`.
    pub fn cut(&self, rect: Rect, quarters: u32, mirrored: bool) -> Result<Picture> {
        self.check_rect(rect)?;
        let turn = Turn::of(quarters, mirrored);
        let (width, height) = turn.size(rect.width, rect.height);
        let mut picture = Picture::new(width, height)?;
        let mut turned = zeroed(rect.width as usize * BAND.min(rect.height) as usize * RGBA)?;
        for y in (0..rect.height).step_by(BAND as usize) {
            let rows = BAND.min(rect.height - y);
            let band = self.region(Rect::new(rect.x, rect.y + y, rect.width, rows))?;
            let turned = &mut turned[..band.len()];
            turn.apply(&band, rect.width as usize, turned);
            picture.write(turn.band(y, rows, rect.width, rect.height), turned)?;
        }
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of three pixels, distinguished by their red: 0 1 2 / 3 4 5.
    fn six() -> Picture {
        let rgba: Vec<u8> = (0..6).flat_map(|red| [red, 0, 0, 255]).collect();
        Picture::from_rgba(3, 2, &rgba).unwrap()
    }

    fn reds(picture: &Picture) -> (u32, Vec<u8>) {
        let rgba = picture.region(picture.rect()).unwrap();
        (picture.width(), rgba.as_chunks::<RGBA>().0.iter().map(|pixel| pixel[0]).collect())
    }

    #[test]
    fn a_cut_is_mirrored_then_turned_clockwise() {
        let whole = Rect::new(0, 0, 3, 2);
        let right = Rect::new(1, 0, 2, 2);
        for (rect, quarters, mirrored, width, expected) in [
            (whole, 0, false, 3, vec![0, 1, 2, 3, 4, 5]),
            (whole, 1, false, 2, vec![3, 0, 4, 1, 5, 2]),
            (whole, 2, false, 3, vec![5, 4, 3, 2, 1, 0]),
            (whole, 3, false, 2, vec![2, 5, 1, 4, 0, 3]),
            (whole, 0, true, 3, vec![2, 1, 0, 5, 4, 3]),
            (whole, 1, true, 2, vec![5, 2, 4, 1, 3, 0]),
            (whole, 2, true, 3, vec![3, 4, 5, 0, 1, 2]),
            (whole, 3, true, 2, vec![0, 3, 1, 4, 2, 5]),
            (right, 1, false, 2, vec![4, 1, 5, 2]),
        ] {
            let cut = six().cut(rect, quarters, mirrored).unwrap();
            assert_eq!(reds(&cut), (width, expected), "{rect:?} {quarters} {mirrored}");
        }
        assert_eq!(six().cut(Rect::new(2, 0, 2, 1), 0, false).unwrap_err().code(), "invalid-input");
    }

    #[test]
    fn four_quarters_of_a_tall_picture_lose_nothing() {
        let rgba: Vec<u8> = (0..40 * 600u32).flat_map(|i| [i as u8, (i >> 8) as u8, 7, i as u8]).collect();
        let tall = Picture::from_rgba(40, 600, &rgba).unwrap();
        let turned = (0..4).fold(tall.clone(), |picture, _| picture.cut(picture.rect(), 1, false).unwrap());
        assert_eq!(turned, tall);
    }
}

//! The eight EXIF orientations, applied to bands of source rows.

use image::metadata::Orientation;

use super::{RGBA, Rect};

/// How stored pixels become upright: first the axes swap, then each axis may be mirrored.
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

    /// Width and height after turning.
    pub(super) fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.transpose { (height, width) } else { (width, height) }
    }

    /// Where the stored rows `y .. y + rows` of a picture of `width × height` end up.
    pub(super) fn band(self, y: u32, rows: u32, width: u32, height: u32) -> Rect {
        let mirrored = if self.transpose { self.flip_x } else { self.flip_y };
        let start = if mirrored { height - y - rows } else { y };
        if self.transpose { Rect::new(start, 0, rows, width) } else { Rect::new(0, start, width, rows) }
    }

    /// Turns the pixels of a band of `width` pixels a row into `out`, of the same length.
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

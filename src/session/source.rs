//! The network's view of a picture.

use crate::error::{Error, Result};
use crate::image::filter::{Filter, Interpolation, Resize, reflect};
use crate::image::planar::{self, Encoding};
use crate::image::{Picture, Rect};
use crate::tensor::Tensor;

/// A picture, enlarged by the task's scale region by region, so that it never exists as a whole.
pub(super) struct ScaledSource<'a> {
    pub picture: &'a Picture,
    pub scale: u32,
}

impl ScaledSource<'_> {
    /// `[height, width]`
    pub(super) fn size(&self) -> [usize; 2] {
        [self.picture.height(), self.picture.width()].map(|side| side as usize * self.scale as usize)
    }

    /// RGBA bytes of a rectangle.
    pub(super) fn region(&self, rect: Rect) -> Result<Vec<u8>> {
        if self.scale == 1 {
            return self.picture.region(rect);
        }
        let [height, width] = self.size();
        Resize::to(width as u32, height as u32, Interpolation::Bicubic).region(self.picture, rect)
    }

    /// Region at `[y, x]` of exactly this size, `[height, width]`, reflected beyond the right and lower
    /// border (`torch.nn.functional.pad(mode="reflect")`): repeated pixels would form streaks of noise, which
    /// networks mistake for structure.
    pub(super) fn padded(
        &self,
        [y, x]: [usize; 2],
        [h, w]: [usize; 2],
        encoding: Encoding,
    ) -> Result<Tensor> {
        let [height, width] = self.size();
        let (inner_h, inner_w) = (h.min(height - y), w.min(width - x));
        let rect = Rect::new(x as u32, y as u32, inner_w as u32, inner_h as u32);
        let inside = planar::read(&self.region(rect)?, inner_w, encoding)?;
        if (inner_h, inner_w) == (h, w) {
            return Ok(inside);
        }
        let channels = inside.shape()[1];
        let values = inside.as_f32().unwrap_or(&[]);
        let mut all = Vec::new();
        let len = channels * h * w;
        all.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(4 * len as u64))?;
        let reflected = |len: usize, of: usize| (0..len as i64).map(move |i| reflect(i, of as u32) as usize);
        for plane in values.chunks_exact(inner_h * inner_w) {
            for row in reflected(h, inner_h) {
                let line = &plane[row * inner_w..][..inner_w];
                all.extend(reflected(w, inner_w).map(|column| line[column]));
            }
        }
        Tensor::f32([1, channels, h, w], all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::planar::Channels;

    #[test]
    fn the_picture_is_reflected_beyond_its_border() {
        let rgba: Vec<u8> = [10, 20, 30, 40, 50, 60].iter().flat_map(|&v| [v, v, v, 255]).collect();
        let picture = Picture::from_rgba(3, 2, &rgba).unwrap();
        let source = ScaledSource { picture: &picture, scale: 1 };
        let encoding = Encoding { channels: Channels::Luma, low: 0.0, high: 255.0 };
        let padded = |at, size| {
            let tensor = source.padded(at, size, encoding).unwrap();
            tensor.as_f32().unwrap().iter().map(|v| v.round() as i32).collect::<Vec<_>>()
        };
        assert_eq!(padded([0, 0], [3, 4]), [10, 20, 30, 20, 40, 50, 60, 50, 10, 20, 30, 20]);
        // Reflected repeatedly if necessary.
        assert_eq!(padded([1, 0], [1, 7]), [40, 50, 60, 50, 40, 50, 60]);
        assert_eq!(padded([0, 2], [1, 2]), [30, 30]);
    }
}

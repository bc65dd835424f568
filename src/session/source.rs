//! The picture as the network sees it.

use crate::error::{Error, Result};
use crate::image::filter::{Filter, Interpolation, Resize};
use crate::image::planar::{self, Encoding};
use crate::image::{Picture, Rect};
use crate::tensor::Tensor;

/// A picture, enlarged where the task wants it: part by part, so that it is never there as a whole.
pub(super) struct Source<'a> {
    pub picture: &'a Picture,
    pub scale: u32,
}

impl Source<'_> {
    /// `[height, width]`
    pub fn size(&self) -> [usize; 2] {
        [self.picture.height(), self.picture.width()].map(|side| side as usize * self.scale as usize)
    }

    /// RGBA bytes of a rectangle.
    pub fn region(&self, rect: Rect) -> Result<Vec<u8>> {
        if self.scale == 1 {
            return self.picture.region(rect);
        }
        let [height, width] = self.size();
        Resize::to(width as u32, height as u32, Interpolation::Bicubic).region(self.picture, rect)
    }

    /// The region at `[y, x]` of exactly this size, `[height, width]`; beyond the right and lower
    /// border the last pixels repeat (`torch.nn.functional.pad(mode="replicate")`).
    pub fn padded(&self, [y, x]: [usize; 2], [h, w]: [usize; 2], encoding: Encoding) -> Result<Tensor> {
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
        for plane in values.chunks_exact(inner_h * inner_w) {
            for row in 0..h {
                let line = &plane[row.min(inner_h - 1) * inner_w..][..inner_w];
                all.extend_from_slice(line);
                all.extend(std::iter::repeat_n(line[inner_w - 1], w - inner_w));
            }
        }
        Tensor::f32([1, channels, h, w], all)
    }
}

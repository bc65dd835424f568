//! The damage of saving as JPEG.

use super::Filter;
use crate::encode_jpeg::{Subsampling, check_quality, encode_jpeg};
use crate::{Picture, RGBA, Rect, decode};
use unet_kernels::error::Result;

/// Maximum side of a minimum coded unit, in pixels, and the support of a decoder's chroma smoothing.
const UNIT: u32 = 16;

/// Encodes as JPEG and decodes again: [`encode_jpeg`], then [`decode`]. Alpha is unchanged.
#[derive(Debug, Clone)]
pub struct Jpeg {
    quality: u8,
    subsampling: Subsampling,
}

impl Jpeg {
    /// Makes the filter. `quality` is 1 to 100, on libjpeg's scale.
    ///
    /// # Errors
    /// `InvalidInput` if `quality` is out of range.
    pub fn new(quality: u8, subsampling: Subsampling) -> Result<Self> {
        check_quality(quality)?;
        Ok(Self { quality, subsampling })
    }

    /// Compresses a region of a picture whose rectangles are computed by `pixels`. Blocks of a file are
    /// independent and the decoder reads at most one block beyond, so a region can be computed without the
    /// rest.
    pub(super) fn of_region(
        &self,
        source: &Picture,
        rect: Rect,
        pixels: impl FnOnce(Rect) -> Result<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        let around = units_around(source, rect);
        let mut made = pixels(around)?;
        let alpha: Vec<u8> = made.iter().copied().skip(3).step_by(RGBA).collect();
        // Hidden colors of transparent pixels are kept too.
        made.iter_mut().skip(3).step_by(RGBA).for_each(|alpha| *alpha = 255);
        let opaque = Picture::from_rgba(around.width, around.height, &made)?;
        drop(made);
        let saved = decode(&encode_jpeg(&opaque, self.quality, self.subsampling)?)?;
        let inside = Rect { x: rect.x - around.x, y: rect.y - around.y, ..rect };
        let mut rgba = saved.region(inside)?;
        let rows = alpha.chunks_exact(around.width as usize).skip(inside.y as usize);
        for (row, alpha) in rgba.chunks_exact_mut(rect.width as usize * RGBA).zip(rows) {
            for (pixel, &alpha) in row.as_chunks_mut::<RGBA>().0.iter_mut().zip(&alpha[inside.x as usize..]) {
                pixel[3] = alpha;
            }
        }
        Ok(rgba)
    }
}

impl Filter for Jpeg {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        self.of_region(source, rect, |around| source.region(around))
    }
}

/// Whole units that cover a rectangle, plus one on each side, clipped to the picture.
fn units_around(source: &Picture, rect: Rect) -> Rect {
    let along = |first: u32, len: u32, side: u32| {
        let start = (first - first % UNIT).saturating_sub(UNIT);
        let end = ((first + len).next_multiple_of(UNIT) + UNIT).min(side);
        (start, end - start)
    };
    let (x, width) = along(rect.x, rect.width, source.width());
    let (y, height) = along(rect.y, rect.height, source.height());
    Rect::new(x, y, width, height)
}

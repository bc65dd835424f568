//! Smaller views of a picture by area averaging, read band by band.

use super::tile::zeroed;
use super::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Number of source rows read at once, the height of a tile: a view needs one band, never a copy of the
/// picture.
const BAND: u32 = 256;

/// Source pixels that one output pixel covers along one axis.
struct Span {
    start: u32,
    /// Covered share of each source pixel from `start` on; the shares sum to 1.
    weights: Vec<f32>,
}

impl Picture {
    /// Reduces the picture so that its longer side is at most `max_side` pixels; never enlarges it.
    ///
    /// # Errors
    /// `InvalidInput` if `max_side` is 0, `OutOfMemory`.
    pub fn thumbnail(&self, max_side: u32) -> Result<Picture> {
        let longest = self.width().max(self.height());
        if max_side >= longest {
            return Ok(self.clone());
        }
        let fit = |side: u32| (u64::from(side) * u64::from(max_side)).div_ceil(u64::from(longest)) as u32;
        let (width, height) = (fit(self.width()), fit(self.height()));
        Picture::from_rgba(width, height, &self.view(self.rect(), width, height)?)
    }

    /// Draws `rect` at `width × height`, as row-major RGBA bytes: each output pixel is the mean of the area
    /// it covers, with colors weighted by alpha (`torch.nn.functional.interpolate`, `mode="area"`, for
    /// divisible sizes).
    ///
    /// # Errors
    /// `InvalidInput` if `rect` is empty or leaves the picture, or if the view is empty or larger than a
    /// picture may be; `OutOfMemory`.
    pub fn view(&self, rect: Rect, width: u32, height: u32) -> Result<Vec<u8>> {
        self.check_rect(rect)?;
        super::picture::check_size(width, height)
            .map_err(|e| Error::InvalidInput(format!("the view: {e}")))?;
        let columns = spans(rect.width, width);
        let mut out = zeroed(width as usize * height as usize * RGBA)?;
        let mut band = zeroed(rect.width as usize * BAND.min(rect.height) as usize * RGBA)?;
        let mut held = 0..0;
        let mut sums = vec![[0f32; RGBA]; width as usize];
        for (span, out_row) in
            spans(rect.height, height).iter().zip(out.chunks_exact_mut(width as usize * RGBA))
        {
            sums.fill([0.0; RGBA]);
            for (y, &weight) in (span.start..).zip(&span.weights) {
                if !held.contains(&y) {
                    held = y..(y + BAND).min(rect.height);
                    let rows = Rect::new(rect.x, rect.y + y, rect.width, held.end - y);
                    self.read(rows, &mut band[..rows.pixels() as usize * RGBA])?;
                }
                let row_bytes = rect.width as usize * RGBA;
                let row = &band[(y - held.start) as usize * row_bytes..][..row_bytes];
                add_row(row.as_chunks::<RGBA>().0, &columns, weight, &mut sums);
            }
            for (to, sum) in out_row.as_chunks_mut::<RGBA>().0.iter_mut().zip(&sums) {
                *to = straight(sum);
            }
        }
        Ok(out)
    }
}

/// Adds one source row, premultiplied by alpha and weighted by its share of the output row.
fn add_row(row: &[[u8; RGBA]], columns: &[Span], weight: f32, sums: &mut [[f32; RGBA]]) {
    for (span, sum) in columns.iter().zip(sums) {
        for (&[r, g, b, a], w) in row[span.start as usize..].iter().zip(&span.weights) {
            let share = weight * w * f32::from(a);
            sum[0] += share * f32::from(r);
            sum[1] += share * f32::from(g);
            sum[2] += share * f32::from(b);
            sum[3] += share;
        }
    }
}

/// Divides a sum of colors premultiplied by alpha (all 0–255) by alpha; fully transparent pixels become
/// black.
pub(super) fn straight(&[r, g, b, a]: &[f32; RGBA]) -> [u8; RGBA] {
    // Negative kernel weights may make alpha negative.
    if a <= 0.0 {
        return [0; RGBA];
    }
    [(r / a + 0.5) as u8, (g / a + 0.5) as u8, (b / a + 0.5) as u8, (a + 0.5) as u8]
}

fn spans(from: u32, to: u32) -> Vec<Span> {
    let ratio = f64::from(from) / f64::from(to);
    (0..to)
        .map(|i| {
            let (begin, end) = (f64::from(i) * ratio, (f64::from(i + 1) * ratio).min(f64::from(from)));
            let start = (begin as u32).min(from - 1);
            let stop = (end.ceil() as u32).clamp(start + 1, from);
            let cover = |p: u32| end.min(f64::from(p + 1)) - begin.max(f64::from(p));
            Span { start, weights: (start..stop).map(|p| (cover(p).max(0.0) / ratio) as f32).collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_means_and_thirds_are_covered_areas() {
        let row: Vec<u8> = [0u8, 30, 60].iter().flat_map(|&v| [v, v, v, 255]).collect();
        let picture = Picture::from_rgba(3, 1, &row).unwrap();
        // Two output pixels of 1½ source pixels each: (0 + 15) / 1.5 and (15 + 60) / 1.5.
        assert_eq!(picture.view(picture.rect(), 2, 1).unwrap(), [10, 10, 10, 255, 50, 50, 50, 255]);
        assert_eq!(picture.view(picture.rect(), 1, 1).unwrap(), [30, 30, 30, 255]);
        assert_eq!(picture.view(picture.rect(), 3, 1).unwrap(), row);
    }

    #[test]
    fn transparent_pixels_contribute_no_color() {
        let picture = Picture::from_rgba(2, 1, &[200, 100, 50, 255, 7, 7, 7, 0]).unwrap();
        assert_eq!(picture.view(picture.rect(), 1, 1).unwrap(), [200, 100, 50, 128]);
    }

    #[test]
    fn bands_leave_no_trace_and_long_pictures_keep_a_pixel() {
        let (width, height) = (300, 401);
        let rgba: Vec<u8> =
            (0..height).flat_map(|y: u32| [(y / 2) as u8, 0, 0, 255].repeat(width as usize)).collect();
        let picture = Picture::from_rgba(width, height, &rgba).unwrap();
        let view = picture.view(picture.rect(), 3, height).unwrap();
        assert!(view.chunks(12).enumerate().all(|(y, row)| row == [(y / 2) as u8, 0, 0, 255].repeat(3)));
        let strip = Picture::new(20_000, 1).unwrap().thumbnail(512).unwrap();
        assert_eq!((strip.width(), strip.height()), (512, 1));
        assert_eq!(picture.thumbnail(1000).unwrap(), picture);
        assert_eq!(picture.thumbnail(0).unwrap_err().code(), "invalid-input");
    }
}

//! Regions of a picture as network tensors, and back.
//!
//! Values stay in non-linear sRGB, as the networks are trained. A byte `b` is
//! `low + b / 255 · (high − low)`; back it is rounded half up and clamped to 0–255 (NaN is 0).

use super::tile::zeroed;
use super::{Picture, RGBA, Rect};
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// Channels of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Red, green, blue.
    Rgb,
    /// One channel: luma 0.299 R + 0.587 G + 0.114 B (BT.601, full range), gray on the way back.
    Luma,
}

/// How bytes are values of a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Encoding {
    pub channels: Channels,
    /// Value of byte 0.
    pub low: f32,
    /// Value of byte 255; differs from `low`.
    pub high: f32,
}

impl Encoding {
    /// Channel count of a tensor.
    pub fn channel_count(&self) -> usize {
        match self.channels {
            Channels::Rgb => 3,
            Channels::Luma => 1,
        }
    }
}

/// A region as a tensor `[1, C, height, width]`; alpha is left out.
///
/// # Errors
/// `InvalidInput` when `rect` is empty or leaves the picture, `OutOfMemory`.
pub fn read(picture: &Picture, rect: Rect, encoding: Encoding) -> Result<Tensor> {
    let rgba = picture.region(rect)?;
    let (pixels, _) = rgba.as_chunks::<RGBA>();
    let channels = encoding.channel_count();
    let len = pixels.len() * channels;
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 4))?;
    let scale = (encoding.high - encoding.low) / 255.0;
    let value = |byte: f32| encoding.low + byte * scale;
    match encoding.channels {
        Channels::Rgb => {
            for channel in 0..channels {
                values.extend(pixels.iter().map(|p| value(f32::from(p[channel]))));
            }
        }
        Channels::Luma => values.extend(pixels.iter().map(|p| value(luma(*p)))),
    }
    Tensor::f32([1, channels, rect.height as usize, rect.width as usize], values)
}

/// Writes a part of a tensor `[1, C, height, width]` into a picture.
///
/// `part` is the rectangle of the tensor that is used (a tile without its halo); its top left goes
/// to `x`, `y` of the picture. `alpha` is the alpha of the rectangle, one byte a pixel; opaque
/// where it is `None`.
///
/// # Errors
/// `InvalidInput` when the tensor is not float, has another channel count, or `part`, its place or
/// `alpha` do not fit; `OutOfMemory`.
pub fn write(
    picture: &mut Picture,
    (x, y): (u32, u32),
    tensor: &Tensor,
    part: Rect,
    alpha: Option<&[u8]>,
    encoding: Encoding,
) -> Result<()> {
    let channels = encoding.channel_count();
    let (&[1, c, height, width], Some(values)) = (tensor.shape(), tensor.as_f32()) else {
        return Err(Error::InvalidInput(format!(
            "a picture needs a float tensor [1, C, H, W], not {:?}",
            tensor.shape()
        )));
    };
    let inside = |start: u32, len: u32, limit: usize| u64::from(start) + u64::from(len) <= limit as u64;
    if c != channels || !inside(part.x, part.width, width) || !inside(part.y, part.height, height) {
        return Err(Error::InvalidInput(format!(
            "a part of {} × {} at {}, {} with {channels} channels does not fit the tensor {:?}",
            part.width,
            part.height,
            part.x,
            part.y,
            tensor.shape()
        )));
    }
    let place = Rect::new(x, y, part.width, part.height);
    picture.check_rect(place)?;
    if alpha.is_some_and(|a| a.len() as u64 != part.pixels()) {
        return Err(Error::InvalidInput("alpha needs one byte for every pixel of the part".into()));
    }
    let mut rgba = zeroed(part.pixels() as usize * RGBA)?;
    let scale = 255.0 / (encoding.high - encoding.low);
    // A float cast saturates, and takes NaN to 0.
    let byte = |value: f32| ((value - encoding.low) * scale + 0.5) as u8;
    let (left, top, columns) = (part.x as usize, part.y as usize, part.width as usize);
    for (row, to) in rgba.as_chunks_mut::<RGBA>().0.chunks_exact_mut(columns).enumerate() {
        let line = |channel: usize| &values[(channel * height + top + row) * width + left..][..columns];
        // Gray reads the one channel three times.
        let [r, g, b] = [0, 1, 2].map(|channel| line(channel.min(channels - 1)));
        for (i, pixel) in to.iter_mut().enumerate() {
            let a = alpha.map_or(255, |alpha| alpha[row * columns + i]);
            *pixel = [byte(r[i]), byte(g[i]), byte(b[i]), a];
        }
    }
    picture.write(place, &rgba)
}

/// Alpha of a rectangle of the result, whose picture is `scale` times as large as `source`:
/// bilinear with half-pixel centres (`interpolate(mode="bilinear", align_corners=False)`). `None`
/// where the source has no alpha.
///
/// # Errors
/// `InvalidInput` when `scale` is 0 or `rect` is empty or leaves the result, `OutOfMemory`.
pub fn scaled_alpha(source: &Picture, rect: Rect, scale: u32) -> Result<Option<Vec<u8>>> {
    let fits = |start: u32, len: u32, side: u32| {
        len > 0 && u64::from(start) + u64::from(len) <= u64::from(side) * u64::from(scale)
    };
    if !fits(rect.x, rect.width, source.width()) || !fits(rect.y, rect.height, source.height()) {
        return Err(Error::InvalidInput("the region is empty or leaves the scaled picture".into()));
    }
    if !source.has_alpha() {
        return Ok(None);
    }
    let columns: Vec<_> = taps(rect.x, rect.width, scale, source.width()).collect();
    let (first, last) = (columns[0].0, columns[columns.len() - 1].1);
    let row_of = |y: u32| source.region(Rect::new(first, y, last - first + 1, 1));
    let mut alpha = zeroed(rect.pixels() as usize)?;
    for (row, (top, bottom, v)) in
        alpha.chunks_exact_mut(rect.width as usize).zip(taps(rect.y, rect.height, scale, source.height()))
    {
        let (upper, lower) = (row_of(top)?, row_of(bottom)?);
        for (to, &(left, right, u)) in row.iter_mut().zip(&columns) {
            let at = |line: &[u8], x: u32| f32::from(line[(x - first) as usize * RGBA + 3]);
            let mix = |line: &[u8]| at(line, left) + (at(line, right) - at(line, left)) * u;
            *to = (mix(&upper) + (mix(&lower) - mix(&upper)) * v + 0.5) as u8;
        }
    }
    Ok(Some(alpha))
}

/// For each of `len` output positions: the two source positions, and the weight of the second.
fn taps(start: u32, len: u32, scale: u32, side: u32) -> impl Iterator<Item = (u32, u32, f32)> {
    (start..start + len).map(move |i| {
        let centre = ((i as f32 + 0.5) / scale as f32 - 0.5).max(0.0);
        let low = (centre as u32).min(side - 1);
        (low, (low + 1).min(side - 1), centre - low as f32)
    })
}

fn luma([r, g, b, _]: [u8; RGBA]) -> f32 {
    super::filter::luma([r, g, b].map(f32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RGB: Encoding = Encoding { channels: Channels::Rgb, low: 0.0, high: 1.0 };

    fn picture() -> Picture {
        let rgba: Vec<u8> = (0..6 * 5).flat_map(|i: u8| [i, 100 + i, 255 - i, 200 + i]).collect();
        Picture::from_rgba(6, 5, &rgba).unwrap()
    }

    #[test]
    fn every_byte_survives_the_way_there_and_back() {
        for (low, high) in [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)] {
            let encoding = Encoding { low, high, ..RGB };
            let rgba: Vec<u8> = (0..=255).flat_map(|i| [i, 255 - i, i / 2, 255]).collect();
            let ramp = Picture::from_rgba(16, 16, &rgba).unwrap();
            let tensor = read(&ramp, ramp.rect(), encoding).unwrap();
            let mut back = Picture::new(16, 16).unwrap();
            write(&mut back, (0, 0), &tensor, ramp.rect(), None, encoding).unwrap();
            assert_eq!(back, ramp);
        }
    }

    #[test]
    fn planes_are_nchw_and_a_part_lands_in_its_place() {
        let source = picture();
        let tensor = read(&source, Rect::new(1, 2, 4, 3), Encoding { high: 255.0, ..RGB }).unwrap();
        assert_eq!(tensor.shape(), [1, 3, 3, 4]);
        assert_eq!(tensor.as_f32().unwrap()[..5], [13.0, 14.0, 15.0, 16.0, 19.0]);
        assert_eq!(tensor.as_f32().unwrap()[12], 113.0);
        let mut target = Picture::new(6, 5).unwrap();
        let alpha = [1, 2, 3, 4];
        let part = Rect::new(1, 1, 2, 2);
        write(&mut target, (2, 3), &tensor, part, Some(&alpha), Encoding { high: 255.0, ..RGB }).unwrap();
        let [r, g, b, a] = source.region(Rect::new(3, 4, 1, 1)).unwrap()[..] else { unreachable!() };
        assert_eq!(target.region(Rect::new(3, 4, 1, 1)).unwrap(), [r, g, b, 4]);
        assert_eq!(a, 227);
        assert_eq!(target.region(Rect::new(1, 3, 1, 1)).unwrap(), [0; 4]);
    }

    #[test]
    fn values_round_half_up_and_clamp() {
        let mut target = Picture::new(6, 1).unwrap();
        let gray = Encoding { channels: Channels::Luma, low: 0.0, high: 255.0 };
        let values = [0.49999f32, 0.5, 254.5, f32::INFINITY, -3.0, f32::NAN];
        let tensor = Tensor::f32([1, 1, 1, 6], values).unwrap();
        write(&mut target, (0, 0), &tensor, Rect::new(0, 0, 6, 1), None, gray).unwrap();
        let bytes: Vec<u8> = target.region(target.rect()).unwrap().chunks(4).map(|p| p[0]).collect();
        assert_eq!(bytes, [0, 1, 255, 255, 0, 0]);
    }

    #[test]
    fn luma_is_bt601() {
        let source = Picture::from_rgba(1, 1, &[255, 128, 64, 9]).unwrap();
        let tensor = read(&source, source.rect(), Encoding { channels: Channels::Luma, ..RGB }).unwrap();
        assert!((tensor.as_f32().unwrap()[0] - 0.622_262_7).abs() < 1e-6);
    }

    #[test]
    fn alpha_scales_bilinearly_and_alike_in_every_part() {
        let source = Picture::from_rgba(2, 1, &[0, 0, 0, 0, 0, 0, 0, 100]).unwrap();
        let row = scaled_alpha(&source, Rect::new(0, 0, 4, 2), 2).unwrap().unwrap();
        assert_eq!(row, [0, 25, 75, 100, 0, 25, 75, 100]);
        assert_eq!(scaled_alpha(&source, Rect::new(2, 1, 2, 1), 2).unwrap().unwrap(), [75, 100]);
        let opaque = Picture::from_rgba(1, 1, &[1, 2, 3, 255]).unwrap();
        assert_eq!(scaled_alpha(&opaque, Rect::new(0, 0, 4, 4), 4).unwrap(), None);
        assert_eq!(scaled_alpha(&opaque, Rect::new(0, 0, 5, 4), 4).unwrap_err().code(), "invalid-input");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut target = picture();
        let tensor = Tensor::f32([1, 3, 2, 2], vec![0.0; 12]).unwrap();
        let whole = Rect::new(0, 0, 2, 2);
        let mut code = |at, part, alpha, encoding| {
            write(&mut target, at, &tensor, part, alpha, encoding).unwrap_err().code()
        };
        assert_eq!(code((5, 0), whole, None, RGB), "invalid-input");
        assert_eq!(code((0, 0), Rect::new(1, 1, 2, 1), None, RGB), "invalid-input");
        assert_eq!(code((0, 0), whole, Some(&[1, 2][..]), RGB), "invalid-input");
        assert_eq!(code((0, 0), whole, None, Encoding { channels: Channels::Luma, ..RGB }), "invalid-input");
    }
}

//! Conversion between pixels and network tensors.
//!
//! Colors stay in non-linear sRGB, which the networks are trained on. Tensor values are linear in bytes or
//! lightness, from `low` to `high`; results are rounded half up and clamped to 0–255 (NaN becomes 0).

use super::tile::zeroed;
use super::{Picture, RGBA, Rect, lab, labels};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Meaning of a tensor's channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Red, green, blue, each from byte 0 to byte 255.
    Rgb,
    /// One channel, from byte 0 to byte 255: luma 0.299 R + 0.587 G + 0.114 B (BT.601, full range),
    /// gray on the way back.
    Luma,
    /// One channel: CIE L\* from 0 to 100 (D65), gray on the way back.
    Lightness,
    /// Two channels, outputs only: CIE a\* and b\*, from −128 to 128 each, for a picture of known L\*.
    Chroma,
    /// One channel per class, outputs only: probabilities or logits, in any range.
    Classes(usize),
    /// One channel, outputs only: probability or logit of the second of two classes.
    Mask {
        /// Whether the channel is a logit.
        logits: bool,
    },
}

impl Channels {
    /// Whether a result is a label picture ([`labels`]).
    pub fn are_classes(self) -> bool {
        match self {
            Self::Classes(_) | Self::Mask { .. } => true,
            Self::Rgb | Self::Luma | Self::Lightness | Self::Chroma => false,
        }
    }
}

/// Encoding of colors as tensor values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Encoding {
    /// Meaning of the channels.
    pub channels: Channels,
    /// Value of the minimum, such as byte 0.
    pub low: f32,
    /// Value of the maximum, such as byte 255; it differs from `low`, and may be less.
    pub high: f32,
}

impl Encoding {
    /// Channel count of a tensor.
    pub fn channel_count(&self) -> usize {
        match self.channels {
            Channels::Rgb => 3,
            Channels::Luma | Channels::Lightness | Channels::Mask { .. } => 1,
            Channels::Chroma => 2,
            Channels::Classes(count) => count,
        }
    }

    /// Position of a value between the minimum (0) and the maximum (1).
    fn unit(&self, value: f32) -> f32 {
        (value - self.low) / (self.high - self.low)
    }

    /// Scores of the two classes of a mask.
    fn of_mask(&self, value: f32, logits: bool) -> [f32; 2] {
        if logits {
            return [0.0, value];
        }
        let probability = self.unit(value).clamp(0.0, 1.0);
        [1.0 - probability, probability]
    }

    /// Class scores `[1, C, H, W]` of a network's output; `None` if it has no classes.
    ///
    /// # Errors
    /// `InvalidInput` if a mask is not float `[1, 1, H, W]`, `OutOfMemory`.
    pub fn scores(&self, output: &Tensor) -> Option<Result<Tensor>> {
        match self.channels {
            Channels::Classes(_) => Some(Ok(output.clone())),
            Channels::Mask { logits } => Some(self.both(output, logits)),
            Channels::Rgb | Channels::Luma | Channels::Lightness | Channels::Chroma => None,
        }
    }

    fn both(&self, output: &Tensor, logits: bool) -> Result<Tensor> {
        let (&[1, 1, height, width], Some(mask)) = (output.shape(), output.as_f32()) else {
            return Err(Error::InvalidInput(format!("a mask is [1, 1, H, W], not {:?}", output.shape())));
        };
        let len = 2 * mask.len();
        let mut values = Vec::new();
        values.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 4))?;
        for class in [0, 1] {
            values.extend(mask.iter().map(|&value| self.of_mask(value, logits)[class]));
        }
        Tensor::f32([1, 2, height, width], values)
    }

    /// Tensor value of a\* or b\*.
    pub fn of_chroma(&self, ab: f32) -> f32 {
        self.low + (ab + 128.0) / 256.0 * (self.high - self.low)
    }

    /// a\* or b\* of a tensor value.
    pub fn chroma(&self, value: f32) -> f32 {
        self.unit(value) * 256.0 - 128.0
    }
}

/// Reads RGBA bytes, `width` pixels per row, as a tensor `[1, C, H, width]`; alpha is ignored.
///
/// # Errors
/// `InvalidInput` if the bytes do not form whole rows, or for output-only channels; `OutOfMemory`.
pub fn read(rgba: &[u8], width: usize, encoding: Encoding) -> Result<Tensor> {
    let (pixels, rest) = rgba.as_chunks::<RGBA>();
    let height = pixels.len().checked_div(width).unwrap_or(0);
    if height * width != pixels.len() || height == 0 || !rest.is_empty() {
        return Err(Error::InvalidInput(format!("{} bytes do not form rows of {width} pixels", rgba.len())));
    }
    let channels = encoding.channel_count();
    let len = pixels.len() * channels;
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 4))?;
    let span = encoding.high - encoding.low;
    match encoding.channels {
        Channels::Rgb => {
            for channel in 0..channels {
                let value = |p: &[u8; RGBA]| encoding.low + f32::from(p[channel]) * (span / 255.0);
                values.extend(pixels.iter().map(value));
            }
        }
        Channels::Luma => values.extend(pixels.iter().map(|p| encoding.low + luma(*p) * (span / 255.0))),
        Channels::Lightness => {
            let value =
                |&[r, g, b, _]: &[u8; RGBA]| encoding.low + lab::lightness([r, g, b]) * (span / 100.0);
            values.extend(pixels.iter().map(value));
        }
        Channels::Chroma | Channels::Classes(_) | Channels::Mask { .. } => {
            return Err(Error::InvalidInput("chroma and classes are outputs, not inputs".into()));
        }
    }
    Tensor::f32([1, channels, height, width], values)
}

/// Paints the region `part` of a tensor `[1, C, H, W]` over as many RGBA bytes. Keeps alpha, and L\* if the
/// tensor is chroma; classes turn the bytes into a label picture (see [`labels`]).
///
/// # Errors
/// `InvalidInput` if the tensor is not float or has another channel count, or if `part` or the bytes do not
/// fit.
pub fn paint(rgba: &mut [u8], tensor: &Tensor, part: Rect, encoding: Encoding) -> Result<()> {
    let channels = encoding.channel_count();
    let (&[1, c, height, width], Some(values)) = (tensor.shape(), tensor.as_f32()) else {
        return Err(Error::InvalidInput(format!(
            "a picture needs a float tensor [1, C, H, W], not {:?}",
            tensor.shape()
        )));
    };
    let inside = |start: u32, len: u32, limit: usize| u64::from(start) + u64::from(len) <= limit as u64;
    let fits = inside(part.x, part.width, width) && inside(part.y, part.height, height) && part.width > 0;
    if c != channels || !fits || rgba.len() as u64 != part.pixels() * RGBA as u64 {
        return Err(Error::InvalidInput(format!(
            "a part of {} × {} at {}, {} with {channels} channels, of {} bytes, does not fit the tensor {:?}",
            part.width,
            part.height,
            part.x,
            part.y,
            rgba.len(),
            tensor.shape()
        )));
    }
    let (left, top, columns) = (part.x as usize, part.y as usize, part.width as usize);
    let mut of_classes = vec![0.0; channels];
    for (row, to) in rgba.as_chunks_mut::<RGBA>().0.chunks_exact_mut(columns).enumerate() {
        let line = |channel: usize| &values[(channel * height + top + row) * width + left..][..columns];
        match encoding.channels {
            // Gray reads the single channel three times.
            Channels::Rgb | Channels::Luma => {
                let lines = [0, 1, 2].map(|channel| line(channel.min(channels - 1)));
                let scale = 255.0 / (encoding.high - encoding.low);
                for (i, pixel) in to.iter_mut().enumerate() {
                    // A float cast saturates, and maps NaN to 0.
                    let [r, g, b] = lines.map(|line| ((line[i] - encoding.low) * scale + 0.5) as u8);
                    *pixel = [r, g, b, pixel[3]];
                }
            }
            Channels::Lightness => {
                for (pixel, value) in to.iter_mut().zip(line(0)) {
                    let [r, g, b] = lab::to_srgb([encoding.unit(*value) * 100.0, 0.0, 0.0]);
                    *pixel = [r, g, b, pixel[3]];
                }
            }
            Channels::Chroma => {
                for ((pixel, a), b) in to.iter_mut().zip(line(0)).zip(line(1)) {
                    let lightness = lab::lightness([pixel[0], pixel[1], pixel[2]]);
                    let [r, g, b] = lab::to_srgb([lightness, encoding.chroma(*a), encoding.chroma(*b)]);
                    *pixel = [r, g, b, pixel[3]];
                }
            }
            Channels::Classes(_) => {
                for (i, pixel) in to.iter_mut().enumerate() {
                    for (channel, value) in of_classes.iter_mut().enumerate() {
                        *value = line(channel)[i];
                    }
                    *pixel = labels::label(&of_classes);
                }
            }
            Channels::Mask { logits } => {
                for (pixel, value) in to.iter_mut().zip(line(0)) {
                    *pixel = labels::label(&encoding.of_mask(*value, logits));
                }
            }
        }
    }
    Ok(())
}

/// White bytes for the pixels of `rect`.
///
/// # Errors
/// `OutOfMemory`.
pub fn opaque(rect: Rect) -> Result<Vec<u8>> {
    let mut rgba = zeroed(rect.pixels() as usize * RGBA)?;
    rgba.fill(255);
    Ok(rgba)
}

/// Replaces alpha by `alpha`, one byte per pixel.
pub fn set_alpha(rgba: &mut [u8], alpha: &[u8]) {
    for (pixel, alpha) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(alpha) {
        pixel[3] = *alpha;
    }
}

/// Replaces red, green and blue by those of `from`.
pub fn set_colors(rgba: &mut [u8], from: &[u8]) {
    for (pixel, from) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(from.as_chunks::<RGBA>().0) {
        pixel[..3].copy_from_slice(&from[..3]);
    }
}

/// Alpha of a rectangle of a result `scale` times as large as `source`: bilinear with half-pixel centers
/// (`interpolate(mode="bilinear", align_corners=False)`). `None` if the source is opaque.
///
/// # Errors
/// `InvalidInput` if `scale` is 0 or `rect` is empty or leaves the result, `OutOfMemory`.
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

/// Two source positions and the weight of the second, for each of `len` output positions.
fn taps(start: u32, len: u32, scale: u32, side: u32) -> impl Iterator<Item = (u32, u32, f32)> {
    (start..start + len).map(move |i| {
        let center = ((i as f32 + 0.5) / scale as f32 - 0.5).max(0.0);
        let low = (center as u32).min(side - 1);
        (low, (low + 1).min(side - 1), center - low as f32)
    })
}

fn luma([r, g, b, _]: [u8; RGBA]) -> f32 {
    super::filter::luma([r, g, b].map(f32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RGB: Encoding = Encoding { channels: Channels::Rgb, low: 0.0, high: 1.0 };

    fn ramp() -> Vec<u8> {
        (0..=255).flat_map(|i| [i, 255 - i, i / 2, i]).collect()
    }

    #[test]
    fn every_byte_round_trips() {
        for (low, high) in [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (1.0, 0.0)] {
            let encoding = Encoding { low, high, ..RGB };
            let tensor = read(&ramp(), 16, encoding).unwrap();
            let mut back: Vec<u8> = ramp().chunks(4).flat_map(|p| [0, 0, 0, p[3]]).collect();
            paint(&mut back, &tensor, Rect::new(0, 0, 16, 16), encoding).unwrap();
            assert_eq!(back, ramp());
        }
        let gray: Vec<u8> = (0..=255).flat_map(|i| [i, i, i, 255]).collect();
        for channels in [Channels::Luma, Channels::Lightness] {
            let encoding = Encoding { channels, low: -1.0, high: 1.0 };
            let mut back = gray.clone();
            let tensor = read(&gray, 16, encoding).unwrap();
            assert!((tensor.as_f32().unwrap()[255] - 1.0).abs() < 1e-4);
            paint(&mut back, &tensor, Rect::new(0, 0, 16, 16), encoding).unwrap();
            assert_eq!(back, gray);
        }
    }

    #[test]
    fn planes_are_nchw_and_a_part_is_painted() {
        let rgba: Vec<u8> = (0..4 * 3).flat_map(|i: u8| [i, 100 + i, 255 - i, 200 + i]).collect();
        let tensor = read(&rgba, 4, Encoding { high: 255.0, ..RGB }).unwrap();
        assert_eq!(tensor.shape(), [1, 3, 3, 4]);
        assert_eq!(tensor.as_f32().unwrap()[..5], [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(tensor.as_f32().unwrap()[12], 100.0);
        let mut part = [7; 16];
        paint(&mut part, &tensor, Rect::new(1, 1, 2, 2), Encoding { high: 255.0, ..RGB }).unwrap();
        assert_eq!(part, [5, 105, 250, 7, 6, 106, 249, 7, 9, 109, 246, 7, 10, 110, 245, 7]);
    }

    #[test]
    fn masks_become_labels_of_two_classes() {
        let tensor = Tensor::f32([1, 1, 1, 4], [-1.0, 0.0, 0.8, 2.0]).unwrap();
        let painted = |logits| {
            let encoding = Encoding { channels: Channels::Mask { logits }, ..RGB };
            let mut row = [7; 16];
            paint(&mut row, &tensor, Rect::new(0, 0, 4, 1), encoding).unwrap();
            let scores = encoding.scores(&tensor).unwrap().unwrap();
            assert_eq!(scores.shape(), [1, 2, 1, 4]);
            row
        };
        assert_eq!(
            painted(false),
            [[0, 255, 1, 255], [0, 255, 1, 255], [1, 204, 1, 51], [1, 255, 1, 0]].concat()[..]
        );
        assert_eq!(
            painted(true),
            [[0, 186, 1, 186], [0, 128, 1, 128], [1, 176, 1, 79], [1, 225, 1, 30]].concat()[..]
        );
        assert!(RGB.scores(&tensor).is_none());
    }

    #[test]
    fn values_round_half_up_and_clamp() {
        let gray = Encoding { channels: Channels::Luma, low: 0.0, high: 255.0 };
        let values = [0.49999f32, 0.5, 254.5, f32::INFINITY, -3.0, f32::NAN];
        let tensor = Tensor::f32([1, 1, 1, 6], values).unwrap();
        let mut row = [255; 24];
        paint(&mut row, &tensor, Rect::new(0, 0, 6, 1), gray).unwrap();
        let bytes: Vec<u8> = row.chunks(4).map(|p| p[0]).collect();
        assert_eq!(bytes, [0, 1, 255, 255, 0, 0]);
    }

    #[test]
    fn luma_is_bt601() {
        let luma = Encoding { channels: Channels::Luma, ..RGB };
        let tensor = read(&[255, 128, 64, 9], 1, luma).unwrap();
        assert!((tensor.as_f32().unwrap()[0] - 0.622_262_7).abs() < 1e-6);
        // Edges: one where the drawing is black.
        let edges = read(&[0, 0, 0, 255, 255, 255, 255, 255], 2, Encoding { low: 1.0, high: 0.0, ..luma });
        assert_eq!(edges.unwrap().as_f32().unwrap(), [1.0, 0.0]);
    }

    #[test]
    fn chroma_colors_and_keeps_lightness_and_alpha() {
        let encoding = Encoding { channels: Channels::Chroma, low: -1.0, high: 1.0 };
        let rgb = [180, 90, 60];
        let [l, a, b] = lab::from_srgb(rgb);
        let gray = lab::to_srgb([l, 0.0, 0.0]);
        let tensor = Tensor::f32([1, 2, 1, 1], [a / 128.0, b / 128.0]).unwrap();
        let mut pixel = [gray[0], gray[1], gray[2], 77];
        paint(&mut pixel, &tensor, Rect::new(0, 0, 1, 1), encoding).unwrap();
        assert!(pixel.iter().zip(rgb).all(|(ours, wanted)| ours.abs_diff(wanted) <= 1), "{pixel:?}");
        assert_eq!(pixel[3], 77);
        assert_eq!(read(&pixel, 1, encoding).unwrap_err().code(), "invalid-input");
    }

    #[test]
    fn classes_become_labels() {
        let encoding = Encoding { channels: Channels::Classes(3), ..RGB };
        let tensor = Tensor::f32([1, 3, 1, 2], [0.2, 0.0, 0.7, 0.0, 0.1, 1.0]).unwrap();
        let mut row = [9; 8];
        paint(&mut row, &tensor, Rect::new(0, 0, 2, 1), encoding).unwrap();
        assert_eq!(row, [1, 179, 2, 51, 2, 255, 1, 0]);
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
    fn mismatched_sizes_are_refused() {
        let tensor = Tensor::f32([1, 3, 2, 2], vec![0.0; 12]).unwrap();
        let code =
            |bytes, part, encoding| paint(&mut vec![0; bytes], &tensor, part, encoding).unwrap_err().code();
        assert_eq!(code(16, Rect::new(1, 1, 2, 2), RGB), "invalid-input");
        assert_eq!(code(12, Rect::new(0, 0, 2, 2), RGB), "invalid-input");
        assert_eq!(code(0, Rect::new(0, 0, 0, 0), RGB), "invalid-input");
        assert_eq!(
            code(16, Rect::new(0, 0, 2, 2), Encoding { channels: Channels::Luma, ..RGB }),
            "invalid-input"
        );
        for (bytes, width) in [(12, 2), (0, 1), (8, 0), (7, 1)] {
            assert_eq!(read(&vec![0; bytes], width, RGB).unwrap_err().code(), "invalid-input");
        }
    }
}

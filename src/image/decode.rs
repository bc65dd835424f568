//! Bytes of a file → [`Picture`].

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, Limits};

use super::orient::Turn;
use super::picture::check_size;
use super::profile::ToSrgb;
use super::sniff::{Format, sniff};
use super::tile::zeroed;
use super::{MAX_SIDE, Picture, RGBA, jpeg, tiff};
use crate::error::{Error, Result};

/// Most memory that a decoder may take beside the file, in bytes.
pub(super) const MAX_DECODER_BYTES: u64 = 1 << 30;
/// Stored rows converted at once; the height of a tile, so that most tiles are written once.
const BAND: u32 = 256;

/// Pixels as a file stores them, and what it says of them.
pub(super) struct Stored {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) color: ColorType,
    /// Row-major samples in native byte order.
    pub(super) samples: Vec<u8>,
    pub(super) orientation: Orientation,
    pub(super) icc: Option<Vec<u8>>,
}

/// Decodes PNG (all depths, first picture of APNG), JPEG (baseline, progressive, gray, CMYK), WebP,
/// GIF (first frame), BMP and TIFF (8 and 16 bit, gray, RGB, CMYK) by content, whatever the file is
/// called. EXIF orientation is applied, gray and RGB pixels with an embedded ICC profile become
/// sRGB, 16 bits are rounded to 8, alpha stays straight. A JPEG that ends early gives the part that
/// is there, the rest gray.
///
/// # Errors
/// `InvalidPicture` with the reason; `UnsupportedPicture` for formats that a browser may decode
/// (HEIC, AVIF, …); `PictureTooLarge` beyond the limits of [`Picture`], and `OutOfMemory`.
pub fn decode(bytes: &[u8]) -> Result<Picture> {
    let format = sniff(bytes)?;
    let stored = match format {
        Format::Jpeg => jpeg::read(bytes)?,
        Format::Tiff => tiff::read(bytes)?,
        Format::Png | Format::WebP | Format::Gif | Format::Bmp => read(format, bytes)?,
    };
    upright(&stored)
}

fn read(format: Format, bytes: &[u8]) -> Result<Stored> {
    let mut decoder = open(format, bytes).map_err(|e| explain(format, e))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    decoder.set_limits(limits()).map_err(|e| explain(format, e))?;
    let color = decoder.color_type();
    // Broken metadata costs the metadata, not the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile().unwrap_or(None);
    let len =
        usize::try_from(decoder.total_bytes()).map_err(|_| Error::OutOfMemory(decoder.total_bytes()))?;
    let mut samples = zeroed(len)?;
    decoder.read_image(&mut samples).map_err(|e| explain(format, e))?;
    Ok(Stored { width, height, color, samples, orientation, icc })
}

fn open<'a>(format: Format, bytes: &'a [u8]) -> Result<Box<dyn ImageDecoder + 'a>, ImageError> {
    let read = Cursor::new(bytes);
    Ok(match format {
        Format::WebP => Box::new(WebPDecoder::new(read)?),
        Format::Gif => Box::new(GifDecoder::new(read)?),
        Format::Bmp => Box::new(BmpDecoder::new(read)?),
        _ => Box::new(PngDecoder::with_limits(read, limits())?),
    })
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    limits
}

/// Stored samples → RGBA → sRGB → upright, band by band.
fn upright(stored: &Stored) -> Result<Picture> {
    let &Stored { width, height, color, .. } = stored;
    let turn = Turn::new(stored.orientation);
    let to_srgb = stored.icc.as_ref().and_then(|icc| ToSrgb::new(icc, !color.has_color()));
    let (upright_width, upright_height) = turn.size(width, height);
    let mut picture = Picture::new(upright_width, upright_height)?;
    let band_len = width as usize * BAND.min(height) as usize * RGBA;
    let (mut rgba, mut turned) = (zeroed(band_len)?, zeroed(band_len)?);
    let row_bytes = width as usize * usize::from(color.bytes_per_pixel());
    for (y, rows) in (0..height).step_by(BAND as usize).zip(stored.samples.chunks(row_bytes * BAND as usize))
    {
        let count = BAND.min(height - y);
        let len = width as usize * count as usize * RGBA;
        let (rgba, turned) = (&mut rgba[..len], &mut turned[..len]);
        to_rgba(color, rows, rgba)?;
        if let Some(to_srgb) = &to_srgb {
            to_srgb.apply(rgba);
        }
        turn.apply(rgba, width as usize, turned);
        picture.write(turn.band(y, count, width, height), turned)?;
    }
    Ok(picture)
}

fn to_rgba(color: ColorType, stored: &[u8], rgba: &mut [u8]) -> Result<()> {
    let (out, _) = rgba.as_chunks_mut::<RGBA>();
    match color {
        ColorType::L8 => expand(out, stored, |[l]| [l, l, l, 255]),
        ColorType::La8 => expand(out, stored, |[l, a]| [l, l, l, a]),
        ColorType::Rgb8 => expand(out, stored, |[r, g, b]| [r, g, b, 255]),
        ColorType::Rgba8 => expand(out, stored, |pixel| pixel),
        ColorType::L16 => expand(out, stored, |p: [u8; 2]| [byte(p, 0), byte(p, 0), byte(p, 0), 255]),
        ColorType::La16 => expand(out, stored, |p: [u8; 4]| [byte(p, 0), byte(p, 0), byte(p, 0), byte(p, 1)]),
        ColorType::Rgb16 => expand(out, stored, |p: [u8; 6]| [byte(p, 0), byte(p, 1), byte(p, 2), 255]),
        ColorType::Rgba16 => expand(out, stored, |p: [u8; 8]| [0, 1, 2, 3].map(|i| byte(p, i))),
        ColorType::Rgb32F => expand(out, stored, |p: [u8; 12]| [float(p, 0), float(p, 1), float(p, 2), 255]),
        ColorType::Rgba32F => expand(out, stored, |p: [u8; 16]| [0, 1, 2, 3].map(|i| float(p, i))),
        other => return Err(Error::UnsupportedPicture(format!("its pixels are {other:?}"))),
    }
    Ok(())
}

fn expand<const N: usize>(out: &mut [[u8; RGBA]], stored: &[u8], pixel: impl Fn([u8; N]) -> [u8; RGBA]) {
    for (to, from) in out.iter_mut().zip(stored.as_chunks::<N>().0) {
        *to = pixel(*from);
    }
}

/// The `i`-th 16-bit sample, rounded to 8 bits.
fn byte<const N: usize>(pixel: [u8; N], i: usize) -> u8 {
    let sample = u32::from(u16::from_ne_bytes([pixel[2 * i], pixel[2 * i + 1]]));
    ((sample + 128) / 257) as u8
}

/// The `i`-th float sample, 0–1, rounded to 8 bits; NaN is 0.
fn float<const N: usize>(pixel: [u8; N], i: usize) -> u8 {
    let sample = f32::from_ne_bytes([pixel[4 * i], pixel[4 * i + 1], pixel[4 * i + 2], pixel[4 * i + 3]]);
    (sample * 255.0 + 0.5) as u8
}

fn explain(format: Format, error: ImageError) -> Error {
    let name = format.name();
    match error {
        ImageError::Limits(_) => too_much(name),
        ImageError::Unsupported(e) => Error::UnsupportedPicture(format!("a variant of {name}: {e}")),
        ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::InvalidPicture(format!("the {name} file ends before the picture does"))
        }
        other => Error::InvalidPicture(format!("the {name} data is damaged: {other}")),
    }
}

/// The decoder's own limits were met.
pub(super) fn too_much(name: &str) -> Error {
    Error::InvalidPicture(format!(
        "this {name} needs more than {MAX_DECODER_BYTES} bytes of memory to decode, or is larger than {MAX_SIDE} pixels a side"
    ))
}

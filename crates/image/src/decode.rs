//! Decoding of a file's bytes to a [`Picture`].

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, Limits};

use super::metadata::Metadata;
use super::notice::Notice;
use super::orient::Turn;
use super::picture::check_size;
use super::profile::{Depth, Profile, ToSrgb};
use super::sniff::{Format, sniff};
use super::tile::zeroed;
use super::{MAX_SIDE, Picture, RGBA, bmp, jpeg, png, tiff, webp};
use unet_kernels::error::{Error, Result};

/// Maximum memory of a decoder besides the file, in bytes.
pub(super) const MAX_DECODER_BYTES: u64 = 1 << 30;
/// Number of stored rows converted at once; the height of a tile, so that most tiles are written once.
const BAND: u32 = 256;

/// Pixels as stored in a file, with their color space and orientation.
pub(super) struct Stored {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) color: ColorType,
    /// Row-major samples in native byte order.
    pub(super) samples: Vec<u8>,
    pub(super) orientation: Orientation,
    pub(super) profile: Option<Profile>,
    pub(super) notices: Vec<Notice>,
    pub(super) metadata: Metadata,
    pub(super) lossy: bool,
}

/// A decoded file.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// Upright, in sRGB.
    pub picture: Picture,
    /// Warnings for people, such as missing parts.
    pub notices: Vec<Notice>,
    /// Metadata of the photo, which results can keep.
    pub metadata: Metadata,
    /// Whether compression has changed pixels: JPEG, lossy WebP, TIFF with JPEG inside.
    pub lossy: bool,
}

/// Decodes the picture of a file, like [`read`].
///
/// # Errors
/// As [`read`].
pub fn decode(bytes: &[u8]) -> Result<Picture> {
    Ok(read(bytes)?.picture)
}

/// Decodes PNG (all depths, first picture of APNG), JPEG (baseline, progressive, gray, CMYK), WebP, GIF
/// (first frame), BMP and TIFF, detected by content. EXIF orientation is applied. Gray and RGB pixels with an
/// embedded ICC profile, or another declared gamma or gamut, are converted to sRGB; 16 bits are rounded to 8;
/// alpha stays straight. A PNG or JPEG that ends early or is damaged returns the readable part and a notice.
///
/// # Errors
/// `InvalidPicture` with the reason; `UnsupportedPicture` for formats that a browser may decode (HEIC, AVIF,
/// …); `PictureTooLarge` above the limits of [`Picture`]; `OutOfMemory`.
pub fn read(bytes: &[u8]) -> Result<Decoded> {
    let stored = match sniff(bytes)? {
        Format::Jpeg => jpeg::read(bytes)?,
        Format::Tiff => tiff::read(bytes)?,
        Format::Png => png::read(bytes)?,
        Format::WebP => {
            let stored = through("WebP", || WebPDecoder::new(Cursor::new(bytes)))?;
            Stored { lossy: webp::is_lossy(bytes), ..stored }
        }
        Format::Gif => through("GIF", || GifDecoder::new(Cursor::new(bytes)))?,
        Format::Bmp => bmp::read(bytes)?,
    };
    let picture = upright(&stored)?;
    let Stored { notices, metadata, lossy, .. } = stored;
    Ok(Decoded { picture, notices, metadata, lossy })
}

/// Decodes with a decoder of the `image` crate.
pub(super) fn through<D: ImageDecoder>(
    name: &str,
    open: impl FnOnce() -> Result<D, ImageError>,
) -> Result<Stored> {
    let explain = |error| explain(name, error);
    let mut decoder = open().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    decoder.set_limits(limits()).map_err(explain)?;
    let color = decoder.color_type();
    // Broken metadata is dropped; the picture is kept.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or(None).map(Profile::Icc);
    let exif = decoder.exif_metadata().unwrap_or(None);
    let metadata = Metadata::of_exif(exif.as_deref());
    let len =
        usize::try_from(decoder.total_bytes()).map_err(|_| Error::OutOfMemory(decoder.total_bytes()))?;
    let mut samples = zeroed(len)?;
    decoder.read_image(&mut samples).map_err(explain)?;
    Ok(Stored {
        width,
        height,
        color,
        samples,
        orientation,
        profile,
        notices: Vec::new(),
        metadata,
        lossy: false,
    })
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    limits
}

/// Converts stored samples to RGBA in sRGB, upright, band by band.
fn upright(stored: &Stored) -> Result<Picture> {
    let &Stored { width, height, color, .. } = stored;
    let turn = Turn::new(stored.orientation);
    let depth = if is_deep(color) { Depth::Sixteen } else { Depth::Eight };
    let profile = stored.profile.as_ref();
    let to_srgb = profile.and_then(|profile| ToSrgb::new(profile, !color.has_color(), depth));
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
        match (&to_srgb, depth) {
            (Some(to_srgb), Depth::Sixteen) => convert_deep(color, rows, rgba, to_srgb),
            (Some(to_srgb), Depth::Eight) => {
                to_rgba(color, rows, rgba)?;
                to_srgb.apply(rgba);
            }
            (None, _) => to_rgba(color, rows, rgba)?,
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
        other => return Err(Error::UnsupportedPicture(format!("pixels of type {other:?}"))),
    }
    Ok(())
}

pub(super) fn is_deep(color: ColorType) -> bool {
    matches!(color, ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16)
}

/// Like [`to_rgba`], for 16-bit samples, which are converted to sRGB before rounding: 8 bits of linear light
/// are too few.
fn convert_deep(color: ColorType, stored: &[u8], rgba: &mut [u8], to_srgb: &ToSrgb) {
    let channels = usize::from(color.channel_count());
    let colors = if color.has_color() { [0, 1, 2] } else { [0; 3] };
    let out = rgba.as_chunks_mut::<RGBA>().0;
    for (to, pixel) in out.iter_mut().zip(stored.chunks_exact(2 * channels)) {
        let sample = |i: usize| u16::from_ne_bytes([pixel[2 * i], pixel[2 * i + 1]]);
        let [r, g, b] = to_srgb.convert(colors.map(|i| usize::from(sample(i))));
        *to = [r, g, b, if color.has_alpha() { rounded(sample(channels - 1)) } else { 255 }];
    }
}

fn expand<const N: usize>(out: &mut [[u8; RGBA]], stored: &[u8], pixel: impl Fn([u8; N]) -> [u8; RGBA]) {
    for (to, from) in out.iter_mut().zip(stored.as_chunks::<N>().0) {
        *to = pixel(*from);
    }
}

/// The `i`-th 16-bit sample, rounded to 8 bits.
fn byte<const N: usize>(pixel: [u8; N], i: usize) -> u8 {
    rounded(u16::from_ne_bytes([pixel[2 * i], pixel[2 * i + 1]]))
}

fn rounded(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

/// The `i`-th float sample, 0–1, rounded to 8 bits; NaN is 0.
fn float<const N: usize>(pixel: [u8; N], i: usize) -> u8 {
    let sample = f32::from_ne_bytes([pixel[4 * i], pixel[4 * i + 1], pixel[4 * i + 2], pixel[4 * i + 3]]);
    (sample * 255.0 + 0.5) as u8
}

fn explain(name: &str, error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => too_much(name),
        ImageError::Unsupported(e) => Error::UnsupportedPicture(format!("a variant of {name}: {e}")),
        ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::InvalidPicture(format!("the {name} file ends before the picture does"))
        }
        other => Error::InvalidPicture(format!("the {name} data is damaged: {other}")),
    }
}

/// Error for exceeding the decoder's own limits.
pub(super) fn too_much(name: &str) -> Error {
    Error::InvalidPicture(format!(
        "this {name} needs more than {MAX_DECODER_BYTES} bytes of memory to decode, or is larger than {MAX_SIDE} pixels a side"
    ))
}

/// Converts ink to light without a profile: (1 − C)(1 − K).
pub(super) fn without_black(cmyk: &[u8]) -> Vec<u8> {
    let light = |ink: u8, k: u8| ((255 - u32::from(ink)) * (255 - u32::from(k)) / 255) as u8;
    cmyk.as_chunks::<4>().0.iter().flat_map(|&[c, m, y, k]| [light(c, k), light(m, k), light(y, k)]).collect()
}

/// Divides colors by alpha, the last channel.
pub(super) fn straighten<const N: usize, T: Copy + Into<u32> + TryFrom<u32>>(samples: &mut [T]) {
    let most = (1 << (8 * size_of::<T>())) - 1;
    for pixel in samples.as_chunks_mut::<N>().0 {
        let alpha: u32 = pixel[N - 1].into();
        for color in &mut pixel[..N - 1] {
            let straight = ((*color).into() * most + alpha / 2).checked_div(alpha).unwrap_or(0).min(most);
            *color = T::try_from(straight).unwrap_or(*color);
        }
    }
}

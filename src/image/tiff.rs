//! TIFF through `tiff`: the first picture of the file, uncompressed, LZW, Deflate or PackBits.

use std::io::Cursor;

use image::ColorType;
use image::metadata::Orientation;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType as Color, TiffError};

use super::decode::{MAX_DECODER_BYTES, Stored, too_much};
use super::picture::check_size;
use super::sniff::{RAW, unsupported};
use crate::error::{Error, Result};

/// Value of `ExtraSamples`.
const ASSOCIATED_ALPHA: u16 = 1;
/// Bit of `NewSubfileType`.
const REDUCED: u32 = 1;
const DNG_VERSION: Tag = Tag::Unknown(50_706);

pub(super) fn read(bytes: &[u8]) -> Result<Stored> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_DECODER_BYTES as usize;
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(explain)?.with_limits(limits);
    let reduced = decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten();
    let is_preview = reduced.is_some_and(|kind| kind & REDUCED != 0);
    if is_preview || decoder.find_tag(DNG_VERSION).is_ok_and(|found| found.is_some()) {
        return unsupported(RAW);
    }
    let (width, height) = decoder.dimensions().map_err(explain)?;
    check_size(width, height)?;
    let stored_color = decoder.colortype().map_err(explain)?;
    // Broken metadata costs the metadata, not the picture.
    let orientation = decoder.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    let icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
    let premultiplied = extra.is_some_and(|kinds| kinds.first() == Some(&ASSOCIATED_ALPHA));
    let mut result = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut result).map_err(explain)?;
    if layout.planes > 1 {
        return Err(variant("colours in separate planes"));
    }
    if premultiplied {
        match (stored_color, &mut result) {
            (Color::GrayA(8), DecodingResult::U8(v)) => straighten::<2, _>(v),
            (Color::RGBA(8), DecodingResult::U8(v)) => straighten::<4, _>(v),
            (Color::GrayA(16), DecodingResult::U16(v)) => straighten::<2, _>(v),
            (Color::RGBA(16), DecodingResult::U16(v)) => straighten::<4, _>(v),
            _ => return Err(variant("colours multiplied by their alpha")),
        }
    }
    let (color, samples) = match (stored_color, result) {
        (Color::Gray(1), DecodingResult::U8(bits)) => (ColorType::L8, expand_bits(&bits, width as usize)),
        (Color::Gray(8), DecodingResult::U8(v)) => (ColorType::L8, v),
        (Color::GrayA(8), DecodingResult::U8(v)) => (ColorType::La8, v),
        (Color::RGB(8), DecodingResult::U8(v)) => (ColorType::Rgb8, v),
        (Color::RGBA(8), DecodingResult::U8(v)) => (ColorType::Rgba8, v),
        (Color::CMYK(8), DecodingResult::U8(v)) => (ColorType::Rgb8, without_black(&v)),
        (Color::Gray(16), DecodingResult::U16(v)) => (ColorType::L16, bytemuck::cast_slice(&v).to_vec()),
        (Color::GrayA(16), DecodingResult::U16(v)) => (ColorType::La16, bytemuck::cast_slice(&v).to_vec()),
        (Color::RGB(16), DecodingResult::U16(v)) => (ColorType::Rgb16, bytemuck::cast_slice(&v).to_vec()),
        (Color::RGBA(16), DecodingResult::U16(v)) => (ColorType::Rgba16, bytemuck::cast_slice(&v).to_vec()),
        (Color::RGB(32), DecodingResult::F32(v)) => (ColorType::Rgb32F, bytemuck::cast_slice(&v).to_vec()),
        (Color::RGBA(32), DecodingResult::F32(v)) => (ColorType::Rgba32F, bytemuck::cast_slice(&v).to_vec()),
        (other, _) => return Err(variant(&format!("pixels of the kind {other:?}"))),
    };
    if samples.len() as u64 != u64::from(width) * u64::from(height) * u64::from(color.bytes_per_pixel()) {
        return Err(Error::InvalidPicture("the TIFF file holds fewer pixels than it says".into()));
    }
    Ok(Stored {
        width,
        height,
        color,
        samples,
        orientation: orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms),
        icc: icc.filter(|_| !matches!(stored_color, Color::CMYK(_))),
    })
}

/// Divides colours by their alpha, which comes last.
fn straighten<const N: usize, T: Copy + Into<u32> + TryFrom<u32>>(samples: &mut [T]) {
    for pixel in samples.as_chunks_mut::<N>().0 {
        let most = if size_of::<T>() == 1 { 255 } else { 65_535 };
        let alpha: u32 = pixel[N - 1].into();
        for color in &mut pixel[..N - 1] {
            let straight = ((*color).into() * most + alpha / 2).checked_div(alpha).unwrap_or(0).min(most);
            *color = T::try_from(straight).unwrap_or(*color);
        }
    }
}

/// One bit a pixel, rows padded to bytes → 0 or 255.
fn expand_bits(bits: &[u8], width: usize) -> Vec<u8> {
    bits.chunks_exact(width.div_ceil(8))
        .flat_map(|row| (0..width).map(|x| if row[x / 8] >> (7 - x % 8) & 1 == 1 { 255 } else { 0 }))
        .collect()
}

/// Ink to light without a profile: (1 − C)(1 − K).
fn without_black(cmyk: &[u8]) -> Vec<u8> {
    let light = |ink: u8, k: u8| ((255 - u32::from(ink)) * (255 - u32::from(k)) / 255) as u8;
    cmyk.as_chunks::<4>().0.iter().flat_map(|&[c, m, y, k]| [light(c, k), light(m, k), light(y, k)]).collect()
}

fn variant(what: &str) -> Error {
    Error::UnsupportedPicture(format!("a variant of TIFF: {what}"))
}

fn explain(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(what) => variant(&what.to_string()),
        TiffError::LimitsExceeded | TiffError::IntSizeError => too_much("TIFF"),
        TiffError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::InvalidPicture("the TIFF file ends before the picture does".into())
        }
        other => Error::InvalidPicture(format!("the TIFF data is damaged: {other}")),
    }
}

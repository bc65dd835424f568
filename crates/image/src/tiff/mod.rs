//! TIFF and BigTIFF through `tiff`: the first picture of the file.
//!
//! The decoder returns samples; this module interprets them: gray, RGB, palettes, CMYK, YCbCr and CIE
//! L\*a\*b\*, as integers or floats, interleaved or in planes.

mod color;
mod meaning;
mod samples;

use std::borrow::Cow;
use std::io::Cursor;

use image::metadata::Orientation;
use tiff::TiffError;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{CompressionMethod, PhotometricInterpretation, Tag};

use super::decode::{MAX_DECODER_BYTES, Stored, too_much};
use super::metadata::Metadata;
use super::notice::Notice;
use super::picture::check_size;
use super::profile::Profile;
use super::sniff::{RAW, unsupported};
use meaning::Meaning;
use samples::Samples;
use unet_kernels::error::{Error, Result};

const NAME: &str = "TIFF";
/// Bit of `NewSubfileType`.
const REDUCED: u32 = 1;
const DNG_VERSION: Tag = Tag::Unknown(50_706);

type File<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn read(bytes: &[u8]) -> Result<Stored> {
    let mut file = open(bytes)?;
    let reduced = file.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten();
    let is_preview = reduced.is_some_and(|kind| kind & REDUCED != 0);
    if is_preview || file.find_tag(DNG_VERSION).is_ok_and(|found| found.is_some()) {
        return unsupported(RAW);
    }
    let (width, height) = file.dimensions().map_err(explain)?;
    check_size(width, height)?;
    let meaning = Meaning::of(&mut file)?;
    // Broken metadata is dropped; the picture is kept.
    let orientation = file.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    let icc = file.get_tag_u8_vec(Tag::IccProfile).ok();
    let metadata = metadata(&mut file);
    let compression = file.find_tag_unsigned::<u16>(Tag::Compression).ok().flatten();
    let plain = if meaning.kind.is_read_as_gray() {
        Cow::Owned(meaning::as_gray(bytes)?)
    } else {
        Cow::Borrowed(bytes)
    };
    let samples = decoded(&plain, &meaning, [width as usize, height as usize])?;
    let (samples, range) = samples.within_range();
    let (color, samples) = color::converted(&meaning, samples, width as usize * height as usize)?;
    let expected = u64::from(width) * u64::from(height) * u64::from(color.bytes_per_pixel());
    if samples.len() as u64 != expected {
        return Err(Error::InvalidPicture("the TIFF file contains fewer pixels than it declares".into()));
    }
    Ok(Stored {
        width,
        height,
        color,
        samples,
        orientation: orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms),
        profile: icc.filter(|_| meaning.kind.keeps_profile()).map(Profile::Icc),
        notices: range.map(|[low, high]| Notice::Scaled { low, high }).into_iter().collect(),
        metadata,
        lossy: compression == Some(CompressionMethod::ModernJPEG.to_u16()),
    })
}

fn metadata(file: &mut File) -> Metadata {
    use exif::Tag as Exif;
    let mut metadata = Metadata::default();
    for (tag, exif) in [
        (Tag::DateTime, Exif::DateTime),
        (Tag::ImageDescription, Exif::ImageDescription),
        (Tag::Make, Exif::Make),
        (Tag::Model, Exif::Model),
        (Tag::Software, Exif::Software),
        (Tag::Artist, Exif::Artist),
        (Tag::Copyright, Exif::Copyright),
    ] {
        if let Ok(text) = file.get_tag_ascii_string(tag) {
            metadata.put_text(exif, &text);
        }
    }
    let unit = file.find_tag_unsigned::<u16>(Tag::ResolutionUnit).ok().flatten();
    let resolution = [Tag::XResolution, Tag::YResolution].map(|tag| file.get_tag(tag));
    if let [Ok(Value::Rational(x, per_x)), Ok(Value::Rational(y, per_y))] = resolution {
        let density = [[x, per_x], [y, per_y]].map(|[n, d]| f64::from(n) / f64::from(d));
        match unit {
            // Inches are the default.
            None | Some(2) => metadata.put_dpi(density),
            Some(3) => metadata.put_per_centimeter(density),
            Some(_) => {}
        }
    }
    metadata
}

fn open(bytes: &[u8]) -> Result<File<'_>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_DECODER_BYTES as usize;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(explain)?.with_limits(limits))
}

/// All samples, interleaved.
fn decoded(bytes: &[u8], meaning: &Meaning, [width, height]: [usize; 2]) -> Result<Samples> {
    let mut file = open(bytes)?;
    let mut result = DecodingResult::U8(Vec::new());
    let layout = file.read_image_to_buffer(&mut result).map_err(explain)?;
    if result.as_buffer(0).as_bytes().len() < layout.complete_len {
        return Err(too_much(NAME));
    }
    let planes = layout.planes.max(1);
    let samples = Samples::of(result, meaning.bits, width, height, planes, &meaning.kind)?;
    Ok(if planes > 1 { samples.interleaved(planes) } else { samples })
}

fn variant(what: &str) -> Error {
    Error::UnsupportedPicture(format!("a TIFF with {what}"))
}

fn explain(error: TiffError) -> Error {
    use tiff::TiffUnsupportedError as Unsupported;
    match error {
        TiffError::UnsupportedError(Unsupported::UnsupportedCompressionMethod(method)) => {
            variant(&compression(method))
        }
        TiffError::UnsupportedError(what) => variant(&format!("another layout ({what})")),
        TiffError::LimitsExceeded | TiffError::IntSizeError => too_much(NAME),
        TiffError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::InvalidPicture("the TIFF file ends before the picture does".into())
        }
        other => Error::InvalidPicture(format!("the TIFF data is damaged: {other}")),
    }
}

fn compression(method: CompressionMethod) -> String {
    let name = match method {
        CompressionMethod::Huffman => "CCITT modified Huffman",
        CompressionMethod::Fax3 => "Group 3 fax",
        CompressionMethod::Fax4 => "Group 4 fax",
        CompressionMethod::JPEG => "JPEG of the old kind",
        CompressionMethod::ModernJPEG => "JPEG",
        CompressionMethod::ZSTD => "Zstandard",
        CompressionMethod::WebP => "WebP",
        other => return format!("the compression {}", other.to_u16()),
    };
    format!("{name} compression")
}

//! JPEG decoding: gray stays gray, everything else becomes RGB.
//!
//! `zune-jpeg` decodes nearly all files: one interleaved scan, or progressive, with chroma at most halved. It
//! is the faster decoder and tolerates damage, but on other layouts it returns wrong pictures or panics;
//! `jpeg-decoder` is right on all but one of them (`tests/fixtures/jpeg/make.py`).

mod layout;

use std::io::Read;

use image::ColorType;
use image::metadata::Orientation;
use jpeg_decoder::{Decoder, Error as PlainError, PixelFormat};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::MAX_SIDE;
use super::decode::{MAX_DECODER_BYTES, Stored, too_much, without_black};
use super::metadata::Metadata;
use super::notice::Notice;
use super::picture::check_size;
use super::profile::Profile;
use super::tile::zeroed;
use layout::{Layout, Process};
use unet_kernels::error::{Error, Result};

const NAME: &str = "JPEG";
/// Gray level that `zune-jpeg` leaves after the end of the data.
const MISSING: u8 = 128;
/// End-of-image marker.
const EOI: [u8; 2] = [0xff, 0xd9];

pub(super) fn read(bytes: &[u8]) -> Result<Stored> {
    let layout = Layout::of(bytes)
        .ok_or_else(|| Error::InvalidPicture("the JPEG file ends before the picture begins".into()))?;
    if layout.arithmetic {
        return Err(variant("arithmetic coding"));
    }
    if layout.process == Process::Hierarchical {
        return Err(variant("hierarchical coding"));
    }
    if layout.precision != 8 {
        return Err(variant(&format!("{} bits per sample", layout.precision)));
    }
    if layout.has_middle_size_apart() {
        return Err(variant("components of three sizes in separate scans"));
    }
    if is_common(&layout) { common(bytes, &layout) } else { uncommon(bytes, &layout) }
}

/// Whether `zune-jpeg` decodes this layout correctly.
fn is_common(layout: &Layout) -> bool {
    let (luma, others) = match &layout.sampling[..] {
        [_] => ([1, 1], &[][..]),
        [luma, others @ ..] => (*luma, others),
        [] => return false,
    };
    let coded = match layout.process {
        Process::Sequential => !layout.is_separated(),
        Process::Progressive => true,
        Process::Lossless | Process::Hierarchical => false,
    };
    // The black of CMYK has the size of the first ink.
    let halved = |other: &[u8; 2]| *other == [1, 1] || *other == luma;
    coded && luma.iter().all(|factor| [1, 2].contains(factor)) && others.iter().all(halved)
}

fn common(bytes: &[u8], layout: &Layout) -> Result<Stored> {
    let options =
        DecoderOptions::default().set_max_width(MAX_SIDE as usize).set_max_height(MAX_SIDE as usize);
    match decode(bytes, options.set_strict_mode(true)) {
        // A file that lacks only its end marker is accepted too.
        Ok(mut stored) => {
            if !layout.ended {
                stored.notices.push(Notice::EndMissing { format: NAME });
            }
            Ok(stored)
        }
        Err(error @ (Error::PictureTooLarge { .. } | Error::OutOfMemory(_))) => Err(error),
        // Of a truncated or damaged file, the readable part is returned.
        Err(_) => {
            let mut stored = decode(bytes, options.set_strict_mode(false))?;
            stored.notices.extend(missing(&stored, layout));
            Ok(stored)
        }
    }
}

fn decode(bytes: &[u8], options: DecoderOptions) -> Result<Stored> {
    let mut file = Vec::new();
    file.try_reserve_exact(bytes.len()).map_err(|_| Error::OutOfMemory(bytes.len() as u64))?;
    file.extend_from_slice(bytes);
    // From a vector, like the TIFF decoder: a slice would instantiate all of its code a second time, 90 KB.
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(explain)?;
    let (Some((width, height)), Some(space)) = (decoder.dimensions(), decoder.input_colorspace()) else {
        return Err(Error::InvalidPicture("the JPEG data does not state its size".into()));
    };
    let (width, height) = (width as u32, height as u32);
    check_size(width, height)?;
    let (out, color) = match space {
        ColorSpace::Luma => (ColorSpace::Luma, ColorType::L8),
        _ => (ColorSpace::RGB, ColorType::Rgb8),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(out));
    let mut samples = zeroed(width as usize * height as usize * usize::from(color.bytes_per_pixel()))?;
    decoder.decode_into(&mut samples).map_err(explain)?;
    let exif = decoder.exif().map(Vec::as_slice);
    let orientation = exif.and_then(Orientation::from_exif_chunk);
    let metadata = metadata(bytes, exif);
    let icc = decoder.icc_profile().map(Profile::Icc);
    Ok(Stored {
        width,
        height,
        color,
        samples,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        // The profile of CMYK describes inks, which are converted already.
        profile: icc.filter(|_| !matches!(space, ColorSpace::CMYK | ColorSpace::YCCK)),
        notices: Vec::new(),
        metadata,
        lossy: true,
    })
}

/// The parts that the tolerant decoder did not find in the file.
fn missing(stored: &Stored, layout: &Layout) -> Option<Notice> {
    let row = stored.width as usize * usize::from(stored.color.bytes_per_pixel());
    let is_missing = |row: &&[u8]| row.iter().all(|&sample| sample == MISSING);
    let rows = stored.samples.chunks_exact(row).rev().take_while(is_missing).count();
    match layout.process {
        _ if rows > 0 => {
            Some(Notice::RowsMissing { format: NAME, share: rows as f32 / stored.height as f32 })
        }
        _ if layout.ended => None,
        Process::Progressive => Some(Notice::DetailMissing { format: NAME }),
        Process::Sequential | Process::Lossless | Process::Hierarchical => {
            Some(Notice::EndMissing { format: NAME })
        }
    }
}

fn uncommon(bytes: &[u8], layout: &Layout) -> Result<Stored> {
    // If the end is missing, a progressive picture consists of its complete scans; any other is filled up
    // with zeros.
    let whole = match (layout.process, &layout.scans[..]) {
        (Process::Progressive, [_, .., last]) if !layout.ended => &bytes[..last.start],
        _ => bytes,
    };
    let end = if layout.ended { &[][..] } else { &EOI };
    let mut decoder = Decoder::new(whole.chain(end));
    decoder.set_max_decoding_buffer_size(MAX_DECODER_BYTES as usize);
    decoder.read_info().map_err(explain_plain)?;
    let info =
        decoder.info().ok_or_else(|| Error::InvalidPicture("the JPEG file holds no picture".into()))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check_size(width, height)?;
    let samples = decoder.decode().map_err(explain_plain)?;
    let (color, samples) = match info.pixel_format {
        PixelFormat::L8 => (ColorType::L8, samples),
        PixelFormat::L16 => (ColorType::L16, samples),
        PixelFormat::RGB24 => (ColorType::Rgb8, samples),
        PixelFormat::CMYK32 => (ColorType::Rgb8, without_black(&samples)),
    };
    let notice = match layout.process {
        _ if layout.ended => None,
        Process::Progressive => Some(Notice::DetailMissing { format: NAME }),
        Process::Sequential | Process::Lossless | Process::Hierarchical => {
            Some(Notice::EndMissing { format: NAME })
        }
    };
    let orientation = decoder.exif_data().and_then(Orientation::from_exif_chunk);
    let metadata = metadata(bytes, decoder.exif_data());
    let icc = decoder.icc_profile().map(Profile::Icc);
    Ok(Stored {
        width,
        height,
        color,
        samples,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        profile: icc.filter(|_| info.pixel_format != PixelFormat::CMYK32),
        notices: Vec::from_iter(notice),
        metadata,
        lossy: true,
    })
}

/// Metadata with the density of a JFIF header, which is the file's first segment.
fn metadata(bytes: &[u8], exif: Option<&[u8]>) -> Metadata {
    let mut metadata = Metadata::of_exif(exif);
    if let Some(&[0xff, 0xd8, 0xff, 0xe0, _, _, b'J', b'F', b'I', b'F', 0, _, _, unit, x0, x1, y0, y1]) =
        bytes.first_chunk()
    {
        let density = [[x0, x1], [y0, y1]].map(|bytes| f64::from(u16::from_be_bytes(bytes)));
        match unit {
            1 => metadata.put_dpi(density),
            2 => metadata.put_per_centimeter(density),
            // An aspect ratio of pixels, not a density.
            _ => {}
        }
    }
    metadata
}

fn variant(what: &str) -> Error {
    Error::UnsupportedPicture(format!("a JPEG with {what}"))
}

fn explain(error: DecodeErrors) -> Error {
    match error {
        DecodeErrors::Unsupported(scheme) => variant(&format!("{scheme:?}")),
        DecodeErrors::LargeDimensions(_) => too_much(NAME),
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => early(),
        other => Error::InvalidPicture(format!("the JPEG data is damaged: {other}")),
    }
}

fn explain_plain(error: PlainError) -> Error {
    match error {
        PlainError::Unsupported(feature) => variant(&format!("{feature:?}")),
        PlainError::Io(_) => early(),
        other => Error::InvalidPicture(format!("the JPEG data is damaged: {other}")),
    }
}

fn early() -> Error {
    Error::InvalidPicture("the JPEG file ends before the picture does".into())
}

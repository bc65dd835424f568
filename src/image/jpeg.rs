//! JPEG through `zune-jpeg`: the headers are read once, gray stays gray, all else becomes RGB.

use image::ColorType;
use image::metadata::Orientation;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::MAX_SIDE;
use super::decode::{Stored, too_much};
use super::picture::check_size;
use super::tile::zeroed;
use crate::error::{Error, Result};

pub(super) fn read(bytes: &[u8]) -> Result<Stored> {
    // Not strict: a file that is cut short or slightly wrong gives the picture that is there.
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(explain)?;
    let (Some((width, height)), Some(space)) = (decoder.dimensions(), decoder.input_colorspace()) else {
        return Err(Error::InvalidPicture("the JPEG data says nothing of its size".into()));
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
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    Ok(Stored {
        width,
        height,
        color,
        samples,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        // That of CMYK describes inks, which are gone.
        icc: decoder.icc_profile().filter(|_| !matches!(space, ColorSpace::CMYK | ColorSpace::YCCK)),
    })
}

fn explain(error: DecodeErrors) -> Error {
    match error {
        DecodeErrors::Unsupported(scheme) => {
            Error::UnsupportedPicture(format!("a variant of JPEG: {scheme:?}"))
        }
        DecodeErrors::LargeDimensions(_) => too_much("JPEG"),
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
            Error::InvalidPicture("the JPEG file ends before the picture does".into())
        }
        other => Error::InvalidPicture(format!("the JPEG data is damaged: {other}")),
    }
}

//! JPEG encoding of a [`Picture`], also used to simulate compression damage.
//!
//! `jpeg-encoder` encodes, with the tables of Annex K of ITU-T T.81 scaled as in libjpeg and chroma averaged
//! as in libjpeg, so that quality has its usual meaning.

use std::cell::RefCell;

use jpeg_encoder::{
    ChromaSubsamplingMethod, Encoder, ImageBuffer, JpegColorType, PixelDensity, PixelDensityUnit,
    SamplingFactor, rgb_to_ycbcr,
};
use serde::{Deserialize, Serialize};

use super::encode::Growing;
use super::filter::within;
use super::{Metadata, Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Number of rows read at once; the height of a tile.
const BAND: u32 = 256;
/// Chroma subsampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Subsampling {
    /// 4:2:0, half the resolution along both axes: what cameras and most programs write.
    #[default]
    #[serde(rename = "420")]
    Half,
    /// 4:4:4, full resolution.
    #[serde(rename = "444")]
    None,
}

/// Encodes a baseline JPEG file of `quality` 1 to 100, on libjpeg's scale. Transparent pixels are blended
/// with white, since JPEG has no transparency. A colorless picture becomes a grayscale file. Reads the
/// picture band by band, so that only one band is in memory besides the file.
///
/// # Errors
/// `InvalidInput` if `quality` is out of range, `OutOfMemory`.
pub fn encode_jpeg(picture: &Picture, quality: u8, subsampling: Subsampling) -> Result<Vec<u8>> {
    encode_jpeg_with(picture, quality, subsampling, &Metadata::default())
}

/// Encodes like [`encode_jpeg`], with metadata as EXIF, and resolution also in the file's header.
///
/// # Errors
/// `InvalidInput` if `quality` is out of range, `OutOfMemory`.
pub fn encode_jpeg_with(
    picture: &Picture,
    quality: u8,
    subsampling: Subsampling,
    metadata: &Metadata,
) -> Result<Vec<u8>> {
    check_quality(quality)?;
    let rows = Rows {
        picture,
        is_gray: is_gray(picture)?,
        // The format stores sides in 16 bits, which pictures never exceed.
        size: (picture.width() as u16, picture.height() as u16),
        band: RefCell::new(Band { first: 0, rgba: vec![], failed: None }),
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(Growing(&mut file), quality);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_sampling_factor(match subsampling {
        Subsampling::Half => SamplingFactor::F_2_2,
        Subsampling::None => SamplingFactor::F_1_1,
    });
    if let Some(dpi) = metadata.dpi() {
        let [x, y] = dpi.map(|dpi| dpi.round() as u16);
        encoder.set_density(PixelDensity { density: (x, y), unit: PixelDensityUnit::Inches });
    }
    if let Some(exif) = metadata.exif() {
        // EXIF too long for a segment is never produced.
        let _ = encoder.add_exif_metadata(&exif);
    }
    let encoded = encoder.encode_image(&rows);
    if let Some(error) = rows.band.into_inner().failed {
        return Err(error);
    }
    match encoded {
        Ok(()) => Ok(file),
        // The encoder's other errors concern sizes and segments that do not occur here.
        Err(_) => Err(Error::OutOfMemory(file.len() as u64)),
    }
}

/// Checks the quality.
///
/// # Errors
/// `InvalidInput` unless it is 1 to 100.
pub(super) fn check_quality(quality: u8) -> Result<()> {
    within("the quality of a JPEG file", quality.into(), 1.0, 100.0).map(drop)
}

fn is_gray(picture: &Picture) -> Result<bool> {
    for index in 0..picture.rect().tiles() {
        let rgba = picture.region(picture.rect().tile(index))?;
        if rgba.as_chunks::<RGBA>().0.iter().any(|&[r, g, b, a]| a > 0 && (r != g || g != b)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Rows of a picture in the encoder's order: one after the other, repeating the last one to fill its block.
struct Rows<'a> {
    picture: &'a Picture,
    is_gray: bool,
    size: (u16, u16),
    band: RefCell<Band>,
}

struct Band {
    first: u32,
    rgba: Vec<u8>,
    /// First error; the encoder's interface cannot return it.
    failed: Option<Error>,
}

impl Band {
    /// The bytes of a row; zeros if memory runs out.
    fn row(&mut self, picture: &Picture, y: u32) -> &[u8] {
        let stride = picture.width() as usize * RGBA;
        let held = (self.rgba.len() / stride) as u32;
        if !(self.first..self.first + held).contains(&y) {
            self.first = y - y % BAND;
            let rect = Rect::new(0, self.first, picture.width(), BAND.min(picture.height() - self.first));
            match picture.region(rect) {
                Ok(rgba) => self.rgba = rgba,
                Err(error) => {
                    self.failed = Some(error);
                    return &[];
                }
            }
        }
        &self.rgba[(y - self.first) as usize * stride..][..stride]
    }
}

impl ImageBuffer for &Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.is_gray { JpegColorType::Luma } else { JpegColorType::Ycbcr }
    }

    fn width(&self) -> u16 {
        self.size.0
    }

    fn height(&self) -> u16 {
        self.size.1
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let mut band = self.band.borrow_mut();
        let row = band.row(self.picture, y.into());
        if row.is_empty() {
            buffers.iter_mut().for_each(|buffer| buffer.resize(buffer.len() + usize::from(self.size.0), 0));
        }
        for &[r, g, b, a] in row.as_chunks::<RGBA>().0 {
            let on_white = |value: u8| {
                let value = u32::from(value) * u32::from(a) + 255 * u32::from(255 - a);
                ((value + 127) / 255) as u8
            };
            let [r, g, b] = [r, g, b].map(on_white);
            if self.is_gray {
                buffers[0].push(r);
                continue;
            }
            let (luma, blue, red) = rgb_to_ycbcr(r, g, b);
            buffers[0].push(luma);
            buffers[1].push(blue);
            buffers[2].push(red);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;

    fn smooth(width: u32, height: u32, alpha: u8) -> Picture {
        let pixel = |i: u32| {
            let (x, y) = ((i % width) as f32, (i / width) as f32);
            [(90.0 + 60.0 * (x / 17.0).sin()) as u8, (120.0 + 50.0 * (y / 23.0).cos()) as u8, 140, alpha]
        };
        Picture::from_rgba(width, height, &(0..width * height).flat_map(pixel).collect::<Vec<_>>()).unwrap()
    }

    fn bytes(picture: &Picture) -> Vec<u8> {
        picture.region(picture.rect()).unwrap()
    }

    #[test]
    fn encoding_changes_little() {
        for (width, height) in [(1, 1), (3, 5), (17, 31), (300, 513), (20_000, 1)] {
            for subsampling in [Subsampling::Half, Subsampling::None] {
                let picture = smooth(width, height, 255);
                let decoded = decode(&encode_jpeg(&picture, 100, subsampling).unwrap()).unwrap();
                assert_eq!((decoded.width(), decoded.height()), (width, height));
                let worst = bytes(&decoded).iter().zip(bytes(&picture)).map(|(a, b)| a.abs_diff(b)).max();
                assert!(worst.unwrap() <= 6, "{width}×{height} {subsampling:?}: {worst:?}");
            }
        }
    }

    #[test]
    fn transparent_pixels_become_white_and_gray_stays_gray() {
        let clear = decode(&encode_jpeg(&smooth(9, 9, 0), 95, Subsampling::Half).unwrap()).unwrap();
        assert!(bytes(&clear).iter().all(|&byte| byte == 255));
        let gray = Picture::from_rgba(9, 9, &[120, 120, 120, 255].repeat(81)).unwrap();
        let file = encode_jpeg(&gray, 50, Subsampling::Half).unwrap();
        assert!(file.len() < encode_jpeg(&smooth(9, 9, 255), 50, Subsampling::Half).unwrap().len());
        assert!(
            bytes(&decode(&file).unwrap()).as_chunks::<4>().0.iter().all(|[r, g, b, _]| r == g && g == b)
        );
    }

    #[test]
    fn qualities_out_of_range_are_refused() {
        for quality in [0, 101, 255] {
            let error = encode_jpeg(&smooth(2, 2, 255), quality, Subsampling::Half).unwrap_err();
            assert!(error.to_string().contains(&format!("from 1 to 100, not {quality}")), "{error}");
        }
    }
}

//! [`Picture`] → bytes of a PNG file.

use std::io::Write;

use super::{Picture, RGBA, Rect};
use crate::error::{Error, Result};

/// Rows encoded at once; the height of a tile.
const BAND: u32 = 256;
/// Compressed bytes a chunk.
const CHUNK: usize = 1 << 16;

/// Lossless PNG, marked as sRGB: RGB where the picture is opaque, RGBA where it is not. Reads the
/// picture band by band, so that beside the file only one band is in memory.
///
/// # Errors
/// `OutOfMemory`.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    write_png(picture, &mut file)?;
    Ok(file)
}

fn write_png(picture: &Picture, file: &mut Vec<u8>) -> Result<()> {
    let has_alpha = picture.has_alpha();
    let mut encoder = png::Encoder::new(Growing(file), picture.width(), picture.height());
    encoder.set_color(if has_alpha { png::ColorType::Rgba } else { png::ColorType::Rgb });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header().map_err(refused)?;
    let mut stream = writer.stream_writer_with_size(CHUNK).map_err(refused)?;
    let mut opaque = Vec::new();
    for y in (0..picture.height()).step_by(BAND as usize) {
        let rows = Rect::new(0, y, picture.width(), BAND.min(picture.height() - y));
        let rgba = picture.region(rows)?;
        if has_alpha {
            stream.write_all(&rgba).map_err(|e| refused(e.into()))?;
        } else {
            opaque.clear();
            opaque.extend(rgba.as_chunks::<RGBA>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]));
            stream.write_all(&opaque).map_err(|e| refused(e.into()))?;
        }
    }
    stream.finish().map_err(refused)
}

/// A file in memory that reports a refused allocation instead of aborting.
struct Growing<'a>(&'a mut Vec<u8>);

impl Write for Growing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.try_reserve(bytes.len()).map_err(|_| std::io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Sizes and lengths are right by construction, so that only memory can run out.
fn refused(_: png::EncodingError) -> Error {
    Error::OutOfMemory(CHUNK as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::decode;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        for (width, height) in [(1, 1), (3, 5), (300, 513), (20_000, 1)] {
            for alpha in [false, true] {
                let rgba: Vec<u8> = (0..width * height)
                    .flat_map(|i: u32| {
                        [(i * 7) as u8, (i / width) as u8, (i >> 3) as u8, if alpha { i as u8 } else { 255 }]
                    })
                    .collect();
                let picture = Picture::from_rgba(width, height, &rgba).unwrap();
                assert_eq!(decode(&encode_png(&picture).unwrap()).unwrap(), picture, "{width}×{height}");
            }
        }
    }
}

//! PNG encoding of a [`Picture`].
//!
//! `fdeflate` compresses. The container is written here, because the encoder of the `png` crate would add a
//! second, slower Deflate: 15 KB of download.

use std::io::Write;

use fdeflate::Compressor;

use super::{Metadata, Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Filter type of every row: Paeth, which suits photos best.
const PAETH: u8 = 4;
/// Unit of `pHYs`.
const METER: u8 = 1;
/// Number of rows read at once; the height of a tile.
const BAND: u32 = 256;
/// Memory reserved for the end of the file, so that only writing pixels can run out of memory.
const SLACK: usize = 256;

/// Encodes a lossless PNG, marked as sRGB: RGB if the picture is opaque, else RGBA. Reads the picture band by
/// band, so that only one band is in memory besides the file.
///
/// # Errors
/// `OutOfMemory`.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>> {
    encode_png_with(picture, &Metadata::default())
}

/// Encodes like [`encode_png`], with metadata as `eXIf` and `pHYs`.
///
/// # Errors
/// `OutOfMemory`.
pub fn encode_png_with(picture: &Picture, metadata: &Metadata) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    file.try_reserve(2 * SLACK).map_err(|_| Error::OutOfMemory(SLACK as u64))?;
    let has_alpha = picture.has_alpha();
    file.extend(SIGNATURE);
    let mut header = [0; 13];
    header[..4].copy_from_slice(&picture.width().to_be_bytes());
    header[4..8].copy_from_slice(&picture.height().to_be_bytes());
    // Bits per channel and color type; the rest of the header is always 0.
    header[8..10].copy_from_slice(&[8, if has_alpha { 6 } else { 2 }]);
    chunk(&mut file, b"IHDR", |body| body.extend_from_slice(&header));
    chunk(&mut file, b"sRGB", |body| body.push(0));
    if let Some(density) = metadata.per_meter() {
        chunk(&mut file, b"pHYs", |body| {
            density.iter().for_each(|density| body.extend(density.to_be_bytes()));
            body.push(METER);
        });
    }
    if let Some(exif) = metadata.exif() {
        chunk(&mut file, b"eXIf", |body| body.extend(exif));
    }
    let mut written = Ok(());
    chunk(&mut file, b"IDAT", |body| {
        written = if has_alpha { pixels::<4>(picture, body) } else { pixels::<3>(picture, body) };
    });
    written?;
    chunk(&mut file, b"IEND", |_| ());
    Ok(file)
}

/// Appends length, name, body and checksum.
fn chunk(file: &mut Vec<u8>, name: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    let start = file.len();
    file.extend([0; 4]);
    file.extend(name);
    body(file);
    let (length, content) = file[start..].split_at_mut(4);
    // Within the picture limits, far less than a chunk's maximum of 2³¹ bytes.
    length.copy_from_slice(&((content.len() - name.len()) as u32).to_be_bytes());
    let checksum = crc32fast::hash(content);
    file.extend(checksum.to_be_bytes());
}

/// Appends the compressed rows, `N` channels per pixel.
fn pixels<const N: usize>(picture: &Picture, body: &mut Vec<u8>) -> Result<()> {
    let refused = |_: std::io::Error| Error::OutOfMemory(u64::from(picture.width()) * N as u64);
    let mut stream = Compressor::new(Growing(body)).map_err(refused)?;
    let width = picture.width() as usize;
    let (mut above, mut row, mut filtered) =
        (vec![0; width * N], vec![0; width * N], vec![PAETH; 1 + width * N]);
    for y in (0..picture.height()).step_by(BAND as usize) {
        let band = Rect::new(0, y, picture.width(), BAND.min(picture.height() - y));
        let rgba = picture.region(band)?;
        for pixels in rgba.chunks_exact(width * RGBA) {
            for (to, from) in row.as_chunks_mut::<N>().0.iter_mut().zip(pixels.as_chunks::<RGBA>().0) {
                to.copy_from_slice(&from[..N]);
            }
            filter::<N>(&row, &above, &mut filtered[1..]);
            stream.write_data(&filtered).map_err(refused)?;
            std::mem::swap(&mut above, &mut row);
        }
    }
    stream.finish().map_err(refused)?;
    Ok(())
}

/// Applies the Paeth filter: each byte minus the prediction from its left, upper and upper-left neighbors.
fn filter<const N: usize>(row: &[u8], above: &[u8], out: &mut [u8]) {
    let (mut left, mut corner) = ([0; N], [0; N]);
    let (pixels, uppers) = (row.as_chunks::<N>().0, above.as_chunks::<N>().0);
    for ((to, pixel), upper) in out.as_chunks_mut::<N>().0.iter_mut().zip(pixels).zip(uppers) {
        for c in 0..N {
            to[c] = pixel[c].wrapping_sub(paeth(left[c], upper[c], corner[c]));
        }
        (left, corner) = (*pixel, *upper);
    }
}

/// The neighbor closest to left + above − corner; ties go to the first.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(above) - i16::from(corner);
    let [to_left, to_above, to_corner] = [left, above, corner].map(|v| (estimate - i16::from(v)).abs());
    if to_left <= to_above && to_left <= to_corner {
        left
    } else if to_above <= to_corner {
        above
    } else {
        corner
    }
}

/// A file in memory that reports a refused allocation instead of aborting.
pub(super) struct Growing<'a>(pub(super) &'a mut Vec<u8>);

impl Write for Growing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.try_reserve(bytes.len() + SLACK).map_err(|_| std::io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;

    #[test]
    fn encoding_is_lossless() {
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

//! Apple's `CgBI`, the PNG variant that Xcode writes into apps: pixels are compressed without zlib header and
//! checksum, and stored as blue, green, red, premultiplied by alpha.

use image::ColorType;

use super::chunks;
use crate::decode::straighten;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Deflate with a window of 32 KB, no preset dictionary.
const ZLIB_HEADER: [u8; 2] = [0x78, 0x01];

/// Converts to a standard file with the same pixels and all checksums 0. `None` if it is one already.
pub(super) fn standard(file: &[u8]) -> Option<Vec<u8>> {
    if chunks(file).next()?.name != *b"CgBI" {
        return None;
    }
    let mut standard = Vec::with_capacity(file.len() + 16);
    standard.extend(SIGNATURE);
    let mut first = true;
    for chunk in chunks(file).skip(1) {
        let header =
            if chunk.name == *b"IDAT" && std::mem::take(&mut first) { &ZLIB_HEADER[..] } else { &[] };
        let length = (header.len() + chunk.body.len()) as u32;
        standard.extend(length.to_be_bytes());
        standard.extend(chunk.name);
        standard.extend(header);
        standard.extend(chunk.body);
        standard.extend([0; 4]);
    }
    Some(standard)
}

/// Converts premultiplied blue, green, red in place.
pub(super) fn to_straight_rgb(color: ColorType, samples: &mut [u8]) {
    match color {
        ColorType::Rgb8 => samples.as_chunks_mut::<3>().0.iter_mut().for_each(|pixel| pixel.swap(0, 2)),
        ColorType::Rgba8 => {
            samples.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel.swap(0, 2));
            straighten::<4, u8>(samples);
        }
        // Gray and palette files are as usual; 16 bits are never written.
        _ => {}
    }
}

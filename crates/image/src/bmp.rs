//! BMP decoding with the `image` crate, after repairing headers that it refuses but browsers accept:
//! oversized palettes, OS/2 headers, alpha masks.

use std::borrow::Cow;
use std::io::Cursor;

use image::ColorType;
use image::codecs::bmp::BmpDecoder;

use super::RGBA;
use super::decode::{Stored, through};
use unet_kernels::error::Result;

/// Size of the file header in bytes; the header after it begins with its own size.
const FILE_HEADER: usize = 14;
const INFO: u32 = 40;
/// Size of the 40-byte header with four masks.
const WITH_MASKS: u32 = 56;
const V4: u32 = 108;

/// Offsets in the file.
const PIXELS: usize = 10;
const BITS: usize = 28;
const COMPRESSION: usize = 30;
const PER_METER: usize = 38;
const COLORS: usize = 46;
const RED_MASK: usize = 54;
const ALPHA_MASK: usize = 66;

/// Values of the compression field.
const NONE: u32 = 0;
const BIT_FIELDS: u32 = 3;
const ALPHA_BIT_FIELDS: u32 = 6;

pub(super) fn read(bytes: &[u8]) -> Result<Stored> {
    let mended = mended(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned);
    let mut stored = through("BMP", || BmpDecoder::new(Cursor::new(&*mended)))?;
    if let [Some(x), Some(y)] = [0, 4].map(|offset| number(&mended, PER_METER + offset))
        && number(&mended, FILE_HEADER).is_some_and(|size| size >= INFO)
    {
        stored.metadata.put_per_meter([x, y]);
    }
    // A fully transparent picture is treated as opaque.
    if stored.color == ColorType::Rgba8 {
        let pixels = stored.samples.as_chunks_mut::<RGBA>().0;
        if pixels.iter().all(|pixel| pixel[3] == 0) {
            pixels.iter_mut().for_each(|pixel| pixel[3] = 255);
        }
    }
    Ok(stored)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn put(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&value.to_le_bytes());
    }
}

/// Repairs the header; `None` if it is a standard one.
fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = number(bytes, FILE_HEADER)?;
    // OS/2 2.x: shorter than the standard header, or longer by fields that do not concern pixels.
    if matches!(size, 16 | 64) {
        let rest = bytes.get(FILE_HEADER + size as usize..)?;
        let mut file = bytes[..FILE_HEADER + size.min(INFO) as usize].to_vec();
        file.resize(FILE_HEADER + INFO as usize, 0);
        put(&mut file, FILE_HEADER, INFO);
        put(&mut file, PIXELS, (number(bytes, PIXELS)? + INFO).checked_sub(size)?);
        file.extend(rest);
        return Some(mended(&file).unwrap_or(file));
    }
    if size < INFO {
        return None;
    }
    let (bits, compression) = (number(bytes, BITS)? & 0xffff, number(bytes, COMPRESSION)?);
    let colors = number(bytes, COLORS)?;
    if bits <= 8 && colors > 1 << bits {
        let mut file = bytes.to_vec();
        put(&mut file, COLORS, 1 << bits);
        return Some(file);
    }
    if size == INFO && compression == ALPHA_BIT_FIELDS {
        let mut file = bytes.to_vec();
        put(&mut file, FILE_HEADER, WITH_MASKS);
        put(&mut file, COMPRESSION, BIT_FIELDS);
        return Some(file);
    }
    // With 32 bits an alpha mask counts, whatever the compression field says about masks.
    if size >= V4 && bits == 32 && compression == NONE && number(bytes, ALPHA_MASK)? != 0 {
        let mut file = bytes.to_vec();
        put(&mut file, COMPRESSION, BIT_FIELDS);
        for (i, mask) in [0x00ff_0000, 0x0000_ff00, 0x0000_00ff].into_iter().enumerate() {
            put(&mut file, RED_MASK + 4 * i, mask);
        }
        return Some(file);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A one-row file: header of `size` that begins with these fields, followed by `more` and the pixels.
    fn file(size: u32, width: i32, bits: u16, compression: u32, more: &[u8], pixels: &[u8]) -> Vec<u8> {
        let mut header =
            [&size.to_le_bytes()[..], &width.to_le_bytes(), &1i32.to_le_bytes(), &1u16.to_le_bytes()]
                .concat();
        header.extend(bits.to_le_bytes());
        header.extend(compression.to_le_bytes());
        header.resize(size as usize, 0);
        let start = (FILE_HEADER + header.len() + more.len()) as u32;
        let length = start + pixels.len() as u32;
        [b"BM", &length.to_le_bytes()[..], &[1, 2, 3, 4], &start.to_le_bytes(), &header, more, pixels]
            .concat()
    }

    fn rgba(file: &[u8]) -> Vec<u8> {
        let picture = crate::decode(file).unwrap();
        picture.region(picture.rect()).unwrap()
    }

    #[test]
    fn headers_of_os2_are_read() {
        let palette = [10, 20, 30, 0, 40, 50, 60, 0].repeat(128);
        for size in [16, 64] {
            let file = file(size, 2, 8, 0, &palette, &[0, 1, 0, 0]);
            assert_eq!(rgba(&file), [30, 20, 10, 255, 60, 50, 40, 255], "{size}");
        }
    }

    #[test]
    fn alpha_counts_if_masked_unless_it_hides_everything() {
        let pixels = [1, 2, 3, 128, 4, 5, 6, 0];
        let opaque = [3, 2, 1, 255, 6, 5, 4, 255];
        let straight = [3, 2, 1, 128, 6, 5, 4, 0];
        assert_eq!(rgba(&file(INFO, 2, 32, NONE, &[], &pixels)), opaque);
        let masks: Vec<u8> =
            [0x00ff_0000u32, 0xff00, 0xff, 0xff00_0000].iter().flat_map(|mask| mask.to_le_bytes()).collect();
        assert_eq!(rgba(&file(INFO, 2, 32, ALPHA_BIT_FIELDS, &masks, &pixels)), straight);
        let mut v4 = file(V4, 2, 32, NONE, &[], &pixels);
        assert_eq!(rgba(&v4), opaque);
        put(&mut v4, ALPHA_MASK, 0xff00_0000);
        assert_eq!(rgba(&v4), straight);
        let end = v4.len();
        (v4[end - 5], v4[end - 1]) = (0, 0);
        assert_eq!(rgba(&v4), opaque);
    }
}

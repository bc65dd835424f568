//! Metadata for WebP files, which browsers encode without any.

use super::{Metadata, Picture};
use unet_kernels::error::{Error, Result};

/// Flags of the extended header.
const HAS_EXIF: u8 = 1 << 3;
const HAS_ALPHA: u8 = 1 << 4;
/// Byte offset of the alpha flag in a `VP8L` bitstream, and its bit.
const LOSSLESS_ALPHA: (usize, u8) = (4, 1 << 4);

/// Adds metadata to a WebP file of this picture as EXIF; returns the file itself if there is none.
///
/// # Errors
/// `InvalidInput` if the file is not WebP.
pub fn webp_with(file: Vec<u8>, picture: &Picture, metadata: &Metadata) -> Result<Vec<u8>> {
    let Some(exif) = metadata.exif() else { return Ok(file) };
    let invalid = || Error::InvalidInput("this is not a WebP file".into());
    let chunks = file.get(12..).filter(|_| file.starts_with(b"RIFF") && file[8..].starts_with(b"WEBP"));
    let chunks = chunks.ok_or_else(invalid)?;
    let (name, body) = (chunks.get(..4).ok_or_else(invalid)?, chunks.get(8..).ok_or_else(invalid)?);
    let mut out = file[..12].to_vec();
    let rest = if name == b"VP8X" {
        let header = body.get(..10).ok_or_else(invalid)?;
        chunk(&mut out, b"VP8X", &[&[header[0] | HAS_EXIF], &header[1..]].concat());
        &body[10..]
    } else {
        let (at, bit) = LOSSLESS_ALPHA;
        let alpha = name == b"VP8L" && body.get(at).is_some_and(|byte| byte & bit != 0);
        let side = |side: u32| (side - 1).to_le_bytes();
        let mut header = vec![HAS_EXIF | if alpha { HAS_ALPHA } else { 0 }, 0, 0, 0];
        header.extend(&side(picture.width())[..3]);
        header.extend(&side(picture.height())[..3]);
        chunk(&mut out, b"VP8X", &header);
        chunks
    };
    out.extend(rest);
    chunk(&mut out, b"EXIF", &exif);
    // Within the picture limits, far less than 4 GB.
    let length = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(out)
}

/// Whether a WebP file has a lossy bitstream, `VP8 ` rather than `VP8L`.
pub(super) fn is_lossy(file: &[u8]) -> bool {
    let mut rest = file.get(12..).unwrap_or_default();
    while let Some((head, body)) = rest.split_at_checked(8) {
        let (name, length) = head.split_at(4);
        if name == b"VP8 " || name == b"VP8L" {
            return name == b"VP8 ";
        }
        let length = length.iter().rev().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
        // A frame of an animation holds chunks of its own, after 16 bytes.
        let skipped = if name == b"ANMF" { 16 } else { length.next_multiple_of(2) };
        rest = body.get(skipped..).unwrap_or_default();
    }
    false
}

/// Appends name, length and body, padded to an even length.
fn chunk(file: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    file.extend(name);
    file.extend((body.len() as u32).to_le_bytes());
    file.extend(body);
    if !body.len().is_multiple_of(2) {
        file.push(0);
    }
}

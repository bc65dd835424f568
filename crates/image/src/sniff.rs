//! Detection of file formats by their first bytes, ignoring name and extension.

use unet_kernels::error::{Error, Result};

/// Most cameras' raw files are TIFF files that begin with a small preview; see [`super::tiff`].
pub(super) const RAW: &str = "a camera's raw picture (DNG, NEF, ARW, ...)";

/// Sizes of the header that follows the first 14 bytes of a BMP file.
const BMP_HEADERS: [u8; 8] = [12, 16, 40, 52, 56, 64, 108, 124];

/// Formats with a decoder here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    WebP,
    Gif,
    Bmp,
    Tiff,
}

/// Kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A picture with a decoder here.
    Decoded,
    /// A picture that only other programs decode.
    Foreign,
    /// Anything else, such as text or a network.
    Other,
}

/// Kind of a file by its first bytes (1024, or all if it is shorter).
pub fn look(head: &[u8]) -> Look {
    match sniff(head) {
        Ok(_) => Look::Decoded,
        Err(Error::UnsupportedPicture(_)) => Look::Foreign,
        Err(_) => Look::Other,
    }
}

/// Detects a file's format by its first bytes.
///
/// # Errors
/// `InvalidPicture`, naming the actual kind of file; `UnsupportedPicture` for pictures that a browser may be
/// able to decode.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if bytes.is_empty() {
        return invalid("the file is empty (0 bytes)");
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Ok(Format::Png);
    }
    if starts(b"\xff\xd8\xff") {
        return Ok(Format::Jpeg);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Ok(Format::WebP);
    }
    if starts(b"GIF87a") || starts(b"GIF89a") {
        return Ok(Format::Gif);
    }
    if starts(b"BM")
        && bytes.get(14..18).is_some_and(|size| BMP_HEADERS.contains(&size[0]) && size[1..] == [0; 3])
    {
        return Ok(Format::Bmp);
    }
    if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].into_iter().any(|magic| starts(magic)) {
        return Ok(Format::Tiff);
    }
    if [&b"IIRO"[..], b"IIRS", b"MMOR", b"IIU\0", b"FUJIFILMCCD-RAW"].into_iter().any(starts) {
        return unsupported(RAW);
    }
    if at(4, b"ftyp") {
        return media(bytes.get(8..12).unwrap_or_default());
    }
    if starts(b"\xff\x0a") || at(4, b"JXL \r\n\x87\n") {
        return unsupported("JPEG XL");
    }
    if at(4, b"jP  \r\n\x87\n") || starts(b"\xff\x4f\xff\x51") {
        return unsupported("JPEG 2000");
    }
    if starts(b"\0\0\x01\0") {
        return unsupported("an icon (ICO)");
    }
    if starts(b"%PDF") {
        return invalid("the file is a PDF document; save the page as PNG or JPEG first");
    }
    if starts(b"8BPS") {
        return invalid("the file is a Photoshop document; save it as PNG or TIFF first");
    }
    text(bytes)
}

/// ISO base media files: stills by HEIF and AVIF brands; everything else is video.
fn media(brand: &[u8]) -> Result<Format> {
    match brand {
        b"avif" | b"avis" => unsupported("AVIF"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"mif2" | b"msf1" => {
            unsupported("HEIC")
        }
        b"crx " => unsupported(RAW),
        _ => invalid("the file is a video, not a picture"),
    }
}

fn text(bytes: &[u8]) -> Result<Format> {
    let head = &bytes[..bytes.len().min(1024)];
    let is_text = head.iter().all(|&b| b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r'));
    if is_text && head.windows(4).any(|w| w.eq_ignore_ascii_case(b"<svg")) {
        return invalid("the file is an SVG drawing, not pixels; save it as PNG first");
    }
    if is_text {
        return invalid("the file is text, not a picture");
    }
    invalid("the first bytes are not those of PNG, JPEG, WebP, GIF, BMP or TIFF")
}

fn invalid(reason: &str) -> Result<Format> {
    Err(Error::InvalidPicture(reason.into()))
}

pub(super) fn unsupported<T>(what: &str) -> Result<T> {
    Err(Error::UnsupportedPicture(format!("the file is {what}, which only some browsers decode")))
}

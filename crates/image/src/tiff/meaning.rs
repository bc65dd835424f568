//! Interpretation of a TIFF file's samples by its tags.

use super::{File, PhotometricInterpretation as Photometric, explain, variant};
use tiff::tags::Tag;
use unet_kernels::error::{Error, Result};

/// Tag 262.
const PHOTOMETRIC: u16 = 262;
/// Values of `ExtraSamples`.
const ASSOCIATED_ALPHA: u16 = 1;
const UNASSOCIATED_ALPHA: u16 = 2;
/// Value of `SampleFormat`.
const SIGNED: u16 = 2;

/// Color space of the samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Gray {
        white_is_zero: bool,
    },
    Rgb,
    /// Red, green and blue, 16 bits each, of every index.
    Palette(Vec<[u16; 3]>),
    Cmyk,
    YCbCr,
    /// CIE L\*a\*b\* (D50); `signed`: a\* and b\* are signed, not offset by 128.
    Lab {
        signed: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alpha {
    Straight,
    Premultiplied,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meaning {
    pub(super) kind: Kind,
    /// Bits per sample.
    pub(super) bits: u8,
    /// Meaning of the sample after the colors.
    pub(super) alpha: Option<Alpha>,
}

impl Kind {
    pub(super) fn colors(&self) -> usize {
        match self {
            Kind::Gray { .. } | Kind::Palette(_) => 1,
            Kind::Rgb | Kind::YCbCr | Kind::Lab { .. } => 3,
            Kind::Cmyk => 4,
        }
    }

    /// Whether the decoder does not know the color space, and has to read the samples as gray.
    pub(super) fn is_read_as_gray(&self) -> bool {
        match self {
            Kind::Gray { white_is_zero } => *white_is_zero,
            Kind::Palette(_) | Kind::Lab { .. } => true,
            Kind::Rgb | Kind::Cmyk | Kind::YCbCr => false,
        }
    }

    /// Whether an embedded profile applies to the converted pixels, unlike for inks and CIE colors.
    pub(super) fn keeps_profile(&self) -> bool {
        !matches!(self, Kind::Cmyk | Kind::Lab { .. })
    }
}

impl Meaning {
    pub(super) fn of(file: &mut File) -> Result<Self> {
        let number = |file: &mut File, tag, otherwise| {
            Ok(file.find_tag_unsigned_vec::<u16>(tag).map_err(explain)?.unwrap_or(vec![otherwise]))
        };
        let bits = number(file, Tag::BitsPerSample, 1)?;
        let samples = usize::from(number(file, Tag::SamplesPerPixel, 1)?.first().copied().unwrap_or(1));
        let photometric = number(file, Tag::PhotometricInterpretation, 1)?.first().copied().unwrap_or(1);
        let format = number(file, Tag::SampleFormat, 1)?;
        let extra = file.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
        let &[first, ref others @ ..] = &bits[..] else { return Err(variant("no samples")) };
        if others.iter().any(|bits| *bits != first) {
            return Err(variant("samples of different sizes"));
        }
        // A sample format of 2 in the other samples marks a* and b* of CIE L*a*b*.
        if format.first() == Some(&SIGNED) {
            return Err(variant("signed integers"));
        }
        let kind = match Photometric::from_u16(photometric) {
            Some(Photometric::WhiteIsZero) => Kind::Gray { white_is_zero: true },
            Some(Photometric::BlackIsZero) => Kind::Gray { white_is_zero: false },
            Some(Photometric::RGB) => Kind::Rgb,
            Some(Photometric::RGBPalette) => Kind::Palette(palette(file)?),
            Some(Photometric::CMYK) => Kind::Cmyk,
            Some(Photometric::YCbCr) => Kind::YCbCr,
            Some(Photometric::CIELab) => Kind::Lab { signed: true },
            Some(Photometric::IccLab) => Kind::Lab { signed: false },
            Some(other) => return Err(variant(&format!("the colors {other:?}"))),
            None => return Err(variant(&format!("the colors {photometric}"))),
        };
        let alpha = match extra.as_deref().and_then(<[u16]>::first) {
            _ if samples <= kind.colors() => None,
            Some(&ASSOCIATED_ALPHA) => Some(Alpha::Premultiplied),
            Some(&UNASSOCIATED_ALPHA) => Some(Alpha::Straight),
            _ => None,
        };
        let bits = u8::try_from(first).map_err(|_| variant(&format!("{first} bits per sample")))?;
        Ok(Self { kind, bits, alpha })
    }
}

fn palette(file: &mut File) -> Result<Vec<[u16; 3]>> {
    let map = file.get_tag_u16_vec(Tag::ColorMap).map_err(explain)?;
    let count = map.len() / 3;
    // Some programs wrote 8 bits instead of 16, as libtiff knows.
    let scale = if map.iter().all(|&v| v < 256) { 257 } else { 1 };
    Ok((0..count).map(|i| [0, 1, 2].map(|c| map[c * count + i] * scale)).collect())
}

/// The same file with its samples declared as gray.
pub(super) fn as_gray(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| Error::OutOfMemory(bytes.len() as u64))?;
    copy.extend_from_slice(bytes);
    let (at, little) =
        photometric(bytes).ok_or_else(|| Error::InvalidPicture("the TIFF data is damaged".into()))?;
    let gray = Photometric::BlackIsZero.to_u16();
    let value = if little { gray.to_le_bytes() } else { gray.to_be_bytes() };
    copy[at..at + 2].copy_from_slice(&value);
    Ok(copy)
}

/// Offset of the value of [`PHOTOMETRIC`], and whether the file is little-endian.
fn photometric(bytes: &[u8]) -> Option<(usize, bool)> {
    let little = bytes.starts_with(b"II");
    let number = |at: usize, len: usize| {
        let bytes = bytes.get(at..at.checked_add(len)?)?;
        let digit = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
        Some(if little { bytes.iter().rev().fold(0, digit) } else { bytes.iter().fold(0, digit) })
    };
    let big = number(2, 2)? == 43;
    let (directory, count_len, entry_len, value) =
        if big { (number(8, 8)?, 8, 20, 12) } else { (number(4, 4)?, 2, 12, 8) };
    let directory = usize::try_from(directory).ok()?;
    let count = number(directory, count_len)?;
    let first = directory + count_len;
    let entry = (0..count.min(65_536) as usize)
        .map(|i| first + i * entry_len)
        .find(|&entry| number(entry, 2) == Some(PHOTOMETRIC.into()))?;
    bytes.get(entry + value..entry + value + 2)?;
    Some((entry + value, little))
}

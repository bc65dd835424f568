//! PNG decoding with the `png` crate, row by row, so that rows before any damage survive.

use std::borrow::Cow;
use std::io::Cursor;

use image::ColorType;
use image::metadata::Orientation;
use png::{
    BitDepth, ColorType as Color, Decoder, DecodingError, Info, InterlaceInfo, Limits, Transformations, Unit,
    splat_interlaced_row,
};

mod cgbi;

use super::decode::{MAX_DECODER_BYTES, Stored, is_deep, too_much};
use super::metadata::Metadata;
use super::notice::Notice;
use super::picture::check_size;
use super::profile::{Chromaticities, Profile, Transfer};
use super::tile::zeroed;
use unet_kernels::error::{Error, Result};

const NAME: &str = "PNG";
/// Number of rows represented by a row of the first pass of an interlaced file.
const COARSEST: usize = 8;

pub(super) fn read(bytes: &[u8]) -> Result<Stored> {
    let standard = cgbi::standard(bytes);
    let is_apple = standard.is_some();
    let bytes = standard.map_or(Cow::Borrowed(bytes), Cow::Owned);
    // Apple's files lack the pixels' checksum.
    let mut rows = Rows::read(&bytes, is_apple)?;
    let mut checksum_wrong = false;
    if rows.damaged && !is_apple {
        let without_checksums = Rows::read(&bytes, true)?;
        checksum_wrong = !without_checksums.damaged;
        rows = without_checksums;
    }
    let notice = if rows.damaged {
        Some(rows.missing())
    } else if checksum_wrong {
        Some(Notice::ChecksumWrong { format: NAME })
    } else {
        (!chunks(&bytes).any(|chunk| chunk.name == *b"IEND")).then_some(Notice::EndMissing { format: NAME })
    };
    let Rows { info, color, mut samples, .. } = rows;
    if is_apple {
        cgbi::to_straight_rgb(color, &mut samples);
    }
    if is_deep(color) {
        to_native_order(&mut samples);
    }
    let profile = profile(&info);
    let mut notices = Vec::from_iter(notice);
    if let Some(Profile::Named { transfer, .. }) = &profile
        && transfer.is_hdr()
    {
        notices.push(Notice::HighlightsClipped);
    }
    let mut metadata = Metadata::of_exif(info.exif_metadata.as_deref());
    if let Some(density) = info.pixel_dims.filter(|density| density.unit == Unit::Meter) {
        metadata.put_per_meter([density.xppu, density.yppu]);
    }
    let orientation = info.exif_metadata.as_deref().and_then(Orientation::from_exif_chunk);
    Ok(Stored {
        width: info.width,
        height: info.height,
        color,
        samples,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        profile,
        notices,
        metadata,
        lossy: false,
    })
}

/// The readable pixels.
struct Rows {
    info: Info<'static>,
    color: ColorType,
    /// Row-major samples, big-endian.
    samples: Vec<u8>,
    /// Share of rows that are at least partly present.
    present: f32,
    /// Whether the data ended or became invalid before the last row.
    damaged: bool,
}

impl Rows {
    fn read(bytes: &[u8], ignore_checksums: bool) -> Result<Self> {
        let limits = Limits { bytes: MAX_DECODER_BYTES as usize };
        let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_ignore_text_chunk(true);
        decoder.ignore_checksums(ignore_checksums);
        let header = decoder.read_header_info().map_err(explain)?;
        check_size(header.width, header.height)?;
        decoder.set_transformations(Transformations::EXPAND);
        let mut reader = decoder.read_info().map_err(explain)?;
        let color = color_type(reader.output_color_type())?;
        let info = reader.info().clone();
        let stride = info.width as usize * usize::from(color.bytes_per_pixel());
        let mut samples = zeroed(stride * info.height as usize)?;
        let (mut done, all) = (0, row_count(&info));
        let damaged = loop {
            let row = match reader.next_interlaced_row() {
                Ok(Some(row)) => row,
                Ok(None) => break false,
                // No rows to show; and exceeding a limit is not damage.
                Err(error) if done == 0 || matches!(error, DecodingError::LimitsExceeded) => {
                    return Err(explain(error));
                }
                // After the last row only the end of the file is missing.
                Err(DecodingError::IoError(_)) if done == all => break false,
                Err(_) => break true,
            };
            match row.interlace() {
                InterlaceInfo::Null(_) => samples[done * stride..][..stride].copy_from_slice(row.data()),
                // Coarse passes fill in for the finer ones, which may never come.
                InterlaceInfo::Adam7(pass) => {
                    splat_interlaced_row(
                        &mut samples,
                        stride,
                        row.data(),
                        pass,
                        color.bits_per_pixel() as u8,
                    );
                }
            }
            done += 1;
        };
        let rows = if info.interlaced { done * COARSEST } else { done };
        let present = (rows as f32 / info.height as f32).min(1.0);
        Ok(Self { info, color, samples, present, damaged })
    }

    fn missing(&self) -> Notice {
        if self.present < 1.0 {
            Notice::RowsMissing { format: NAME, share: 1.0 - self.present }
        } else {
            Notice::DetailMissing { format: NAME }
        }
    }
}

/// Number of decoded rows: for an interlaced file those of all passes.
fn row_count(info: &Info) -> usize {
    // First column and row of the Adam7 passes, and the distances between them.
    const PASSES: [[u32; 4]; 7] =
        [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];
    if !info.interlaced {
        return info.height as usize;
    }
    let passes = PASSES.iter().filter(|[x, ..]| *x < info.width);
    passes.map(|[_, y, _, step]| info.height.saturating_sub(*y).div_ceil(*step) as usize).sum()
}

fn color_type(kind: (Color, BitDepth)) -> Result<ColorType> {
    Ok(match kind {
        (Color::Grayscale, BitDepth::Eight) => ColorType::L8,
        (Color::Grayscale, BitDepth::Sixteen) => ColorType::L16,
        (Color::GrayscaleAlpha, BitDepth::Eight) => ColorType::La8,
        (Color::GrayscaleAlpha, BitDepth::Sixteen) => ColorType::La16,
        (Color::Rgb, BitDepth::Eight) => ColorType::Rgb8,
        (Color::Rgb, BitDepth::Sixteen) => ColorType::Rgb16,
        (Color::Rgba, BitDepth::Eight) => ColorType::Rgba8,
        (Color::Rgba, BitDepth::Sixteen) => ColorType::Rgba16,
        // The decoder expands palettes and low bit depths.
        (color, depth) => {
            return Err(Error::UnsupportedPicture(format!("a PNG with {depth:?} bits of {color:?}")));
        }
    })
}

/// Color profile of the file, in the order of PNG (third edition), 4.3: cICP, iCCP, sRGB, then gAMA and cHRM.
fn profile(info: &Info) -> Option<Profile> {
    if let Some(points) = &info.coding_independent_code_points
        && let Some(transfer) = Transfer::of_code_point(points.transfer_function)
        && let Some(primaries) = Chromaticities::of_code_point(points.color_primaries)
    {
        let narrow = !points.is_video_full_range_image;
        return Some(Profile::Named { transfer, primaries: Some(primaries), narrow });
    }
    if let Some(icc) = &info.icc_profile {
        return Some(Profile::Icc(icc.to_vec()));
    }
    if info.srgb.is_some() {
        return None;
    }
    let primaries = info.chrm_chunk.map(|c| {
        Chromaticities([c.white, c.red, c.green, c.blue].map(|(x, y)| [x.into_value(), y.into_value()]))
    });
    let gamma = info.gama_chunk.map(|gamma| gamma.into_value());
    let transfer = gamma.map_or(Some(Transfer::srgb()), |gamma| Transfer::of_gamma(gamma, primaries))?;
    Some(Profile::Named { transfer, primaries, narrow: false })
}

struct Chunk<'a> {
    name: [u8; 4],
    body: &'a [u8],
}

/// Chunks of a file, up to one that is cut off.
fn chunks(file: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = file.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let (name, after) = after.split_first_chunk()?;
        let length = u32::from_be_bytes(*length) as usize;
        let body = after.get(..length)?;
        rest = after.get(length + 4..).unwrap_or_default();
        Some(Chunk { name: *name, body })
    })
}

fn to_native_order(samples: &mut [u8]) {
    for sample in samples.as_chunks_mut::<2>().0 {
        *sample = u16::from_be_bytes(*sample).to_ne_bytes();
    }
}

fn explain(error: DecodingError) -> Error {
    match error {
        DecodingError::LimitsExceeded => too_much(NAME),
        DecodingError::IoError(_) => {
            Error::InvalidPicture("the PNG file ends before the picture does".into())
        }
        other => Error::InvalidPicture(format!("the PNG data is damaged: {other}")),
    }
}

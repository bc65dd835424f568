//! Samples of a TIFF file, converted to one of a few types.

use tiff::decoder::DecodingResult;

use super::meaning::Kind;
use super::variant;
use unet_kernels::error::Result;

/// Row-major, without padding.
pub(super) enum Samples {
    U8(Vec<u8>),
    U16(Vec<u16>),
    F32(Vec<f32>),
}

impl Samples {
    /// Samples of `planes` planes, one after the other. Gray of fewer than 8 bits is stretched to 8; palette
    /// indices are kept.
    pub(super) fn of(
        result: DecodingResult,
        bits: u8,
        width: usize,
        height: usize,
        planes: usize,
        kind: &Kind,
    ) -> Result<Self> {
        Ok(match result {
            DecodingResult::U8(packed) if bits < 8 => {
                let row_bytes = packed.len() / (height * planes).max(1);
                let row_samples = row_bytes * 8 / usize::from(bits) / width.max(1) * width;
                let mut samples = unpacked(&packed, bits, row_bytes, row_samples);
                if !matches!(kind, Kind::Palette(_)) {
                    let most = (1u16 << bits) - 1;
                    samples.iter_mut().for_each(|v| *v = (u16::from(*v) * 255 / most) as u8);
                }
                Samples::U8(samples)
            }
            DecodingResult::U8(v) => Samples::U8(v),
            DecodingResult::U16(v) => Samples::U16(v),
            DecodingResult::U32(v) => Samples::U16(v.iter().map(|v| (v >> 16) as u16).collect()),
            DecodingResult::U64(v) => Samples::U16(v.iter().map(|v| (v >> 48) as u16).collect()),
            DecodingResult::F16(v) => Samples::F32(v.iter().map(|v| v.to_f32()).collect()),
            DecodingResult::F32(v) => Samples::F32(v),
            DecodingResult::F64(v) => Samples::F32(v.iter().map(|&v| v as f32).collect()),
            DecodingResult::I8(_)
            | DecodingResult::I16(_)
            | DecodingResult::I32(_)
            | DecodingResult::I64(_) => {
                return Err(variant("signed integers"));
            }
        })
    }

    /// Interleaves planes.
    pub(super) fn interleaved(self, planes: usize) -> Self {
        match self {
            Samples::U8(v) => Samples::U8(interleaved(&v, planes)),
            Samples::U16(v) => Samples::U16(interleaved(&v, planes)),
            Samples::F32(v) => Samples::F32(interleaved(&v, planes)),
        }
    }

    /// Scales floats outside 0–1, and returns their original range.
    pub(super) fn within_range(self) -> (Self, Option<[f32; 2]>) {
        let Samples::F32(mut values) = self else { return (self, None) };
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let (low, high) =
            (finite().fold(f32::INFINITY, f32::min), finite().fold(f32::NEG_INFINITY, f32::max));
        if low >= 0.0 && high <= 1.0 || low >= high {
            return (Samples::F32(values), None);
        }
        values.iter_mut().for_each(|v| *v = (*v - low) / (high - low));
        (Samples::F32(values), Some([low, high]))
    }
}

fn interleaved<T: Copy>(values: &[T], planes: usize) -> Vec<T> {
    let len = values.len() / planes;
    (0..len * planes).map(|i| values[i % planes * len + i / planes]).collect()
}

/// Unpacks samples of rows that are padded to bytes.
fn unpacked(packed: &[u8], bits: u8, row_bytes: usize, row_samples: usize) -> Vec<u8> {
    let (bits, mask) = (usize::from(bits), (1u16 << bits) - 1);
    let sample = |row: &[u8], i: usize| {
        let at = i * bits;
        let two = [row[at / 8], row.get(at / 8 + 1).copied().unwrap_or(0)];
        (u16::from_be_bytes(two) >> (16 - bits - at % 8) & mask) as u8
    };
    let rows = packed.chunks_exact(row_bytes.max(1));
    rows.flat_map(|row| (0..row_samples).map(move |i| sample(row, i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_unpacked_row_by_row() {
        assert_eq!(unpacked(&[0b1010_0000, 0b0100_0000], 1, 1, 3), [1, 0, 1, 0, 1, 0]);
        assert_eq!(unpacked(&[0b0001_1011], 2, 1, 4), [0, 1, 2, 3]);
        assert_eq!(unpacked(&[0x1f, 0xa0], 4, 2, 3), [1, 15, 10]);
        assert_eq!(unpacked(&[0b1011_0111, 0b0100_0000], 3, 2, 3), [5, 5, 6]);
    }

    #[test]
    fn planes_are_interleaved_and_ranges_are_reported() {
        assert_eq!(interleaved(&[1, 2, 11, 12, 21, 22], 3), [1, 11, 21, 2, 12, 22]);
        let scaled = |values: Vec<f32>| match Samples::F32(values).within_range() {
            (Samples::F32(values), range) => (values, range),
            _ => unreachable!(),
        };
        assert_eq!(scaled(vec![0.25, 0.5]), (vec![0.25, 0.5], None));
        assert_eq!(scaled(vec![-1.0, 0.0, 3.0]), (vec![0.0, 0.25, 1.0], Some([-1.0, 3.0])));
        assert_eq!(scaled(vec![7.0, 7.0]).1, None);
    }
}

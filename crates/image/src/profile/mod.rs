//! Conversion of color spaces declared in files to sRGB.
//!
//! Supports ICC profiles made of curves and a matrix ([`icc`]), the code points of video, and gamma with
//! chromaticities ([`primaries`]). A color management library would add 60 KB of download, most of it for
//! table-based profiles.

mod icc;
mod primaries;
mod transfer;

use super::RGBA;
pub(super) use primaries::Chromaticities;
pub(super) use transfer::Transfer;

/// Number of entries in the table that encodes linear light: under 0.1 of a level apart in the darks.
const LEVELS: usize = 1 << 14;
/// Number of colors per axis in the grid that tests whether a profile changes anything.
const PROBE: usize = 9;
/// XYZ of the profile connection space (D50) → linear sRGB, Bradford adaptation included.
const XYZ_TO_SRGB: Matrix = [
    [3.133_856, -1.616_867, -0.490_615],
    [-0.978_768, 1.916_142, 0.033_454],
    [0.071_945, -0.228_991, 1.405_243],
];
const IDENTITY: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

type Matrix = [[f32; 3]; 3];

/// Color space declared in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Profile {
    Icc(Vec<u8>),
    Named {
        transfer: Transfer,
        /// `None` means those of sRGB.
        primaries: Option<Chromaticities>,
        /// Whether black is 16 and white 235 of 255, as in video.
        narrow: bool,
    },
}

/// How many levels a sample has; tables of linear light have as many entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Eight,
    Sixteen,
}

impl Depth {
    fn levels(self) -> usize {
        match self {
            Depth::Eight => 1 << 8,
            Depth::Sixteen => 1 << 16,
        }
    }
}

/// A curve as a function from 0–1 to linear light, 0–1.
type Curve = Box<dyn Fn(f32) -> f32>;

/// From the color space of a profile to sRGB.
pub(super) struct ToSrgb {
    /// Sample → linear light, for each channel.
    linear: [Vec<f32>; 3],
    /// Linear light of the profile → linear light of sRGB.
    matrix: Matrix,
    /// Linear light, 0–1 in [`LEVELS`] steps → sRGB byte.
    encoded: Vec<u8>,
}

impl ToSrgb {
    /// The transform for a picture with gray or RGB pixels. `None` where the profile is sRGB to
    /// within a rounding step, does not fit the pixels, or is broken or of another kind: the pixels
    /// then count as sRGB.
    pub(super) fn new(profile: &Profile, is_gray: bool, depth: Depth) -> Option<Self> {
        let (curves, matrix) = match profile {
            Profile::Icc(bytes) => icc::read(bytes, is_gray)?,
            Profile::Named { transfer, primaries, narrow } => {
                let matrix = primaries.map_or(Some(IDENTITY), |primaries| {
                    Some(product(&XYZ_TO_SRGB, &primaries.to_xyz_d50()?))
                })?;
                let (transfer, narrow) = (*transfer, *narrow);
                let curve =
                    move |x: f32| transfer.linear(if narrow { (x * 255.0 - 16.0) / 219.0 } else { x });
                ([Box::new(curve) as Curve, Box::new(curve), Box::new(curve)], matrix)
            }
        };
        let last = (depth.levels() - 1) as f32;
        let sampled =
            |curve: &Curve| (0..depth.levels()).map(|i| curve(i as f32 / last).clamp(0.0, 1.0)).collect();
        let linear = curves.each_ref().map(sampled);
        let encoded = (0..LEVELS).map(|i| srgb(i as f32 / (LEVELS - 1) as f32)).collect();
        let to_srgb = Self { linear, matrix, encoded };
        to_srgb.changes_colors().then_some(to_srgb)
    }

    /// Converts RGBA pixels in place; alpha stays. The transform is one for 8 bits.
    pub(super) fn apply(&self, rgba: &mut [u8]) {
        for pixel in rgba.as_chunks_mut::<RGBA>().0 {
            let [r, g, b, _] = *pixel;
            pixel[..3].copy_from_slice(&self.convert([r, g, b].map(usize::from)));
        }
    }

    /// sRGB bytes of a sample of each channel.
    pub(super) fn convert(&self, samples: [usize; 3]) -> [u8; 3] {
        let light: [f32; 3] = std::array::from_fn(|c| self.linear[c][samples[c]]);
        self.matrix.map(|row| {
            let value = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
            // The cast saturates, so that colors outside sRGB are clipped.
            let level = (value * (LEVELS - 1) as f32 + 0.5) as usize;
            self.encoded[level.min(LEVELS - 1)]
        })
    }

    fn changes_colors(&self) -> bool {
        let last = self.linear[0].len() - 1;
        let sample = |i: usize| i % PROBE * last / (PROBE - 1);
        (0..PROBE * PROBE * PROBE).any(|i| {
            let samples = [sample(i), sample(i / PROBE), sample(i / PROBE / PROBE)];
            let bytes = samples.map(|sample| (sample * 255 / last) as u8);
            self.convert(samples).iter().zip(bytes).any(|(a, b)| a.abs_diff(b) > 1)
        })
    }
}

/// CIE L\*a\*b\* under D50, the white of print → sRGB.
pub(super) fn srgb_of_lab([l, a, b]: [f32; 3]) -> [u8; 3] {
    let y = (l + 16.0) / 116.0;
    let cubed =
        |t: f32| if t > 6.0 / 29.0 { t * t * t } else { (t - 4.0 / 29.0) * 3.0 * (6.0f32 / 29.0).powi(2) };
    let xyz = [y + a / 500.0, y, y - b / 200.0].map(cubed);
    XYZ_TO_SRGB
        .map(|row| srgb((0..3).map(|i| row[i] * xyz[i] * primaries::D50[i]).sum::<f32>().clamp(0.0, 1.0)))
}

/// Linear light, 0–1 → sRGB byte (IEC 61966-2-1).
fn srgb(linear: f32) -> u8 {
    let value = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0 + 0.5) as u8
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    a.map(|row| std::array::from_fn(|j| row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(transfer: Transfer, primaries: Option<Chromaticities>) -> Option<ToSrgb> {
        ToSrgb::new(&Profile::Named { transfer, primaries, narrow: false }, false, Depth::Eight)
    }

    #[test]
    fn srgb_by_any_name_changes_nothing() {
        let srgb = Chromaticities::of_code_point(1);
        for transfer in [Transfer::of_code_point(13).unwrap(), Transfer::of_gamma(0.45455, None).unwrap()] {
            assert!(named(transfer, None).is_none());
            assert!(named(transfer, srgb).is_none());
        }
    }

    #[test]
    fn linear_light_is_encoded_and_the_darks_of_16_bits_stay_apart() {
        let linear = Transfer::of_gamma(1.0, None).unwrap();
        let shown = named(linear, None).unwrap();
        assert_eq!(shown.convert([0, 128, 255]), [0, 188, 255]);
        let profile = Profile::Named { transfer: linear, primaries: None, narrow: false };
        let deep = ToSrgb::new(&profile, false, Depth::Sixteen).unwrap();
        assert_eq!(deep.convert([0, 128, 256]), [0, 6, 13]);
    }

    #[test]
    fn white_of_every_gamut_is_white() {
        for code in [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22] {
            let primaries = Chromaticities::of_code_point(code).unwrap();
            let matrix = product(&XYZ_TO_SRGB, &primaries.to_xyz_d50().unwrap());
            for row in matrix {
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 2e-3, "{code}: {matrix:?}");
            }
        }
    }

    #[test]
    fn narrow_range_reaches_black_and_white() {
        let transfer = Transfer::of_code_point(13).unwrap();
        let profile = Profile::Named { transfer, primaries: None, narrow: true };
        let shown = ToSrgb::new(&profile, false, Depth::Eight).unwrap();
        assert_eq!(shown.convert([0, 16, 235]), [0, 0, 255]);
    }
}

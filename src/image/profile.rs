//! Embedded ICC profiles: pixels of their colour space become sRGB.
//!
//! Reads what pictures carry: three tone curves and a matrix (Display P3, Adobe RGB, ProPhoto, …)
//! or a gray curve, ICC.1:2022. Profiles made of tables (printers, scanners) are left alone. A
//! colour management library would add 60 KB to what a visitor downloads, most of it for those.

use super::RGBA;

/// Steps of linear light in the table that encodes it: under 0.1 of a level each in the darks.
const LEVELS: usize = 1 << 14;
/// Steps per axis of the grid of colours that is tried to see whether a profile changes anything.
const PROBE: usize = 9;
/// XYZ of the profile connection space (D50) → linear sRGB, Bradford adaptation included.
const XYZ_TO_SRGB: [[f32; 3]; 3] = [
    [3.133_856, -1.616_867, -0.490_615],
    [-0.978_768, 1.916_142, 0.033_454],
    [0.071_945, -0.228_991, 1.405_243],
];
const IDENTITY: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

/// Byte → linear light.
type Curve = [f32; 256];

/// From the colour space of a profile to sRGB.
pub(super) struct ToSrgb {
    linear: [Curve; 3],
    /// Linear light of the profile → linear light of sRGB.
    matrix: [[f32; 3]; 3],
    /// Linear light, 0–1 in [`LEVELS`] steps → sRGB byte.
    encoded: Vec<u8>,
}

impl ToSrgb {
    /// The transform for a picture with gray or RGB pixels. `None` where the profile is sRGB to
    /// within a rounding step, does not fit the pixels, or is broken or of another kind: the pixels
    /// then count as sRGB.
    pub(super) fn new(icc: &[u8], is_gray: bool) -> Option<Self> {
        let is = |at: usize, signature: &[u8; 4]| icc.get(at..at + 4) == Some(signature);
        if !is(36, b"acsp") || !is(20, b"XYZ ") {
            return None;
        }
        let (linear, matrix) = if is(16, b"RGB ") {
            let linear = [curve(icc, b"rTRC")?, curve(icc, b"gTRC")?, curve(icc, b"bTRC")?];
            let primaries = [xyz(icc, b"rXYZ")?, xyz(icc, b"gXYZ")?, xyz(icc, b"bXYZ")?];
            (linear, XYZ_TO_SRGB.map(|row| primaries.map(|p| row[0] * p[0] + row[1] * p[1] + row[2] * p[2])))
        } else if is(16, b"GRAY") && is_gray {
            ([curve(icc, b"kTRC")?; 3], IDENTITY)
        } else {
            return None;
        };
        let encoded = (0..LEVELS).map(|i| srgb(i as f32 / (LEVELS - 1) as f32)).collect();
        let to_srgb = Self { linear, matrix, encoded };
        to_srgb.changes_colours().then_some(to_srgb)
    }

    /// Converts RGBA pixels in place; alpha stays.
    pub(super) fn apply(&self, rgba: &mut [u8]) {
        for pixel in rgba.as_chunks_mut::<RGBA>().0 {
            let light: [f32; 3] = std::array::from_fn(|c| self.linear[c][usize::from(pixel[c])]);
            for (byte, row) in pixel.iter_mut().zip(&self.matrix) {
                let value = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
                // The cast saturates, so that colours outside sRGB are clipped.
                let level = (value * (LEVELS - 1) as f32 + 0.5) as usize;
                *byte = self.encoded[level.min(LEVELS - 1)];
            }
        }
    }

    fn changes_colours(&self) -> bool {
        let level = |i: usize| (i % PROBE * 255 / (PROBE - 1)) as u8;
        let grid: Vec<u8> = (0..PROBE * PROBE * PROBE)
            .flat_map(|i| [level(i), level(i / PROBE), level(i / PROBE / PROBE), 255])
            .collect();
        let mut mapped = grid.clone();
        self.apply(&mut mapped);
        grid.iter().zip(&mapped).any(|(a, b)| a.abs_diff(*b) > 1)
    }
}

/// Linear light, 0–1 → sRGB byte (IEC 61966-2-1).
fn srgb(linear: f32) -> u8 {
    let value = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0 + 0.5) as u8
}

/// Data of the tag of this name.
fn tag<'a>(icc: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let count = u32_at(icc, 128)? as usize;
    let (entries, _) = icc.get(132..)?.as_chunks::<12>();
    let entry = entries.iter().take(count).find(|entry| entry.starts_with(name))?;
    let (start, len) = (u32_at(entry, 4)? as usize, u32_at(entry, 8)? as usize);
    icc.get(start..start.checked_add(len)?)
}

fn xyz(icc: &[u8], name: &[u8; 4]) -> Option<[f32; 3]> {
    let data = tag(icc, name)?;
    data.starts_with(b"XYZ ").then_some(())?;
    Some([fixed_at(data, 8)?, fixed_at(data, 12)?, fixed_at(data, 16)?])
}

fn curve(icc: &[u8], name: &[u8; 4]) -> Option<Curve> {
    let data = tag(icc, name)?;
    let parameter = |i: usize| fixed_at(data, 12 + 4 * i);
    match data.get(..4)? {
        b"curv" => {
            let count = u32_at(data, 8)? as usize;
            let (table, _) = data.get(12..)?.as_chunks::<2>();
            let table: Vec<f32> =
                table.get(..count)?.iter().map(|&v| f32::from(u16::from_be_bytes(v))).collect();
            Some(match table[..] {
                [] => sample(|x| x),
                [gamma] => sample(|x| x.powf(gamma / 256.0)),
                _ => sample(|x| between(&table, x) / 65_535.0),
            })
        }
        // Y = (a X + b)^g + e from X = d on, c X + f below.
        b"para" => {
            let (g, p) = (parameter(0)?, parameter);
            let [a, b, c, d, e, f] = match u16::from_be_bytes([*data.get(8)?, *data.get(9)?]) {
                0 => [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                1 => [p(1)?, p(2)?, 0.0, -p(2)? / p(1)?, 0.0, 0.0],
                2 => [p(1)?, p(2)?, 0.0, -p(2)? / p(1)?, p(3)?, p(3)?],
                3 => [p(1)?, p(2)?, p(3)?, p(4)?, 0.0, 0.0],
                4 => [p(1)?, p(2)?, p(3)?, p(4)?, p(5)?, p(6)?],
                _ => return None,
            };
            Some(sample(|x| if x >= d { (a * x + b).powf(g) + e } else { c * x + f }))
        }
        _ => None,
    }
}

fn sample(f: impl Fn(f32) -> f32) -> Curve {
    std::array::from_fn(|i| f(i as f32 / 255.0).clamp(0.0, 1.0))
}

/// Linear interpolation at `x`, 0–1, in a table of at least two values.
fn between(table: &[f32], x: f32) -> f32 {
    let at = x * (table.len() - 1) as f32;
    let low = (at as usize).min(table.len() - 2);
    table[low] + (table[low + 1] - table[low]) * (at - low as f32)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Signed fixed point with 16 bits of fraction.
fn fixed_at(bytes: &[u8], at: usize) -> Option<f32> {
    Some(u32_at(bytes, at)?.cast_signed() as f32 / 65_536.0)
}

//! Embedded ICC profiles.
//!
//! Reads the profiles that pictures embed, ICC.1:2022: three tone curves and a matrix (Display P3, Adobe RGB,
//! ProPhoto, …), or a gray curve. Table-based profiles (printers, scanners) are ignored.

use super::{Curve, IDENTITY, Matrix, XYZ_TO_SRGB, product};

/// Tone curves, and the matrix from their linear light to that of sRGB. `None` if the profile does not fit
/// the pixels, is broken or of another kind.
pub(super) fn read(icc: &[u8], is_gray: bool) -> Option<([Curve; 3], Matrix)> {
    let is = |at: usize, signature: &[u8; 4]| icc.get(at..at + 4) == Some(signature);
    if !is(36, b"acsp") || !is(20, b"XYZ ") {
        return None;
    }
    if is(16, b"RGB ") {
        let curves = [curve(icc, b"rTRC")?, curve(icc, b"gTRC")?, curve(icc, b"bTRC")?];
        let primaries = [xyz(icc, b"rXYZ")?, xyz(icc, b"gXYZ")?, xyz(icc, b"bXYZ")?];
        let columns = std::array::from_fn(|i| primaries.map(|p| p[i]));
        Some((curves, product(&XYZ_TO_SRGB, &columns)))
    } else if is(16, b"GRAY") && is_gray {
        Some(([curve(icc, b"kTRC")?, curve(icc, b"kTRC")?, curve(icc, b"kTRC")?], IDENTITY))
    } else {
        None
    }
}

/// Data of a tag by its name.
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
            Some(match table.len() {
                0 => Box::new(|x| x),
                1 => Box::new(move |x| x.powf(table[0] / 256.0)),
                _ => Box::new(move |x| between(&table, x) / 65_535.0),
            })
        }
        // Y = (a X + b)^g + e for X ≥ d, c X + f below.
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
            Some(Box::new(move |x| if x >= d { (a * x + b).powf(g) + e } else { c * x + f }))
        }
        _ => None,
    }
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

/// Signed fixed point with 16 fractional bits.
fn fixed_at(bytes: &[u8], at: usize) -> Option<f32> {
    Some(u32_at(bytes, at)?.cast_signed() as f32 / 65_536.0)
}

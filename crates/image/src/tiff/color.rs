//! Conversion of samples to gray or RGB, with or without alpha.

use bytemuck::Pod;
use image::ColorType;

use super::meaning::{Alpha, Kind, Meaning};
use super::samples::Samples;
use super::variant;
use crate::decode::{straighten, without_black};
use crate::profile::srgb_of_lab;
use unet_kernels::error::{Error, Result};

/// An unsigned integer from black to white.
trait Sample: Pod + Into<u32> + TryFrom<u32> {
    const BITS: u32 = 8 * size_of::<Self>() as u32;

    /// Position between black (0) and white (1).
    fn unit(self) -> f32 {
        let value: u32 = self.into();
        value as f32 / ((1 << Self::BITS) - 1) as f32
    }

    fn byte(self) -> u8 {
        (self.unit() * 255.0 + 0.5) as u8
    }

    /// a\* or b\* of CIE L\*a\*b\*, whose integer part is in the upper 8 bits.
    fn chroma(self, signed: bool) -> f32 {
        let value: u32 = self.into();
        let number = value as f32 / (1 << (Self::BITS - 8)) as f32;
        match signed {
            true if number >= 128.0 => number - 256.0,
            true => number,
            false => number - 128.0,
        }
    }
}

impl Sample for u8 {}
impl Sample for u16 {}

/// Converts the samples of `pixels` pixels to bytes in native order and their color type.
pub(super) fn converted(meaning: &Meaning, samples: Samples, pixels: usize) -> Result<(ColorType, Vec<u8>)> {
    match samples {
        Samples::U8(v) => of_integers(meaning, v, pixels),
        Samples::U16(v) => of_integers(meaning, v, pixels),
        Samples::F32(v) => {
            let integers = v.iter().map(|v| (v.clamp(0.0, 1.0) * 65_535.0 + 0.5) as u16);
            of_integers(meaning, integers.collect(), pixels)
        }
    }
}

/// Conversion of one pixel's samples.
type ToRgb<'a, T> = Box<dyn Fn(&[T]) -> [u8; 3] + 'a>;

fn of_integers<T: Sample>(meaning: &Meaning, mut v: Vec<T>, pixels: usize) -> Result<(ColorType, Vec<u8>)> {
    let Meaning { kind, alpha, .. } = meaning;
    let kept = kind.colors() + usize::from(alpha.is_some());
    keep(&mut v, pixels, kept)?;
    let rgb: ToRgb<T> = match kind {
        Kind::Gray { white_is_zero } => {
            if *white_is_zero {
                let inverted = |v: &T| T::try_from((1 << T::BITS) - 1 - (*v).into()).unwrap_or(*v);
                v.chunks_exact_mut(kept).for_each(|pixel| pixel[0] = inverted(&pixel[0]));
            }
            return Ok(straight(v, kept, *alpha));
        }
        Kind::Rgb => return Ok(straight(v, kept, *alpha)),
        Kind::Palette(map) => Box::new(|pixel| {
            let index: u32 = pixel[0].into();
            map.get(index as usize).map_or([0; 3], |color| color.map(|v| (v >> 8) as u8))
        }),
        Kind::Cmyk => Box::new(|pixel| {
            let inks = [0, 1, 2, 3].map(|i| pixel[i].byte());
            without_black(&inks).try_into().unwrap_or_default()
        }),
        Kind::YCbCr => Box::new(|pixel| from_ycbcr([0, 1, 2].map(|i| pixel[i].byte()))),
        Kind::Lab { signed } => Box::new(|pixel| {
            srgb_of_lab([pixel[0].unit() * 100.0, pixel[1].chroma(*signed), pixel[2].chroma(*signed)])
        }),
    };
    match alpha {
        None => Ok((ColorType::Rgb8, v.chunks_exact(kept).flat_map(rgb).collect())),
        Some(Alpha::Straight) => {
            let rgba = v.chunks_exact(kept).flat_map(|pixel| {
                let [r, g, b] = rgb(pixel);
                [r, g, b, pixel[kept - 1].byte()]
            });
            Ok((ColorType::Rgba8, rgba.collect()))
        }
        Some(Alpha::Premultiplied) => Err(variant("colors premultiplied by alpha")),
    }
}

/// Keeps the first `kept` samples of each pixel.
fn keep<T: Copy>(samples: &mut Vec<T>, pixels: usize, kept: usize) -> Result<()> {
    let given = samples.len() / pixels;
    if given < kept {
        return Err(Error::InvalidPicture(
            "the TIFF file has fewer samples per pixel than its colors need".into(),
        ));
    }
    if given > kept {
        for i in 0..pixels {
            samples.copy_within(i * given..i * given + kept, i * kept);
        }
    }
    samples.truncate(pixels * kept);
    Ok(())
}

/// Keeps gray or RGB, and makes its alpha straight.
fn straight<T: Sample>(mut v: Vec<T>, kept: usize, alpha: Option<Alpha>) -> (ColorType, Vec<u8>) {
    match (alpha, kept) {
        (Some(Alpha::Premultiplied), 2) => straighten::<2, T>(&mut v),
        (Some(Alpha::Premultiplied), _) => straighten::<4, T>(&mut v),
        (Some(Alpha::Straight) | None, _) => {}
    }
    let color = match (kept, T::BITS) {
        (1, 8) => ColorType::L8,
        (2, 8) => ColorType::La8,
        (3, 8) => ColorType::Rgb8,
        (_, 8) => ColorType::Rgba8,
        (1, _) => ColorType::L16,
        (2, _) => ColorType::La16,
        (3, _) => ColorType::Rgb16,
        (_, _) => ColorType::Rgba16,
    };
    (color, bytemuck::cast_slice(&v).to_vec())
}

/// Full-range BT.601, as in JPEG files.
fn from_ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|v| (v + 0.5) as u8)
}

//! A quick analysis of a picture, from which the page proposes a task.

use super::{NoiseLevel, Picture, RGBA, noise_level};
use unet_kernels::error::Result;

/// Longer side of the copy whose colors are analyzed; averaging removes noise and the grain of a scan.
const SIDE: u32 = 256;
/// Maximum standard deviation of chroma around the mean for its lightness, of 255, in a single-tone picture.
const ONE_TONE: f32 = 4.0;
/// Mean chroma that still counts as neutral, of 255.
const NEUTRAL: f32 = 40.0;
/// Minimum mean chroma of a print that has turned brown: more than a scanner or a JPEG file adds to gray.
const BROWN: f32 = 4.0;
/// Sigma of Gaussian noise from which noise is visible.
const NOISY: f32 = 9.0;
/// Longer sides that are small and tiny for a screen.
const SMALL: u32 = 1000;
const TINY: u32 = 400;
/// Number of ranges of lightness, and how many of them a photo covers at least.
const TONES: usize = 64;
const FEW_TONES: usize = 8;

/// Result of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstLook {
    /// Whether every lightness has a single tone, as in black and white or sepia.
    pub gray: bool,
    /// Noise; `None` for pictures too small to estimate it.
    pub noise: Option<NoiseLevel>,
    /// Recommended first task, if any.
    pub need: Option<Need>,
}

/// The photo's most apparent deficiency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Gray, with negligible noise.
    Colors,
    /// Gray and noisy.
    ColorsWithoutNoise,
    /// A single tone that is not gray: a print that has turned brown.
    Restoration,
    /// Noisy, in color.
    LessNoise,
    /// Small.
    TwiceTheSize,
    /// Very small.
    FourTimesTheSize,
}

/// Analyzes a picture before any processing.
///
/// # Errors
/// `OutOfMemory`.
pub fn first_look(picture: &Picture) -> Result<FirstLook> {
    let tint = tint(&picture.thumbnail(SIDE)?)?;
    let gray = tint.is_some();
    let noise = noise_level(picture).ok();
    let longer = picture.width().max(picture.height());
    // Noise equal in all channels is noise of luma alone.
    let noisy = noise.is_some_and(|noise| noise.sigma > NOISY);
    let need = match (tint, noisy) {
        (Some(Tint::Brown), _) => Some(Need::Restoration),
        (Some(Tint::Gray), true) => Some(Need::ColorsWithoutNoise),
        (Some(Tint::Gray), false) => Some(Need::Colors),
        (None, true) => Some(Need::LessNoise),
        (None, false) if longer <= TINY => Some(Need::FourTimesTheSize),
        (None, false) if longer <= SMALL => Some(Need::TwiceTheSize),
        (None, false) => None,
    };
    Ok(FirstLook { gray, noise, need })
}

/// Number of pixels, sums of both chromas, and sum of their squares, per range of lightness.
type Tone = (f32, [f32; 2], f32);

/// Appearance of a picture with a single tone per lightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tint {
    Gray,
    Brown,
}

/// Tint of a picture with a single tone per lightness; `None` for others.
fn tint(picture: &Picture) -> Result<Option<Tint>> {
    let mut tones: [Tone; TONES] = [(0.0, [0.0; 2], 0.0); TONES];
    let rgba = picture.region(picture.rect())?;
    for &[r, g, b, a] in rgba.as_chunks::<RGBA>().0 {
        if a == 0 {
            continue;
        }
        let [r, g, b] = [r, g, b].map(f32::from);
        let y = super::filter::luma([r, g, b]);
        let chroma = [(b - y) / 1.772, (r - y) / 1.402];
        let tone = &mut tones[(y as usize * TONES / 256).min(TONES - 1)];
        tone.0 += 1.0;
        tone.1 = [tone.1[0] + chroma[0], tone.1[1] + chroma[1]];
        tone.2 += chroma[0] * chroma[0] + chroma[1] * chroma[1];
    }
    let count: f32 = tones.iter().map(|tone| tone.0).sum();
    let within =
        tones.iter().filter(|tone| tone.0 > 0.0).map(|&(n, [b, r], squares)| squares - (b * b + r * r) / n);
    let spread = (within.sum::<f32>().max(0.0) / count.max(1.0)).sqrt();
    let mean = |of: fn(&Tone) -> f32| tones.iter().map(of).sum::<f32>() / count.max(1.0);
    let [blue, red] = [mean(|tone| tone.1[0]), mean(|tone| tone.1[1])];
    let chroma = blue.hypot(red);
    let is_brown = chroma >= BROWN && red > 0.0 && blue < 0.0;
    // A uniformly colored picture is not a print.
    let is_flat = tones.iter().filter(|tone| tone.0 > 0.0).count() < FEW_TONES;
    let one_tone = count > 0.0 && spread < ONE_TONE && chroma < NEUTRAL;
    Ok(one_tone.then_some(if is_brown && !is_flat { Tint::Brown } else { Tint::Gray }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Interpolation;
    use crate::{FilterSpec, Subsampling, apply_all, decode};

    fn sample(name: &str) -> Picture {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/public/samples/");
        decode(&std::fs::read(format!("{folder}{name}.jpg")).unwrap()).unwrap()
    }

    fn need(picture: &Picture, damage: &[FilterSpec]) -> Option<Need> {
        first_look(&apply_all(damage, picture).unwrap()).unwrap().need
    }

    fn saved(quality: u8) -> FilterSpec {
        FilterSpec::Jpeg { quality, subsampling: Subsampling::Half }
    }

    fn noise(sigma: f64, alike: bool) -> FilterSpec {
        FilterSpec::GaussianNoise { sigma, alike, seed: 5 }
    }

    const COLORED: [&str; 4] = ["chelsea", "coffee", "astronaut", "rocket"];
    const GRAY: [&str; 3] = ["camera", "clock", "brick"];

    #[test]
    fn gray_pictures_need_colors_and_brown_ones_more() {
        let old = FilterSpec::OldPhoto {
            wear: 0.3,
            fading: 0.5,
            sepia: 0.8,
            blur: 0.8,
            grain: 4.0,
            quality: Some(80),
            seed: 1,
        };
        for photo in GRAY.map(sample) {
            assert_eq!(need(&photo, &[]), Some(Need::Colors));
        }
        for photo in COLORED.map(sample) {
            assert_eq!(need(&photo, &[FilterSpec::Gray {}, saved(70)]), Some(Need::Colors));
            assert_eq!(need(&photo, std::slice::from_ref(&old)), Some(Need::Restoration));
            assert_eq!(
                need(&photo, &[FilterSpec::Gray {}, noise(20.0, true), saved(90)]),
                Some(Need::ColorsWithoutNoise)
            );
        }
    }

    #[test]
    fn only_a_brown_photo_is_an_old_print() {
        let tinted = |[r, g, b]: [f32; 3], source: &Picture| {
            let mut rgba = source.region(source.rect()).unwrap();
            for pixel in rgba.as_chunks_mut::<RGBA>().0 {
                let y = f32::from(pixel[0]);
                pixel[..3].copy_from_slice(&[y * r, y * g, y * b].map(|v| v as u8));
            }
            Picture::from_rgba(source.width(), source.height(), &rgba).unwrap()
        };
        let camera = sample("camera");
        assert_eq!(need(&tinted([1.0, 0.93, 0.8], &camera), &[]), Some(Need::Restoration));
        assert_eq!(need(&tinted([0.8, 0.9, 1.0], &camera), &[]), Some(Need::Colors), "bluish");
        let beige = Picture::from_rgba(700, 500, &[230, 210, 170, 255].repeat(700 * 500)).unwrap();
        assert_eq!(need(&beige, &[]), Some(Need::Colors), "one color");
    }

    #[test]
    fn visible_noise_takes_precedence_over_size() {
        for photo in COLORED.map(sample) {
            for damage in [vec![noise(15.0, false)], vec![noise(25.0, false), saved(90)]] {
                assert_eq!(need(&photo, &damage), Some(Need::LessNoise), "{damage:?}");
            }
            assert_eq!(need(&photo, &[saved(50)]), Some(Need::TwiceTheSize), "blocks of JPEG are no noise");
        }
    }

    #[test]
    fn only_small_pictures_are_to_be_enlarged() {
        let large = FilterSpec::Resize { width: 1400, height: 1000, interpolation: Interpolation::Bicubic };
        for photo in COLORED.map(sample) {
            assert_eq!(need(&photo, &[]), Some(Need::TwiceTheSize));
            assert_eq!(need(&photo, &[FilterSpec::Downscale { scale: 2 }]), Some(Need::FourTimesTheSize));
            assert_eq!(need(&photo, std::slice::from_ref(&large)), None);
        }
    }

    #[test]
    fn tiny_or_transparent_pictures_have_no_noise_and_no_tone() {
        let look = first_look(&Picture::new(5, 5).unwrap()).unwrap();
        assert_eq!(look, FirstLook { gray: false, noise: None, need: Some(Need::FourTimesTheSize) });
    }
}

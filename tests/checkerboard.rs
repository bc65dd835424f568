//! The checkerboard meter reads nothing where there is no grid, more where there is more of one, and
//! the same whatever people wear.

use proptest::prelude::*;
use unet_playground::image::Noise;
use unet_playground::image::Picture;
use unet_playground::image::checkerboard::checkerboard;
use unet_playground::image::filter::{Blur, Interpolation, Kernel, Resize, apply};

const PERIODS: [u32; 3] = [2, 4, 8];

fn gray(side: u32, luma: impl Fn(u32, u32) -> f32) -> Picture {
    let rgba: Vec<u8> = (0..side * side)
        .flat_map(|i| {
            let byte = (luma(i % side, i / side) + 0.5) as u8;
            [byte, byte, byte, 255]
        })
        .collect();
    Picture::from_rgba(side, side, &rgba).unwrap()
}

fn luma(picture: &Picture) -> Vec<f32> {
    picture.region(picture.rect()).unwrap().iter().step_by(4).map(|&byte| f32::from(byte)).collect()
}

/// Shapes with hard edges over texture of every scale, as in photos.
fn photo(side: u32, seed: u32) -> Picture {
    let plain = gray(side, |_, _| 128.0);
    let noise = apply(&Noise::gaussian(60.0, seed).unwrap(), &plain).unwrap();
    let octaves: Vec<Vec<f32>> = [0.7, 1.5, 3.0, 6.0, 12.0]
        .map(|sigma| luma(&apply(&Blur::new(Kernel::gaussian(sigma).unwrap()), &noise).unwrap()))
        .into();
    gray(side, |x, y| {
        let texture: f32 = octaves.iter().map(|octave| octave[(y * side + x) as usize] - 128.0).sum();
        let (dx, dy) = (x as f32 - 0.6 * side as f32, y as f32 - 0.4 * side as f32);
        let disk = if dx.hypot(dy) < 0.25 * side as f32 { 50.0 } else { 0.0 };
        let roof = if x + y / 2 < side / 2 { -35.0 } else { 0.0 };
        (120.0 + texture + disk + roof).clamp(30.0, 225.0)
    })
}

/// The picture with a pattern added, rounded once.
fn with(picture: &Picture, pattern: impl Fn(u32, u32) -> f32) -> Picture {
    let (side, values) = (picture.width(), luma(picture));
    gray(side, |x, y| values[(y * side + x) as usize] + pattern(x, y))
}

fn checker(x: u32, y: u32, period: u32) -> f32 {
    if (x / (period / 2) + y / (period / 2)).is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Every `period`-th pixel of every `period`-th row.
fn dots(x: u32, y: u32, period: u32) -> f32 {
    if x.is_multiple_of(period) && y.is_multiple_of(period) { 1.0 } else { 0.0 }
}

fn upsampled(scale: u32, interpolation: Interpolation, seed: u32) -> Picture {
    let small = photo(256 / scale, seed);
    apply(&Resize::up(scale, interpolation).unwrap(), &small).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn it_reads_near_zero_without_a_grid(seed in 0u32..1000) {
        for period in PERIODS {
            let bilinear = upsampled(period, Interpolation::Bilinear, seed);
            prop_assert!(checkerboard(&bilinear, period).unwrap() < 1.0);
            prop_assert!(checkerboard(&photo(256, seed), period).unwrap() < 1.0);
        }
    }

    #[test]
    fn it_rises_with_the_pattern(seed in 0u32..1000, scale in 0usize..3) {
        let period = PERIODS[scale];
        let bilinear = upsampled(period, Interpolation::Bilinear, seed);
        // Below half a step of 255, rounding swallows much of a pattern.
        for pattern in [checker, dots] {
            let read = [0.0, 1.0, 2.0, 4.0, 8.0, 16.0].map(|amplitude| {
                checkerboard(&with(&bilinear, |x, y| amplitude * pattern(x, y, period)), period).unwrap()
            });
            prop_assert!(read.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", read);
            // A doubled amplitude is four times the energy, 6 dB.
            let doubled = read[5] - read[4];
            prop_assert!(read[5] > 20.0 && (doubled - 6.0).abs() < 1.0, "{:?}", read);
        }
    }

    #[test]
    fn a_striped_shirt_is_no_grid(
        seed in 0u32..1000,
        width in 2.0f32..12.0,
        angle in 0.0f32..3.2,
        contrast in 5.0f32..40.0,
    ) {
        let photo = upsampled(2, Interpolation::Bilinear, seed);
        let stripes = |x: u32, y: u32| {
            let along = x as f32 * angle.cos() + y as f32 * angle.sin();
            contrast * (std::f32::consts::TAU * along / width).sin()
        };
        let on_the_shirt = |x: u32, y: u32| if (60..200).contains(&x) && y > 120 { stripes(x, y) } else { 0.0 };
        for period in PERIODS {
            let bare = checkerboard(&with(&photo, on_the_shirt), period).unwrap();
            prop_assert!(bare < 1.0, "{}", bare);
        }
    }
}

/// Its windows count like any others towards the median, and it touches a fifth of them.
#[test]
fn a_striped_shirt_hides_no_grid() {
    let photo = photo(640, 5);
    for (period, width, angle) in [(2, 2.3f32, 0.1f32), (2, 5.0, 0.8), (4, 4.0, 1.5), (8, 9.0, 2.1)] {
        let stripes = |x: u32, y: u32| {
            let along = x as f32 * angle.cos() + y as f32 * angle.sin();
            let on_the_shirt = (300..460).contains(&x) && (250..450).contains(&y);
            if on_the_shirt { 25.0 * (std::f32::consts::TAU * along / width).sin() } else { 0.0 }
        };
        let grid = |x: u32, y: u32| 6.0 * checker(x, y, period);
        let before = checkerboard(&with(&photo, grid), period).unwrap();
        let after = checkerboard(&with(&photo, |x, y| grid(x, y) + stripes(x, y)), period).unwrap();
        assert!(before > 5.0 && (before - after).abs() < 1.5, "{period}: {before} became {after}");
    }
}

#[test]
fn stripes_all_over_are_no_grid() {
    let photo = upsampled(2, Interpolation::Bilinear, 1);
    for period in PERIODS {
        let square = |i: u32| if (i / (period / 2)).is_multiple_of(2) { 20.0 } else { -20.0 };
        for picture in [with(&photo, |x, _| square(x)), with(&photo, |_, y| square(y))] {
            let read = checkerboard(&picture, period).unwrap();
            assert!(read < 1.0, "{period}: {read}");
        }
        let both = with(&photo, |x, y| square(x) / 2.0 + square(y) / 2.0);
        let read = checkerboard(&both, period).unwrap();
        assert!(read > 6.0, "{period}: {read}");
    }
}

#[test]
fn flat_pictures_have_none_and_small_ones_cannot_be_measured() {
    let flat = gray(64, |_, _| 200.0);
    assert_eq!(checkerboard(&flat, 2).unwrap(), 0.0);
    assert!(checkerboard(&with(&flat, |x, y| checker(x, y, 2)), 2).unwrap() > 10.0);
    assert_eq!(checkerboard(&gray(63, |_, _| 0.0), 2).unwrap_err().code(), "invalid-input");
    for period in [0, 1, 3, 16] {
        assert_eq!(checkerboard(&flat, period).unwrap_err().code(), "invalid-input");
    }
    // More windows than are taken: they spread over all of it.
    let long = Picture::new(20_000, 64).unwrap();
    assert_eq!(checkerboard(&long, 8).unwrap(), 0.0);
}

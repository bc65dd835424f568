//! Files of every format and defect, against what Pillow, NumPy and scikit-image say of them
//! (`tests/fixtures/pictures/make.py`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use unet_playground::Error;
use unet_playground::image::{MAX_PIXELS, Picture, Rect, decode, metrics, noise};

#[derive(Deserialize)]
struct Expected {
    width: u32,
    height: u32,
    tolerance: u8,
    rgba: String,
}

#[derive(Deserialize)]
struct Scores {
    psnr: f64,
    psnr_luma_border_4: f64,
    mae: f64,
    ssim: f64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pictures")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn error(name: &str) -> Error {
    decode(&file(name)).expect_err(name)
}

fn pixels(picture: &Picture) -> Vec<u8> {
    picture.region(picture.rect()).unwrap()
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn every_format_decodes_as_pillow_decodes_it() {
    let expected: BTreeMap<String, Expected> = serde_json::from_slice(&file("expected.json")).unwrap();
    assert!(expected.len() > 30);
    let mut wrong = Vec::new();
    for (name, e) in &expected {
        let picture = match decode(&file(name)) {
            Ok(picture) => picture,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        assert_eq!((picture.width(), picture.height()), (e.width, e.height), "{name}");
        let worst = pixels(&picture).iter().zip(from_hex(&e.rgba)).map(|(a, b)| a.abs_diff(b)).max().unwrap();
        if worst > e.tolerance {
            wrong.push(format!("{name}: off by {worst}, tolerance {}", e.tolerance));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_jpeg_that_ends_early_keeps_its_upper_part() {
    let picture = decode(&file("truncated.jpg")).unwrap();
    assert_eq!((picture.width(), picture.height()), (96, 72));
    // Each pixel of rgb.png was drawn 6 × 6; the first row of them was stored whole.
    let original = decode(&file("rgb.png")).unwrap();
    for x in 0..16 {
        let big = picture.region(Rect::new(x * 6 + 3, 3, 1, 1)).unwrap();
        let small = original.region(Rect::new(x, 0, 1, 1)).unwrap();
        assert!(big.iter().zip(&small).all(|(a, b)| a.abs_diff(*b) < 12), "{big:?} {small:?}");
    }
}

#[test]
fn a_row_of_20000_pixels_is_a_picture() {
    let picture = decode(&file("20000x1.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (20_000, 1));
    assert_eq!(pixels(&picture)[4 * 19_999], (19_999 % 256) as u8);
}

#[test]
fn what_is_no_picture_is_said_in_a_sentence() {
    for (name, code, words) in [
        ("empty.png", "invalid-picture", "empty"),
        ("text.jpg", "invalid-picture", "text"),
        ("bomb.svg", "invalid-picture", "SVG"),
        ("photo.heic", "unsupported-picture", "HEIC"),
        ("photo.avif", "unsupported-picture", "AVIF"),
        ("lying-size.png", "picture-too-large", "60000 × 60000"),
        ("lying-size.bmp", "picture-too-large", "50000 × 50000"),
        ("lying-size-small.png", "invalid-picture", "PNG"),
        ("truncated.png", "invalid-picture", "PNG"),
        ("no-pixels.png", "invalid-picture", ""),
        ("header-only.jpg", "invalid-picture", "JPEG"),
    ] {
        let error = error(name);
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
}

#[test]
fn no_prefix_and_no_flipped_byte_panics() {
    for entry in fs::read_dir(folder()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        if bytes.len() > 2_000 {
            continue;
        }
        for cut in 0..bytes.len() {
            let _ = decode(&bytes[..cut]);
        }
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0xff;
            if let Ok(picture) = decode(&flipped) {
                assert!(picture.rect().pixels() <= MAX_PIXELS);
            }
        }
    }
}

#[test]
fn metrics_agree_with_scikit_image() {
    let scores: Scores = serde_json::from_slice(&file("metrics.json")).unwrap();
    let (clean, noisy) = (decode(&file("clean.png")).unwrap(), decode(&file("noisy.png")).unwrap());
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} is not {b}");
    close(metrics::psnr(&clean, &noisy).unwrap(), scores.psnr);
    close(metrics::psnr_luma(&clean, &noisy, 4).unwrap(), scores.psnr_luma_border_4);
    close(metrics::mae(&clean, &noisy).unwrap(), scores.mae);
    close(metrics::ssim(&clean, &noisy).unwrap(), scores.ssim);
    assert_eq!(metrics::psnr(&clean, &clean).unwrap(), f64::INFINITY);
    close(metrics::ssim(&clean, &clean).unwrap(), 1.0);
}

#[test]
fn metrics_refuse_what_cannot_be_compared() {
    let (a, b) = (Picture::new(11, 10).unwrap(), Picture::new(10, 11).unwrap());
    assert_eq!(metrics::mse(&a, &b).unwrap_err().code(), "invalid-input");
    assert_eq!(metrics::ssim(&a, &a).unwrap_err().code(), "invalid-input");
    assert_eq!(metrics::psnr_luma(&a, &a, 5).unwrap_err().code(), "invalid-input");
    assert_eq!(metrics::psnr_luma(&a, &a, u32::MAX).unwrap_err().code(), "invalid-input");
}

#[test]
fn numpy_makes_the_same_noise() {
    let (clean, theirs) = (decode(&file("clean.png")).unwrap(), decode(&file("noisy.png")).unwrap());
    let ours = noise::add_gaussian(&clean, 25.0, 1234).unwrap();
    // The logarithm and the cosine of the two languages may differ in the last place.
    let (ours, theirs) = (pixels(&ours), pixels(&theirs));
    assert!(ours.iter().zip(&theirs).all(|(a, b)| a.abs_diff(*b) <= 1));
    let differing = ours.iter().zip(&theirs).filter(|(a, b)| a != b).count();
    assert!(differing <= 2, "{differing} bytes differ");
}

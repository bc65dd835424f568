//! Files of every format and defect, against what Pillow, NumPy and scikit-image say of them
//! (`tests/fixtures/pictures/make.py`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use unet_playground::Error;
use unet_playground::image::filter::apply;
use unet_playground::image::{MAX_PIXELS, Noise, Picture, Rect, decode, metrics};

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
        ("preview.dng", "unsupported-picture", "raw picture"),
        ("preview.nef", "unsupported-picture", "raw picture"),
        ("photo.cr3", "unsupported-picture", "raw picture"),
        ("lying-size.png", "picture-too-large", "60000 × 60000"),
        ("lying-size.bmp", "picture-too-large", "50000 × 50000"),
        ("lying-size-small.png", "invalid-picture", "PNG"),
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
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-5, "{a} is not {b}");
    let ours = metrics::compare(&clean, &noisy, 4).unwrap();
    close(ours.psnr, scores.psnr);
    close(ours.psnr_luma, scores.psnr_luma_border_4);
    close(ours.mae, scores.mae);
    close(ours.ssim.unwrap(), scores.ssim);
    let same = metrics::compare(&clean, &clean, 0).unwrap();
    assert_eq!((same.psnr, same.psnr_luma, same.mae), (f64::INFINITY, f64::INFINITY, 0.0));
    close(same.ssim.unwrap(), 1.0);
}

/// Tiles are compared one by one; windows lie across them.
#[test]
fn metrics_of_large_pictures_agree_with_scikit_image() {
    let drawn = |factor: u32| {
        let rgba: Vec<u8> = (0..530 * 300u32)
            .flat_map(|i| {
                let (x, y) = (i % 530, i / 530);
                let v = |a: u32, b: u32| (x * a + y * b + (x * y * factor) % 23) as u8;
                [v(1, 2), v(3, 1), v(0, 1), 255]
            })
            .collect();
        Picture::from_rgba(530, 300, &rgba).unwrap()
    };
    let scores = metrics::compare(&drawn(1), &drawn(2), 2).unwrap();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-5 * b.abs(), "{a} is not {b}");
    close(scores.psnr, 17.0880637);
    close(scores.psnr_luma, 21.6875096);
    close(scores.mae, 10.2637484);
    close(scores.ssim.unwrap(), 0.7026668);
}

#[test]
fn metrics_refuse_what_cannot_be_compared() {
    let (a, b) = (Picture::new(11, 10).unwrap(), Picture::new(10, 11).unwrap());
    let code = |a, b, border| metrics::compare(a, b, border).unwrap_err().code();
    assert_eq!(code(&a, &b, 0), "invalid-input");
    assert_eq!(code(&a, &a, 5), "invalid-input");
    assert_eq!(code(&a, &a, u32::MAX), "invalid-input");
    assert_eq!(metrics::compare(&a, &a, 4).unwrap().ssim, None);
}

#[test]
fn numpy_makes_the_same_noise() {
    let (clean, theirs) = (decode(&file("clean.png")).unwrap(), decode(&file("noisy.png")).unwrap());
    let ours = apply(&Noise::gaussian(25.0, 1234).unwrap(), &clean).unwrap();
    // The logarithm and the cosine of the two languages may differ in the last place.
    let (ours, theirs) = (pixels(&ours), pixels(&theirs));
    assert!(ours.iter().zip(&theirs).all(|(a, b)| a.abs_diff(*b) <= 1));
    let differing = ours.iter().zip(&theirs).filter(|(a, b)| a != b).count();
    assert!(differing <= 2, "{differing} bytes differ");
}

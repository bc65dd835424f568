//! Files of real programs that decoders got wrong, and JPEG of every layout, against what libjpeg,
//! Pillow and NumPy say of them (`make.py` beside the files).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use sha2::{Digest, Sha256};
use unet_playground::image::filter::{Blur, Filter, Interpolation, Kernel, Median, Resize, Unsharp, apply};
use unet_playground::image::{Decoded, Notice, Picture, decode, read};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn case(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("cases").join(name)).unwrap()
}

fn rgba(picture: &Picture) -> Vec<u8> {
    picture.region(picture.rect()).unwrap()
}

fn rgb(picture: &Picture) -> Vec<u8> {
    rgba(picture).as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect()
}

/// Mean and greatest difference.
fn difference(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len());
    let off = || a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    (off().map(f64::from).sum::<f64>() / a.len() as f64, off().max().unwrap_or(0))
}

#[test]
fn jpeg_of_every_layout_is_libjpegs_picture() {
    let file = fs::read(fixtures().join("jpeg/layouts.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, bytes) in tensors.iter().filter(|(name, _)| name.contains('/')) {
        count += 1;
        // jpeg-decoder miscounts the blocks of a middle size: refused in words, not shown wrong.
        if name.starts_with("4x1-2x1") && !name.contains("/interleaved/") {
            let error = read(bytes.data()).unwrap_err();
            assert_eq!(error.code(), "unsupported-picture", "{name}: {error}");
            continue;
        }
        let wanted = tensors.tensor(name.split('/').next().unwrap()).unwrap();
        match read(bytes.data()) {
            Ok(Decoded { picture, notices, .. }) => {
                let (mean, most) = difference(&rgb(&picture), wanted.data());
                if mean > 1.5 || most > 4 || !notices.is_empty() {
                    wrong.push(format!("{name}: off by {mean:.2}, at most {most}; {notices:?}"));
                }
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(count > 340);
    assert!(wrong.is_empty(), "{} of {count}: {wrong:#?}", wrong.len());
}

#[test]
fn a_jpeg_cut_anywhere_says_so() {
    let file = fs::read(fixtures().join("jpeg/layouts.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    for (name, bytes) in tensors.iter().filter(|(name, _)| name.contains('/')) {
        let bytes = bytes.data();
        for share in [95, 80, 60, 30] {
            let cut = &bytes[..bytes.len() * share / 100];
            if let Ok(Decoded { notices, .. }) = read(cut) {
                assert!(!notices.is_empty(), "{name} cut to {share} %");
            }
        }
    }
    // Common ones give what is there.
    for name in ["2x2-1x1-1x1/interleaved/restarts", "1x1-1x1-1x1/progressive/no-restarts"] {
        let bytes = tensors.tensor(name).unwrap().data();
        let Decoded { notices, .. } = read(&bytes[..bytes.len() * 9 / 10]).unwrap();
        assert_eq!(notices.len(), 1, "{name}: {notices:?}");
    }
}

#[test]
fn tiff_of_every_kind_is_read() {
    let file = fs::read(fixtures().join("tiff/kinds.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, bytes) in tensors.iter().filter(|(name, _)| !name.ends_with("/rgba")) {
        count += 1;
        let wanted = tensors.tensor(&format!("{name}/rgba")).unwrap();
        let tolerance = match name {
            "jpeg-ycbcr" | "jpeg-rgb" => 6,
            "cie-lab" | "icc-lab" | "ycbcr" | "rgb-associated-alpha" | "gray-associated-alpha" => 1,
            "gray-float-of-another-range" => 1,
            _ => 0,
        };
        match read(bytes.data()) {
            Ok(Decoded { picture, notices, .. }) => {
                let (mean, most) = difference(&rgba(&picture), wanted.data());
                if most > tolerance {
                    wrong.push(format!("{name}: off by {mean:.2}, at most {most}"));
                }
                let scaled = matches!(notices[..], [Notice::Scaled { .. }]);
                assert_eq!(scaled, name == "gray-float-of-another-range", "{name}: {notices:?}");
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(count > 45);
    assert!(wrong.is_empty(), "{} of {count}: {wrong:#?}", wrong.len());
}

#[test]
fn a_png_cut_or_damaged_shows_what_is_there() {
    let whole = case("png/gamma-1.0.png");
    let notices = |bytes: &[u8]| read(bytes).unwrap().notices;
    match notices(&whole[..whole.len() / 2])[..] {
        [Notice::RowsMissing { format: "PNG", share }] => assert!((0.3..0.7).contains(&share), "{share}"),
        ref other => panic!("{other:?}"),
    }
    // A checksum alone is wrong: that of the data is behind them, before the 12 bytes of the end.
    let mut damaged = whole.clone();
    let checksum = whole.len() - 12 - 4;
    damaged[checksum] ^= 1;
    assert_eq!(notices(&damaged), [Notice::ChecksumWrong { format: "PNG" }]);
    assert_eq!(decode(&damaged).unwrap(), decode(&whole).unwrap());
    let Decoded { picture, notices, .. } =
        read(&fs::read(fixtures().join("pictures/truncated.png")).unwrap()).unwrap();
    assert!(matches!(notices[..], [Notice::RowsMissing { .. }]), "{notices:?}");
    assert_eq!(rgba(&picture)[..3], [20, 30, 200]);
}

#[test]
fn what_is_missing_of_a_cut_jpeg_is_measured() {
    let bytes = fs::read(fixtures().join("pictures/truncated.jpg")).unwrap();
    let share = |bytes: &[u8]| match read(bytes).unwrap().notices[..] {
        [Notice::RowsMissing { share, .. }] => share,
        ref other => panic!("{other:?}"),
    };
    let (less, more) = (share(&bytes), share(&bytes[..bytes.len() * 3 / 4]));
    assert!(0.0 < less && less < more && more < 1.0, "{less} {more}");
    assert!(read(&bytes).unwrap().notices[0].to_string().contains("incomplete"));
}

#[test]
fn exact_files_show_exactly_their_pixels() {
    let expected: BTreeMap<String, String> = serde_json::from_slice(&case("expected.json")).unwrap();
    let mut wrong = Vec::new();
    for (name, hash) in &expected {
        match read(&case(name)) {
            Ok(Decoded { picture, .. }) => {
                let digest = Sha256::digest(rgba(&picture));
                let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                if found != *hash {
                    wrong.push(format!("{name} differs"));
                }
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn others_show_their_pixels_closely() {
    for (name, wanted, mean, most) in [
        ("jpeg/non-interleaved-420.jpg", "jpeg/non-interleaved-420.png", 1.0, 8),
        ("tiff/jpeg-ycbcr.tif", "tiff/jpeg-ycbcr.png", 1.0, 8),
        ("png/cicp-display-p3.png", "png/cicp-display-p3-as-srgb.png", 0.2, 1),
    ] {
        let off = difference(&rgb(&decode(&case(name)).unwrap()), &rgb(&decode(&case(wanted)).unwrap()));
        assert!(off.0 <= mean && off.1 <= most, "{name}: {off:?}");
    }
}

/// Zstandard needs a library in C, which the browser's build leaves out.
#[test]
#[cfg(feature = "cli")]
fn the_command_reads_tiff_with_zstandard() {
    assert_eq!(decode(&case("tiff/zstd.tif")).unwrap(), decode(&case("tiff/zstd.png")).unwrap());
}

#[test]
fn a_png_without_its_end_shows_all_rows_and_says_so() {
    let Decoded { notices, .. } = read(&case("png/no-iend.png")).unwrap();
    assert_eq!(notices, [Notice::EndMissing { format: "PNG" }]);
    assert_eq!(read(&case("png/gamma-1.0.png")).unwrap().notices, []);
}

#[test]
fn a_kind_that_is_not_built_in_is_not_called_damaged() {
    let error = decode(&case("jpeg/arithmetic-coding.jpg")).unwrap_err();
    assert_eq!(error.code(), "unsupported-picture");
    assert!(error.to_string().contains("arithmetic coding"), "{error}");
}

#[test]
fn no_filter_brings_hidden_colours_to_light() {
    let picture = decode(&case("alpha/dark-disc-on-transparent-white.png")).unwrap();
    let brightest = |picture: &Picture| {
        rgba(picture).chunks(4).filter(|p| p[3] > 0).flat_map(|p| &p[..3]).max().copied().unwrap()
    };
    let limit = brightest(&picture) + 12;
    let filters: [(&str, Box<dyn Filter>); 7] = [
        ("blur", Box::new(Blur::new(Kernel::gaussian(3.0).unwrap()))),
        ("motion", Box::new(Blur::new(Kernel::motion(15.0, 30.0).unwrap()))),
        ("unsharp mask", Box::new(Unsharp::new(2.0, 1.0).unwrap())),
        ("median", Box::new(Median::new(9).unwrap())),
        ("half", Box::new(Resize::down(2, Interpolation::Bicubic).unwrap())),
        ("twice", Box::new(Resize::up(2, Interpolation::Lanczos3).unwrap())),
        ("a third", Box::new(Resize::to(31, 31, Interpolation::Bilinear))),
    ];
    for (name, filter) in &filters {
        let once = apply(filter.as_ref(), &picture).unwrap();
        assert!(brightest(&once) <= limit, "{name}: {} over {limit}", brightest(&once));
        // Nor where another filter comes after it.
        let twice = apply(&Blur::new(Kernel::gaussian(3.0).unwrap()), &once).unwrap();
        assert!(brightest(&twice) <= limit, "{name}, blurred: {} over {limit}", brightest(&twice));
    }
}

#[test]
fn compression_that_changes_pixels_is_told() {
    let fixtures = fixtures();
    let is_lossy = |name: &str| read(&std::fs::read(fixtures.join(name)).unwrap()).unwrap().lossy;
    for name in [
        "metadata/plain-lossy.webp",
        "metadata/alpha-lossy.webp",
        "pictures/rgb.webp",
        "cases/tiff/jpeg-ycbcr.tif",
        "cases/jpeg/non-interleaved-420.jpg",
    ] {
        assert!(is_lossy(name), "{name}");
    }
    for name in [
        "metadata/plain.webp",
        "metadata/alpha.webp",
        "pictures/rgba.webp",
        "filters/photo.png",
        "cases/tiff/planar.tif",
    ] {
        assert!(!is_lossy(name), "{name}");
    }
}

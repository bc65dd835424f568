//! Filters against what Pillow, SciPy, scikit-image and the training scripts make of the same
//! picture (`tests/fixtures/filters/make.py`), and against their own promises.

use std::path::Path;

use proptest::prelude::*;
use safetensors::SafeTensors;
use unet_playground::image::filter::{
    Age, Autocontrast, BackProjection, Bilateral, Blur, Difference, Edges, Filter, Filtered, Gray,
    Interpolation, Jpeg, Kernel, Median, Mix, NonLocalMeans, OldPhoto, Resize, Saturation, Sensor, Sign,
    Unsharp, apply,
};
use unet_playground::image::work::finish;
use unet_playground::image::{Noise, Picture, Rect, Subsampling, decode, lab, metrics};

const SEED: u32 = 7;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/filters").join(name)).unwrap()
}

/// The filter that a tensor's name means.
fn filter(name: &str) -> Box<dyn Filter> {
    let words: Vec<&str> = name.split(' ').collect();
    let number = |i: usize| words[i].parse::<f64>().unwrap();
    let whole = |i: usize| words[i].parse::<u32>().unwrap();
    let interpolation = |i: usize| match words[i] {
        "nearest" => Interpolation::Nearest,
        "bilinear" => Interpolation::Bilinear,
        "bicubic" => Interpolation::Bicubic,
        "lanczos3" => Interpolation::Lanczos3,
        other => panic!("{other}"),
    };
    match words[0] {
        "gaussian-noise" => Box::new(Noise::gaussian(number(1), SEED).unwrap()),
        "speckle" => Box::new(Noise::speckle(number(1), SEED).unwrap()),
        "salt-and-pepper" => Box::new(Noise::salt_and_pepper(number(1), SEED).unwrap()),
        "poisson" => Box::new(Noise::poisson(number(1), SEED).unwrap()),
        "gaussian-blur" => {
            let sigma = if words.len() > 2 { number(3) } else { 0.0 };
            Box::new(Blur::new(Kernel::gaussian(number(1)).unwrap()).with_noise(sigma, SEED).unwrap())
        }
        "defocus" => Box::new(Blur::new(Kernel::defocus(number(1)).unwrap())),
        "motion" => Box::new(Blur::new(Kernel::motion(number(1), number(2)).unwrap())),
        "mean" => Box::new(Blur::new(Kernel::mean(whole(1)).unwrap())),
        "alike" => Box::new(Noise::gaussian(number(1), SEED).unwrap().alike(true)),
        "sensor" => Box::new(Sensor::new(number(1), words.get(2).map(|_| whole(2) as u8), SEED).unwrap()),
        "jpeg" => Box::new(Jpeg::new(whole(1) as u8, Subsampling::Half).unwrap()),
        "old-photo" => {
            let age = Age {
                wear: number(1),
                fading: number(2),
                sepia: number(3),
                blur: number(4),
                grain: number(5),
            };
            Box::new(OldPhoto::new(age, words.get(6).map(|_| whole(6) as u8), SEED).unwrap())
        }
        "median" => Box::new(Median::new(whole(1)).unwrap()),
        "bilateral" => Box::new(Bilateral::new(number(1)).unwrap()),
        "non-local-means" => Box::new(NonLocalMeans::new(number(1)).unwrap()),
        "back-projection" => Box::new(BackProjection::new(whole(words.len() - 1)).unwrap()),
        "unsharp" => Box::new(Unsharp::new(number(1), number(2)).unwrap()),
        "downscale" => Box::new(Resize::down(whole(1), Interpolation::Bicubic).unwrap()),
        "up" => Box::new(Resize::up(whole(words.len() - 1), interpolation(1)).unwrap()),
        "to" if words[1] == "lanczos3" => Box::new(Resize::to(17, 50, interpolation(1))),
        "to" => Box::new(Resize::to(13, 7, interpolation(1))),
        "gray" => Box::new(Gray),
        "edges" => Box::new(Edges::new().unwrap()),
        "saturation" => Box::new(Saturation::new(number(1)).unwrap()),
        other => panic!("{other}"),
    }
}

/// A picture of a tensor [height, width, 3 or 4]; opaque where it has no alpha.
fn picture(tensors: &SafeTensors, name: &str, keep_alpha: bool) -> Picture {
    let view = tensors.tensor(name).unwrap();
    let &[height, width, channels] = view.shape() else { panic!("{:?}", view.shape()) };
    let pixel = |p: &[u8]| [p[0], p[1], p[2], if keep_alpha && channels == 4 { p[3] } else { 255 }];
    let rgba: Vec<u8> = view.data().chunks_exact(channels).flat_map(pixel).collect();
    Picture::from_rgba(width as u32, height as u32, &rgba).unwrap()
}

fn pixels(picture: &Picture) -> Vec<u8> {
    picture.region(picture.rect()).unwrap()
}

#[test]
fn every_filter_agrees_with_python() {
    let files = ["filters", "damage", "classical"].map(|file| fixture(&format!("{file}.safetensors")));
    let files = files.each_ref().map(|bytes| SafeTensors::deserialize(bytes).unwrap());
    let tensors = &files[0];
    let all = files.iter().flat_map(|file| file.names().into_iter().map(move |name| (file, name)));
    let mut wrong = Vec::new();
    for (file, name) in all.filter(|&(_, name)| name != "rgba") {
        let has_alpha = name.contains("rgba");
        let expected = picture(file, name, true);
        let ours = apply(&*filter(name), &picture(tensors, "rgba", has_alpha)).unwrap();
        assert_eq!(ours.rect(), expected.rect(), "{name}");
        let (ours, expected) = (pixels(&ours), pixels(&expected));
        // Colors that nobody sees are those of neighbors here, and anything there.
        let hidden =
            |i: usize| i % 4 < 3 && [&ours, &expected].iter().all(|pixels| pixels[i - i % 4 + 3] == 0);
        let difference = |i: usize| if hidden(i) { 0 } else { ours[i].abs_diff(expected[i]) };
        assert_eq!(ours.len(), expected.len());
        let differences: Vec<u8> = (0..ours.len()).map(difference).collect();
        let (worst, many) =
            (differences.iter().max().unwrap(), differences.iter().filter(|&&d| d > 0).count());
        // Halves may be rounded either way; scikit-image's bilateral filter has tables of exponentials.
        let few = if name.starts_with("bilateral") { 50 } else { 500 };
        if *worst > 1 || many > differences.len() / few {
            wrong.push(format!("{name}: {many} of {} differ, by up to {worst}", differences.len()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Pillow's integers of luma are rounded otherwise in a few places.
#[test]
fn autocontrast_is_pillows() {
    let bytes = fixture("autocontrast.safetensors");
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let [faded, theirs] = ["faded", "stretched"].map(|name| picture(&tensors, name, false));
    let ours = apply(&Autocontrast::of(&faded).unwrap(), &faded).unwrap();
    let worst = pixels(&ours).iter().zip(pixels(&theirs)).map(|(a, b)| a.abs_diff(b)).max().unwrap();
    assert!(worst <= 1, "{worst}");
    assert!(metrics::compare(&faded, &ours, 0).unwrap().psnr < 20.0, "nothing was stretched");
}

#[test]
fn autocontrast_leaves_what_has_no_range_and_counts_what_is_seen() {
    let flat = Picture::from_rgba(3, 2, &[90, 120, 200, 255].repeat(6)).unwrap();
    assert_eq!(pixels(&apply(&Autocontrast::of(&flat).unwrap(), &flat).unwrap()), pixels(&flat));
    let seen = [[100, 100, 100, 255], [150, 150, 150, 255]].concat();
    let hidden = [[0, 0, 0, 0], [255, 255, 255, 0]].concat();
    let mixed = Picture::from_rgba(4, 1, &[seen, hidden].concat()).unwrap();
    let made = pixels(&apply(&Autocontrast::of(&mixed).unwrap(), &mixed).unwrap());
    assert_eq!(made[..8], [0, 0, 0, 255, 255, 255, 255, 255]);
}

/// Saving as JPEG costs what it costs with libjpeg, at every quality.
#[test]
fn jpeg_files_are_as_good_as_those_of_libjpeg() {
    let photo = decode(&fixture("photo.png")).unwrap();
    let costs: serde_json::Value = serde_json::from_slice(&fixture("jpeg.json")).unwrap();
    let mut worst = 0.0f64;
    for (name, clean) in [("color", photo.clone()), ("gray", apply(&Gray, &photo).unwrap())] {
        for (digits, subsampling) in [("420", Subsampling::Half), ("444", Subsampling::None)] {
            let of_libjpeg = costs[name][digits].as_object().unwrap();
            assert!(of_libjpeg.len() >= 10);
            for (quality, theirs) in of_libjpeg {
                let saved =
                    apply(&Jpeg::new(quality.parse().unwrap(), subsampling).unwrap(), &clean).unwrap();
                let ours = metrics::compare(&clean, &saved, 0).unwrap().psnr;
                let off = ours - theirs.as_f64().unwrap();
                assert!(
                    off.abs() <= 0.2,
                    "{name} {digits} {quality}: {ours:.2} dB, {off:+.2} from libjpeg's"
                );
                worst = worst.max(off.abs());
            }
        }
    }
    println!("at most {worst:.3} dB from libjpeg's");
}

#[test]
fn a_sensor_is_noisier_at_higher_iso_and_true_on_average() {
    let gray = Picture::from_rgba(256, 256, &[120, 120, 120, 255].repeat(256 * 256)).unwrap();
    let moments = |iso| {
        let rgba = pixels(&apply(&Sensor::new(iso, None, SEED).unwrap(), &gray).unwrap());
        let values: Vec<f64> = rgba.chunks(4).flat_map(|p| [p[0], p[1], p[2]]).map(f64::from).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt())
    };
    let ((low, quiet), (high, loud)) = (moments(100.0), moments(1600.0));
    assert!((low - 120.0).abs() < 0.5 && (high - 120.0).abs() < 2.0, "{low} {high}");
    // Sixteen times the gain, four times the noise, and some for reading it.
    assert!((3.6..4.6).contains(&(loud / quiet)), "{quiet} {loud}");
}

#[test]
fn bicubic_is_catmull_rom_of_the_image_crate() {
    let bytes = fixture("filters.safetensors");
    let source = picture(&SafeTensors::deserialize(&bytes).unwrap(), "rgba", false);
    let theirs = image::RgbaImage::from_raw(source.width(), source.height(), pixels(&source)).unwrap();
    for (width, height) in [(82, 62), (20, 15), (100, 9)] {
        for (ours, filter) in [
            (Interpolation::Bicubic, image::imageops::CatmullRom),
            (Interpolation::Lanczos3, image::imageops::Lanczos3),
        ] {
            let ours = pixels(&apply(&Resize::to(width, height, ours), &source).unwrap());
            let theirs = image::imageops::resize(&theirs, width, height, filter);
            let worst = ours.iter().zip(theirs.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
            assert_eq!(worst.filter(|&d| d > 1), None, "{width} × {height}, {filter:?}");
        }
    }
}

/// A picture of several tiles whose pixels all differ.
fn large() -> Picture {
    let (width, height) = (300, 270);
    let rgba: Vec<u8> = (0..width * height)
        .flat_map(|i: u32| {
            let hash = i.wrapping_mul(2_654_435_761) >> 8;
            [hash as u8, (i / 3) as u8, (i % width) as u8, if i.is_multiple_of(5) { hash as u8 } else { 255 }]
        })
        .collect();
    Picture::from_rgba(width, height, &rgba).unwrap()
}

const ALL: [&str; 25] = [
    "gaussian-noise 25",
    "speckle 0.2",
    "salt-and-pepper 0.1",
    "poisson 30",
    "gaussian-blur 5 noise 3",
    "defocus 6",
    "motion 21 20",
    "mean 7",
    "median 5",
    "unsharp 2 1",
    "downscale 4",
    "up bicubic 2",
    "to bilinear",
    "gray",
    "edges",
    "saturation 0.5",
    "to lanczos3",
    "alike 25",
    "sensor 3200 90",
    "jpeg 30",
    "old-photo 0.5 0.5 0.5 1 10",
    "old-photo 0.5 0.5 0.5 1 10 80",
    "bilateral 20",
    "non-local-means 20",
    "back-projection 2",
];

#[test]
fn a_part_is_the_same_part_of_the_whole() {
    let source = large();
    for name in ALL {
        let filter = filter(name);
        let whole = apply(&*filter, &source).unwrap();
        let (width, height) = (whole.width() / 2, whole.height() / 2);
        let part = Rect::new(whole.width() / 3, whole.height() / 3, width, height);
        let mut filtered = Filtered::new(Box::new(&*filter), &source, Some(part)).unwrap();
        finish(&mut filtered).unwrap();
        assert!(
            filtered.into_picture()
                == Picture::from_rgba(width, height, &whole.region(part).unwrap()).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn the_same_noise_in_all_channels_keeps_gray_gray() {
    let gray = apply(&Gray, &large()).unwrap();
    for noise in [Noise::gaussian(25.0, SEED), Noise::speckle(0.3, SEED), Noise::poisson(20.0, SEED)] {
        let noisy = pixels(&apply(&noise.unwrap().alike(true), &gray).unwrap());
        assert!(noisy.as_chunks::<4>().0.iter().all(|[r, g, b, _]| r == g && g == b));
        assert_ne!(noisy, pixels(&gray));
    }
}

#[test]
fn alpha_stays() {
    let source = large();
    for name in
        ALL.iter().filter(|name| !["downscale", "up", "to", "back"].iter().any(|word| name.starts_with(word)))
    {
        let result = pixels(&apply(&*filter(name), &source).unwrap());
        assert!(result.iter().skip(3).step_by(4).eq(pixels(&source).iter().skip(3).step_by(4)), "{name}");
    }
}

#[test]
fn pictures_smaller_than_any_kernel_stay_flat() {
    for (width, height) in [(1, 1), (2, 1), (1, 9)] {
        let flat =
            Picture::from_rgba(width, height, &[90, 90, 90, 255].repeat((width * height) as usize)).unwrap();
        for name in [
            "gaussian-blur 20",
            "defocus 20",
            "motion 60 45",
            "mean 31",
            "median 31",
            "unsharp 20 10",
            "gray",
            "bilateral 100",
            "non-local-means 100",
            "back-projection 1",
        ] {
            assert_eq!(apply(&*filter(name), &flat).unwrap(), flat, "{name}");
        }
        let white = pixels(&apply(&Edges::new().unwrap(), &flat).unwrap());
        assert!(white.iter().all(|&byte| byte == 255));
    }
}

#[test]
fn noise_has_the_moments_that_it_says() {
    let gray = Picture::from_rgba(300, 300, &[100, 100, 100, 255].repeat(300 * 300)).unwrap();
    // Deviations of Poisson noise are √(x/peak); half of salt and pepper's 20 % are white.
    for (name, mean, deviation) in [
        ("gaussian-noise 20", 100.0, 20.0),
        ("speckle 0.2", 100.0, 20.0),
        ("poisson 50", 100.0, 255.0 * (100.0f64 / 255.0 / 50.0).sqrt()),
        (
            "salt-and-pepper 0.2",
            105.5,
            (0.8 * 5.5f64.powi(2) + 0.1 * 149.5f64.powi(2) + 0.1 * 105.5f64.powi(2)).sqrt(),
        ),
    ] {
        let noisy = pixels(&apply(&*filter(name), &gray).unwrap());
        let values: Vec<f64> = noisy.chunks(4).flat_map(|p| [p[0], p[1], p[2]]).map(f64::from).collect();
        let average = values.iter().sum::<f64>() / values.len() as f64;
        let spread = (values.iter().map(|v| (v - average).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        assert!((average - mean).abs() < 0.5, "{name}: mean {average}");
        assert!((spread - deviation).abs() < 0.02 * deviation, "{name}: deviation {spread}, not {deviation}");
    }
}

#[test]
fn senseless_numbers_are_named() {
    let says = |result: Result<Box<dyn Filter>, unet_playground::Error>, word: &str| {
        let error = result.err().unwrap();
        assert!(error.code() == "invalid-input" && error.to_string().contains(word), "{error}");
    };
    fn boxed<F: Filter + 'static>(filter: F) -> Box<dyn Filter> {
        Box::new(filter)
    }
    says(Noise::gaussian(-1.0, 0).map(boxed), "sigma");
    says(Noise::gaussian(f64::NAN, 0).map(boxed), "NaN");
    says(Noise::speckle(1.5, 0).map(boxed), "speckle");
    says(Noise::salt_and_pepper(2.0, 0).map(boxed), "salt and pepper");
    says(Noise::poisson(0.0, 0).map(boxed), "peak");
    says(Kernel::gaussian(1e9).map(Blur::new).map(boxed), "sigma");
    says(Kernel::defocus(f64::INFINITY).map(Blur::new).map(boxed), "radius");
    says(Kernel::motion(0.0, 0.0).map(Blur::new).map(boxed), "length");
    says(Kernel::motion(5.0, f64::NAN).map(Blur::new).map(boxed), "angle");
    says(Kernel::mean(4).map(Blur::new).map(boxed), "odd");
    says(Median::new(33).map(boxed), "31");
    says(Median::new(0).map(boxed), "odd");
    says(Unsharp::new(1.0, -1.0).map(boxed), "amount");
    says(Jpeg::new(0, Subsampling::Half).map(boxed), "quality");
    says(Sensor::new(1.0, None, 0).map(boxed), "ISO");
    says(Sensor::new(100.0, Some(101), 0).map(boxed), "quality");
    let new = Age { wear: 0.0, fading: 0.0, sepia: 0.0, blur: 0.0, grain: 0.0 };
    says(OldPhoto::new(Age { wear: 1.1, ..new }, None, 0).map(boxed), "wear");
    says(OldPhoto::new(Age { fading: f64::NAN, ..new }, None, 0).map(boxed), "fading");
    says(OldPhoto::new(Age { blur: 21.0, ..new }, None, 0).map(boxed), "sigma");
    says(Bilateral::new(0.5).map(boxed), "from 1 to 100");
    says(NonLocalMeans::new(f64::NAN).map(boxed), "NaN");
    says(BackProjection::new(9).map(boxed), "scale");
    says(Saturation::new(-0.1).map(boxed), "saturation");
    says(Resize::up(0, Interpolation::Nearest).map(boxed), "scale");
    let tiny = Picture::new(3, 30_000).unwrap();
    let too_small = apply(&*filter("downscale 4"), &tiny).unwrap_err();
    assert_eq!(too_small.code(), "invalid-input");
    assert_eq!(apply(&*filter("up nearest 8"), &tiny).unwrap_err().code(), "picture-too-large");
    assert_eq!(
        apply(&Resize::to(0, 1, Interpolation::Bicubic), &tiny).unwrap_err().code(),
        "invalid-picture"
    );
    let outside = Filtered::new(Box::new(Gray), &tiny, Some(Rect::new(2, 0, 2, 1)));
    assert_eq!(outside.err().unwrap().code(), "invalid-input");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// The median by sorting.
    #[test]
    fn the_median_is_the_middle(bytes in prop::collection::vec(any::<u8>(), 6 * 5), side in (0u32..4).prop_map(|r| 2 * r + 1)) {
        let rgba: Vec<u8> = bytes.iter().flat_map(|&b| [b, b, b, 255]).collect();
        let source = Picture::from_rgba(6, 5, &rgba).unwrap();
        let result = pixels(&apply(&Median::new(side).unwrap(), &source).unwrap());
        let (reach, at) = (side as i32 / 2, |i: i32, n: i32| {
            let back = i.rem_euclid(2 * n - 2);
            back.min(2 * n - 2 - back)
        });
        for y in 0..5 {
            for x in 0..6 {
                let mut seen: Vec<u8> = (-reach..=reach)
                    .flat_map(|dy| (-reach..=reach).map(move |dx| (x + dx, y + dy)))
                    .map(|(x, y)| bytes[(at(y, 5) * 6 + at(x, 6)) as usize])
                    .collect();
                seen.sort_unstable();
                prop_assert_eq!(result[(y * 6 + x) as usize * 4], seen[seen.len() / 2]);
            }
        }
    }
}

fn plain(rgba: [u8; 4]) -> Picture {
    Picture::from_rgba(2, 2, &rgba.repeat(4)).unwrap()
}

fn first(picture: &Picture) -> [u8; 4] {
    pixels(picture)[..4].try_into().unwrap()
}

#[test]
fn mixes_lie_between_the_original_and_the_result() {
    let (original, result) = (plain([0, 100, 255, 9]), plain([100, 201, 0, 77]));
    let mixed = |strength| first(&apply(&Mix::new(&original, strength).unwrap(), &result).unwrap());
    assert_eq!(mixed(0.0), [0, 100, 255, 77]);
    assert_eq!(mixed(0.5), [50, 151, 128, 77]);
    assert_eq!(mixed(1.0), first(&result));
    assert_eq!(Mix::new(&original, 1.1).unwrap_err().code(), "invalid-input");
    // An original that was enlarged on the way is enlarged here.
    let large = large();
    let small = apply(&Resize::down(2, Interpolation::Bicubic).unwrap(), &large).unwrap();
    let enlarged = apply(&Resize::to(300, 270, Interpolation::Bicubic), &small).unwrap();
    let colors = |picture: &Picture| -> Vec<u8> {
        pixels(picture).chunks(4).flat_map(|p| [p[0], p[1], p[2]]).collect()
    };
    assert_eq!(colors(&apply(&Mix::new(&small, 0.0).unwrap(), &large).unwrap()), colors(&enlarged));
}

#[test]
fn differences_are_ordered_by_lightness() {
    let lightness = |sign: Sign, d: f32| lab::from_srgb(sign.color(d))[0];
    for i in 0..100 {
        let (d, next) = (i as f32 / 100.0, (i + 1) as f32 / 100.0);
        assert!(lightness(Sign::Absolute, d) < lightness(Sign::Absolute, next) + 0.3, "{d}");
        for side in [-1.0, 1.0] {
            assert!(lightness(Sign::Signed, side * d) > lightness(Sign::Signed, side * next) - 0.3, "{d}");
            assert!((lightness(Sign::Signed, d) - lightness(Sign::Signed, -d)).abs() < 1.0, "{d}");
        }
    }
    assert_eq!(Sign::Absolute.color(0.0), [0, 0, 4]);
    assert_eq!(Sign::Absolute.color(7.0), [252, 255, 164]);
}

#[test]
fn differences_are_means_times_the_gain() {
    let (picture, reference) = (plain([10, 20, 30, 5]), plain([20, 17, 22, 255]));
    let drawn =
        |sign, gain| first(&apply(&Difference::new(&reference, sign, gain).unwrap(), &picture).unwrap());
    let opaque = |[r, g, b]: [u8; 3]| [r, g, b, 255];
    assert_eq!(drawn(Sign::Absolute, 4.0), opaque(Sign::Absolute.color(4.0 * 7.0 / 255.0)));
    assert_eq!(drawn(Sign::Signed, 100.0), opaque(Sign::Signed.color(100.0 / 3.0 / 255.0)));
    assert_eq!(Difference::new(&reference, Sign::Signed, 0.0).unwrap_err().code(), "invalid-input");
    let difference = Difference::new(&reference, Sign::Absolute, 1.0).unwrap();
    assert_eq!(apply(&difference, &large()).unwrap_err().code(), "invalid-input");
}

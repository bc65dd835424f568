//! Several small pictures, registered and fused into one.

use std::path::Path;

use unet_playground::image::filter::{BackProjection, Filter, Interpolation, Resize, apply};
use unet_playground::image::{
    FilterSpec, MultiFrame, Picture, Rect, decode, metrics, registered, simulated_shift,
};

fn photo() -> Picture {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/filters/photo.png");
    decode(&std::fs::read(file).unwrap()).unwrap()
}

fn cut(picture: &Picture, rect: Rect) -> Picture {
    Picture::from_rgba(rect.width, rect.height, &picture.region(rect).unwrap()).unwrap()
}

#[test]
fn shifts_are_found_to_a_tenth_of_a_pixel() {
    let photo = photo();
    for scale in [1, 2, 4] {
        for shift in [[0.0, 0.0], [0.5, -0.25], [-1.3, 0.8], [0.1, 0.1], [2.6, -1.9]] {
            let reduced = |at: [f64; 2]| {
                let there = at.map(|pixels| pixels * f64::from(scale));
                apply(&Resize::down(scale, Interpolation::Bicubic).unwrap().shifted(there), &photo).unwrap()
            };
            let found = registered(&reduced([0.0; 2]), &reduced(shift)).unwrap();
            let off = (found[0] - shift[0]).hypot(found[1] - shift[1]);
            assert!(off < 0.1, "1/{scale}, {shift:?}: {found:?}");
        }
    }
}

#[test]
fn whole_pixels_are_found_far_away_and_flat_pictures_are_not_shifted() {
    let photo = photo();
    let (width, height) = (photo.width() - 20, photo.height() - 20);
    let part = |x, y| cut(&photo, Rect::new(x, y, width, height));
    let [dx, dy] = registered(&part(3, 11), &part(17, 5)).unwrap();
    assert!((dx - 14.0).hypot(dy + 6.0) < 0.1, "{dx} {dy}");
    let flat = Picture::from_rgba(64, 64, &[70, 80, 90, 255].repeat(64 * 64)).unwrap();
    assert_eq!(registered(&flat, &flat).unwrap(), [0.0, 0.0]);
    assert_eq!(registered(&flat, &photo).unwrap_err().code(), "invalid-input");
}

#[test]
fn more_pictures_make_a_better_one() {
    let photo = photo();
    for scale in [2, 4] {
        let side = |length: u32| length - length % scale;
        let clean = cut(&photo, Rect::new(0, 0, side(photo.width()), side(photo.height())));
        let psnr = |made: &Picture| metrics::compare(&clean, made, scale).unwrap().psnr;
        let of = |frames| psnr(&FilterSpec::MultiFrame { scale, frames, seed: 3 }.apply(&clean).unwrap());
        let all = [1, 4, 9, 16].map(of);
        println!("1/{scale}: {all:.2?} dB");
        assert!(all[1] > all[0] + 1.0 && all[2] > all[1] && all[3] > all[2], "1/{scale}: {all:?}");
        // One alone is back-projected as ever.
        let small = apply(&Resize::down(scale, Interpolation::Bicubic).unwrap(), &clean).unwrap();
        let alone = psnr(&apply(&BackProjection::new(scale).unwrap(), &small).unwrap());
        assert!((all[0] - alone).abs() < 0.1, "1/{scale}: {} and {alone} dB", all[0]);
    }
}

#[test]
fn simulated_shifts_are_found_again() {
    let (scale, seed) = (2, 5);
    let fusion = MultiFrame::simulated(&photo(), scale, 9, seed).unwrap();
    for (index, found) in (0..).zip(fusion.shifts()) {
        let wanted = simulated_shift(scale, index, seed).map(|pixels| pixels / f64::from(scale));
        assert!(wanted.iter().all(|pixels| pixels.abs() <= 0.5));
        assert!(
            (found[0] - wanted[0]).hypot(found[1] - wanted[1]) < 0.1,
            "{index}: {found:?}, not {wanted:?}"
        );
    }
}

#[test]
fn a_part_is_the_same_part_of_the_whole_and_alpha_is_kept() {
    let photo = apply(&Resize::to(300, 280, Interpolation::Bicubic), &photo()).unwrap();
    let fusion = MultiFrame::simulated(&photo, 2, 2, 1).unwrap();
    let whole = apply(&fusion, fusion.first()).unwrap();
    assert_eq!(whole.size(), (300, 280));
    let rect = Rect::new(250, 240, 30, 25);
    assert!(fusion.region(fusion.first(), rect).unwrap() == whole.region(rect).unwrap());
    assert!(!whole.has_alpha());
    let clear = Picture::from_rgba(40, 40, &[9, 9, 9, 0].repeat(1600)).unwrap();
    let made = FilterSpec::MultiFrame { scale: 2, frames: 2, seed: 1 }.apply(&clear).unwrap();
    assert!(made.region(made.rect()).unwrap().iter().skip(3).step_by(4).all(|&alpha| alpha == 0));
}

#[test]
fn what_cannot_be_fused_is_named() {
    let photo = photo();
    let says = |spec: FilterSpec, word: &str| {
        let error = spec.apply(&photo).unwrap_err();
        assert!(error.code() == "invalid-input" && error.to_string().contains(word), "{error}");
    };
    says(FilterSpec::MultiFrame { scale: 2, frames: 0, seed: 0 }, "from 1 to 16");
    says(FilterSpec::MultiFrame { scale: 9, frames: 4, seed: 0 }, "scale");
    assert_eq!(MultiFrame::new(vec![], 2).unwrap_err().code(), "invalid-input");
}

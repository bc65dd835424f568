//! A picture in tiles is the picture as a whole.

use crate::support::{STRATEGIES, block_on, cpu, largest_difference, load, network, picture};
use unet_playground::image::{Picture, Rect};
use unet_playground::plan::Selection;
use unet_playground::session::{Model, ProcessOptions, Unhurried};
use unet_playground::tensor::{Data, Tensor};

/// In steps of 255.
const SEAM: u8 = 1;

fn process(model: &Model, source: &Picture, tile: usize) -> Picture {
    block_on(model.process(source, Some(tile), &Unhurried::default(), |_| {})).unwrap().picture
}

fn check(model: &Model, source: &Picture, what: &str) {
    let whole = process(model, source, 1024);
    let (width, height) = (source.width(), source.height());
    assert_eq!(model.estimate(width, height, Some(1024)).unwrap().tiles, 1, "{what}");
    for tile in [72, 96, 128] {
        assert!(model.estimate(width, height, Some(tile)).unwrap().tiles > 1, "{what}");
        let difference = largest_difference(&whole, &process(model, source, tile));
        assert!(difference <= SEAM, "{what}: tiles of {tile} differ by {difference}");
    }
}

#[test]
fn no_strategy_shows_a_seam() {
    let engine = cpu();
    for strategy in STRATEGIES {
        for case in ["skips, residual, dynamic size", "float16 weights, dynamic size"] {
            let model = load(&engine, &network(strategy, case));
            check(&model, &picture(203, 150), strategy);
        }
    }
}

#[test]
fn what_pads_after_a_crop_shows_no_seam() {
    check(&load(&cpu(), &network("cropped", "cropped, dynamo")), &picture(203, 150), "cropped");
}

#[test]
fn norms_of_each_pixel_run_in_tiles() {
    for name in ["root, dynamo", "last, dynamo"] {
        check(&load(&cpu(), &network("channel_normed", name)), &picture(203, 150), name);
    }
}

#[test]
fn what_knows_its_place_sees_the_whole_frame() {
    let engine = cpu();
    for file in ["coordinates", "attentive"] {
        let model = load(&engine, &network(file, &format!("{file}, dynamo")));
        assert_eq!(model.estimate(203, 150, Some(72)).unwrap().tiles, 1, "{file}");
        assert_eq!(process(&model, &picture(203, 150), 72).size(), (203, 150), "{file}");
    }
}

#[test]
fn reshapes_inside_a_network_leave_its_output_a_picture() {
    let model = load(&cpu(), &network("group_normed", "groupnormed, dynamo"));
    let (source, host) = (picture(203, 150), Unhurried::default());
    assert_eq!(model.estimate(203, 150, None).unwrap().tiles, 1, "norms see the whole frame");
    let result = block_on(model.process(&source, None, &host, |_| {})).unwrap().picture;
    assert_eq!(result.size(), source.size());
    // Where nothing is padded, it is what the network makes of the picture.
    let whole = picture(64, 48);
    let rgba = whole.region(whole.rect()).unwrap();
    let plane = |c: usize| rgba.iter().skip(c).step_by(4).map(|&v| f32::from(v) / 255.0);
    let x = Tensor::new(vec![1, 3, 48, 64], Data::F32((0..3).flat_map(plane).collect())).unwrap();
    let inputs = [("x".to_string(), x)].into();
    let y = block_on(model.run(inputs, &Selection::default(), &host)).unwrap().swap_remove(0);
    let made = block_on(model.process(&whole, None, &host, |_| {})).unwrap().picture;
    let bytes = made.region(made.rect()).unwrap();
    for (i, &value) in y.as_f32().unwrap().iter().enumerate() {
        let byte = f32::from(bytes[4 * (i % (64 * 48)) + i / (64 * 48)]);
        assert!((value.clamp(0.0, 1.0) * 255.0 - byte).abs() <= 0.51, "{i}: {value} is {byte}");
    }
}

#[test]
fn flat_and_clipped_pictures_show_no_seam_under_max_unpooling() {
    let model = load(&cpu(), &network("unet_max_unpool", "skips, residual, dynamic size"));
    let of = |value: fn(u32, u32) -> u8| {
        let rgba: Vec<u8> = (0..150 * 203).flat_map(|i| [value(i % 203, i / 203), 90, 200, 255]).collect();
        Picture::from_rgba(203, 150, &rgba).unwrap()
    };
    for (name, source) in [
        ("constant", of(|_, _| 128)),
        ("white", of(|_, _| 255)),
        ("gradient", of(|x, _| x as u8)),
        ("clipped sky", of(|_, y| (y * 3).min(255) as u8)),
    ] {
        check(&model, &source, name);
    }
}

#[test]
fn tiles_arrive_one_by_one_and_cover_the_picture() {
    let model = load(&cpu(), &network("unet_bilinear", "skips, residual, dynamic size"));
    let source = picture(203, 150);
    let mut seen = Vec::new();
    let processed = block_on(model.process(&source, Some(96), &Unhurried::default(), |event| {
        let tile = event.picture.region(event.rect).unwrap();
        seen.push((event.rect, tile, event.done, event.tiles));
    }));
    let result = processed.unwrap().picture;
    let area: u64 = seen.iter().map(|(rect, ..)| rect.pixels()).sum();
    assert_eq!(area, 203 * 150);
    for (i, (rect, tile, done, tiles)) in seen.iter().enumerate() {
        assert_eq!((*done, *tiles), (i + 1, seen.len()));
        assert_eq!(*tile, result.region(*rect).unwrap());
    }
}

#[test]
fn tiles_near_a_point_come_first_and_the_result_is_the_same() {
    let model = load(&cpu(), &network("unet_bilinear", "skips, residual, dynamic size"));
    let source = picture(203, 150);
    let cut = ProcessOptions { tile: Some(96), near: Some([190, 140]), ..Default::default() };
    let mut seen = Vec::new();
    let processed =
        block_on(model.process(&source, cut, &Unhurried::default(), |event| seen.push(event.rect)));
    assert_eq!(processed.unwrap().picture, process(&model, &source, 96));
    let (first, last) = (seen[0], seen[seen.len() - 1]);
    assert_eq!((first.x + first.width, first.y + first.height), (203, 150));
    assert_eq!((last.x, last.y), (0, 0));
}

#[test]
fn tiles_too_small_for_the_halo_are_refused() {
    let model = load(&cpu(), &network("unet_bilinear", "skips, residual, dynamic size"));
    let error = model.estimate(203, 150, Some(16)).unwrap_err();
    assert_eq!(error.code(), "invalid-input");
}

#[test]
fn a_model_of_fixed_size_takes_smaller_and_larger_pictures() {
    // 16 × 20 pixels, exported without dynamic sizes.
    let model = load(&cpu(), &network("espcn", "espcn, legacy"));
    let [height, width] = [2, 3].map(|i| model.graph().inputs[0].shape.as_ref().unwrap()[i].unwrap() as u32);
    let scale = model.estimate(width, height, None).unwrap().width / width;
    for (w, h) in [(width, height), (width - 3, height - 1), (3 * width + 1, 2 * height + 5)] {
        let source = picture(w, h);
        let result = block_on(model.process(&source, None, &Unhurried::default(), |_| {})).unwrap().picture;
        assert_eq!((result.width(), result.height()), (w * scale, h * scale));
        let corner = result.region(Rect::new(w * scale - 1, h * scale - 1, 1, 1)).unwrap();
        assert_eq!(corner[3], 255);
    }
    assert!(model.estimate(3 * width, height, None).unwrap().tiles > 1);
}

#[test]
fn large_pictures_take_bounded_memory() {
    let model = load(&cpu(), &network("unet_bilinear", "skips, residual, dynamic size"));
    let estimate = model.estimate(6000, 4000, None).unwrap();
    assert!(estimate.tiles > 20 && estimate.peak_bytes < 400 << 20, "{estimate:?}");
    assert!(estimate.exact);
}

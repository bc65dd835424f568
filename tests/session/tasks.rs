//! What a file's metadata say is done: colours, enlargement, whole frames. The networks are small
//! enough to know by heart what comes out.

use crate::support::{STRATEGIES, block_on, cpu, largest_difference, network, picture};
use crate::writer::{self, field, floats, ints_attribute, node, port};
use std::collections::BTreeMap;
use unet_playground::Error;
use unet_playground::image::filter::{self, Interpolation, Resize};
use unet_playground::image::{Picture, Rect, lab};
use unet_playground::session::{Model, ProcessOptions, Unhurried};

/// The bytes of a model with these `metadata_props`.
pub(crate) fn with_metadata(model: &[u8], metadata: &[(&str, &str)]) -> Vec<u8> {
    let entry = |&(key, value): &(&str, &str)| field(14, [field(1, key), field(2, value)].concat());
    // Fields of a message may come in any order.
    [model.to_vec(), metadata.iter().flat_map(entry).collect()].concat()
}

/// A 3×3 convolution whose middle is `weights`, `[out][in]`, and `bias`: it sees its neighbours,
/// though it makes nothing of them.
pub(crate) fn pointwise(weights: &[&[f32]], bias: &[f32], metadata: &[(&str, &str)]) -> Model {
    let (outputs, inputs) = (weights.len() as i64, weights[0].len() as i64);
    let middle = |&w: &f32| [0.0, 0.0, 0.0, 0.0, w, 0.0, 0.0, 0.0, 0.0];
    let values: Vec<f32> = weights.iter().flat_map(|row| row.iter().flat_map(middle)).collect();
    let padded = [ints_attribute("pads", &[1; 4]), ints_attribute("kernel_shape", &[3, 3])];
    let model = writer::Model {
        inputs: vec![port("x", &[1, inputs, -1, -1])],
        outputs: vec![port("y", &[1, outputs, -1, -1])],
        ..writer::Model::new(
            vec![node("conv", "Conv", &["x", "w", "b"], &["y"], &padded)],
            vec![floats("w", &[outputs, inputs, 3, 3], &values), floats("b", &[outputs], bias)],
        )
    };
    load(&with_metadata(&model.bytes(), metadata))
}

fn load(bytes: &[u8]) -> Model {
    cpu().load(bytes, &BTreeMap::new()).unwrap()
}

const RGB: [&[f32]; 3] = [&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]];

fn identity(metadata: &[(&str, &str)]) -> Model {
    pointwise(&RGB, &[0.0; 3], metadata)
}

fn process(model: &Model, source: &Picture, cut: impl Into<ProcessOptions>) -> Picture {
    block_on(model.process(source, cut, &Unhurried::default(), |_| {})).unwrap().picture
}

fn pixels(picture: &Picture) -> Vec<u8> {
    picture.region(picture.rect()).unwrap()
}

/// The whole of `picture` at another size.
fn resized(picture: &Picture, width: u32, height: u32) -> Picture {
    filter::apply(&Resize::to(width, height, Interpolation::Bicubic), picture).unwrap()
}

#[test]
fn what_goes_in_comes_out() {
    let source = picture(70, 45);
    let gray =
        Picture::from_rgba(16, 16, &(0..=255).flat_map(|v| [v, v, v, 255]).collect::<Vec<u8>>()).unwrap();
    for range in ["[0,1]", "[-1,1]", "[0,255]", "[1,0]"] {
        let of = |color: &str| format!(r#"{{"color":"{color}","range":{range}}}"#);
        let rgb = of("rgb");
        assert_eq!(
            process(&identity(&[("input", &rgb), ("output", &rgb)]), &source, None),
            source,
            "{range}"
        );
        for color in ["gray", "lab-l", "edges"] {
            let side = of(color);
            let model = pointwise(&[&[1.0]], &[0.0], &[("input", &side), ("output", &side)]);
            assert!(largest_difference(&process(&model, &gray, None), &gray) <= 1, "{color} {range}");
        }
    }
}

#[test]
fn edges_are_black_on_white() {
    let model = pointwise(&[&[1.0]], &[0.0], &[("input", r#"{"color":"edges"}"#)]);
    let drawing = Picture::from_rgba(2, 1, &[0, 0, 0, 255, 255, 255, 255, 255]).unwrap();
    assert_eq!(pixels(&process(&model, &drawing, None)), [255, 255, 255, 255, 0, 0, 0, 255]);
}

#[test]
fn chroma_takes_the_lightness_of_the_picture() {
    let lab_ab = r#"{"color":"lab-ab","range":[-1,1]}"#;
    // a* = 12.8 and b* = 32 L* / 100.
    let model = |extra: &[(&str, &str)]| {
        let metadata = [&[("output", lab_ab)], extra].concat();
        pointwise(&[&[0.0], &[0.25]], &[0.1, 0.0], &metadata)
    };
    let mut source = picture(150, 90);
    source.write(Rect::new(3, 4, 1, 1), &[100, 120, 140, 60]).unwrap();
    let tiles = model(&[("input", r#"{"color":"lab-l"}"#)]);
    let whole = model(&[("input", r#"{"color":"lab-l","side":30}"#), ("tiling", "whole")]);
    let exact = process(&tiles, &source, Some(64));
    let upsampled = process(&whole, &source, None);
    for (name, result) in [("tiles", &exact), ("whole", &upsampled)] {
        let (before, after) = (pixels(&source), pixels(result));
        assert_eq!(after[(4 * 150 + 3) * 4 + 3], 60, "{name}: alpha stays");
        let mut worst = [0f32; 3];
        for (old, new) in before.chunks(4).zip(after.chunks(4)) {
            let l = lab::lightness([old[0], old[1], old[2]]);
            // Beyond, sRGB has no such colour.
            if (15.0..85.0).contains(&l) {
                let found = lab::from_srgb([new[0], new[1], new[2]]);
                let wanted = [l, 12.8, 0.32 * l];
                worst = [0, 1, 2].map(|i| worst[i].max((found[i] - wanted[i]).abs()));
            }
        }
        assert!(worst[0] < 0.5 && worst[1] < 1.0, "{name}: {worst:?}");
        // What depends on lightness is known at the small frame's pixels alone.
        assert!(worst[2] < if name == "tiles" { 1.0 } else { 8.0 }, "{name}: {worst:?}");
    }
}

#[test]
fn of_both_the_frame_gives_colour_and_tiles_lightness() {
    let stripes = [[180, 100, 90, 77], [60, 140, 150, 77]];
    let rgba: Vec<u8> = (0..120 * 90).flat_map(|i| stripes[i % 2]).collect();
    let source = Picture::from_rgba(120, 90, &rgba).unwrap();
    let both = identity(&[("input", r#"{"color":"rgb","side":30}"#), ("tiling", "both")]);
    let colors = |[r, g, b, _]: [u8; 4]| lab::from_srgb([r, g, b]);
    let mean = [0, 1, 2, 3].map(|c| ((u32::from(stripes[0][c]) + u32::from(stripes[1][c])) / 2) as u8);
    let [_, a, b] = colors(mean);
    for (i, pixel) in pixels(&process(&both, &source, Some(64))).as_chunks::<4>().0.iter().enumerate() {
        let (found, [lightness, ..]) = (colors(*pixel), colors(stripes[i % 2]));
        assert!((found[0] - lightness).abs() < 0.6, "{found:?} at {i} is not as light as {lightness}");
        assert!((found[1] - a).hypot(found[2] - b) < 4.0, "{found:?} at {i} has not the colour {a}, {b}");
        assert_eq!(pixel[3], 77);
    }
    let (whole, cut) = (both.estimate(120, 90, None).unwrap(), both.estimate(120, 90, Some(64)).unwrap());
    assert!(whole.tiles == 1 && cut.tiles > 1 && whole.flops > 2 * 9 * 9 * 120 * 90);
}

#[test]
fn classes_become_label_pictures() {
    let classes = r#"{"color":"classes","classes":["dark","light"]}"#;
    let weights: [&[f32]; 2] = [&[-1.0, 0.0, 0.0], &[1.0, 0.0, 0.0]];
    let row = [0, 51, 100, 200, 255];
    let rgba: Vec<u8> = row.iter().flat_map(|&r| [r, 9, 9, 255]).collect();
    let source = Picture::from_rgba(5, 1, &rgba).unwrap();
    let model = pointwise(&weights, &[1.0, 0.0], &[("output", classes)]);
    let labels = [[0, 255, 1, 255], [0, 204, 1, 204], [0, 155, 1, 155], [1, 200, 1, 55], [1, 255, 1, 0]];
    assert_eq!(pixels(&process(&model, &source, None)), labels.concat());
    let told = model.describe().unwrap();
    assert_eq!(told.classes.iter().map(|class| class.name.as_str()).collect::<Vec<_>>(), ["dark", "light"]);
    // The frame reduced to one pixel is of one class.
    let whole = [("output", classes), ("input", r#"{"side":1}"#), ("tiling", "whole")];
    let source = picture(20, 20);
    let labels = pixels(&process(&pointwise(&weights, &[1.0, 0.0], &whole), &source, None));
    assert!(labels.chunks(4).all(|pixel| *pixel == labels[..4]));
}

#[test]
fn the_picture_is_enlarged_before_the_network_sees_it() {
    let mut source = picture(61, 47);
    for scale in [2, 3, 4] {
        let input = format!(r#"{{"scale":{scale}}}"#);
        let model = identity(&[("input", &input)]);
        let estimate = model.estimate(61, 47, None).unwrap();
        assert_eq!((estimate.width, estimate.height), (61 * scale, 47 * scale));
        assert_eq!(process(&model, &source, Some(40)), resized(&source, 61 * scale, 47 * scale));
    }
    source.write(Rect::new(10, 10, 20, 20), &[0; 1600]).unwrap();
    let enlarged = process(&identity(&[("input", r#"{"scale":2}"#)]), &source, None);
    let alpha = |x, y| enlarged.region(Rect::new(x, y, 1, 1)).unwrap()[3];
    assert_eq!((alpha(40, 40), alpha(5, 5), alpha(100, 80)), (0, 255, 255));
}

#[test]
fn enlargement_shows_no_seam() {
    for strategy in STRATEGIES {
        let case = network(strategy, "skips, residual, dynamic size");
        let model = load(&with_metadata(&case.model, &[("input", r#"{"scale":2}"#)]));
        let source = picture(101, 75);
        let whole = process(&model, &source, Some(1024));
        for tile in [72, 96] {
            assert!(model.estimate(101, 75, Some(tile)).unwrap().tiles > 1);
            let difference = largest_difference(&whole, &process(&model, &source, Some(tile)));
            assert!(difference <= 1, "{strategy}: tiles of {tile} differ by {difference}");
        }
    }
}

#[test]
fn whole_frames_are_seen_at_the_networks_size() {
    let whole = [("input", r#"{"side":64}"#), ("tiling", "whole")];
    let model = identity(&whole);
    for ((width, height), frame) in
        [((200, 150), (85, 64)), ((30, 40), (64, 85)), ((5, 9), (20, 36)), ((1, 3000), (1, 1024))]
    {
        let source = picture(width, height);
        let wanted = resized(&resized(&source, frame.0, frame.1), width, height);
        assert_eq!(process(&model, &source, None), wanted, "{width} × {height}");
    }
    // Sides that a network of two poolings accepts.
    let case = network("unet_bilinear", "skips, residual, dynamic size");
    let model = load(&with_metadata(&case.model, &whole));
    for (width, height) in [(333, 100), (7, 300)] {
        let result = process(&model, &picture(width, height), None);
        assert_eq!((result.width(), result.height()), (width, height));
    }
    let estimate = model.estimate(6000, 4000, None).unwrap();
    assert!(estimate.peak_bytes < 16 << 20 && estimate.exact, "{estimate:?}");
    assert_eq!((estimate.width, estimate.height), (6000, 4000));
}

#[test]
fn parts_of_a_frame_arrive_nearest_first_and_cover_it() {
    let model = identity(&[("input", r#"{"side":64}"#), ("tiling", "whole")]);
    let source = picture(1200, 700);
    let mut seen = vec![];
    let cut = ProcessOptions { near: Some([1199, 699]), ..Default::default() };
    let host = Unhurried::default();
    let run = model.process(&source, cut, &host, |event| {
        seen.push((event.rect, event.done, event.tiles));
    });
    let result = block_on(run).unwrap().picture;
    assert_eq!(result, process(&model, &source, None));
    assert_eq!(seen.len(), model.estimate(1200, 700, None).unwrap().tiles);
    assert_eq!(seen.iter().map(|(rect, ..)| rect.pixels()).sum::<u64>(), 1200 * 700);
    assert_eq!((seen[0].0.x, seen[0].0.y), (1024, 512));
    assert!(seen.iter().enumerate().all(|(i, &(_, done, tiles))| (done, tiles) == (i + 1, seen.len())));
}

#[test]
fn metadata_that_contradict_the_network_are_named() {
    for (input, output, names) in [
        ("{}", r#"{"color":"gray"}"#, "gray"),
        ("{}", r#"{"color":"lab-ab"}"#, "lab-ab"),
        ("{}", r#"{"color":"classes","classes":["a","b"]}"#, "2 classes"),
        (r#"{"color":"lab-l"}"#, "{}", "lab-l"),
    ] {
        let model = identity(&[("input", input), ("output", output)]);
        let error = model.estimate(20, 20, None).unwrap_err();
        assert_eq!(error.code(), "invalid-model");
        assert!(error.to_string().contains(names), "{error}");
    }
    // Half the size: no chroma for every pixel.
    let pool = [ints_attribute("kernel_shape", &[2, 2]), ints_attribute("strides", &[2, 2])];
    let model = writer::Model {
        inputs: vec![port("x", &[1, 3, -1, -1])],
        outputs: vec![port("y", &[1, 2, -1, -1])],
        ..writer::Model::new(
            vec![
                node("conv", "Conv", &["x", "w"], &["c"], &[]),
                node("pool", "MaxPool", &["c"], &["y"], &pool),
            ],
            vec![floats("w", &[2, 3, 1, 1], &[0.0; 6])],
        )
    };
    let bytes = model.bytes();
    let chroma = ("output", r#"{"color":"lab-ab"}"#);
    let error = load(&with_metadata(&bytes, &[chroma])).estimate(20, 20, None).unwrap_err();
    assert!(matches!(&error, Error::InvalidModel(text) if text.contains("size")), "{error}");
    let side = [chroma, ("input", r#"{"side":16}"#), ("tiling", "whole")];
    assert!(load(&with_metadata(&bytes, &side)).estimate(20, 20, None).is_ok());
}

#[test]
fn results_larger_than_pictures_are_refused_beforehand() {
    let model = identity(&[("input", r#"{"scale":4}"#)]);
    let error = model.estimate(6000, 4000, None).unwrap_err();
    assert!(matches!(error, Error::PictureTooLarge { width: 24_000, height: 16_000, .. }), "{error}");
}

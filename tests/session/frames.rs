//! Networks of fixed size that see the whole frame: they get all of the picture at that size, and never tiles.

use crate::support::{block_on, cpu, largest_difference, picture};
use crate::writer::{self, field, floats, int_attribute, integers, ints_attribute, node, port};
use std::collections::BTreeMap;
use unet_playground::Result;
use unet_playground::image::filter::{Filter, Interpolation, Resize};
use unet_playground::image::{Picture, Rect};
use unet_playground::plan::Selection;
use unet_playground::session::{Model, Unhurried};
use unet_playground::tensor::Tensor;

fn model(input: &[i64], nodes: Vec<Vec<u8>>, initializers: Vec<Vec<u8>>, metadata: &[(&str, &str)]) -> Model {
    let (inputs, outputs) = (vec![port("x", input)], vec![port("y", &[-1, -1, -1, -1])]);
    let written = writer::Model { inputs, outputs, ..writer::Model::new(nodes, initializers) };
    let entry = |(key, value): &(&str, &str)| field(14, [field(1, key), field(2, value)].concat());
    let metadata: Vec<u8> = metadata.iter().flat_map(entry).collect();
    cpu().load(&[written.bytes(), metadata].concat(), &BTreeMap::new()).unwrap()
}

fn process(model: &Model, source: &Picture, tile: Option<usize>) -> Picture {
    block_on(model.process(source, tile, &Unhurried::default(), |_| {})).unwrap().picture
}

/// Of an input of this shape.
fn run(model: &Model, shape: &[usize], values: Vec<f32>) -> Result<Tensor> {
    let input = [("x".to_string(), Tensor::f32(shape, values)?)].into();
    Ok(block_on(model.run(input, &Selection::default(), &Unhurried::default()))?.remove(0))
}

/// Every pixel becomes the mean of the frame.
fn mean(side: i64, metadata: &[(&str, &str)]) -> Model {
    let nodes = vec![
        node("pool", "GlobalAveragePool", &["x"], &["g"], &[]),
        node("nothing", "Mul", &["x", "zero"], &["z"], &[]),
        node("all", "Add", &["z", "g"], &["y"], &[]),
    ];
    model(&[1, 3, side, side], nodes, vec![floats("zero", &[], &[0.0])], metadata)
}

fn resized(source: &Picture, width: u32, height: u32) -> Picture {
    let region =
        Resize::to(width, height, Interpolation::Bicubic).region(source, Rect::new(0, 0, width, height));
    Picture::from_rgba(width, height, &region.unwrap()).unwrap()
}

#[test]
fn a_frame_of_fixed_size_is_seen_as_a_whole() {
    for metadata in [&[("tiling", "whole")][..], &[]] {
        let model = mean(320, metadata);
        for (width, height) in [(360, 250), (90, 120), (320, 320)] {
            let source = picture(width, height);
            let estimate = model.estimate(width, height, Some(64)).unwrap();
            let frame = ((width, height) != (320, 320)).then_some([320, 320]);
            assert_eq!((estimate.frame, estimate.exact), (frame, frame.is_none()), "{width} × {height}");
            let made = process(&model, &source, Some(64));
            assert_eq!((estimate.width, estimate.height), made.size());
            assert_eq!(made.size(), source.size());
            let rgba = resized(&source, 320, 320).region(Rect::new(0, 0, 320, 320)).unwrap();
            let mean =
                |c: usize| rgba.iter().skip(c).step_by(4).map(|&v| f64::from(v)).sum::<f64>() / 102_400.0;
            let means = [0, 1, 2].map(mean);
            let all = made.region(made.rect()).unwrap();
            for (i, &value) in all.iter().enumerate().filter(|(i, _)| i % 4 < 3) {
                assert!((f64::from(value) - means[i % 4]).abs() < 1.0, "{value} at {i}, of {means:?}");
            }
        }
    }
}

/// Flattened, through a dense layer that turns the frame by half a turn, and back to a picture.
#[test]
fn a_dense_layer_sees_the_whole_frame() {
    let weights: Vec<f32> = (0..64 * 64).map(|i| f32::from(u8::from(i / 64 + i % 64 == 63))).collect();
    let nodes = vec![
        node("flatten", "Flatten", &["x"], &["flat"], &[int_attribute("axis", 1)]),
        node("dense", "Gemm", &["flat", "w"], &["mixed"], &[]),
        node("back", "Reshape", &["mixed", "shape"], &["y"], &[]),
    ];
    let initializers = vec![floats("w", &[64, 64], &weights), integers("shape", &[4], &[1, 1, 8, 8])];
    let model = model(&[1, 1, 8, 8], nodes, initializers, &[]);
    let gray: Vec<u8> = (0..64u8).flat_map(|i| [4 * i, 4 * i, 4 * i, 255]).collect();
    let small = Picture::from_rgba(8, 8, &gray).unwrap();
    let turned: Vec<u8> = gray.chunks_exact(4).rev().flatten().copied().collect();
    assert!(process(&model, &small, None) == Picture::from_rgba(8, 8, &turned).unwrap());
    let source = resized(&small, 40, 24);
    assert_eq!(model.estimate(40, 24, None).unwrap().frame, Some([8, 8]));
    let made = process(&model, &source, None);
    let wanted = resized(&Picture::from_rgba(8, 8, &turned).unwrap(), 40, 24);
    let difference = largest_difference(&made, &wanted);
    // Twice resized, and back.
    assert!(difference <= 24, "{difference}");
}

/// What enlarges gives a result that is as many times larger than the picture.
#[test]
fn results_keep_their_enlargement() {
    let nodes = vec![
        node("pool", "GlobalMaxPool", &["x"], &["g"], &[]),
        node("less", "Min", &["x", "g"], &["m"], &[]),
        node("up", "Resize", &["m", "", "scales"], &["y"], &[]),
    ];
    let model = model(&[1, 3, 16, 16], nodes, vec![floats("scales", &[4], &[1.0, 1.0, 2.0, 2.0])], &[]);
    let rgba: Vec<u8> = picture(50, 40).region(Rect::new(0, 0, 50, 40)).unwrap();
    let faded: Vec<u8> =
        rgba.chunks_exact(4).enumerate().flat_map(|(i, p)| [p[0], p[1], p[2], (i % 256) as u8]).collect();
    let source = Picture::from_rgba(50, 40, &faded).unwrap();
    let (estimate, made) = (model.estimate(50, 40, None).unwrap(), process(&model, &source, None));
    assert_eq!((made.size(), (estimate.width, estimate.height)), ((100, 80), (100, 80)));
    assert!(made.has_alpha());
    assert_eq!(process(&model, &picture(16, 16), None).size(), (32, 32));
}

/// One axis that is fixed: the other keeps the picture's proportions.
#[test]
fn the_free_axis_follows_the_fixed_one() {
    let nodes = vec![
        node("mean", "ReduceMean", &["x", "axis"], &["m"], &[int_attribute("keepdims", 1)]),
        node("sum", "Sub", &["x", "m"], &["d"], &[]),
        node("back", "Add", &["d", "m"], &["y"], &[]),
    ];
    let model = model(&[1, 3, 64, -1], nodes, vec![integers("axis", &[1], &[2])], &[]);
    let estimate = model.estimate(300, 128, None).unwrap();
    assert_eq!(estimate.frame, Some([150, 64]));
    assert_eq!(process(&model, &picture(300, 128), None).size(), (300, 128));
}

/// Nothing is seen beyond a few pixels: tiles of the fixed size are as exact as ever.
#[test]
fn what_sees_a_part_alone_is_tiled_at_any_size() {
    let pads = [ints_attribute("pads", &[1, 1, 1, 1])];
    let nodes = vec![node("conv", "Conv", &["x", "w"], &["y"], &pads)];
    let model = model(&[1, 1, 32, 32], nodes, vec![floats("w", &[1, 1, 3, 3], &[0.1; 9])], &[]);
    let estimate = model.estimate(100, 70, None).unwrap();
    assert_eq!((estimate.frame, estimate.exact), (None, true));
    assert!(estimate.tiles > 4);
}

/// Three poolings of 7 × 7 every 3 pixels, which small pictures do not reach through.
#[test]
fn inputs_that_are_too_small_are_told_the_least_size() {
    let window = [ints_attribute("kernel_shape", &[7, 7]), ints_attribute("strides", &[3, 3])];
    let pool = |name, from, to| node(name, "MaxPool", &[from], &[to], &window);
    let nodes = vec![
        pool("pool1", "x", "a"),
        pool("pool2", "a", "b"),
        node("mean", "GlobalAveragePool", &["b"], &["m"], &[]),
        node("sum", "Add", &["x", "m"], &["y"], &[]),
    ];
    let model = model(&[1, 3, -1, -1], nodes, vec![], &[]);
    let run = |h: usize, w: usize| run(&model, &[1, 3, h, w], vec![0.5; 3 * h * w]);
    let error = run(24, 40).unwrap_err().to_string();
    let told = "\"pool2\" (MaxPool): a kernel that reaches over 7 does not fit in 6, the padded input; the input has \
                40 × 24 pixels, and at least 31 × 31 are needed";
    assert!(error.contains(told), "{error}");
    assert!(run(31, 31).is_ok());
    // Pictures are enlarged at their edges.
    assert_eq!(process(&model, &picture(20, 9), None).size(), (20, 9));
}

/// A weight that is divided by its largest singular value, found by one step of the power method, as
/// `torch.nn.utils.parametrizations.spectral_norm` exports it.
#[test]
fn weights_with_spectral_norm_are_computed_once() {
    let (rows, columns) = (256usize, 64 * 9);
    let weight: Vec<f32> = (0..rows * columns).map(|i| ((i * 37 % 101) as f32 - 50.0) / 500.0).collect();
    let v: Vec<f32> = (0..columns).map(|i| ((i * 13 % 29) as f32 - 14.0) / 60.0).collect();
    let u: Vec<f32> = (0..rows).map(|i| ((i * 7 % 31) as f32 - 15.0) / 60.0).collect();
    let product = |row: usize| -> f32 { (0..columns).map(|c| weight[row * columns + c] * v[c]).sum() };
    let sigma: f32 = (0..rows).map(|row| u[row] * product(row)).sum();
    let nodes = vec![
        node("matrix", "Reshape", &["w", "flat"], &["m"], &[]),
        node("mv", "MatMul", &["m", "v"], &["mv"], &[]),
        node("sigma", "MatMul", &["u", "mv"], &["s"], &[]),
        node("norm", "Div", &["w", "s"], &["n"], &[]),
        node("lift", "Conv", &["x", "first"], &["h"], &[]),
        node("conv", "Conv", &["h", "n"], &["c"], &[ints_attribute("pads", &[1, 1, 1, 1])]),
        node("last", "Conv", &["c", "out"], &["y"], &[]),
    ];
    let one = |n: usize| (0..n).map(|i| f32::from(u8::from(i == 0))).collect::<Vec<_>>();
    let initializers = vec![
        floats("w", &[rows as i64, 64, 3, 3], &weight),
        floats("v", &[columns as i64], &v),
        floats("u", &[rows as i64], &u),
        integers("flat", &[2], &[rows as i64, -1]),
        floats("first", &[64, 1, 1, 1], &one(64)),
        floats("out", &[1, rows as i64, 1, 1], &one(rows)),
    ];
    let model = model(&[1, 1, -1, -1], nodes, initializers, &[]);
    let mut pixels = vec![0.0; 64];
    pixels[27] = 1.0;
    let made = run(&model, &[1, 1, 8, 8], pixels).unwrap();
    // Of one pixel, the first kernel turned around it.
    let expected: Vec<f32> = (0..9).map(|k| weight[8 - k] / sigma).collect();
    let found: Vec<f32> = (0..9).map(|k| made.as_f32().unwrap()[(2 + k / 3) * 8 + 2 + k % 3]).collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() <= 1e-4 * expected.abs().max(0.01), "{found} {expected}");
    }
}

//! Networks that keep their channels last, as Keras and tf2onnx export them.

use crate::fixtures::{self, Case};
use crate::support::{block_on, cpu, largest_difference, network, picture};
use crate::writer::{self, floats, ints_attribute, node, port};
use std::collections::BTreeMap;
use unet_playground::image::Picture;
use unet_playground::session::{Model, Unhurried};
use unet_playground::tensor::Tensor;

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/nets/channels_last.safetensors");
    fixtures::read("channels_last", &std::fs::read(path).unwrap())
}

fn load(model: &[u8]) -> Model {
    cpu().load(model, &BTreeMap::new()).unwrap()
}

fn process(model: &Model, source: &Picture, tile: Option<usize>) -> Picture {
    block_on(model.process(source, tile, &Unhurried::default(), |_| {})).unwrap().picture
}

/// A picture of values from 0 to 1, `[1, H, W, C]` or, of what has its channels first, `[1, C, H, W]`.
fn picture_of(tensor: &Tensor) -> Picture {
    let (&[_, a, b, c], Some(values)) = (tensor.shape(), tensor.as_f32()) else { panic!("a picture") };
    let first = matches!(a, 1 | 3);
    let (channels, h, w) = if first { (a, b, c) } else { (c, a, b) };
    let at = |channel: usize, pixel: usize| {
        let i = if first { channel * h * w + pixel } else { pixel * channels + channel };
        (values[i].clamp(0.0, 1.0) * 255.0).round() as u8
    };
    let rgba = (0..h * w).flat_map(|i| [at(0, i), at(1 % channels, i), at(2 % channels, i), 255]);
    Picture::from_rgba(w as u32, h as u32, &rgba.collect::<Vec<u8>>()).unwrap()
}

#[test]
fn pictures_come_out_as_onnxruntime_has_them() {
    let mut seen = 0;
    for case in cases() {
        let model = load(&case.model);
        for run in case.runs.values() {
            let (input, output) = (&run.inputs["x"], &run.outputs["y"]);
            if output.shape()[3] == 5 {
                let refused = model.geometry().unwrap_err().to_string();
                assert!(refused.contains("5 channels") && refused.contains("classes"), "{refused}");
                continue;
            }
            let made = process(&model, &picture_of(input), None);
            let difference = largest_difference(&made, &picture_of(output));
            assert!(difference <= 1, "{}: {difference}", case.name);
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen} runs");
}

#[test]
fn classes_are_labels_where_the_file_says_so() {
    let case = network("channels_last", "classes by softmax along the last axis");
    let entry = [writer::field(1, "output"), writer::field(2, r#"{"color": "classes"}"#)].concat();
    let model = load(&[case.model.clone(), writer::field(14, entry)].concat());
    let run = case.runs.values().next().unwrap();
    let labels = process(&model, &picture_of(&run.inputs["x"]), None);
    let scores = run.outputs["y"].as_f32().unwrap();
    let best = |pixel: &[f32]| (0..5).max_by(|&a, &b| pixel[a].total_cmp(&pixel[b])).unwrap() as u8;
    let wanted: Vec<u8> = scores.chunks_exact(5).map(best).collect();
    let rgba = labels.region(labels.rect()).unwrap();
    let found: Vec<u8> = rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
    assert_eq!(found, wanted);
}

#[test]
fn they_work_on_tiles() {
    for name in [
        "free size, transposed at both ends",
        "gray, reshaped instead of transposed",
        "added to its input, and clipped",
        "every layer transposed, normalisation spelt out",
        "bilinear upsampling of what has channels last",
    ] {
        let model = load(&network("channels_last", name).model);
        let source = picture(203, 150);
        let estimate = model.estimate(203, 150, Some(64)).unwrap();
        assert!(estimate.tiles > 4 && estimate.exact, "{name}: {estimate:?}");
        let difference =
            largest_difference(&process(&model, &source, Some(64)), &process(&model, &source, Some(512)));
        assert!(difference <= 1, "{name}: {difference}");
    }
}

fn one_conv(input: &[i64], nodes: Vec<Vec<u8>>, output: &[i64]) -> Model {
    let initializers = vec![floats("w", &[3, 3, 1, 1], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])];
    let (inputs, outputs) = (vec![port("x", input)], vec![port("y", output)]);
    load(&writer::Model { inputs, outputs, ..writer::Model::new(nodes, initializers) }.bytes())
}

#[test]
fn shapes_that_tell_nothing_are_decided_by_what_reads_them() {
    let source = picture(12, 3);
    let conv = |x: &str, y: &str| node("conv", "Conv", &[x, "w"], &[y], &[]);
    let turn =
        |x: &str, y: &str, perm: [i64; 4]| node(y, "Transpose", &[x], &[y], &[ints_attribute("perm", &perm)]);
    let last = || vec![turn("x", "a", [0, 3, 1, 2]), conv("a", "b"), turn("b", "y", [0, 2, 3, 1])];
    for dims in [[-1, -1, -1, -1], [1, 3, 12, 3]] {
        assert!(process(&one_conv(&dims, last(), &[-1; 4]), &source, None) == source, "last, {dims:?}");
    }
    let first = || vec![node("relu", "Relu", &["x"], &["a"], &[]), conv("a", "y")];
    for dims in [[-1, -1, -1, -1], [1, 3, 3, 12]] {
        assert!(process(&one_conv(&dims, first(), &[-1; 4]), &source, None) == source, "first, {dims:?}");
    }
    // Channels first in, last out.
    let mixed = vec![conv("x", "b"), turn("b", "y", [0, 2, 3, 1])];
    assert!(process(&one_conv(&[-1, 3, -1, -1], mixed, &[-1; 4]), &source, None) == source);
}

#[test]
fn what_cannot_be_told_is_refused() {
    let nothing = || vec![node("relu", "Relu", &["x"], &["y"], &[])];
    for dims in [[-1, -1, -1, -1], [1, 3, 8, 3]] {
        let refused = one_conv(&dims, nothing(), &[-1; 4]).geometry().unwrap_err().to_string();
        assert!(refused.contains("NHWC"), "{dims:?}: {refused}");
    }
    let four = vec![node("turn", "Transpose", &["x"], &["y"], &[ints_attribute("perm", &[0, 3, 1, 2])])];
    let refused = one_conv(&[1, -1, -1, 4], four, &[-1; 4]).geometry().unwrap_err().to_string();
    assert!(refused.contains("4 channels") && refused.contains("\"x\""), "{refused}");
}

//! Optional inputs: numbers and color hints that a network is told, and the colors that it finds likely.

use crate::support::{block_on, cpu, picture};
use crate::writer::{self, field, floats, node, port};
use std::collections::BTreeMap;
use unet_playground::image::filter::apply;
use unet_playground::image::{Noise, Picture, lab};
use unet_playground::session::{ColorHint, Model, OptionalValues, ProcessOptions, Unhurried};
use unet_playground::{Error, Result};

fn load(
    inputs: Vec<Vec<u8>>,
    nodes: Vec<Vec<u8>>,
    initializers: Vec<Vec<u8>>,
    metadata: &[(&str, &str)],
) -> Result<Model> {
    let written = writer::Model {
        inputs,
        outputs: vec![port("y", &[-1; 4])],
        ..writer::Model::new(nodes, initializers)
    };
    let entry = |(key, value): &(&str, &str)| field(14, [field(1, key), field(2, value)].concat());
    let metadata: Vec<u8> = metadata.iter().flat_map(entry).collect();
    cpu().load(&[written.bytes(), metadata].concat(), &BTreeMap::new())
}

/// y = x · (gain + 0), where the sum of the default could be computed when the file is read.
fn gain(optional: &str) -> Model {
    let nodes = vec![
        node("sum", "Add", &["gain", "zero"], &["factor"], &[]),
        node("times", "Mul", &["x", "factor"], &["y"], &[]),
    ];
    let initializers = vec![floats("gain", &[], &[1.0]), floats("zero", &[], &[0.0])];
    load(vec![port("x", &[1, 3, -1, -1]), port("gain", &[])], nodes, initializers, &[("optional", optional)])
        .unwrap()
}

/// Every color is that of its cell's hint. Of four color classes, gray (0.1), blue (0.2), red (0.4) and nearly that red (0.3).
fn hinted() -> Model {
    let by_four = |name| writer::ints_attribute(name, &[4, 4]);
    let nodes = vec![
        node("shape", "Shape", &["x"], &["shape"], &[]),
        node("wide", "Mul", &["shape", "ones"], &["whole"], &[]),
        node("cells", "Div", &["whole", "four"], &["cells"], &[]),
        node("size", "Add", &["cells", "base"], &["size"], &[]),
        node("hints", "Expand", &["hints", "size"], &["wide_hints"], &[]),
        node("ab", "Slice", &["wide_hints", "from", "to", "axis"], &["given"], &[]),
        node("pool", "AveragePool", &["x"], &["small"], &[by_four("kernel_shape"), by_four("strides")]),
        node("classes", "Conv", &["small", "weight", "logits"], &["scores"], &[]),
        node("softmax", "Softmax", &["scores"], &["softmax"], &[writer::int_attribute("axis", 1)]),
        node("mean", "Conv", &["softmax", "bins"], &["colors"], &[]),
        node("none", "Mul", &["colors", "nought"], &["none"], &[]),
        node("sum", "Add", &["given", "none"], &["cell_colors"], &[]),
        node("up", "Resize", &["cell_colors", "", "scales"], &["y"], &[]),
    ];
    let logits: Vec<f32> = [0.1f32, 0.2, 0.4, 0.3].iter().map(|p| p.ln()).collect();
    let bins = [0.0, 0.0, 60.0, 50.0, 0.0, -60.0, 40.0, 40.0].map(|ab: f32| ab / 128.0);
    let initializers = vec![
        floats("hints", &[1, 3, 1, 1], &[0.0; 3]),
        writer::integers("ones", &[4], &[0, 0, 1, 1]),
        writer::integers("four", &[4], &[4; 4]),
        writer::integers("base", &[4], &[1, 3, 0, 0]),
        writer::integers("from", &[1], &[0]),
        writer::integers("to", &[1], &[2]),
        writer::integers("axis", &[1], &[1]),
        floats("scales", &[4], &[1.0, 1.0, 4.0, 4.0]),
        floats("nought", &[], &[0.0]),
        floats("weight", &[4, 1, 1, 1], &[0.0; 4]),
        floats("logits", &[4], &logits),
        floats("bins", &[2, 4, 1, 1], &bins),
    ];
    let metadata = [
        ("input", r#"{"color": "lab-l", "side": 32}"#),
        ("output", r#"{"color": "lab-ab", "range": [-1, 1]}"#),
        ("tiling", "whole"),
        (
            "optional",
            r#"{"hints": {"kind": "color-hints", "stride": 4, "likely": {"probabilities": "softmax", "colors": "bins"}}}"#,
        ),
    ];
    let inputs = vec![port("x", &[1, 1, -1, -1]), port("hints", &[-1, 3, -1, -1])];
    load(inputs, nodes, initializers, &metadata).unwrap()
}

fn process(model: &Model, source: &Picture, values: OptionalValues) -> Result<Picture> {
    let options = ProcessOptions { values, ..Default::default() };
    block_on(model.process(source, options, &Unhurried::default(), |_| {})).map(|done| done.picture)
}

fn number(name: &str, value: f32) -> OptionalValues {
    OptionalValues { numbers: [(name.to_string(), value)].into(), hints: vec![] }
}

#[test]
fn a_number_takes_the_place_of_its_default() {
    let (model, source) = (gain(r#"{"gain": {"kind": "number", "range": [0, 2]}}"#), picture(30, 20));
    let bytes = |picture: &Picture| picture.region(picture.rect()).unwrap();
    let (as_is, half) = (
        process(&model, &source, Default::default()).unwrap(),
        process(&model, &source, number("gain", 0.5)).unwrap(),
    );
    assert_eq!(bytes(&as_is), bytes(&source));
    for (i, (&made, &was)) in bytes(&half).iter().zip(&bytes(&source)).enumerate().filter(|(i, _)| i % 4 < 3)
    {
        assert!((f32::from(made) - f32::from(was) / 2.0).abs() <= 0.51, "{made} of {was} at {i}");
    }
    // What it was told once does not stay.
    assert_eq!(bytes(&process(&model, &source, Default::default()).unwrap()), bytes(&source));
}

/// Gray, with Gaussian noise of this sigma.
fn noisy(sigma: f64) -> Picture {
    let gray = Picture::from_rgba(96, 96, &[128, 128, 128, 255].repeat(96 * 96)).unwrap();
    apply(&Noise::gaussian(sigma, 1).unwrap(), &gray).unwrap()
}

#[test]
fn a_noise_level_is_estimated_where_it_is_not_given() {
    let model = gain(r#"{"gain": {"kind": "noise-level", "range": [0, 40]}}"#);
    let factor = |source: &Picture, values| {
        let mean = |picture: &Picture| {
            let bytes = picture.region(picture.rect()).unwrap();
            bytes.as_chunks::<4>().0.iter().map(|[r, ..]| f64::from(*r)).sum::<f64>()
        };
        mean(&process(&model, source, values).unwrap()) / mean(source)
    };
    for sigma in [0.0, 0.5, 1.0, 1.5] {
        let source = noisy(sigma);
        let (told, estimated) = (factor(&source, number("gain", 0.5)), factor(&source, Default::default()));
        assert!((told - 0.5).abs() < 0.01, "{told}");
        assert!((estimated - sigma).abs() < 0.3, "{estimated} of {sigma}");
    }
    // Too small to tell: the file's default.
    let small = picture(7, 7);
    assert_eq!(factor(&small, Default::default()), 1.0);
}

#[test]
fn values_that_make_no_sense_are_named() {
    let (model, source) = (gain(r#"{"gain": {"kind": "number", "range": [0, 2]}}"#), picture(8, 8));
    for (values, wanted) in [
        (number("gain", 2.5), "from 0 to 2"),
        (number("gain", f32::NAN), "from 0 to 2"),
        (number("zero", 1.0), "no optional number named \"zero\""),
        (
            OptionalValues { hints: vec![ColorHint { x: 0, y: 0, a: 0.0, b: 0.0 }], ..Default::default() },
            "no color hints",
        ),
    ] {
        let error = process(&model, &source, values).unwrap_err();
        assert!(matches!(error, Error::InvalidInput(_)) && error.to_string().contains(wanted), "{error}");
    }
}

#[test]
fn metadata_that_name_no_optional_input_are_refused() {
    for (optional, wanted) in [
        (r#"{"x": {"kind": "number", "range": [0, 1]}}"#, "not an input with a default"),
        (r#"{"gain": {"kind": "number", "range": [2, 3]}}"#, "within its range"),
        (r#"{"gain": {"kind": "slider"}}"#, "slider"),
        (r#"{"gain": {"kind": "number"}}"#, "has a range"),
        (r#"{"gain": {"kind": "color-hints", "stride": 0}}"#, "stride"),
    ] {
        let error = gain(optional).task().unwrap_err().to_string();
        assert!(error.contains("\"optional\"") && error.contains(wanted), "{error}");
    }
}

#[test]
fn a_hint_colors_its_place() {
    let (model, source) =
        (hinted(), Picture::from_rgba(64, 32, &[128, 128, 128, 255].repeat(64 * 32)).unwrap());
    let hint = ColorHint { x: 50, y: 10, a: 40.0, b: 30.0 };
    let made = process(&model, &source, OptionalValues { hints: vec![hint], ..Default::default() }).unwrap();
    let at = |x, y| {
        let pixel = made.region(unet_playground::image::Rect::new(x, y, 1, 1)).unwrap();
        lab::from_srgb([pixel[0], pixel[1], pixel[2]])
    };
    let [_, a, b] = at(50, 10);
    assert!((a - 40.0).abs() < 4.0 && (b - 30.0).abs() < 4.0, "{a}, {b}");
    let [_, a, b] = at(10, 20);
    assert!(a.abs() < 2.0 && b.abs() < 2.0, "{a}, {b}");
    for outside in [ColorHint { x: 64, ..hint }, ColorHint { y: 32, ..hint }, ColorHint { a: 200.0, ..hint }]
    {
        let error = process(&model, &source, OptionalValues { hints: vec![outside], ..Default::default() });
        assert_eq!(error.unwrap_err().code(), "invalid-input");
    }
}

#[test]
fn likely_colors_are_told_apart_and_summed() {
    let (model, source) = (hinted(), picture(64, 32));
    let likely =
        |at| block_on(model.likely_colors(&source, at, &OptionalValues::default(), &Unhurried::default()));
    let colors = likely([50, 10]).unwrap();
    let told: Vec<_> =
        colors.iter().map(|c| (c.a.round(), c.b.round(), (c.probability * 100.0).round())).collect();
    // Nearly the same red counts with the red.
    assert_eq!(told, [(60.0, 40.0, 70.0), (0.0, -60.0, 20.0), (0.0, 0.0, 10.0)]);
    let pixel = source.region(unet_playground::image::Rect::new(50, 10, 1, 1)).unwrap();
    let gray = lab::to_srgb([lab::lightness([pixel[0], pixel[1], pixel[2]]), 0.0, 0.0]);
    assert_eq!(colors[2].rgb, gray);
    assert!(likely([64, 0]).unwrap_err().to_string().contains("no pixel"));
    assert!(
        block_on(gain("{}").likely_colors(
            &source,
            [0, 0],
            &OptionalValues::default(),
            &Unhurried::default()
        ))
        .is_err()
    );
}

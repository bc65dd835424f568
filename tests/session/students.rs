//! Files as students export them: what is odd about them is understood, or said.

use crate::support::{block_on, cpu};
use crate::writer::{self, floats, integers, ints_attribute, node, port};
use std::collections::BTreeMap;
use unet_playground::image::Picture;
use unet_playground::session::{Model, Unhurried};

fn model(input: &[i64], nodes: Vec<Vec<u8>>, initializers: Vec<Vec<u8>>) -> Model {
    let (inputs, outputs) = (vec![port("x", input)], vec![port("y", &[-1, -1, -1, -1])]);
    let written = writer::Model { inputs, outputs, ..writer::Model::new(nodes, initializers) };
    cpu().load(&written.bytes(), &BTreeMap::new()).unwrap()
}

fn conv(name: &str, x: &str, y: &str, w: &str, pads: &[i64; 4]) -> Vec<u8> {
    node(name, "Conv", &[x, w], &[y], &[ints_attribute("pads", pads)])
}

/// Every pixel is another gray than those beside it.
fn gray(width: u32, height: u32) -> Picture {
    let value = |i: u32| ((i % width) * 7 + (i / width) * 31) as u8;
    let rgba: Vec<u8> = (0..width * height).flat_map(|i| [value(i), value(i), value(i), 255]).collect();
    Picture::from_rgba(width, height, &rgba).unwrap()
}

fn process(model: &Model, source: &Picture) -> Picture {
    block_on(model.process(source, None, &Unhurried::default(), |_| {})).unwrap().picture
}

fn refused(model: &Model, side: u32) -> String {
    model.estimate(side, side, None).unwrap_err().to_string()
}

const DYNAMIC: [i64; 4] = [1, 1, -1, -1];

/// `torch.nn.Conv2d(..., padding_mode="circular")`
#[test]
fn padding_that_wraps_around_asks_for_no_size() {
    let slice =
        |name: &str, y: &str, from: &str, to: &str| node(name, "Slice", &["x", from, to, "axis"], &[y], &[]);
    let nodes = vec![
        slice("last", "above", "minus_one", "end"),
        slice("first", "below", "zero", "one"),
        node("pad", "Concat", &["above", "x", "below"], &["padded"], &[writer::int_attribute("axis", 2)]),
        conv("up", "padded", "y", "w", &[0, 1, 0, 1]),
    ];
    let number = |name: &str, value: i64| integers(name, &[1], &[value]);
    let numbers = [("minus_one", -1), ("end", i64::MAX), ("zero", 0), ("one", 1), ("axis", 2)];
    let mut initializers: Vec<_> = numbers.iter().map(|&(name, value)| number(name, value)).collect();
    initializers.push(floats("w", &[1, 1, 3, 3], &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
    let source = gray(20, 18);
    let rgba = source.region(source.rect()).unwrap();
    let (rest, last) = rgba.split_at(rgba.len() - 4 * 20);
    let rolled = Picture::from_rgba(20, 18, &[last, rest].concat()).unwrap();
    assert!(process(&model(&DYNAMIC, nodes, initializers), &source) == rolled);
}

/// U-Net without padding: of 572 pixels pooling leaves none out, of 256 it does.
#[test]
fn sizes_of_networks_without_padding_are_those_that_pool_whole() {
    let mut nodes = vec![];
    let mut from = "x".to_string();
    for level in 0..5 {
        let [a, b, c] = ["a", "b", "c"].map(|name| format!("{name}{level}"));
        nodes.push(conv(&a, &from, &a, "w", &[0; 4]));
        nodes.push(conv(&b, &a, &b, "w", &[0; 4]));
        let window = [ints_attribute("kernel_shape", &[2, 2]), ints_attribute("strides", &[2, 2])];
        if level < 4 {
            nodes.push(node(&c, "MaxPool", &[&b], &[&c], &window));
        }
        from = if level < 4 { c } else { b };
    }
    nodes.push(node("up", "Resize", &[&from, "", "scales"], &["y"], &[]));
    let initializers =
        vec![floats("w", &[1, 1, 3, 3], &[0.1; 9]), floats("scales", &[4], &[1.0, 1.0, 16.0, 16.0])];
    let model = model(&DYNAMIC, nodes, initializers);
    for (side, made) in [(188, 64), (572, 448), (580, 456)] {
        let estimate = model.estimate(side, side, None).unwrap();
        assert_eq!((estimate.width, estimate.height), (made, made), "{side}");
    }
    assert_eq!(process(&model, &gray(188, 204)).size(), (64, 80));
    assert!(
        refused(&model, 100).contains("leaves nothing of a picture of 100 × 100"),
        "{}",
        refused(&model, 100)
    );
}

/// Tracing bakes the example's size into reshapes.
#[test]
fn a_network_that_takes_one_size_alone_sees_the_picture_at_that_size() {
    let reshape = |x: &str, shape: &str, y: &str| node(y, "Reshape", &[x, shape], &[y], &[]);
    let nodes = vec![reshape("x", "flat", "tokens"), reshape("tokens", "planes", "y")];
    let initializers =
        vec![integers("flat", &[3], &[1, 1, 128 * 128]), integers("planes", &[4], &[1, 1, 128, 128])];
    let model = model(&DYNAMIC, nodes, initializers);
    let source = gray(150, 131);
    let estimate = model.estimate(150, 131, None).unwrap();
    assert_eq!((estimate.frame, estimate.exact), (Some([128, 128]), false));
    assert_eq!(process(&model, &source).size(), source.size());
    let whole = gray(128, 128);
    assert!(process(&model, &whole) == whole);
}

#[test]
fn what_cannot_be_used_says_how_it_could() {
    let wide = || (vec![conv("conv", "x", "y", "w", &[4; 4])], vec![floats("w", &[1, 1, 9, 9], &[0.1; 81])]);
    let (nodes, initializers) = wide();
    let fixed = refused(&model(&[1, 1, 8, 8], nodes, initializers), 20);
    assert!(fixed.contains("8 pixels a side") && fixed.contains("dynamic height and width"), "{fixed}");
    let (nodes, initializers) = wide();
    let batch = refused(&model(&[4, 1, -1, -1], nodes, initializers), 20);
    assert!(batch.contains("4 pictures at once"), "{batch}");
    let two = vec![floats("w", &[2, 1, 1, 1], &[1.0, 0.5])];
    let classes = refused(&model(&DYNAMIC, vec![conv("conv", "x", "y", "w", &[0; 4])], two), 20);
    assert!(classes.contains("2 channels") && classes.contains(r#"{"color": "classes"}"#), "{classes}");
    let squeeze = vec![node("squeeze", "Squeeze", &["x", "one"], &["y"], &[])];
    let mask = refused(&model(&DYNAMIC, squeeze, vec![integers("one", &[1], &[1])]), 20);
    assert!(mask.contains("of [1, 1, 256, 256] it makes [1, 256, 256]"), "{mask}");
}

//! The lab shows what the engine computes: its numbers are those of the CPU backend, and what it says
//! they are made of adds up to them.

use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use unet_playground::backend::cpu::{Executor, WeightCache};
use unet_playground::graph::{Edge, EdgeId, Graph, Node, Port};
use unet_playground::lab::{How, MAX_SIDE, Stage, TransposedConv, Upsampling, work};
use unet_playground::ops::{Attribute, Attributes, Op, Operator};
use unet_playground::plan::{Prepared, Selection};
use unet_playground::tensor::{DType, Tensor};

/// A chain of nodes as the network that a file of it would be.
fn graph(stages: &[Stage]) -> Graph {
    let mut edges = Vec::new();
    let mut edge = |name: String| {
        edges.push(Edge { name, origin: None, external: false });
        EdgeId(edges.len() - 1)
    };
    let input = edge("x".into());
    let mut values = vec![input];
    let (mut nodes, mut initializers) = (Vec::new(), HashMap::new());
    for (i, Stage { op, more }) in stages.iter().enumerate() {
        let mut inputs: Vec<Option<EdgeId>> = values.iter().copied().map(Some).collect();
        for (k, constant) in more.iter().enumerate() {
            inputs.push(constant.as_ref().map(|tensor| {
                let id = edge(format!("c{i}.{k}"));
                initializers.insert(id, Arc::new(tensor.clone()));
                id
            }));
        }
        let count = if op.name() == "MaxPool" { 2 } else { 1 };
        values = (0..count).map(|k| edge(format!("y{i}.{k}"))).collect();
        let outputs = values.iter().copied().map(Some).collect();
        nodes.push(Node { name: format!("n{i}"), op: op.clone(), inputs, outputs });
    }
    let port = |name: &str, edge| Port {
        name: name.into(),
        edge,
        dtype: DType::F32,
        shape: None,
        channels_last: false,
    };
    let (inputs, outputs) = (vec![port("x", input)], vec![port("y", values[0])]);
    Graph {
        nodes,
        edges,
        inputs,
        optional: vec![],
        outputs,
        initializers,
        metadata: BTreeMap::new(),
        opset: 18,
        derived: Default::default(),
    }
}

/// The output as the CPU backend computes it.
fn on_cpu(upsampling: &Upsampling, input: &Tensor) -> Tensor {
    let shape = input.shape().to_vec();
    let graph = graph(&upsampling.stages([shape[0], shape[1], shape[2], shape[3]]).unwrap());
    let facts = graph.facts(&[shape]).unwrap();
    let prepared = Prepared::new(&graph, &facts, &Selection::default()).unwrap();
    let mut executor = Executor::new(prepared.plan, &mut WeightCache::new()).unwrap();
    executor.start(&[input]).unwrap();
    while !executor.advance(u64::MAX) {}
    executor.outputs().unwrap().remove(0)
}

fn close(a: &[f32], b: &[f32]) -> bool {
    let largest = b.iter().fold(1.0f32, |m, v| m.max(v.abs()));
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-5 * largest)
}

fn floats(tensor: &Tensor) -> &[f32] {
    tensor.as_f32().expect("floats")
}

/// The sums of the weighted cells of the input.
fn summed(weights: &[f32], input: &Tensor, bias: f32) -> Vec<f32> {
    let x = floats(input);
    let outputs = weights.len() / x.len();
    let sum = |o: usize| bias + x.iter().enumerate().map(|(i, x)| x * weights[i * outputs + o]).sum::<f32>();
    (0..outputs).map(sum).collect()
}

fn weights(how: &How) -> &[f32] {
    let How::Weights(weights) = how else { panic!("{how:?}") };
    floats(weights)
}

fn matrix(channels: usize, height: usize, width: usize) -> impl Strategy<Value = Tensor> {
    prop::collection::vec(-9i32..=9, channels * height * width).prop_map(move |v| {
        let values: Vec<f32> = v.into_iter().map(|v| v as f32 / 2.0).collect();
        Tensor::f32([1, channels, height, width], values).unwrap()
    })
}

fn interpolation() -> impl Strategy<Value = Upsampling> {
    (0..3, 1usize..=4, any::<bool>()).prop_map(|(kind, scale, align_corners)| match kind {
        0 => Upsampling::Nearest { scale },
        1 => Upsampling::Bilinear { scale, align_corners },
        _ => Upsampling::Bicubic { scale, align_corners },
    })
}

fn transposed() -> impl Strategy<Value = TransposedConv> {
    let sizes = (1usize..=5, 1usize..=5, 1usize..=4, 0usize..=3, 0usize..=3, -4i8..=4);
    sizes.prop_flat_map(|(kh, kw, stride, padding, output_padding, bias)| {
        matrix(1, kh, kw).prop_map(move |kernel| {
            let (output_padding, bias) = (output_padding % stride, f32::from(bias) / 4.0);
            TransposedConv { kernel, stride, padding, output_padding, bias }
        })
    })
}

fn sides() -> impl Strategy<Value = (usize, usize)> {
    (1..=MAX_SIDE, 1..=MAX_SIDE)
}

proptest! {
    #[test]
    fn interpolation_is_the_engines(
        op in interpolation(),
        x in sides().prop_flat_map(|(h, w)| matrix(1, h, w)),
    ) {
        let worked = work(&op, &x).unwrap();
        prop_assert!(close(floats(&worked.output), floats(&on_cpu(&op, &x))));
        prop_assert!(close(&summed(weights(&worked.how), &x, 0.0), floats(&worked.output)));
    }

    #[test]
    fn pixel_shuffle_is_the_engines(
        (factor, x) in (1usize..=4, sides()).prop_flat_map(|(r, (h, w))| {
            (1..=16 / (r * r)).prop_flat_map(move |c| (Just(r), matrix(c * r * r, h, w)))
        }),
    ) {
        let op = Upsampling::PixelShuffle { factor };
        let worked = work(&op, &x).unwrap();
        prop_assert_eq!(&worked.output, &on_cpu(&op, &x));
        prop_assert_eq!(&summed(weights(&worked.how), &x, 0.0), floats(&worked.output));
        prop_assert!(weights(&worked.how).iter().all(|&w| w == 0.0 || w == 1.0));
    }

    #[test]
    fn unpooling_is_the_engines(
        (kernel, stride, padding) in (1usize..=3, 1usize..=4, 0usize..=1),
        x in (3usize..=8, 3usize..=8).prop_flat_map(|(h, w)| matrix(1, h, w)),
    ) {
        let op = Upsampling::MaxUnpool { kernel, stride, padding: padding.min(kernel / 2) };
        let worked = work(&op, &x).unwrap();
        prop_assert_eq!(&worked.output, &on_cpu(&op, &x));
        prop_assert_eq!(worked.output.shape(), x.shape());
        let How::Pooled { maxima, indices, windows } = &worked.how else { panic!("{:?}", worked.how) };
        let (x, seen, indices) = (floats(&x), floats(windows), indices.as_i64().unwrap());
        for (i, &maximum) in floats(maxima).iter().enumerate() {
            let sees = |cell: usize| seen[cell * maxima.len() + i] == 1.0;
            let largest = (0..x.len()).filter(|&cell| sees(cell)).map(|cell| x[cell]).fold(f32::MIN, f32::max);
            prop_assert_eq!(maximum, largest);
            prop_assert!(sees(indices[i] as usize));
            prop_assert_eq!(floats(&worked.output)[indices[i] as usize], maximum);
        }
    }

    #[test]
    fn transposed_convolution_is_the_engines(
        conv in transposed(),
        x in sides().prop_flat_map(|(h, w)| matrix(1, h, w)),
    ) {
        let op = Upsampling::TransposedConv(conv.clone());
        let Ok(worked) = work(&op, &x) else {
            // Refused alike by the operator itself.
            let stages = op.stages([1, 1, x.shape()[2], x.shape()[3]]).unwrap();
            let inputs = [Some(&x), stages[0].more[0].as_ref(), stages[0].more[1].as_ref()];
            prop_assert!(stages[0].op.reference(&inputs).is_err());
            return Ok(());
        };
        let How::Stamped { kernel_cells, sums, spread } = &worked.how else { panic!("{:?}", worked.how) };
        let output = floats(&worked.output);
        prop_assert!(close(output, floats(&on_cpu(&op, &x))));
        let kernel = floats(&conv.kernel);
        let weight = |&cell: &f32| if cell == 0.0 { 0.0 } else { kernel[cell as usize - 1] };
        let weights: Vec<f32> = floats(kernel_cells).iter().map(weight).collect();
        prop_assert!(close(&summed(&weights, &x, conv.bias), output));
        prop_assert_eq!(&floats(sums)[sums.len() - output.len()..], output);
        let convolved = convolved(spread, &x, &conv);
        prop_assert_eq!(convolved.shape(), worked.output.shape());
        prop_assert!(close(floats(&convolved), output));
    }
}

/// The other view of transposed convolution: convolution of the spread input with the turned kernel.
fn convolved(spread: &Tensor, input: &Tensor, conv: &TransposedConv) -> Tensor {
    let value = |&cell: &f32| if cell == 0.0 { 0.0 } else { floats(input)[cell as usize - 1] };
    let values: Vec<f32> = floats(spread).iter().map(value).collect();
    let x = Tensor::f32(spread.shape(), values).unwrap();
    let turned: Vec<f32> = floats(&conv.kernel).iter().rev().copied().collect();
    let turned = Tensor::f32(conv.kernel.shape(), turned).unwrap();
    let bias = Tensor::f32([1], [conv.bias]).unwrap();
    let attributes = Attributes {
        values: BTreeMap::<String, Attribute>::new(),
        opset: 18,
        outputs: 1,
        ..Attributes::default()
    };
    let op = Op::new("Conv", &attributes).unwrap().unwrap();
    op.reference(&[Some(&x), Some(&turned), Some(&bias)]).unwrap().remove(0)
}

/// The message of a refusal.
fn refusal(upsampling: &Upsampling, input: &Tensor) -> String {
    work(upsampling, input).unwrap_err().to_string()
}

#[test]
fn senseless_settings_are_refused_by_name() {
    let x = Tensor::f32([1, 1, 2, 2], [1.0, 2.0, 3.0, 4.0]).unwrap();
    let transposed = |side: usize, stride, padding, output_padding, bias| {
        let kernel = Tensor::f32([1, 1, side, side], vec![1.0; side * side]).unwrap();
        Upsampling::TransposedConv(TransposedConv { kernel, stride, padding, output_padding, bias })
    };
    for (op, named) in [
        (transposed(2, 0, 0, 0, 0.0), "stride"),
        (transposed(2, 2, 0, 2, 0.0), "output_padding"),
        (transposed(2, 1, 2, 0, 0.0), "no output"),
        (transposed(2, 1, 9, 0, 0.0), "padding"),
        (transposed(9, 1, 0, 0, 0.0), "kernel_size"),
        (transposed(2, 1, 0, 0, f32::NAN), "bias"),
        (Upsampling::Nearest { scale: 0 }, "scale_factor"),
        (Upsampling::Bicubic { scale: 5, align_corners: true }, "scale_factor"),
        (Upsampling::PixelShuffle { factor: 2 }, "channels"),
        (Upsampling::MaxUnpool { kernel: 3, stride: 1, padding: 0 }, "does not fit"),
        (Upsampling::MaxUnpool { kernel: 2, stride: 1, padding: 2 }, "padding"),
        (Upsampling::MaxUnpool { kernel: 2, stride: 0, padding: 0 }, "stride"),
    ] {
        let message = refusal(&op, &x);
        assert!(message.contains(named), "{op:?}: {message}");
    }
    let nearest = Upsampling::Nearest { scale: 2 };
    let tall = Tensor::f32([1, 1, 9, 1], vec![0.0; 9]).unwrap();
    let infinite = Tensor::f32([1, 1, 1, 1], [f32::INFINITY]).unwrap();
    assert!(refusal(&nearest, &tall).contains("8 by 8"));
    assert!(refusal(&nearest, &infinite).contains("numbers"));
    assert!(refusal(&nearest, &Tensor::i64([1, 1, 1, 1], [1]).unwrap()).contains("numbers"));
}

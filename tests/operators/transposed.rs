//! Transposed convolution of every stride, dilation, kernel and padding against the plain reference.

use crate::writer::{self, floats, ints_attribute, node, port};
use std::collections::BTreeMap;
use unet_playground::graph::Graph;
use unet_playground::onnx;
use unet_playground::plan::Selection;
use unet_playground::session::{BackendChoice, Engine, Unhurried};
use unet_playground::tensor::Tensor;

fn values(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i as f32 * 1.7).sin()).collect()
}

/// Output lengths and values of one case on the CPU, as far as padding leaves any.
fn check(
    engine: &Engine,
    strides: [i64; 2],
    dilations: [i64; 2],
    kernel: [i64; 2],
    pads: [i64; 4],
    more: [i64; 2],
) -> bool {
    let attributes = [
        ints_attribute("strides", &strides),
        ints_attribute("dilations", &dilations),
        ints_attribute("pads", &pads),
        ints_attribute("output_padding", &more),
    ];
    let size = [3, 4];
    let length = |i: usize| {
        (size[i] - 1) * strides[i] + more[i] + dilations[i] * (kernel[i] - 1) + 1 - pads[i] - pads[2 + i]
    };
    if length(0) < 1 || length(1) < 1 {
        return false;
    }
    let weight = floats("w", &[2, 3, kernel[0], kernel[1]], &values(6 * (kernel[0] * kernel[1]) as usize));
    let nodes = vec![node("up", "ConvTranspose", &["x", "w", "b"], &["y"], &attributes)];
    let inputs = vec![port("x", &[1, 2, 3, 4])];
    let initializers = vec![weight, floats("b", &[3], &[0.5, -1.0, 2.0])];
    let bytes = writer::Model { inputs, ..writer::Model::new(nodes, initializers) }.bytes();
    let x = Tensor::f32([1, 2, 3, 4], values(24)).unwrap();
    let graph: Graph = onnx::load(&bytes, &BTreeMap::new()).unwrap();
    let wanted = graph.run_reference(std::slice::from_ref(&x)).unwrap().remove(0);
    let what = format!("{strides:?} {dilations:?} {kernel:?} {pads:?} {more:?}");
    assert_eq!(wanted.shape(), [1, 3, length(0) as usize, length(1) as usize], "{what}");
    let model = engine.load(&bytes, &BTreeMap::new()).unwrap();
    let (selection, host) = (Selection::default(), Unhurried::default());
    let run = model.run(BTreeMap::from([("x".to_string(), x)]), &selection, &host);
    let found = pollster::block_on(run).unwrap().remove(0);
    assert_eq!(found.shape(), wanted.shape(), "{what}");
    for (found, wanted) in found.as_f32().unwrap().iter().zip(wanted.as_f32().unwrap()) {
        assert!((found - wanted).abs() < 1e-4, "{what}: {found} for {wanted}");
    }
    true
}

#[test]
fn every_geometry_is_exact() {
    let engine = pollster::block_on(Engine::create(BackendChoice::Cpu, &Unhurried::default())).unwrap();
    let mut checked = 0;
    for stride in 1..=4 {
        for dilation in 1..=3 {
            for kernel in 1..=8 {
                let reach = dilation * (kernel - 1) + 1;
                let most = stride.max(dilation) - 1;
                for pads in
                    [[0; 4], [reach / 2; 4], [reach - 1, 0, 1.min(reach - 1), reach / 3], [reach - 1; 4]]
                {
                    for more in [0, most] {
                        let pair = |a| [a, a];
                        checked += usize::from(check(
                            &engine,
                            pair(stride),
                            pair(dilation),
                            pair(kernel),
                            pads,
                            pair(more),
                        ));
                    }
                }
            }
        }
    }
    assert!(checked > 500, "{checked} cases");
}

#[test]
fn axes_may_differ() {
    let engine = pollster::block_on(Engine::create(BackendChoice::Cpu, &Unhurried::default())).unwrap();
    for strides in [[1, 2], [2, 1], [2, 3], [4, 1]] {
        for dilations in [[1, 1], [1, 2], [3, 1]] {
            for kernel in [[4, 4], [3, 5], [1, 2]] {
                assert!(check(&engine, strides, dilations, kernel, [0, 0, 0, 0], [0, 0]));
                check(&engine, strides, dilations, kernel, [1, 0, 0, 1], [0, 0]);
            }
        }
    }
}

//! What is seen inside is what happens: inputs, values and outputs are those of whole runs.

use crate::support::{STRATEGIES, block_on, cpu, largest_difference, load, network, picture};
use crate::tasks::{pointwise, with_metadata};
use crate::writer::{self, floats, ints_attribute, node, port};
use crate::{named, select};
use std::collections::BTreeMap;
use std::rc::Rc;
use unet_playground::image::metrics::compare;
use unet_playground::image::{Features, Picture, Rect};
use unet_playground::session::{BackendChoice, Engine, Inspection, Model, Unhurried};
use unet_playground::tensor::Data;
use unet_playground::{Error, Result};

const CASE: &str = "skips, residual, dynamic size";

fn net(file: &str, case: &str, metadata: &[(&str, &str)]) -> Rc<Model> {
    let bytes = with_metadata(&network(file, case).model, metadata);
    Rc::new(cpu().load(&bytes, &BTreeMap::new()).unwrap())
}

fn process(model: &Model, source: &Picture) -> Picture {
    block_on(model.process(source, None, &Unhurried::default(), |_| {})).unwrap().picture
}

fn output(inspection: &Inspection, cut: &[&str]) -> Result<Picture> {
    let cut = cut.iter().map(|name| name.to_string()).collect();
    block_on(inspection.output(cut, &Unhurried::default()))
}

fn features(inspection: &Inspection, value: &str, cut: &[&str]) -> Result<Features> {
    let cut = cut.iter().map(|name| name.to_string()).collect();
    block_on(inspection.features(value.into(), cut, &Unhurried::default()))
}

fn part(picture: &Picture, rect: Rect) -> Picture {
    Picture::from_rgba(rect.width, rect.height, &picture.region(rect).unwrap()).unwrap()
}

#[test]
fn a_picture_that_is_seen_whole_gives_what_process_gives() {
    let mut source = picture(61, 43);
    source.write(Rect::new(4, 4, 8, 8), &[10, 20, 30, 0].repeat(64)).unwrap();
    let source = Rc::new(source);
    for strategy in STRATEGIES {
        for metadata in [&[][..], &[("input", r#"{"scale":2}"#)]] {
            let model = net(strategy, CASE, metadata);
            let inspection = model.inspect(&source, None, None).unwrap();
            assert_eq!(inspection.rect(), source.rect());
            assert_eq!(output(&inspection, &[]).unwrap(), process(&model, &source), "{strategy}");
        }
    }
}

#[test]
fn away_from_its_edges_a_part_gives_what_process_gives() {
    let source = Rc::new(picture(203, 150));
    for (strategy, scale) in [("unet_max_unpool", 1), ("unet_bilinear", 2), ("unet_transposed_conv", 3)] {
        let input = format!(r#"{{"scale":{scale}}}"#);
        let model = net(strategy, CASE, &[("input", &input)]);
        let halo = model.geometry().unwrap().halo().map(|halo| halo.unwrap() as u32);
        let whole = process(&model, &source);
        for at in [[101, 75], [203, 0], [70, 149]] {
            let inspection = model.inspect(&source, Some(at), Some(96 * scale as usize)).unwrap();
            let rect = inspection.rect();
            let [x, y] = [at[0].min(202), at[1].min(149)];
            assert!(
                (rect.x..rect.x + rect.width).contains(&x) && (rect.y..rect.y + rect.height).contains(&y)
            );
            assert!((88..=96).contains(&rect.width) && (88..=96).contains(&rect.height), "{rect:?}");
            let seen = output(&inspection, &[]).unwrap();
            let same = part(&whole, Rect::new(rect.x * scale, rect.y * scale, seen.width(), seen.height()));
            assert_eq!((seen.width(), seen.height()), (rect.width * scale, rect.height * scale));
            let inner = Rect::new(halo[1], halo[0], seen.width() - 2 * halo[1], seen.height() - 2 * halo[0]);
            let difference = largest_difference(&part(&seen, inner), &part(&same, inner));
            assert!(difference <= 1, "{strategy} × {scale} at {at:?}: {difference}");
        }
    }
}

#[test]
fn whole_frames_give_exactly_what_process_gives() {
    let source = Rc::new(picture(150, 90));
    let classes = r#"{"color":"classes"}"#;
    let chroma = r#"{"color":"lab-ab","range":[-1,1]}"#;
    let frame = [("input", r#"{"side":64}"#), ("tiling", "whole")];
    let weights: [&[f32]; 2] = [&[-1.0, 0.0, 0.5], &[1.0, 0.0, 0.0]];
    let made =
        |output| Rc::new(pointwise(&weights, &[0.25, 0.0], &[&frame[..], &[("output", output)]].concat()));
    for model in [net("unet_nearest", CASE, &frame), made(classes), made(chroma)] {
        // Where and how large is of no account.
        let inspection = model.inspect(&source, Some([0, 0]), Some(8)).unwrap();
        assert_eq!((inspection.rect(), inspection.tensor().shape()[2]), (source.rect(), 64));
        assert_eq!(output(&inspection, &[]).unwrap(), process(&model, &source));
        let input = inspection.input().unwrap();
        assert_eq!(input.height(), 64);
    }
}

#[test]
fn colors_of_the_frame_come_with_a_part() {
    let source = Rc::new(picture(61, 43));
    let model = net("unet_nearest", CASE, &[("input", r#"{"side":32}"#), ("tiling", "both")]);
    let inspection = model.inspect(&source, None, None).unwrap();
    assert_eq!(inspection.tensor().shape(), [1, 3, 44, 64]);
    assert_eq!(output(&inspection, &[]).unwrap(), process(&model, &source));
    let rect = model.inspect(&source, None, Some(32)).unwrap().rect();
    assert_eq!((rect.width, rect.height), (32, 32));
}

#[test]
fn the_input_is_shown_as_the_model_sees_it() {
    let source = Rc::new(picture(40, 30));
    let model = net("unet_nearest", CASE, &[("input", r#"{"range":[-1,1]}"#)]);
    let inspection = model.inspect(&source, Some([20, 15]), Some(16)).unwrap();
    assert_eq!(inspection.input().unwrap(), part(&source, inspection.rect()));
    // 30 rows are no multiple of 4: beyond the last they are reflected.
    let all = model.inspect(&source, None, None).unwrap().input().unwrap();
    assert_eq!((all.width(), all.height()), (40, 32));
    assert_eq!(part(&all, Rect::new(0, 31, 40, 1)), part(&source, Rect::new(0, 27, 40, 1)));
}

#[test]
fn values_are_those_of_runs() {
    let source = Rc::new(picture(48, 40));
    let model = net("unet_max_unpool", CASE, &[]);
    let inspection = model.inspect(&source, None, None).unwrap();
    assert_eq!(inspection.nodes().len(), model.plan(&[vec![1, 3, 40, 48]]).unwrap().nodes.len());
    let run = |value: &str, cut: &[&str]| {
        let inputs = named(inspection.tensor().clone());
        block_on(model.run(inputs, &select(&[value], cut), &Unhurried::default())).unwrap().remove(0)
    };
    let mut integers = 0;
    for node in inspection.nodes() {
        for value in &node.outputs {
            let expected = run(value, &[]);
            let seen = features(&inspection, value, &[]).unwrap();
            assert_eq!(seen.shape(), expected.shape(), "{value}");
            let all = (0..seen.channels).flat_map(|c| {
                let (seen, width) = (&seen, seen.width);
                (0..width * seen.height).map(move |i| seen.value(c, i % width, i / width).unwrap())
            });
            let all: Vec<f64> = all.collect();
            match expected.data() {
                Data::F32(values) => assert!(all.iter().zip(values).all(|(a, b)| *a == f64::from(*b))),
                Data::I64(values) => {
                    integers += 1;
                    assert!(all.iter().zip(values).all(|(a, b)| *a == *b as f64));
                    let positions = seen.positions.unwrap();
                    assert_eq!(positions.window.kernel, [2, 2]);
                    assert_eq!(positions.plane, [2 * seen.height, 2 * seen.width]);
                }
            }
        }
    }
    assert_eq!(integers, 2, "the positions of both poolings");
    let cut = ["relu_1>node_cat_1"];
    let value = &inspection.nodes().last().unwrap().outputs[0];
    assert!(
        inspection
            .nodes()
            .iter()
            .any(|node| node.name == "node_cat_1" && node.inputs.contains(&"relu_1".into()))
    );
    let seen = features(&inspection, value, &cut).unwrap();
    assert_eq!(
        seen.value(1, 5, 6).unwrap(),
        f64::from(run(value, &cut).as_f32().unwrap()[(40 + 6) * 48 + 5])
    );
    assert_ne!(output(&inspection, &cut).unwrap(), output(&inspection, &[]).unwrap());
    // The input and a weight have maps, too.
    assert_eq!(features(&inspection, "x", &[]).unwrap().channels, 3);
    assert_eq!(features(&inspection, "enc1.conv1.weight", &[]).unwrap().width, 3);
}

#[test]
fn every_rank_has_maps_or_says_why_not() {
    let reshape = |name, shape, to| node(name, "Reshape", &["x", shape], &[to], &[]);
    let model = writer::Model {
        inputs: vec![port("x", &[1, 3, 8, 8])],
        outputs: vec![port("y", &[1, 3, 8, 8])],
        ..writer::Model::new(
            vec![
                node("mean", "GlobalAveragePool", &["x"], &["mean"], &[]),
                node("flat", "Flatten", &["mean"], &["flat"], &[]),
                reshape("three", "s3", "three"),
                reshape("five", "s5", "five"),
                node("sum", "Mul", &["x", "mean"], &["y"], &[]),
                node("all", "Identity", &["x"], &["z"], &[]),
            ],
            vec![writer::integers("s3", &[3], &[3, 4, 16]), writer::integers("s5", &[5], &[1, 3, 2, 4, 8])],
        )
    };
    // Values that no output needs are dropped.
    let outputs =
        ["flat", "three", "five"].map(|name| writer::field(7, writer::field(12, port(name, &[-1]))));
    let bytes = [model.bytes(), outputs.concat()].concat();
    let model = Rc::new(cpu().load(&bytes, &BTreeMap::new()).unwrap());
    let inspection = model.inspect(&Rc::new(picture(8, 8)), None, None).unwrap();
    let size = |value: &str| features(&inspection, value, &[]).map(|f| [f.channels, f.height, f.width]);
    assert_eq!(size("mean"), Ok([3, 1, 1]));
    assert_eq!(size("flat"), Ok([3, 1, 1]));
    assert_eq!(size("three"), Ok([3, 4, 16]));
    let error = size("five").unwrap_err();
    assert!(error.code() == "invalid-input" && error.to_string().contains("[1, 3, 2, 4, 8]"), "{error}");
    assert_eq!(size("z").unwrap_err().code(), "invalid-input");
}

#[test]
fn every_node_is_timed_or_lies_within_another() {
    let engines = [BackendChoice::Cpu, BackendChoice::WebGpu]
        .map(|choice| block_on(Engine::create(choice, &Unhurried::default())));
    for engine in engines {
        let engine = match engine {
            Ok(engine) => engine,
            Err(error) => {
                eprintln!("NO GPU ADAPTER: GPU tests did not run ({error})");
                assert!(std::env::var_os("CI").is_none(), "CI needs a GPU adapter: {error}");
                return;
            }
        };
        for strategy in STRATEGIES {
            let model = Rc::new(load(&engine, &network(strategy, "batch norm after ReLU")));
            let inspection = model.inspect(&Rc::new(picture(20, 16)), None, None).unwrap();
            let profile = block_on(inspection.profile(&Unhurried::default())).unwrap();
            let nodes = inspection.nodes();
            assert_eq!((profile.milliseconds.len(), profile.within.len()), (nodes.len(), nodes.len()));
            for ((node, time), within) in nodes.iter().zip(&profile.milliseconds).zip(&profile.within) {
                match (time, within) {
                    (Some(time), None) => assert!((0.0..1e4).contains(time), "{} takes {time}", node.name),
                    (None, Some(other)) => {
                        assert!(profile.milliseconds[*other].is_some(), "{}", node.name);
                        assert!(["Relu", "BatchNormalization", "Add"].contains(&node.op), "{}", node.op);
                        assert!(
                            nodes[*other].op.starts_with("Conv"),
                            "{} is in {}",
                            node.op,
                            nodes[*other].op
                        );
                    }
                    _ => panic!("{} is nowhere: {time:?}, {within:?}", node.name),
                }
            }
            let total: f64 = profile.milliseconds.iter().flatten().sum();
            let of_kernels: f64 = profile.kernels.iter().map(|kernel| kernel.milliseconds).sum();
            assert!(of_kernels > total - 1e-6, "{total} ms of nodes, {of_kernels} ms of kernels");
            let on_cpu = engine.backend() == "cpu";
            assert!(profile.kernels.iter().all(|kernel| kernel.bound.is_some() == on_cpu), "{strategy}");
            assert!(total > 0.0 && profile.within.iter().flatten().count() > 4, "{strategy}: {total} ms");
            // What was timed runs as before.
            assert!(output(&inspection, &[]).is_ok());
        }
    }
}

#[test]
fn absolute_error_is_that_of_the_pictures() {
    let source = Rc::new(picture(150, 90));
    let clean = picture(150, 91);
    let clean = part(&clean, Rect::new(0, 1, 150, 90));
    let model = net("unet_bilinear", CASE, &[]);
    let of = |inspection: &Inspection, reference: &Picture| {
        block_on(inspection.loss(reference, vec![], &Unhurried::default()))
    };
    let inspection = model.inspect(&source, Some([60, 40]), Some(64)).unwrap();
    let (rect, loss) = (inspection.rect(), of(&inspection, &clean).unwrap());
    let scores = compare(&output(&inspection, &[]).unwrap(), &part(&clean, rect), 0).unwrap();
    assert!(
        (loss.mean - scores.mae / 255.0).abs() < 1e-6 && loss.mean > 0.01,
        "{} {}",
        loss.mean,
        scores.mae
    );
    assert!(loss.max <= 1.0 && f64::from(loss.max) > loss.mean);
    let map = loss.map(loss.max).unwrap();
    assert_eq!(map.size(), (rect.width, rect.height));
    // One tenth too light, wherever it can be.
    let rgb: [&[f32]; 3] = [&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]];
    let flat = Rc::new(Picture::from_rgba(9, 7, &[50, 100, 150, 255].repeat(63)).unwrap());
    let lighter = Rc::new(pointwise(&rgb, &[0.1; 3], &[]));
    let loss = of(&lighter.inspect(&flat, None, None).unwrap(), &flat).unwrap();
    // 25.5 rounds up to 26 of 255.
    assert!((loss.mean - 26.0 / 255.0).abs() < 1e-6, "{}", loss.mean);
    // Of networks that enlarge, the original is as large as the result.
    let enlarging = net("unet_nearest", CASE, &[("input", r#"{"scale":2}"#)]);
    let inspection = enlarging.inspect(&source, None, Some(64)).unwrap();
    assert!(of(&inspection, &picture(300, 180)).unwrap().mean > 0.0);
    let error = of(&inspection, &clean).unwrap_err();
    assert!(error.code() == "invalid-input" && error.to_string().contains("300 × 180"), "{error}");
}

#[test]
fn cross_entropy_of_classes_is_that_of_their_probabilities() {
    // Logits: 2 − 2 red, and 2 red.
    let weights: [&[f32]; 2] = [&[-2.0, 0.0, 0.0], &[2.0, 0.0, 0.0]];
    let classes = ("output", r#"{"color":"classes","classes":["dark","light"]}"#);
    let rgba: Vec<u8> = [0, 255].iter().flat_map(|&r| [r, 9, 9, 255]).collect();
    let source = Rc::new(Picture::from_rgba(2, 1, &rgba).unwrap());
    let labels = |of: [u8; 2]| Picture::from_rgba(2, 1, &[of[0], 0, 0, 255, of[1], 0, 0, 255]).unwrap();
    let tiles = Rc::new(pointwise(&weights, &[2.0, 0.0], &[classes]));
    let frame = [classes, ("input", r#"{"side":1}"#), ("tiling", "whole")];
    let whole = Rc::new(pointwise(&weights, &[2.0, 0.0], &frame));
    for model in [tiles, whole] {
        let inspection = model.inspect(&source, None, None).unwrap();
        let loss = |of| block_on(inspection.loss(&labels(of), vec![], &Unhurried::default()));
        // ln(1 + e⁻²) where the label is right, and 2 more where it is wrong.
        let right = (1.0 + (-2f64).exp()).ln();
        assert!((loss([0, 1]).unwrap().mean - right).abs() < 1e-5);
        assert!((loss([1, 1]).unwrap().mean - (right + 1.0)).abs() < 1e-5);
        assert!((loss([255, 0]).unwrap().mean - (right + 2.0)).abs() < 1e-5);
        assert_eq!(loss([7, 255]).unwrap_err().code(), "invalid-input");
        assert_eq!(loss([0, 1]).unwrap().map(1.0).unwrap().size(), (2, 1));
    }
}

#[test]
fn weights_have_the_names_of_the_file() {
    let source = Rc::new(picture(16, 16));
    let halves = net("unet_bilinear", "float16 weights, dynamic size", &[]);
    let inspection = halves.inspect(&source, None, None).unwrap();
    let convolution = inspection.nodes().iter().find(|node| node.op == "Conv").unwrap();
    assert_eq!(convolution.weights, ["enc1.conv1.weight", "enc1.conv1.bias"]);
    let [weight, bias] = &halves.weights(&convolution.name).unwrap()[..] else { panic!("two weights") };
    assert_eq!((&*weight.name, &*bias.name), ("enc1.conv1.weight", "enc1.conv1.bias"));
    let count = |shape: &[usize]| shape.iter().product::<usize>() as u64;
    assert_eq!(weight.shape[1..], [3, 3, 3]);
    assert_eq!(count(&weight.shape) + count(&bias.shape), convolution.parameters);
    assert_eq!(weight.counts.iter().map(|&n| u64::from(n)).sum::<u64>(), count(&weight.shape));
    assert!(weight.min < weight.max && weight.std > 0.0);
    // What steers Resize is no weight.
    let resize = inspection.nodes().iter().find(|node| node.op == "Resize").unwrap();
    assert!(resize.weights.is_empty() && resize.parameters == 0);
    assert_eq!(halves.weights(&resize.name).unwrap(), []);
    let error = halves.weights("nothing").unwrap_err();
    assert!(error.code() == "invalid-input" && error.to_string().contains("nothing"), "{error}");

    // A matrix stored for x·Wᵀ, and read through Identity.
    let model = writer::Model {
        inputs: vec![port("x", &[1, 4])],
        outputs: vec![port("y", &[1, 2])],
        ..writer::Model::new(
            vec![
                node("turn", "Transpose", &["w"], &["t"], &[ints_attribute("perm", &[1, 0])]),
                node("same", "Identity", &["t"], &["u"], &[]),
                node("product", "MatMul", &["x", "u"], &["y"], &[]),
            ],
            vec![floats("w", &[2, 4], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])],
        )
    };
    let model = cpu().load(&model.bytes(), &BTreeMap::new()).unwrap();
    let told = model.weights("product").unwrap();
    assert_eq!((&*told[0].name, &told[0].shape[..], told[0].max), ("w", &[4, 2][..], 7.0));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let source = Rc::new(picture(40, 30));
    let tensors = Rc::new(load(&cpu(), &network("two_inputs", "two inputs")));
    assert_eq!(tensors.inspect(&source, None, None).err().unwrap().code(), "invalid-input");
    let model = net("unet_max_unpool", CASE, &[]);
    for side in [0, 1025, usize::MAX] {
        assert_eq!(model.inspect(&source, None, Some(side)).err().unwrap().code(), "invalid-input");
    }
    let inspection = model.inspect(&source, Some([u32::MAX, u32::MAX]), Some(1)).unwrap();
    assert!(inspection.rect().width > 0 && output(&inspection, &[]).is_ok());
    // val_9 is what exporters make of positions; the engine knows better.
    for value in ["nothing", "", "val_9"] {
        let error = features(&inspection, value, &[]).unwrap_err();
        assert!(error.code() == "invalid-input" && error.to_string().contains(value), "{error}");
    }
    // The last is positions of maxima: none are no places either.
    for cut in ["nothing", "relu_1>nothing", ">", "getitem_1>node_conv2d", "getitem_1"] {
        assert_eq!(output(&inspection, &[cut]).unwrap_err().code(), "invalid-input", "{cut}");
    }
    let stopped = Stopped;
    let value = block_on(inspection.features("relu".into(), vec![], &stopped));
    assert_eq!(value.err(), Some(Error::Aborted));
    assert_eq!(block_on(inspection.profile(&stopped)).err(), Some(Error::Aborted));
}

struct Stopped;

impl unet_playground::session::Scheduler for Stopped {
    fn now(&self) -> f64 {
        0.0
    }

    async fn pause(&self) {}

    fn stopped(&self) -> bool {
        true
    }

    fn progress(&self, _fraction: f32) {}
}

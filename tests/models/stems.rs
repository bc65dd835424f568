//! Networks that share an encoder: cut behind it they compute what they did, and it runs once for all of them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::zoo::{Entry, bytes, data, engine, manifest, opened, photo, text};
use pollster::block_on;
use unet_playground::backend::cpu::{Executor, WeightCache};
use unet_playground::graph::Graph;
use unet_playground::image::{Picture, Rect};
use unet_playground::onnx;
use unet_playground::plan::{Prepared, Selection};
use unet_playground::session::{Model, OptionalValues, ProcessOptions, Scheduler};
use unet_playground::tensor::Tensor;

/// Of the largest magnitude: sums go on in another order where a fusion is cut.
const TOLERANCE: f32 = 1e-5;

/// The networks of a task that share weights and see the whole frame.
fn sharing(task: &str) -> Vec<Entry> {
    let shares = |entry: &Entry| {
        text(entry, "task") == task && entry.contains_key("data") && !entry.contains_key("survey")
    };
    manifest().into_iter().filter(shares).collect()
}

fn run(graph: &Graph, inputs: &[Tensor]) -> Vec<Tensor> {
    let shapes: Vec<_> = inputs.iter().map(|tensor| tensor.shape().to_vec()).collect();
    let prepared = Prepared::new(graph, &graph.facts(&shapes).unwrap(), &Selection::default()).unwrap();
    let mut executor = Executor::new(prepared.plan.clone(), &mut WeightCache::default()).unwrap();
    let read: Vec<&Tensor> = prepared.input_ports.iter().map(|&port| &inputs[port]).collect();
    executor.start(&read).unwrap();
    while !executor.advance(u64::MAX) {}
    executor.outputs().unwrap()
}

#[test]
fn stem_and_head_compute_what_the_network_does() {
    for task in ["colorize", "segment"] {
        for entry in sharing(task) {
            let file = text(&entry, "file");
            let data = data(&entry);
            let external: BTreeMap<_, _> =
                data.iter().map(|(name, bytes)| (name.clone(), &bytes[..])).collect();
            let graph = onnx::load(&bytes(file), &external).unwrap();
            let shape = vec![1, if text(&entry, "task") == "segment" { 3 } else { 1 }, 64, 96];
            let numbers: Vec<f32> =
                (0..shape.iter().product()).map(|i| (i as f32 * 0.37).sin() * 0.5 + 0.5).collect();
            let input = Tensor::f32(shape.clone(), numbers).unwrap();
            let parts =
                graph.parts(&graph.facts(&[shape]).unwrap()).unwrap_or_else(|| panic!("{file} has no stem"));
            assert!(parts.stem.nodes.len() > 40, "{file}: {} nodes", parts.stem.nodes.len());
            let mut inputs = vec![input.clone()];
            inputs.extend(run(&parts.stem, std::slice::from_ref(&input)));
            let (found, wanted) = (run(&parts.head, &inputs), run(&graph, &[input]));
            for (found, wanted) in found.iter().zip(&wanted) {
                let (found, wanted) = (found.as_f32().unwrap(), wanted.as_f32().unwrap());
                let most = wanted.iter().fold(0.0f32, |most, x| most.max(x.abs()));
                let off = found.iter().zip(wanted).fold(0.0f32, |off, (a, b)| off.max((a - b).abs()));
                assert!(off <= TOLERANCE * most, "{file}: {off} of {most}");
            }
        }
    }
}

/// Records the progress of a run; its clock goes on by a pause at every look.
#[derive(Default)]
struct Recorder {
    clock: Cell<f64>,
    seen: RefCell<Vec<f32>>,
}

impl Scheduler for Recorder {
    fn now(&self) -> f64 {
        self.clock.set(self.clock.get() + 20.0);
        self.clock.get()
    }

    async fn pause(&self) {}

    fn stopped(&self) -> bool {
        false
    }

    fn progress(&self, fraction: f32) {
        self.seen.borrow_mut().push(fraction);
    }
}

/// The result, and how often progress was told on the way: with every piece of work.
fn recorded(model: &Model, picture: &Picture, values: OptionalValues) -> (Vec<u8>, usize) {
    let host = Recorder::default();
    let options = ProcessOptions { values, ..Default::default() };
    let result = block_on(model.process(picture, options, &host, |_| {})).unwrap().picture;
    let seen = host.seen.take();
    assert!(seen.is_sorted() && seen.iter().all(|&fraction| fraction <= 1.0), "{seen:?}");
    (rgba(&result), seen.len())
}

fn rgba(picture: &Picture) -> Vec<u8> {
    picture.region(Rect::new(0, 0, picture.width(), picture.height())).unwrap()
}

#[test]
fn an_encoder_runs_once_for_all_networks_that_share_it() {
    let picture = photo("chelsea.jpg", 200);
    for task in ["colorize", "segment"] {
        let shared = engine();
        let networks: Vec<_> =
            sharing(task).into_iter().filter(|entry| text(entry, "variant").is_empty()).collect();
        for (index, entry) in networks.iter().enumerate() {
            let name = text(entry, "file");
            let (result, pieces) = recorded(&opened(&shared, entry), &picture, OptionalValues::default());
            let (wanted, all) = recorded(&opened(&engine(), entry), &picture, OptionalValues::default());
            assert!(result == wanted, "{name} makes another picture beside the others");
            assert!(index == 0 || pieces < all, "{name}: {pieces} of {all} pieces");
        }
        assert_eq!(networks.len(), 5);
    }
}

#[test]
fn another_temperature_runs_the_head_alone_and_another_photo_all() {
    let entry = &sharing("colorize")[0];
    let model = opened(&engine(), entry);
    let values = |temperature| OptionalValues {
        numbers: [("temperature".to_owned(), temperature)].into(),
        ..Default::default()
    };
    let first = recorded(&model, &photo("chelsea.jpg", 200), values(0.4));
    let other = recorded(&model, &photo("chelsea.jpg", 200), values(1.0));
    assert!(first.0 != other.0 && other.1 < first.1, "{} of {} pieces", other.1, first.1);
    let photo = photo("astronaut.jpg", 200);
    let new = recorded(&model, &photo, values(1.0));
    assert!(new.0 == recorded(&opened(&engine(), entry), &photo, values(1.0)).0);
    assert!(new.1 > other.1, "{} and {} pieces", new.1, other.1);
}

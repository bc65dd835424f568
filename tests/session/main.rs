//! The public interface: whole runs on pictures and tensors, stopping, queueing, going on without a GPU.

mod channels_last;
mod crew;
#[path = "../operators/fixtures.rs"]
mod fixtures;
mod frames;
mod inspect;
mod optional;
mod students;
mod support;
mod tasks;
mod tiles;
#[path = "../hostile/writer.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod writer;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use support::{STRATEGIES, block_on, cpu, load, network, picture};
use unet_playground::Error;
use unet_playground::plan::Selection;
use unet_playground::session::{BackendChoice, BackendReason, Engine, Model, RunInput, Scheduler, Unhurried};
use unet_playground::tensor::Tensor;

fn input(shape: [usize; 4]) -> Tensor {
    let len = shape.iter().product();
    Tensor::f32(shape, (0..len).map(|i| (i as f32 * 0.37).sin() * 0.5 + 0.5).collect::<Vec<f32>>()).unwrap()
}

pub fn named(tensor: Tensor) -> RunInput {
    BTreeMap::from([("x".to_string(), tensor)])
}

pub fn select(outputs: &[&str], cut: &[&str]) -> Selection {
    let owned = |names: &[&str]| names.iter().map(|s| s.to_string()).collect();
    Selection { outputs: owned(outputs), cut: owned(cut) }
}

#[test]
fn a_plan_says_what_a_run_takes() {
    let model = load(&cpu(), &network("unet_bilinear", "skips, residual, dynamic size"));
    let plan = model.plan(&[vec![1, 3, 32, 48]]).unwrap();
    assert_eq!(plan.outputs, [[1, 3, 32, 48]]);
    assert_eq!(plan.multiple, [4, 4]);
    assert!(
        plan.halo.iter().all(|halo| halo.is_some_and(|pixels| (10..40).contains(&pixels))),
        "{:?}",
        plan.halo
    );
    assert!(plan.peak_bytes > 4 * 3 * 32 * 48);
    let conv = plan.nodes.iter().find(|node| node.op == "Conv").unwrap();
    assert_eq!(conv.flops, 2 * 27 * conv.shape.iter().product::<usize>() as u64);
    assert_eq!(conv.parameters, 27 * conv.shape[1] as u64 + conv.shape[1] as u64);
    let refused = model.plan(&[vec![1, 3, 30, 48]]).unwrap_err();
    assert!(matches!(refused, Error::InvalidNode { .. }), "{refused}");
}

#[test]
fn values_inside_can_be_returned_and_cut() {
    let model = load(&cpu(), &network("unet_bilinear", "skips, residual, dynamic size"));
    let host = Unhurried::default();
    let run =
        |selection: &Selection| block_on(model.run(named(input([1, 3, 16, 16])), selection, &host)).unwrap();
    let whole = run(&Selection::default());
    let both = run(&select(&["relu_1", "add"], &[]));
    assert_eq!(both[1], whole[0]);
    assert_eq!(both[0].shape()[2..], [16, 16]);
    assert!(both[0].as_f32().unwrap().iter().any(|&v| v > 0.0));
    // Everywhere: what comes out of the first level is gone below it as well.
    let cut = run(&select(&["relu_1", "add"], &["relu_1"]));
    assert_ne!(cut[1], whole[0]);
    // In one place: the same as zeros in that operand of the concatenation alone.
    let skip = run(&select(&["max_pool2d", "add"], &["relu_1>node_cat_1"]));
    assert_eq!(skip[0], run(&select(&["max_pool2d"], &[]))[0]);
    assert_ne!(skip[1], whole[0]);
    assert_ne!(skip[1], cut[1]);
    for wrong in [select(&["nothing"], &[]), select(&[], &["nothing"]), select(&[], &["relu_1>node_cat"])] {
        let error = block_on(model.run(named(input([1, 3, 16, 16])), &wrong, &host)).unwrap_err();
        assert_eq!(error.code(), "invalid-input");
    }
}

#[test]
fn wrong_inputs_are_named() {
    let model = load(&cpu(), &network("two_inputs", "two inputs"));
    let host = Unhurried::default();
    let names: Vec<String> = model.graph().inputs.iter().map(|port| port.name.clone()).collect();
    let missing = BTreeMap::from([(names[0].clone(), input([2, 3, 16, 20]))]);
    let error = block_on(model.run(missing, &Selection::default(), &host)).unwrap_err();
    assert!(error.to_string().contains(&names[1]), "{error}");
    assert_eq!(model.task().unwrap_err().code(), "invalid-input");
}

/// Stops after a number of pauses, and counts them.
struct Impatient {
    clock: Cell<f64>,
    pauses: Cell<usize>,
    stop_after: usize,
    seen: RefCell<Vec<f32>>,
}

impl Impatient {
    fn new(stop_after: usize) -> Self {
        Self { clock: Cell::new(0.0), pauses: Cell::new(0), stop_after, seen: RefCell::default() }
    }
}

impl Scheduler for Impatient {
    /// Every look at the clock is 10 ms later.
    fn now(&self) -> f64 {
        self.clock.set(self.clock.get() + 10.0);
        self.clock.get()
    }

    async fn pause(&self) {
        self.pauses.set(self.pauses.get() + 1);
    }

    fn stopped(&self) -> bool {
        self.pauses.get() >= self.stop_after
    }

    fn progress(&self, fraction: f32) {
        self.seen.borrow_mut().push(fraction);
    }
}

#[test]
fn a_run_pauses_tells_its_progress_and_can_be_stopped() {
    let model = load(&cpu(), &network("unet_transposed_conv", "skips, residual, dynamic size"));
    let run =
        |host: &Impatient| block_on(model.run(named(input([1, 3, 256, 256])), &Selection::default(), host));
    let patient = Impatient::new(usize::MAX);
    let whole = run(&patient).unwrap();
    assert!(patient.pauses.get() > 2);
    let seen = patient.seen.borrow();
    assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]) && seen.iter().all(|f| (0.0..=1.0).contains(f)));
    let hasty = Impatient::new(2);
    assert_eq!(run(&hasty).unwrap_err(), Error::Aborted);
    assert_eq!(hasty.pauses.get(), 2);
    // What was stopped leaves nothing behind.
    assert_eq!(run(&Impatient::new(usize::MAX)).unwrap(), whole);
}

/// Asks for the buffers back whenever a run pauses.
struct Greedy<'a>(&'a Model, Cell<f64>);

impl Scheduler for Greedy<'_> {
    fn now(&self) -> f64 {
        self.1.set(self.1.get() + 10.0);
        self.1.get()
    }

    async fn pause(&self) {
        self.0.release();
    }

    fn stopped(&self) -> bool {
        false
    }

    fn progress(&self, _fraction: f32) {}
}

#[test]
fn buffers_are_given_back_between_runs_alone() {
    let model = load(&cpu(), &network("unet_nearest", "skips, residual, dynamic size"));
    let selection = Selection::default();
    let input = || named(input([1, 3, 32, 32]));
    let run = || block_on(model.run(input(), &selection, &Unhurried::default())).unwrap();
    let first = run();
    let disturbed = block_on(model.run(input(), &selection, &Greedy(&model, Cell::new(0.0))));
    assert_eq!(disturbed.unwrap(), first);
    model.release();
    assert_eq!(run(), first);
}

#[test]
fn runs_of_one_model_queue() {
    let model = load(&cpu(), &network("unet_nearest", "skips, residual, dynamic size"));
    let host = Unhurried::default();
    let selection = Selection::default();
    let alone =
        |side: usize| block_on(model.run(named(input([1, 3, side, side])), &selection, &host)).unwrap();
    let (small, large) = (alone(16), alone(32));
    let both = async {
        let first = model.run(named(input([1, 3, 16, 16])), &selection, &host);
        let second = model.run(named(input([1, 3, 32, 32])), &selection, &host);
        futures_lite::future::zip(first, second).await
    };
    let (first, second) = block_on(both);
    assert_eq!((first.unwrap(), second.unwrap()), (small, large));
}

#[test]
fn every_strategy_takes_any_size_of_picture() {
    let engine = cpu();
    for strategy in STRATEGIES {
        let model = load(&engine, &network(strategy, "skips, residual, dynamic size"));
        for (width, height) in [(1, 1), (5, 3), (17, 40), (33, 7)] {
            let source = picture(width, height);
            let done = block_on(model.process(&source, None, &Unhurried::default(), |_| {})).unwrap();
            assert_eq!((done.picture.width(), done.picture.height()), (width, height), "{strategy}");
            assert!(done.fallback.is_none());
        }
    }
}

#[test]
fn alpha_is_kept_and_networks_that_enlarge_enlarge_it() {
    let mut source = picture(24, 20);
    let hole = unet_playground::image::Rect::new(4, 4, 8, 8);
    source.write(hole, &[10, 20, 30, 0].repeat(64)).unwrap();
    let model = load(&cpu(), &network("unet_bilinear", "skips, residual, dynamic size"));
    let same = block_on(model.process(&source, None, &Unhurried::default(), |_| {})).unwrap().picture;
    let alpha = |picture: &unet_playground::image::Picture, x, y| {
        picture.region(unet_playground::image::Rect::new(x, y, 1, 1)).unwrap()[3]
    };
    assert_eq!((alpha(&same, 6, 6), alpha(&same, 0, 0)), (0, 255));
}

#[test]
fn the_cpu_goes_on_where_the_gpu_is_lost() {
    let engine = match block_on(Engine::create(BackendChoice::WebGpu, &Unhurried::default())) {
        Ok(engine) => engine,
        Err(error) => {
            eprintln!("NO GPU ADAPTER: GPU tests did not run ({error})");
            assert!(std::env::var_os("CI").is_none(), "CI needs a GPU adapter: {error}");
            return;
        }
    };
    assert_eq!((engine.backend(), engine.reason()), ("webgpu", BackendReason::Asked));
    let case = network("unet_pixel_shuffle", "skips, residual, dynamic size");
    let (source, host) = (picture(150, 70), Unhurried::default());
    let expected = block_on(load(&cpu(), &case).process(&source, Some(96), &host, |_| {})).unwrap().picture;
    let model = load(&engine, &case);
    let mut tiles = 0;
    let processed = block_on(model.process(&source, Some(96), &host, |event| {
        tiles = event.done;
        if event.done == 1 {
            engine.lose_device();
        }
    }));
    let processed = processed.unwrap();
    assert!(tiles > 1);
    assert!(matches!(processed.fallback, Some(Error::DeviceLost(_))), "{:?}", processed.fallback);
    assert_eq!(engine.backend(), "cpu");
    assert_eq!(engine.reason().code(), "gave-up");
    assert!(support::largest_difference(&processed.picture, &expected) <= 1);
}

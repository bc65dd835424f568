//! Tiles on several threads: the same picture, whoever helps and whoever fails.

use crate::support::{block_on, cpu, load, network, picture};
use futures_lite::future::yield_now;
use std::cell::{Cell, RefCell};
use unet_playground::image::Picture;
use unet_playground::session::{Engine, Model, Scheduler, Unhurried};
use unet_playground::tensor::Tensor;
use unet_playground::{Error, Result};

/// Helpers that run on this thread in turn with it; some fail at once.
struct Helped {
    models: Vec<Result<Model>>,
    asked: RefCell<Vec<usize>>,
    stop_after: usize,
    clock: Cell<f64>,
}

impl Helped {
    fn new(models: Vec<Result<Model>>) -> Self {
        let asked = RefCell::new(vec![0; models.len()]);
        Self { models, asked, stop_after: usize::MAX, clock: Cell::new(0.0) }
    }

    fn tiles(&self) -> usize {
        self.asked.borrow().iter().sum()
    }
}

impl Scheduler for Helped {
    /// Every look at the clock is 10 ms later, so that runs pause.
    fn now(&self) -> f64 {
        self.clock.set(self.clock.get() + 10.0);
        self.clock.get()
    }

    async fn pause(&self) {
        yield_now().await;
    }

    fn stopped(&self) -> bool {
        self.tiles() >= self.stop_after
    }

    fn progress(&self, fraction: f32) {
        assert!((0.0..=1.0).contains(&fraction));
    }

    async fn help(&self, helper: usize, input: Tensor) -> Result<Tensor> {
        yield_now().await;
        self.asked.borrow_mut()[helper] += 1;
        self.models[helper].as_ref().map_err(Clone::clone)?.tile(input, &Unhurried::default()).await
    }
}

fn model(engine: &Engine) -> Model {
    load(engine, &network("unet_bilinear", "skips, residual, dynamic size"))
}

fn pixels(picture: &Picture) -> Vec<u8> {
    picture.region(picture.rect()).unwrap()
}

/// The result, and how many tiles each event told of.
fn made(threads: usize, host: &Helped) -> Result<(Vec<u8>, Vec<usize>)> {
    let engine = cpu();
    engine.set_threads(threads);
    let mut seen = vec![];
    let (model, source) = (model(&engine), picture(203, 150));
    let result = block_on(model.process(&source, Some(72), host, |event| seen.push(event.done)))?;
    Ok((pixels(&result.picture), seen))
}

#[test]
fn helpers_make_the_same_picture() {
    let (alone, tiles) = made(1, &Helped::new(vec![])).unwrap();
    let host = Helped::new((0..2).map(|_| Ok(model(&cpu()))).collect());
    let (together, seen) = made(3, &host).unwrap();
    assert!(alone == together, "tiles of the same size are the same tiles");
    assert_eq!(seen, tiles);
    assert!(host.asked.borrow().iter().all(|&asked| asked > 0), "{:?}", host.asked);
}

#[test]
fn a_helper_that_fails_costs_nothing_but_time() {
    let (alone, tiles) = made(1, &Helped::new(vec![])).unwrap();
    let lost = || Err(Error::Internal("lost".into()));
    for models in [vec![lost()], vec![lost(), Ok(model(&cpu()))], vec![lost(), lost()]] {
        let (threads, host) = (models.len() + 1, Helped::new(models));
        let (together, seen) = made(threads, &host).unwrap();
        assert!(alone == together);
        assert_eq!(seen, tiles);
        assert_eq!(host.asked.borrow()[0], 1, "it is not asked again");
    }
}

#[test]
fn stopping_ends_what_helpers_do() {
    let host = Helped { stop_after: 2, ..Helped::new(vec![Ok(model(&cpu()))]) };
    assert!(made(2, &host).is_err_and(|error| error == Error::Aborted));
}

#[test]
fn more_threads_take_smaller_tiles_of_equal_work() {
    let engine = cpu();
    let model = model(&engine);
    let alone = model.estimate(1600, 1200, None).unwrap();
    assert_eq!(alone.threads, 1);
    for threads in [2, 4, 8] {
        engine.set_threads(threads);
        let shared = model.estimate(1600, 1200, None).unwrap();
        assert_eq!(shared.threads, threads);
        let each = shared.flops as f64 * shared.tiles.div_ceil(threads) as f64 / shared.tiles as f64;
        let ideal = alone.flops as f64 / threads as f64;
        assert!(
            each < 1.2 * ideal,
            "{threads} threads: {} tiles, {:.2} of the ideal",
            shared.tiles,
            each / ideal
        );
    }
    assert_eq!(model.estimate(40, 40, None).unwrap().threads, 1, "one tile is for one thread");
}

//! The terminal as [`Scheduler`] of the engine's runs, with a progress bar.

use super::report;
use super::threads::Threads;
use futures_lite::future::yield_now;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Instant;
use unet_playground::Result;
use unet_playground::session::Scheduler;
use unet_playground::tensor::Tensor;

/// Bar steps per picture.
const STEPS: u64 = 1000;

/// Progress bar over all pictures, advanced by the current one.
pub(super) struct Terminal {
    bar: ProgressBar,
    start: Instant,
    done: Cell<u64>,
    /// Step of the current picture, and the number of steps.
    step: Cell<(usize, usize)>,
    threads: Threads,
    /// Model of the current picture.
    model: RefCell<PathBuf>,
}

impl Terminal {
    /// Draws on standard error, or nothing if that is not a terminal. `threads` share the tiles of a picture.
    pub(super) fn new(pictures: usize, threads: usize) -> Self {
        let bar = ProgressBar::new(pictures as u64 * STEPS);
        let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {elapsed} of {duration}  {msg}");
        // The template is a constant.
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self {
            bar,
            start: Instant::now(),
            done: Cell::new(0),
            step: Cell::new((0, 1)),
            threads: Threads::new(threads),
            model: RefCell::default(),
        }
    }

    /// Starts the next picture.
    pub(super) fn begin(&self, name: &str) {
        self.bar.set_message(name.to_string());
    }

    /// Starts the next step of the picture.
    pub(super) fn step(&self, index: usize, count: usize) {
        self.step.set((index, count));
    }

    /// Sets the current model.
    pub(super) fn take(&self, model: &Path) {
        *self.model.borrow_mut() = model.to_path_buf();
    }

    pub(super) fn finish_one(&self) {
        self.done.set(self.done.get() + STEPS);
        self.bar.set_position(self.done.get());
    }

    /// Prints an error on standard error, above the bar.
    pub(super) fn complain(&self, message: &str) {
        self.bar.suspend(|| report::complain(message));
    }

    /// Prints a note on standard error, above the bar.
    pub(super) fn remark(&self, message: &str) {
        self.bar.suspend(|| report::remark(message));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Scheduler for Terminal {
    fn now(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1000.0
    }

    /// Collects the threads' finished tiles and hands out new ones.
    async fn pause(&self) {
        yield_now().await;
    }

    fn stopped(&self) -> bool {
        false
    }

    fn progress(&self, fraction: f32) {
        let (index, count) = self.step.get();
        let done = (index as f32 + fraction) / count as f32;
        self.bar.set_position(self.done.get() + (done * STEPS as f32) as u64);
    }

    async fn help(&self, helper: usize, input: Tensor) -> Result<Tensor> {
        let model = self.model.borrow().clone();
        self.threads.run(helper, &model, input).await
    }
}

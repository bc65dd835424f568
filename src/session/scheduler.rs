//! Requirements of a run on its environment.

use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// Clock, pauses, cancellation, progress and helpers, which browser and command implement differently.
#[allow(async_fn_in_trait, reason = "runs stay on one thread")]
pub trait Scheduler {
    /// Time of a monotonic clock, in milliseconds.
    fn now(&self) -> f64;
    /// Yields to other work on this thread; in a browser, by a macrotask.
    async fn pause(&self);
    /// Whether the caller has cancelled the run.
    fn stopped(&self) -> bool;
    /// Reports progress, the finished share from 0 to 1.
    fn progress(&self, fraction: f32);
    /// Runs the network on a tile's input on another thread, and returns its first output, both N×C×H×W.
    /// `helper` is an index below [`super::Engine::threads`] − 1.
    ///
    /// # Errors
    /// `Aborted` if the run was stopped; after any other error this helper is not used again.
    async fn help(&self, helper: usize, input: Tensor) -> Result<Tensor> {
        let _ = input;
        Err(Error::Internal(format!("there is no helper {helper}")))
    }
}

/// A scheduler that never pauses or stops: for tests and native programs.
#[derive(Debug)]
#[cfg(not(target_arch = "wasm32"))]
pub struct Unhurried(std::time::Instant);

#[cfg(not(target_arch = "wasm32"))]
impl Default for Unhurried {
    fn default() -> Self {
        Self(std::time::Instant::now())
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Scheduler for Unhurried {
    fn now(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1000.0
    }

    async fn pause(&self) {}

    fn stopped(&self) -> bool {
        false
    }

    fn progress(&self, _fraction: f32) {}
}

//! What a run needs from its environment.

use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// Clock, pauses, stop, progress and helpers; the browser and a command line differ in nothing else.
#[allow(async_fn_in_trait, reason = "runs stay on one thread")]
pub trait Host {
    /// Milliseconds of a steady clock.
    fn now(&self) -> f64;
    /// Yields to everything else that is waiting on this thread; in a browser, by a macrotask.
    async fn pause(&self);
    /// Whether the caller wants the run to stop.
    fn stopped(&self) -> bool;
    /// Called as work gets done, with the share done so far, 0 to 1.
    fn progress(&self, fraction: f32);
    /// Runs the network on a tile's input on another thread, and gives its first output, both N×C×H×W. `helper` counts
    /// from 0 to one less than [`super::Engine::threads`] minus this one.
    ///
    /// # Errors
    /// `Aborted` where the run was stopped; any other means that this helper is not to be asked again.
    async fn help(&self, helper: usize, input: Tensor) -> Result<Tensor> {
        let _ = input;
        Err(Error::Internal(format!("there is no helper {helper}")))
    }
}

/// A host that never pauses or stops: for tests and native programs.
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
impl Host for Unhurried {
    fn now(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1000.0
    }

    async fn pause(&self) {}

    fn stopped(&self) -> bool {
        false
    }

    fn progress(&self, _fraction: f32) {}
}

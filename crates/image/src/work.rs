//! Long-running work, divided into steps.

use unet_kernels::error::Result;

/// Work in steps of tens of milliseconds, so that callers can show progress and cancel between steps.
/// [`finish`] runs all of it at once; the session yields to the browser between steps.
pub trait Work {
    /// Number of steps.
    fn steps(&self) -> usize;

    /// Runs one step. Every step must run once, in order.
    fn step(&mut self, index: usize) -> Result<()>;
}

/// Runs all steps.
pub fn finish(work: &mut dyn Work) -> Result<()> {
    (0..work.steps()).try_for_each(|index| work.step(index))
}

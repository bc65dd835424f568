//! Long work, divided into steps.

use unet_kernels::error::Result;

/// Work in steps of tens of milliseconds, so that a caller can show progress and stop in between.
/// [`finish`] does all of it; the session gives way to the browser meanwhile.
pub trait Work {
    /// How many steps there are.
    fn steps(&self) -> usize;

    /// Does one of them; each is done once, in order.
    fn step(&mut self, index: usize) -> Result<()>;
}

/// Does all that is to do.
pub fn finish(work: &mut dyn Work) -> Result<()> {
    (0..work.steps()).try_for_each(|index| work.step(index))
}

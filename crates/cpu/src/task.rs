//! What the executor runs: kernels cut into units.

use std::ops::Range;

/// Operand buffers of a step, in the step's order.
pub(super) struct Buffers<'a, 'b> {
    pub inputs: &'a [&'b [f32]],
    pub outputs: &'a mut [&'b mut [f32]],
    /// As long as [`Task::scratch`] asked for; kept between units of one step.
    pub scratch: &'a mut [f32],
}

/// A kernel with its shapes and packed weights.
pub(super) trait Task: Send + Sync {
    /// Number of pieces that can be run one after the other, in order.
    fn units(&self) -> usize;

    /// Floats of working memory.
    fn scratch(&self) -> usize {
        0
    }

    /// How many times fewer operations it does than its definition.
    fn saving(&self) -> u64 {
        1
    }

    /// What profiles call it: its type, without the path.
    fn name(&self) -> &'static str {
        let path = std::any::type_name::<Self>();
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Runs some of the units.
    fn run(&self, units: Range<usize>, buffers: Buffers);
}

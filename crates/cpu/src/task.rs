//! Units of execution: kernels divided into units that the executor runs.

use std::ops::Range;

/// Operand buffers of a step, in the step's order.
pub(super) struct Buffers<'a, 'b> {
    pub inputs: &'a [&'b [f32]],
    pub outputs: &'a mut [&'b mut [f32]],
    /// Working memory of [`Task::scratch`] floats, kept between units of one step.
    pub scratch: &'a mut [f32],
}

/// A kernel with its shapes and packed weights.
pub(super) trait Task: Send + Sync {
    /// Number of units, to be run in order.
    fn units(&self) -> usize;

    /// Working memory in floats.
    fn scratch(&self) -> usize {
        0
    }

    /// Factor by which the kernel saves operations compared with its definition.
    fn saving(&self) -> u64 {
        1
    }

    /// Name in profiles: the type, without its path.
    fn name(&self) -> &'static str {
        let path = std::any::type_name::<Self>();
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Runs some of the units.
    fn run(&self, units: Range<usize>, buffers: Buffers);
}

//! Runs plans on the CPU: every kernel with four lanes, on one thread, in pieces of a few
//! milliseconds.
//!
//! [`Executor`] owns the memory; a kernel is a task that gets slices of it. Convolution, where the
//! time goes, has a folder of its own.

mod aligned;
mod blocks;
mod concat;
mod conv;
mod elementwise;
mod executor;
mod gather;
mod gemm;
mod layout;
mod math;
mod matmul;
mod memory;
mod norm;
mod planes;
mod pool;
mod prepare;
mod probe;
mod reduce;
mod resample;
mod softmax;
mod task;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod weights;

pub use executor::Executor;
pub use memory::{packed_bytes, scratch_bytes};
pub use probe::probe;
pub use weights::WeightCache;

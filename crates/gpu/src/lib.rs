//! Runs a [`Plan`](unet_plan::Plan) on WebGPU: natively through Vulkan, in the browser through
//! the browser's own.
//!
//! [`Gpu`] is the device and what is shared between runs; [`WeightCache`] holds packed weights;
//! [`Executor`] is a plan made ready, with its buffers and bindings. A plan becomes a
//! program: plain data that says which shader runs on which values, so that everything that
//! can be refused is refused before anything is allocated. `lower/` has a function for each
//! [`Kernel`](unet_plan::Kernel), `shaders/` the WGSL with the same names.
//!
//! WebGPU's default limits are enough, which every device has: 8 storage buffers a stage, 128 MiB
//! bindings, 256 MiB buffers, 16 KiB of workgroup memory, 256 invocations a workgroup, 65,535
//! workgroups a dimension. Buffers and their bindings may be as large as the adapter takes.
//!
//! Values are stored as [`unet_plan`] describes. Lanes beyond the last channel are kept at zero
//! (or another finite value, where they come from packed constants), because convolutions multiply
//! them by zero weights.

#![warn(missing_docs)]

mod device;
mod events;
mod executor;
mod lower;
mod memory;
mod pack;
mod probe;
mod program;
mod shader;
mod weights;

pub use device::Gpu;
pub use executor::{Control, Executor};
pub use probe::{Probe, probe};
pub use weights::WeightCache;

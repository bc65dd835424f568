//! WebGPU backend: runs a [`Plan`](unet_plan::Plan) natively through Vulkan, and in the browser through its
//! WebGPU.
//!
//! [`Gpu`] is the device with its shared state; [`WeightCache`] holds packed weights; [`Executor`] is a
//! prepared plan with buffers and bindings. A plan first becomes a program, plain data that says which shader
//! runs on which values, so that unsupported plans are refused before anything is allocated. `lower/` has a
//! function for each [`Kernel`](unet_plan::Kernel), `shaders/` the WGSL with the same names.
//!
//! WebGPU's default limits, which every device has, are enough: 8 storage buffers per stage, 128 MiB
//! bindings, 256 MiB buffers, 16 KiB of workgroup memory, 256 invocations per workgroup, 65,535 workgroups
//! per dimension. Buffers and their bindings may be as large as the adapter allows.
//!
//! Values are stored as [`unet_plan`] describes. Lanes beyond the last channel are zero (or another finite
//! value, if they come from packed constants), because convolutions multiply them by zero weights.

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

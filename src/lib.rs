//! U-Nets from ordinary ONNX files, in the browser and natively.
//!
//! The modules are in the order of the data flow.

#![warn(missing_docs)]

pub use unet_image as image;
use unet_kernels::order;
pub use unet_kernels::{error, tensor};
pub use unet_onnx::{graph, ops, read as onnx, reference};
pub use unet_plan as plan;
pub use unet_plan::tile;

/// Backends, which run a [`Plan`](crate::plan::Plan).
pub mod backend {
    pub use unet_cpu as cpu;
    #[cfg(feature = "gpu")]
    pub use unet_gpu as gpu;
}

pub mod lab;
pub mod session;
pub mod task;

#[cfg(feature = "web")]
pub mod web;

pub use error::{Error, Result};

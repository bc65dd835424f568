//! U-Nets from ordinary ONNX files, in the browser and natively.
//!
//! The modules stand in the order in which data flows.

pub mod error;
pub mod tensor;

pub mod image;

pub mod graph;
pub mod metrics;
pub mod onnx;
pub mod ops;
mod order;
pub mod plan;
pub mod reference;
pub mod tile;

pub mod backend;
mod simd;

pub mod lab;
pub mod session;
pub mod task;

#[cfg(feature = "web")]
pub mod web;

pub use error::{Error, Result};

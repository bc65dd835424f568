//! ONNX files as graphs of operators, which define correctness: attributes, shapes, cost, and a plain
//! reference.

#![warn(missing_docs)]

pub mod graph;
pub mod ops;
pub mod read;
pub mod reference;

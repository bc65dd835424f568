//! ONNX files as graphs of operators. Each operator says what is correct: attributes, shapes, cost, a plain reference.

#![warn(missing_docs)]

pub mod graph;
pub mod ops;
pub mod read;
pub mod reference;

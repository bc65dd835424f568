//! Shared vocabulary of all crates: tensors, errors, and the closed set of kernels that networks are lowered
//! to.

#![warn(missing_docs)]

pub mod error;
mod function;
pub mod grid;
pub mod kernel;
pub mod order;
pub mod tensor;

pub use error::{Error, Result};
pub use function::{Binary, Unary};
pub use grid::*;
pub use kernel::*;

//! The closed set of operators. Each says what is correct: its attributes as ONNX defines them,
//! the shapes it makes, and a plain reference on row-major tensors. Fast kernels live in the
//! backends and are checked against these.

use crate::tensor::{DType, Tensor};
use std::sync::Arc;

/// What is known of a value before the run.
#[derive(Debug, Clone)]
pub struct Fact {
    pub dtype: DType,
    pub shape: Vec<usize>,
    /// Its elements, where they do not depend on the picture (weights, folded shape arithmetic).
    pub value: Option<Arc<Tensor>>,
}

/// Why a node cannot be computed; the graph adds the node's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpError(pub String);

/// Type and shape of an output.
pub type TensorType = (DType, Vec<usize>);

/// One ONNX operator with its attributes.
pub trait Operator {
    /// Types and shapes of the outputs.
    fn infer(&self, inputs: &[Option<&Fact>]) -> Result<Vec<TensorType>, OpError>;
    /// The outputs by plain loops in row-major order: the definition of correct.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError>;
}

/// Every supported operator.
#[derive(Debug, Clone)]
pub enum Op {}

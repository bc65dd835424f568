//! A graph made concrete for one set of input sizes: steps, buffers, cost.

mod kernel;

pub use kernel::*;

use crate::tensor::{DType, Tensor};
use std::sync::Arc;

/// A buffer that lives from the step that writes it to the last that reads it.
#[derive(Debug, Clone)]
pub struct PlanValue {
    /// Name in the ONNX graph; a derived one for what lowering adds.
    pub name: String,
    pub shape: Vec<usize>,
    pub dtype: DType,
    pub layout: Layout,
    /// Concatenation without copying: this value is the part of `parent` that starts at channel
    /// `parent_channel` (a multiple of 4; batch 1), and has no storage of its own.
    pub parent: Option<(ValueId, usize)>,
    /// First and last step that use the buffer (a parent's span covers its parts'). Inputs begin
    /// at 0; outputs and taps end at `steps.len()`.
    pub live: (usize, usize),
}

impl PlanValue {
    /// Storage in 4-byte elements.
    pub fn len(&self) -> usize {
        // Checked when the plan was made.
        storage_len(self.layout, &self.shape).unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a step reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    Value(ValueId),
    Const(ConstId),
}

/// A constant operand; `layout` says how a backend has to store it (weights of convolutions and
/// per-channel vectors are `Plain` and packed by the backend as it likes).
#[derive(Debug, Clone)]
pub struct Constant {
    pub tensor: Arc<Tensor>,
    pub layout: Layout,
}

/// One kernel launch.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name of the (last) ONNX node it computes.
    pub name: String,
    /// ONNX operator of that node.
    pub op: &'static str,
    pub kernel: Kernel,
    pub inputs: Vec<Operand>,
    pub outputs: Vec<ValueId>,
    /// Multiplications and additions, each counted.
    pub flops: u64,
}

/// Everything a backend needs to run a graph at one set of input sizes.
#[derive(Debug, Clone)]
pub struct Plan {
    pub values: Vec<PlanValue>,
    pub constants: Vec<Constant>,
    pub steps: Vec<Step>,
    /// Graph inputs in order (those that are read).
    pub inputs: Vec<ValueId>,
    /// Graph outputs (and taps) in order.
    pub outputs: Vec<ValueId>,
}

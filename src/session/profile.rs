//! Time and throughput of each kernel of a run.

use crate::backend::cpu::Bounds;
use crate::plan::{Kernel, Operand, Plan, Step};
use serde::Serialize;

/// A kernel of a run with its work, cost and time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KernelTime {
    /// Name of the ONNX node; if several are fused, the last one.
    pub node: String,
    /// ONNX operator of that node.
    pub op: &'static str,
    /// Name of the kernel in the backend; empty if none runs, as for a concatenation in place.
    pub kernel: &'static str,
    /// Shape of its (first) result.
    pub shape: Vec<usize>,
    /// Average over several runs.
    pub milliseconds: f64,
    /// Multiplications and additions, counted as direct computation.
    pub flops: u64,
    /// Bytes of operands, constants and results, each counted once.
    pub bytes: u64,
    /// Lower bound on the time, in milliseconds, of a thread of this machine at its measured rates: that of
    /// the direct computation or of moving the bytes, whichever is longer. Fast convolutions, which multiply
    /// less, may be faster. `None` on a GPU.
    pub bound: Option<f64>,
    /// Nodes that it computes; see [`crate::plan::Step`].
    #[serde(skip)]
    pub(super) nodes: Vec<usize>,
}

impl KernelTime {
    /// Entry of a step that has not been timed yet.
    pub(super) fn of(plan: &Plan, step: &Step, kernel: &'static str) -> Self {
        let value = |id: usize| 4 * plan.values[id].len() as u64;
        let constant = |id: usize| 4 * plan.constants[id].tensor.len() as u64;
        let operands = step.inputs.iter().map(|&operand| match operand {
            Operand::Value(id) => value(id.0),
            Operand::Const(id) => constant(id.0),
        });
        let mut bytes = operands.sum::<u64>() + step.outputs.iter().map(|id| value(id.0)).sum::<u64>();
        Kernel::clone(&step.kernel).each_constant(&mut |id| bytes += constant(id.0));
        Self {
            node: step.name.clone(),
            op: step.op,
            kernel,
            shape: step.outputs.first().map_or(vec![], |id| plan.values[id.0].shape.clone()),
            milliseconds: 0.0,
            flops: step.flops,
            bytes,
            bound: None,
            nodes: step.nodes.clone(),
        }
    }
    /// Adds the `bound`.
    pub(super) fn bounded(mut self, rates: Bounds) -> Self {
        self.bound = Some((self.flops as f64 / rates.flops).max(self.bytes as f64 / rates.bytes));
        self
    }
}

//! Weights among a node's constants, and their names in the file.

use super::{EdgeId, Graph, Node};
use crate::ops::{Operator, Role};
use unet_kernels::tensor::Tensor;

impl Graph {
    /// Float initializers that a node reads, with their names in the file; for weights stored as float16 or
    /// transposed, the stored ones. Inputs that only control an operator, such as the scales of `Resize`, do
    /// not count.
    pub fn weights<'a>(&'a self, node: &Node) -> impl Iterator<Item = (&'a str, &'a Tensor)> {
        let weights = node.op.weights();
        let edges = node.inputs.iter().take(weights.end).skip(weights.start);
        edges.flatten().filter_map(|edge| {
            let tensor = self.initializers.get(edge).filter(|tensor| tensor.as_f32().is_some())?;
            let origin = self.edges[edge.0].origin.unwrap_or(*edge);
            Some((&*self.edges[origin.0].name, &**tensor))
        })
    }
}

impl Node {
    /// The input whose elements the output stores in another way, if so.
    pub(super) fn rearranged(&self) -> Option<EdgeId> {
        let first = self.inputs.first().copied().flatten();
        first.filter(|_| matches!(self.op.role(), Role::Stores | Role::Identity))
    }
}

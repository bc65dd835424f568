//! Which of a node's constants are weights, and what the file calls them.

use super::{EdgeId, Graph, Node};
use crate::ops::{Operator, Role};
use unet_kernels::tensor::Tensor;

impl Graph {
    /// The float initializers that a node reads, with their names in the file: of weights that are
    /// stored as halves or transposed, those of what is stored. Not what only steers an operator, the
    /// scales of `Resize` for example.
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
    /// What its output holds the elements of, where it only stores them in another way.
    pub(super) fn rearranged(&self) -> Option<EdgeId> {
        let first = self.inputs.first().copied().flatten();
        first.filter(|_| matches!(self.op.role(), Role::Stores | Role::Identity))
    }
}

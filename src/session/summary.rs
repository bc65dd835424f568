//! Summary of a run, computed in advance.

use crate::graph::Graph;
use crate::ops::Fact;

/// Result of [`super::Model::plan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Multiplications and additions, counted as direct computation.
    pub flops: u64,
    /// Buffers, packed weights and scratch on the CPU, in bytes.
    pub peak_bytes: u64,
    /// Shapes of the outputs, in order.
    pub outputs: Vec<Vec<usize>>,
    /// Nodes in execution order.
    pub nodes: Vec<NodeSummary>,
    /// Input pixels beyond its own position that an output pixel depends on, `[y, x]`; `None` for the whole
    /// frame.
    pub halo: [Option<usize>; 2],
    /// Accepted heights and widths differ by multiples of this.
    pub multiple: [usize; 2],
}

/// One node of the ONNX graph.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct NodeSummary {
    /// Name in the file, or that of its first output.
    pub name: String,
    /// ONNX name of the operator.
    pub op: &'static str,
    /// Names of its inputs, without absent ones.
    pub inputs: Vec<String>,
    /// Names of its outputs, in ONNX's order.
    pub outputs: Vec<String>,
    /// Shape of the first output.
    pub shape: Vec<usize>,
    /// Multiplications and additions.
    pub flops: u64,
    /// Number of elements in its weights.
    pub parameters: u64,
    /// Names of the initializers that are its weights.
    pub weights: Vec<String>,
    /// Index in the graph.
    #[serde(skip)]
    pub index: usize,
}

/// The nodes whose values depend on the input.
pub(super) fn nodes(graph: &Graph, facts: &[Option<Fact>]) -> Vec<NodeSummary> {
    let describe = |(index, node): (usize, &crate::graph::Node)| {
        let first = facts[node.outputs.iter().flatten().next()?.0].as_ref()?;
        if first.value.is_some() {
            return None;
        }
        let names = |edges: &[Option<crate::graph::EdgeId>]| {
            edges.iter().flatten().map(|edge| graph.edges[edge.0].name.clone()).collect()
        };
        Some(NodeSummary {
            name: node.name.clone(),
            op: node.op.name(),
            inputs: names(&node.inputs),
            outputs: names(&node.outputs),
            shape: first.shape.clone(),
            flops: node.flops(facts),
            parameters: graph.weights(node).map(|(_, tensor)| tensor.len() as u64).sum(),
            weights: graph.weights(node).map(|(name, _)| name.into()).collect(),
            index,
        })
    };
    graph.nodes.iter().enumerate().filter_map(describe).collect()
}

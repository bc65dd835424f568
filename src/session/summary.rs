//! What a run would do, known before it.

use crate::graph::Graph;
use crate::ops::Fact;

/// Answer of [`super::Model::plan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Multiplications and additions, counted as direct computation.
    pub flops: u64,
    /// Buffers, packed weights and scratch on the CPU, in bytes.
    pub peak_bytes: u64,
    /// Shapes of the outputs, in order.
    pub outputs: Vec<Vec<usize>>,
    /// Nodes in the order in which they are computed.
    pub nodes: Vec<NodeSummary>,
    /// Input pixels that an output pixel sees beyond its own place, `[y, x]`; `None` where it sees
    /// the whole frame.
    pub halo: [Option<usize>; 2],
    /// Heights and widths that the model accepts differ by multiples of this.
    pub multiple: [usize; 2],
}

/// One node of the ONNX graph.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct NodeSummary {
    /// Its name in the file, or that of its first output.
    pub name: String,
    /// ONNX name of the operator.
    pub op: &'static str,
    /// Names of its inputs and outputs, without those left out.
    pub inputs: Vec<String>,
    /// Names of the values it makes, in ONNX's order.
    pub outputs: Vec<String>,
    /// Shape of the first output.
    pub shape: Vec<usize>,
    /// Multiplications and additions.
    pub flops: u64,
    /// Elements of its weights.
    pub parameters: u64,
    /// Names of the initializers that are its weights.
    pub weights: Vec<String>,
    /// Its place in the graph.
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

//! Operators' FLOPs against those of the kernels that they become.

use crate::files::{CONFORMANCE, OPERATORS};
use crate::fixtures;
use unet_playground::onnx;
use unet_playground::plan::{Prepared, Selection};

/// What becomes one kernel that computes just what its operator is defined by. Others are chains of kernels, or
/// multiply zeros besides.
const ONE_KERNEL: &[&str] = &[
    "ArgMax",
    "AveragePool",
    "BatchNormalization",
    "Conv",
    "Gemm",
    "GridSample",
    "GroupNormalization",
    "InstanceNormalization",
    "LayerNormalization",
    "MatMul",
    "MaxPool",
    "Relu",
    "Resize",
    "Sigmoid",
    "Softmax",
];

#[test]
fn operators_and_their_kernels_count_alike() {
    let (mut counted, mut wrong) = (std::collections::BTreeMap::new(), Vec::new());
    for (file, bytes) in OPERATORS.iter().chain(CONFORMANCE) {
        for case in fixtures::read(file, bytes) {
            let Ok(graph) = onnx::load(&case.model, &Default::default()) else { continue };
            let run = case.runs.values().next().expect("the case has a run");
            let shapes = graph.inputs.iter().map(|port| run.inputs[&port.name].shape().to_vec());
            let Ok(facts) = graph.facts(&shapes.collect::<Vec<_>>()) else { continue };
            let Ok(prepared) = Prepared::new(&graph, &facts, &Selection::default()) else { continue };
            if let [node] = &graph.nodes[..]
                && ONE_KERNEL.contains(&node.op.name())
            {
                if prepared.flops != prepared.plan.flops() {
                    wrong.push(format!(
                        "{file} {:?}: {} {}",
                        case.name,
                        prepared.flops,
                        prepared.plan.flops()
                    ));
                }
                *counted.entry(node.op.name()).or_insert(0) += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "operators and their kernels:\n{}", wrong.join("\n"));
    for op in ONE_KERNEL {
        assert!(counted.contains_key(op), "{op} is among them: {counted:?}");
    }
}

//! Reference execution of a graph: slow, and correct by definition. Every backend is tested against it.

use crate::graph::Graph;
use crate::ops::Operator;
use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Maximum number of elements of all values of a run.
const MAX_ELEMENTS: u64 = 256 << 20;

impl Graph {
    /// Runs the graph on inputs in order; returns the outputs in order.
    ///
    /// # Errors
    /// As for [`Graph::facts`]; also `InvalidInput` if an input has the wrong type, and `TooLarge` if the
    /// values together exceed what a test should hold.
    pub fn run_reference(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        let shapes: Vec<Vec<usize>> = inputs.iter().map(|t| t.shape().to_vec()).collect();
        let facts = self.facts(&shapes)?;
        let elements: u64 = facts.iter().flatten().map(|f| f.shape.iter().product::<usize>() as u64).sum();
        if elements > MAX_ELEMENTS {
            let what = "the reference run".to_string();
            return Err(Error::TooLarge { what, needed: elements * 4, limit: MAX_ELEMENTS * 4 });
        }
        let mut values: Vec<Option<Arc<Tensor>>> =
            facts.into_iter().map(|fact| fact.and_then(|f| f.value)).collect();
        for (port, tensor) in self.inputs.iter().zip(inputs) {
            if tensor.dtype() != port.dtype {
                let (name, wanted, got) = (&port.name, port.dtype, tensor.dtype());
                return Err(Error::InvalidInput(format!("input {name:?} is {wanted:?}, not {got:?}")));
            }
            values[port.edge.0] = Some(Arc::new(tensor.clone()));
        }
        for node in &self.nodes {
            if node.outputs.iter().flatten().all(|edge| values[edge.0].is_some()) {
                continue;
            }
            let inputs: Vec<Option<&Tensor>> =
                node.inputs.iter().map(|edge| edge.and_then(|e| values[e.0].as_deref())).collect();
            let outputs = node.op.reference(&inputs).map_err(|e| node.error(e))?;
            for (edge, tensor) in node.outputs.iter().zip(outputs) {
                if let Some(edge) = edge {
                    values[edge.0] = Some(Arc::new(tensor));
                }
            }
        }
        let output = |port: &crate::graph::Port| {
            let value = values[port.edge.0].as_deref().cloned();
            value.ok_or_else(|| Error::InvalidModel(format!("output {:?} was not computed", port.name)))
        };
        self.outputs.iter().map(output).collect()
    }
}

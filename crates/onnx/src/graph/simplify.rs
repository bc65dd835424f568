//! Simplification after loading: folds constants, and drops what no output needs.

use super::facts::Budget;
use super::{EdgeId, Graph};
use crate::ops::Fact;
use unet_kernels::error::Result;

impl Graph {
    /// Computes nodes that read only constants (above all casts of float16 weights), and turns their outputs
    /// into initializers. The default of an optional input is not a constant.
    pub(crate) fn fold_constants(&mut self) -> Result<()> {
        let mut budget = Budget::new(self);
        let mut facts: Vec<Option<Fact>> = vec![None; self.edges.len()];
        let optional: Vec<EdgeId> = self.optional.iter().map(|port| port.edge).collect();
        for (edge, tensor) in self.initializers.iter().filter(|(edge, _)| !optional.contains(edge)) {
            let (dtype, shape) = (tensor.dtype(), tensor.shape().to_vec());
            facts[edge.0] = Some(Fact { dtype, shape, value: Some(tensor.clone()) });
        }
        let mut kept = Vec::new();
        for node in std::mem::take(&mut self.nodes) {
            if !node.inputs.iter().flatten().all(|edge| facts[edge.0].is_some()) {
                kept.push(node);
                continue;
            }
            let outputs = node.facts(&facts, &mut budget)?;
            let is_folded = outputs.iter().all(|fact| fact.value.is_some());
            let origin = node.rearranged().map(|from| self.edges[from.0].origin.unwrap_or(from));
            for (edge, fact) in node.outputs.iter().zip(outputs) {
                let Some(edge) = edge else { continue };
                if let (true, Some(value)) = (is_folded, &fact.value) {
                    self.initializers.insert(*edge, value.clone());
                    self.edges[edge.0].origin = origin;
                }
                facts[edge.0] = Some(fact);
            }
            if !is_folded {
                kept.push(node);
            }
        }
        self.nodes = kept;
        Ok(())
    }

    /// Drops nodes and initializers that no output depends on.
    pub(crate) fn remove_unused(&mut self) {
        let mut needed = vec![false; self.edges.len()];
        self.outputs.iter().for_each(|port| needed[port.edge.0] = true);
        let mut keep = vec![false; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate().rev() {
            keep[i] = node.outputs.iter().flatten().any(|edge| needed[edge.0]);
            if keep[i] {
                node.inputs.iter().flatten().for_each(|edge| needed[edge.0] = true);
            }
        }
        let mut keep = keep.into_iter();
        self.nodes.retain(|_| keep.next().unwrap_or(true));
        self.initializers.retain(|edge, _| needed[edge.0]);
    }
}

//! What is done once, after loading: constants are folded, and what no output needs is dropped.

use super::Graph;
use super::facts::Budget;
use crate::error::Result;
use crate::ops::Fact;

impl Graph {
    /// Computes the nodes that read nothing but constants (casts of float16 weights, above all),
    /// and makes their outputs initializers.
    pub(crate) fn fold_constants(&mut self) -> Result<()> {
        let mut budget = Budget::default();
        let mut facts: Vec<Option<Fact>> = vec![None; self.edges.len()];
        for (edge, tensor) in &self.initializers {
            let (dtype, shape) = (tensor.dtype(), tensor.shape().to_vec());
            facts[edge.0] = Some(Fact { dtype, shape, value: Some(tensor.clone()) });
        }
        let mut kept = Vec::new();
        for node in std::mem::take(&mut self.nodes) {
            let is_known = node.inputs.iter().flatten().all(|edge| facts[edge.0].is_some());
            let outputs = if is_known { node.facts(&facts, &mut budget)? } else { Vec::new() };
            if !is_known || outputs.iter().any(|fact| fact.value.is_none()) {
                kept.push(node);
                continue;
            }
            for (edge, fact) in node.outputs.iter().zip(outputs) {
                if let (Some(edge), Some(value)) = (edge, &fact.value) {
                    self.initializers.insert(*edge, value.clone());
                    facts[edge.0] = Some(fact);
                }
            }
        }
        self.nodes = kept;
        Ok(())
    }

    /// Drops nodes and initializers that lead to no output.
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

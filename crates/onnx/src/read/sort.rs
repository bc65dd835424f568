//! Topological sorting.

use crate::graph::{Edge, Node};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use unet_kernels::error::{Error, Result};

/// Sorts nodes after those that they read from, otherwise keeping their order. `sources` says for each edge
/// whether it is an input, a constant or produced by a node.
pub(super) fn sort(nodes: Vec<Node>, edges: &[Edge], sources: &[bool]) -> Result<Vec<Node>> {
    let mut made_by = vec![None; edges.len()];
    for (i, node) in nodes.iter().enumerate() {
        node.outputs.iter().flatten().for_each(|edge| made_by[edge.0] = Some(i));
    }
    let mut readers = vec![Vec::new(); nodes.len()];
    let mut waits_for = vec![0usize; nodes.len()];
    for (i, node) in nodes.iter().enumerate() {
        for &edge in node.inputs.iter().flatten() {
            if let Some(producer) = made_by[edge.0] {
                readers[producer].push(i);
                waits_for[i] += 1;
            } else if !sources[edge.0] {
                return Err(Error::InvalidNode {
                    node: node.name.clone(),
                    op: node.op.name().into(),
                    reason: format!("it reads {:?}, which nothing produces", edges[edge.0].name),
                });
            }
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..nodes.len()).filter(|&i| waits_for[i] == 0).map(Reverse).collect();
    let mut order = Vec::new();
    while let Some(Reverse(i)) = ready.pop() {
        order.push(i);
        for &reader in &readers[i] {
            waits_for[reader] -= 1;
            if waits_for[reader] == 0 {
                ready.push(Reverse(reader));
            }
        }
    }
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    let sorted: Vec<Node> = order.into_iter().filter_map(|i| nodes[i].take()).collect();
    match nodes.into_iter().flatten().next() {
        None => Ok(sorted),
        Some(node) => Err(Error::InvalidModel(format!("its nodes form a cycle, at node {:?}", node.name))),
    }
}

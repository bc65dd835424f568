//! Division of a network into a part that it may share with others, and the rest.

use super::{EdgeId, Graph, Node, Port};
use crate::ops::{Fact, Op, Operator};
use std::collections::HashMap;
use std::sync::Arc;
use unet_kernels::tensor::DType;

/// A network in two parts. `head` computes the network's outputs from its inputs and the outputs of `stem`.
#[derive(Debug)]
pub struct Parts {
    /// The part that depends only on the inputs and on weights in external data files, such as a pretrained
    /// encoder. Its outputs are the values that `head` reads.
    pub stem: Graph,
    /// The rest, with every optional input. Its inputs are the network's, then the outputs of `stem`.
    pub head: Graph,
}

impl Graph {
    /// Divides the network after the weights that it may share with other networks. `facts` are those of the
    /// inputs' shapes ([`Graph::facts`]), for which alone the parts are valid. `None` if there is nothing to
    /// share, or nothing else.
    pub fn parts(&self, facts: &[Option<Fact>]) -> Option<Parts> {
        let told = self.dependent_on_optional();
        let value = |edge: EdgeId| facts[edge.0].as_ref()?.value.clone().filter(|_| !told[edge.0]);
        let fixed = |edge: EdgeId| value(edge).is_some();
        let in_stem = self.stem(&told, &fixed);
        let mut made = vec![false; self.edges.len()];
        let of_stem = |node: &&(&Node, bool)| node.1;
        let nodes: Vec<(&Node, bool)> = self.nodes.iter().zip(in_stem).collect();
        for (node, _) in nodes.iter().filter(of_stem) {
            node.outputs.iter().flatten().for_each(|edge| made[edge.0] = true);
        }

        let mut head = Self { nodes: vec![], ..self.clone() };
        let mut read = vec![false; self.edges.len()];
        for (node, _) in nodes.iter().filter(|node| !of_stem(node)) {
            if node.outputs.iter().flatten().all(|&edge| fixed(edge)) {
                continue;
            }
            for edge in node.inputs.iter().flatten() {
                read[edge.0] |= made[edge.0];
                head.initializers.extend(value(*edge).map(|value| (*edge, value)));
            }
            head.nodes.push((*node).clone());
        }
        let cut = |edge: EdgeId| -> Option<Port> {
            let fact = facts[edge.0].as_ref()?;
            let shape = Some(fact.shape.iter().map(|&side| Some(side)).collect());
            let name = self.edges[edge.0].name.clone();
            Some(Port { name, edge, dtype: fact.dtype, shape, channels_last: false })
        };
        let outputs = nodes.iter().filter(of_stem).flat_map(|(node, _)| node.outputs.iter().flatten());
        let cuts: Vec<Port> =
            outputs.filter(|edge| read[edge.0] && !fixed(**edge)).filter_map(|&edge| cut(edge)).collect();
        let plain = cuts.iter().all(|port| port.dtype == DType::F32);
        let returned = self.outputs.iter().any(|port| made[port.edge.0] || fixed(port.edge));
        if cuts.is_empty() || !plain || returned {
            return None;
        }
        head.inputs.extend(cuts.iter().cloned());
        head.remove_unused();
        let mut stem = Self { optional: vec![], outputs: cuts, ..self.clone() };
        stem.remove_unused();
        Some(Parts { stem, head })
    }

    /// Edges that depend on the optional inputs.
    fn dependent_on_optional(&self) -> Vec<bool> {
        let mut told = vec![false; self.edges.len()];
        self.optional.iter().for_each(|port| told[port.edge.0] = true);
        for node in &self.nodes {
            if node.inputs.iter().flatten().any(|edge| told[edge.0]) {
                node.outputs.iter().flatten().for_each(|edge| told[edge.0] = true);
            }
        }
        told
    }

    /// Marks the nodes of the stem: those that lead to a node with external weights, that node, and functions
    /// of its output alone that are computed with it.
    fn stem(&self, told: &[bool], fixed: &dyn Fn(EdgeId) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.edges.len()];
        self.inputs.iter().for_each(|port| reached[port.edge.0] = true);
        let mut readers = vec![0; self.edges.len()];
        let mut in_stem = Vec::new();
        for node in &self.nodes {
            node.inputs.iter().flatten().for_each(|edge| readers[edge.0] += 1);
            let known = |edge: &EdgeId| !told[edge.0] && (reached[edge.0] || fixed(*edge));
            let inside =
                node.inputs.iter().flatten().all(known) && self.externals(node).all(|external| external);
            in_stem.push(inside);
            node.outputs.iter().flatten().for_each(|edge| reached[edge.0] = inside);
        }
        self.outputs.iter().for_each(|port| readers[port.edge.0] += 1);

        let mut needed = vec![false; self.edges.len()];
        for (node, inside) in self.nodes.iter().zip(&mut in_stem).rev() {
            let leads = node.outputs.iter().flatten().any(|edge| needed[edge.0]);
            *inside &= leads || self.externals(node).next().is_some();
            if *inside {
                node.inputs.iter().flatten().for_each(|edge| needed[edge.0] = true);
            }
        }
        let mut weighted = vec![false; self.edges.len()];
        for (node, inside) in self.nodes.iter().zip(&mut in_stem) {
            let mut varying = node.inputs.iter().flatten().filter(|edge| !fixed(**edge));
            if let (Some(from), None) = (varying.next(), varying.next()) {
                *inside |=
                    weighted[from.0] && readers[from.0] == 1 && matches!(node.op, Op::Unary(_) | Op::Clip(_));
            }
            if *inside && self.externals(node).next().is_some() {
                node.outputs.iter().flatten().for_each(|edge| weighted[edge.0] = true);
            }
        }
        in_stem
    }

    /// For each weight of a node, whether it is stored in an external data file. Constants of arithmetic are
    /// ignored: exporters keep small ones, such as the mean and deviation of inputs, in the file itself.
    fn externals<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = bool> + 'a {
        let weights = if matches!(node.op, Op::Binary(_)) { 0..0 } else { node.op.weights() };
        let edges = node.inputs.iter().take(weights.end).skip(weights.start).flatten();
        edges.filter(|edge| self.initializers.contains_key(edge)).map(|edge| {
            let origin = self.edges[edge.0].origin.unwrap_or(*edge);
            self.edges[origin.0].external
        })
    }

    /// Whether both networks are equal: the same operators with the same constants in the same order.
    pub fn computes_as(&self, other: &Self) -> bool {
        let alike = self.inputs.len() == other.inputs.len()
            && self.nodes.len() == other.nodes.len()
            && self.outputs.len() == other.outputs.len();
        if !alike {
            return false;
        }
        let mut theirs: HashMap<EdgeId, EdgeId> =
            self.inputs.iter().zip(&other.inputs).map(|(a, b)| (a.edge, b.edge)).collect();
        for (a, b) in self.nodes.iter().zip(&other.nodes) {
            let same = a.op == b.op
                && a.inputs.len() == b.inputs.len()
                && a.outputs.len() == b.outputs.len()
                && a.inputs.iter().zip(&b.inputs).all(|pair| match pair {
                    (None, None) => true,
                    (Some(a), Some(b)) => match (self.initializers.get(a), other.initializers.get(b)) {
                        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
                        (None, None) => theirs.get(a) == Some(b),
                        (Some(_), None) | (None, Some(_)) => false,
                    },
                    (Some(_), None) | (None, Some(_)) => false,
                });
            if !same {
                return false;
            }
            theirs.extend(a.outputs.iter().zip(&b.outputs).filter_map(|(a, b)| Some(((*a)?, (*b)?))));
        }
        self.outputs.iter().zip(&other.outputs).all(|(a, b)| theirs.get(&a.edge) == Some(&b.edge))
    }
}

//! The graph of a file: edges by name, one producer each, nodes in topological order.

use super::External;
use super::node::{Parsed, label, parse};
use super::proto::{GraphProto, NodeProto, TensorProto, ValueInfoProto};
use super::sort::sort;
use super::tensor::{ElementType, decode};
use crate::error::{Error, Result};
use crate::graph::{Derived, Edge, EdgeId, Graph, Node, Port};
use crate::ops::MAX_RANK;
use crate::tensor::Tensor;
use prost::Message;
use prost::bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Most nodes of a graph: far beyond any network.
const MAX_NODES: usize = 100_000;

pub fn graph(
    proto: &GraphProto,
    opset: i64,
    metadata: BTreeMap<String, String>,
    external: &External,
) -> Result<Graph> {
    if proto.node.len() > MAX_NODES {
        return Err(Error::InvalidModel(format!("it has {} nodes", proto.node.len())));
    }
    if !proto.sparse_initializer.is_empty() {
        return Err(Error::InvalidModel("sparse initializers are not supported".into()));
    }
    let mut edges = Edges::default();
    let mut initializers = HashMap::new();
    for bytes in &proto.initializer {
        let tensor: TensorProto = message(bytes, "an initializer")?;
        let what = format!("initializer {:?}", tensor.name);
        let edge = edges.produce(&tensor.name, &what)?;
        initializers.insert(edge, Arc::new(decode(&tensor, &what, external)?));
    }
    let mut inputs = Vec::new();
    for bytes in &proto.input {
        let info: ValueInfoProto = message(bytes, "an input")?;
        // Old files list initializers as inputs too.
        if edges.known(&info.name).is_some_and(|edge| initializers.contains_key(&edge)) {
            continue;
        }
        let edge = edges.produce(&info.name, "an input")?;
        inputs.push(port(&info, edge)?);
    }
    let nodes = nodes(proto, opset, external, &mut edges, &mut initializers)?;
    let sources: Vec<bool> = edges.producers.iter().map(Option::is_some).collect();
    let nodes = sort(nodes, &edges.list, &sources)?;
    let mut outputs = Vec::new();
    for bytes in &proto.output {
        let info: ValueInfoProto = message(bytes, "an output")?;
        let edge = edges.known(&info.name).filter(|&edge| edges.producers[edge.0].is_some());
        let edge = edge
            .ok_or_else(|| Error::InvalidModel(format!("output {:?} is produced by no node", info.name)))?;
        outputs.push(port(&info, edge)?);
    }
    if outputs.is_empty() {
        return Err(Error::InvalidModel("its graph has no output".into()));
    }
    Ok(Graph {
        nodes,
        edges: edges.list,
        inputs,
        outputs,
        initializers,
        metadata,
        opset,
        derived: Derived::default(),
    })
}

/// The nodes in the order of the file; values of `Constant` nodes join the initializers.
fn nodes(
    proto: &GraphProto,
    opset: i64,
    external: &External,
    edges: &mut Edges,
    initializers: &mut HashMap<EdgeId, Arc<Tensor>>,
) -> Result<Vec<Node>> {
    let mut nodes = Vec::new();
    for (position, bytes) in proto.node.iter().enumerate() {
        let node: NodeProto = message(bytes, "a node")?;
        let name = label(&node, position);
        let what = format!("node {name:?}");
        let parsed = parse(&node, &name, opset, external)?;
        let outputs = node.output.iter().map(|output| {
            let named = !output.is_empty();
            named.then(|| edges.produce(output, &what)).transpose()
        });
        let outputs: Vec<Option<EdgeId>> = outputs.collect::<Result<_>>()?;
        match parsed {
            Parsed::Constant(tensor) => {
                if let [Some(edge)] = outputs[..] {
                    initializers.insert(edge, Arc::new(tensor));
                }
            }
            Parsed::Op(op) => {
                let input = |name: &String| (!name.is_empty()).then(|| edges.find(name));
                let inputs = node.input.iter().map(input).collect();
                nodes.push(Node { name, op, inputs, outputs });
            }
        }
    }
    Ok(nodes)
}

fn message<M: Message + Default>(bytes: &Bytes, what: &str) -> Result<M> {
    M::decode(bytes.clone()).map_err(|e| Error::InvalidModel(format!("{what} cannot be read ({e})")))
}

/// A graph input or output as declared.
fn port(info: &ValueInfoProto, edge: EdgeId) -> Result<Port> {
    let invalid = |reason: &str| Error::InvalidModel(format!("{:?} {reason}", info.name));
    let tensor = info.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let tensor = tensor.ok_or_else(|| invalid("is not declared as a tensor"))?;
    let element = ElementType::new(tensor.elem_type)
        .ok_or_else(|| invalid(&format!("has element type {}, which is not supported", tensor.elem_type)))?;
    let dims = tensor.shape.as_ref().map(|shape| &shape.dim);
    if dims.is_some_and(|dims| dims.len() > MAX_RANK) {
        return Err(invalid("has too many dimensions"));
    }
    // Exporters write 0 or −1 for a dynamic dimension, too.
    let size = |value: Option<i64>| value.and_then(|v| usize::try_from(v).ok()).filter(|&v| v > 0);
    let shape = dims.map(|dims| dims.iter().map(|dim| size(dim.dim_value)).collect());
    Ok(Port { name: info.name.clone(), edge, dtype: element.dtype(), shape, channels_last: false })
}

/// Edges by name.
#[derive(Default)]
struct Edges {
    list: Vec<Edge>,
    ids: HashMap<String, EdgeId>,
    /// What makes each edge.
    producers: Vec<Option<String>>,
}

impl Edges {
    fn known(&self, name: &str) -> Option<EdgeId> {
        self.ids.get(name).copied()
    }

    fn find(&mut self, name: &str) -> EdgeId {
        if let Some(&edge) = self.ids.get(name) {
            return edge;
        }
        let edge = EdgeId(self.list.len());
        self.list.push(Edge { name: name.into(), origin: None });
        self.producers.push(None);
        self.ids.insert(name.into(), edge);
        edge
    }

    /// The edge that `producer` makes.
    fn produce(&mut self, name: &str, producer: &str) -> Result<EdgeId> {
        if name.is_empty() {
            return Err(Error::InvalidModel(format!("{producer} has no name")));
        }
        let edge = self.find(name);
        if let Some(first) = self.producers[edge.0].replace(producer.into()) {
            return Err(Error::InvalidModel(format!("{name:?} is made twice: {first} and {producer}")));
        }
        Ok(edge)
    }
}

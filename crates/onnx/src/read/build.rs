//! The graph of a file: edges by name, one producer each, nodes in topological order.

use super::External;
use super::nodes::{Nodes, Scope};
use super::proto::{FunctionProto, GraphProto, ValueInfoProto};
use super::sort::sort;
use super::tensor::ElementType;
use crate::graph::{Derived, Edge, EdgeId, Graph, Port};
use crate::ops::MAX_RANK;
use prost::Message;
use prost::bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use unet_kernels::error::{Error, Result};

pub(super) fn graph(
    proto: &GraphProto,
    functions: Vec<FunctionProto>,
    opset: i64,
    metadata: BTreeMap<String, String>,
    external: &External,
) -> Result<Graph> {
    if !proto.sparse_initializer.is_empty() {
        return Err(Error::InvalidModel("sparse initializers are not supported".into()));
    }
    let (mut nodes, mut scope) = (Nodes::new(functions, external), Scope::root(opset));
    for bytes in &proto.initializer {
        nodes.initializer(bytes, &mut scope)?;
    }
    for bytes in &proto.input {
        let info: ValueInfoProto = message(bytes, "an input")?;
        if let Some(edge) = nodes.edges.known(&info.name).filter(|edge| nodes.initializers.contains_key(edge))
        {
            // Old files list every weight as an input.
            if metadata.get("optional").is_some_and(|told| told.contains(&format!("{:?}", info.name))) {
                nodes.optional.push(port(&info, edge)?);
            }
            continue;
        }
        let edge = nodes.edges.produce(&info.name, "an input")?;
        nodes.types.extend(element_type(&info).map(|ty| (edge, ty)));
        nodes.inputs.push(port(&info, edge)?);
    }
    nodes.add(&proto.node, &mut scope)?;
    let Nodes { list, edges, initializers, inputs, optional, .. } = nodes;
    let sources: Vec<bool> = edges.producers.iter().map(Option::is_some).collect();
    let nodes = sort(list, &edges.list, &sources)?;
    let mut outputs = Vec::new();
    for bytes in &proto.output {
        let info: ValueInfoProto = message(bytes, "an output")?;
        let edge = edges.known(&info.name).filter(|&edge| edges.producers[edge.0].is_some());
        let edge =
            edge.ok_or_else(|| Error::InvalidModel(format!("no node produces output {:?}", info.name)))?;
        outputs.push(port(&info, edge)?);
    }
    if outputs.is_empty() {
        return Err(Error::InvalidModel("its graph has no output".into()));
    }
    Ok(Graph {
        nodes,
        edges: edges.list,
        inputs,
        optional,
        outputs,
        initializers,
        metadata,
        opset,
        derived: Derived::default(),
    })
}

fn element_type(info: &ValueInfoProto) -> Option<i32> {
    Some(info.r#type.as_ref()?.tensor_type.as_ref()?.elem_type)
}

pub(super) fn message<M: Message + Default>(bytes: &Bytes, what: &str) -> Result<M> {
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
    // Exporters also write 0 or −1 for a dynamic dimension.
    let size = |value: Option<i64>| value.and_then(|v| usize::try_from(v).ok()).filter(|&v| v > 0);
    let shape = dims.map(|dims| dims.iter().map(|dim| size(dim.dim_value)).collect());
    Ok(Port { name: info.name.clone(), edge, dtype: element.dtype(), shape, channels_last: false })
}

/// Edges by name.
#[derive(Default)]
pub(super) struct Edges {
    list: Vec<Edge>,
    ids: HashMap<String, EdgeId>,
    /// Producer of each edge.
    producers: Vec<Option<String>>,
}

impl Edges {
    pub(super) fn known(&self, name: &str) -> Option<EdgeId> {
        self.ids.get(name).copied()
    }

    pub(super) fn find(&mut self, name: &str) -> EdgeId {
        if let Some(&edge) = self.ids.get(name) {
            return edge;
        }
        let edge = EdgeId(self.list.len());
        self.list.push(Edge { name: name.into(), origin: None, external: false });
        self.producers.push(None);
        self.ids.insert(name.into(), edge);
        edge
    }

    /// The initializer is kept in an external data file.
    pub(super) fn mark_external(&mut self, edge: EdgeId) {
        self.list[edge.0].external = true;
    }

    pub(super) fn list(&self) -> &[Edge] {
        &self.list
    }

    /// Makes a new edge, for an intermediate value of node `node`.
    pub(super) fn fresh(&mut self, node: &str, what: &str) -> EdgeId {
        let edge = EdgeId(self.list.len());
        self.list.push(Edge { name: format!("{node}/{what}"), origin: None, external: false });
        self.producers.push(Some(format!("node {node:?}")));
        edge
    }

    /// Registers `producer` as the producer of an edge.
    pub(super) fn produce(&mut self, name: &str, producer: &str) -> Result<EdgeId> {
        if name.is_empty() {
            return Err(Error::InvalidModel(format!("{producer} has no name")));
        }
        let edge = self.find(name);
        if let Some(first) = self.producers[edge.0].replace(producer.into()) {
            return Err(Error::InvalidModel(format!("{name:?} is produced twice: {first} and {producer}")));
        }
        Ok(edge)
    }
}

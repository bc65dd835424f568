//! Conversion of a file's nodes to the graph's: functions and branches are inlined, and values of `Constant`
//! nodes become initializers.

use super::External;
use super::build::{Edges, message};
use super::line::{is_line, widen};
use super::node::{Parsed, label, parse};
use super::proto::{AttributeProto, FunctionProto, GraphProto, NodeProto, TensorProto};
use super::tensor::decode;
use crate::graph::{Derived, Edge, EdgeId, Graph, Node, Port};
use crate::ops::{Op, Reshape, Unary};
use prost::Message;
use prost::bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{DType, Tensor};

/// Maximum number of nodes of a graph: far beyond any network.
const MAX_NODES: usize = 100_000;
/// Maximum nesting of functions and branches.
const MAX_DEPTH: usize = 16;
/// Maximum number of conditions that need folding.
const MAX_CONDITIONS: usize = 64;

/// Names in a graph, a function's body or a branch.
pub(super) struct Scope<'a> {
    /// Local names, mapped to names in the graph.
    names: HashMap<String, String>,
    /// Prefix of names produced here.
    prefix: String,
    opset: i64,
    /// Attributes of a function's call.
    attributes: Option<&'a HashMap<String, AttributeProto>>,
    parent: Option<&'a Scope<'a>>,
    depth: usize,
}

impl Scope<'_> {
    pub(super) fn root(opset: i64) -> Self {
        let names = HashMap::new();
        Self { names, prefix: String::new(), opset, attributes: None, parent: None, depth: 0 }
    }

    fn resolve(&self, name: &str) -> String {
        match (self.names.get(name), self.parent) {
            (Some(name), _) => name.clone(),
            (None, Some(parent)) => parent.resolve(name),
            (None, None) => format!("{}{name}", self.prefix),
        }
    }

    fn make(&mut self, name: &str) -> String {
        let own = format!("{}{name}", self.prefix);
        if !self.prefix.is_empty() {
            self.names.insert(name.into(), own.clone());
        }
        own
    }
}

/// A graph under construction.
pub(super) struct Nodes<'a> {
    pub list: Vec<Node>,
    pub edges: Edges,
    pub initializers: HashMap<EdgeId, Arc<Tensor>>,
    /// See [`Graph::optional`].
    pub optional: Vec<Port>,
    /// `TensorProto.DataType` of values, if known from the file.
    pub types: HashMap<EdgeId, i32>,
    pub inputs: Vec<Port>,
    functions: Vec<FunctionProto>,
    external: &'a External<'a>,
    conditions: usize,
}

/// Operators whose result has the type of their first operand.
const SAME_TYPE: &[&str] = &[
    "Add",
    "Concat",
    "Conv",
    "Div",
    "Expand",
    "Flatten",
    "Gather",
    "GatherND",
    "Identity",
    "MatMul",
    "Max",
    "Min",
    "Mul",
    "Pad",
    "Relu",
    "Reshape",
    "Resize",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Split",
    "Squeeze",
    "Sub",
    "Tanh",
    "Tile",
    "Transpose",
    "Unsqueeze",
];

impl<'a> Nodes<'a> {
    pub(super) fn new(functions: Vec<FunctionProto>, external: &'a External<'a>) -> Self {
        Self {
            list: Vec::new(),
            edges: Edges::default(),
            initializers: HashMap::new(),
            optional: vec![],
            types: HashMap::new(),
            inputs: Vec::new(),
            functions,
            external,
            conditions: 0,
        }
    }

    /// Adds a constant of the file.
    pub(super) fn initializer(&mut self, bytes: &Bytes, scope: &mut Scope) -> Result<()> {
        let tensor: TensorProto = message(bytes, "an initializer")?;
        let what = format!("initializer {:?}", tensor.name);
        let name = if tensor.name.is_empty() { String::new() } else { scope.make(&tensor.name) };
        let edge = self.edges.produce(&name, &what)?;
        self.types.insert(edge, tensor.data_type);
        self.initializers.insert(edge, Arc::new(decode(&tensor, &what, self.external)?));
        if tensor.is_external() {
            self.edges.mark_external(edge);
        }
        Ok(())
    }

    /// Adds nodes in the order of the file.
    pub(super) fn add(&mut self, nodes: &[Bytes], scope: &mut Scope) -> Result<()> {
        for (position, bytes) in nodes.iter().enumerate() {
            let node: NodeProto = message(bytes, "a node")?;
            let name = format!("{}{}", scope.prefix, label(&node, position));
            self.node(node, name, scope)?;
            if self.list.len() > MAX_NODES {
                return Err(Error::InvalidModel(format!("it has more than {MAX_NODES} nodes")));
            }
        }
        Ok(())
    }

    fn node(&mut self, mut node: NodeProto, name: String, scope: &mut Scope) -> Result<()> {
        let invalid =
            |reason: String| Error::InvalidNode { node: name.clone(), op: node.op_type.clone(), reason };
        let mut attributes = Vec::new();
        for bytes in &node.attribute {
            let attribute = AttributeProto::decode(bytes.clone())
                .map_err(|e| invalid(format!("an attribute cannot be read: {e}")))?;
            match scope.attributes.filter(|_| !attribute.ref_attr_name.is_empty()) {
                None => attributes.push(attribute),
                // An attribute that the call omits is omitted here.
                Some(call) => attributes.extend(
                    call.get(&attribute.ref_attr_name)
                        .map(|given| AttributeProto { name: attribute.name.clone(), ..given.clone() }),
                ),
            }
        }
        let called = self
            .functions
            .iter()
            .find(|f| f.name == node.op_type && f.domain == node.domain && f.overload == node.overload);
        if let Some(function) = called.cloned() {
            return self.call(&function, &node, name, attributes, scope);
        }
        if node.op_type == "If" && matches!(node.domain.as_str(), "" | "ai.onnx") {
            return self.branch(&node, name, &attributes, scope);
        }
        let inputs: Vec<Option<EdgeId>> = node
            .input
            .iter()
            .map(|input| (!input.is_empty()).then(|| self.edges.find(&scope.resolve(input))))
            .collect();
        let input_types: Vec<Option<i32>> =
            inputs.iter().map(|edge| edge.and_then(|edge| self.types.get(&edge).copied())).collect();
        if node.op_type == "CastLike" {
            let to = input_types.get(1).copied().flatten();
            let to = to
                .ok_or_else(|| invalid("the target type of the cast does not follow from the file".into()))?;
            attributes = vec![AttributeProto {
                name: "to".into(),
                i: Some(to.into()),
                r#type: 2,
                ..Default::default()
            }];
            node.op_type = "Cast".into();
            node.input.truncate(1);
        }
        let inputs = if node.op_type == "Cast" { inputs.into_iter().take(1).collect() } else { inputs };
        let weight = inputs.get(1).copied().flatten().and_then(|edge| self.initializers.get(&edge));
        let line = is_line(&node.op_type, &attributes, weight.map(|weight| weight.shape().len()));
        if line {
            attributes.iter_mut().for_each(widen);
        }
        let first = input_types.first().copied().flatten();
        let result = result_type(&node.op_type, &attributes, first);
        let parsed = parse(&node, &name, &attributes, input_types, scope.opset, self.external)?;
        let what = format!("node {name:?}");
        let mut outputs = Vec::new();
        for output in &node.output {
            let edge = match output.is_empty() {
                true => None,
                false => Some(self.edges.produce(&scope.make(output), &what)?),
            };
            if let (Some(edge), Some(ty)) = (edge, result) {
                self.types.insert(edge, ty);
            }
            outputs.push(edge);
        }
        match parsed {
            Parsed::Constant(tensor) => {
                if let [Some(edge)] = outputs[..] {
                    self.initializers.insert(edge, Arc::new(tensor));
                }
            }
            Parsed::Op(op) if line => self.line(Node { name, op, inputs, outputs }),
            Parsed::Op(op) => self.list.push(Node { name, op, inputs, outputs }),
        }
        Ok(())
    }

    /// Adds a node along a line, in a picture of one row.
    fn line(&mut self, mut node: Node) {
        let axes = Some(vec![2]);
        let reshape = |name: &str, op: Reshape, from: EdgeId, to: EdgeId| Node {
            name: name.into(),
            op: Op::Reshape(op),
            inputs: vec![Some(from)],
            outputs: vec![Some(to)],
        };
        // Picture and weight; the bias is unchanged.
        for edge in node.inputs.iter_mut().take(2).flatten() {
            let from = std::mem::replace(edge, self.edges.fresh(&node.name, "row"));
            self.list.push(reshape(&node.name, Reshape::Unsqueeze { axes: axes.clone() }, from, *edge));
        }
        let mut after = Vec::new();
        for edge in node.outputs.iter_mut().flatten() {
            let to = std::mem::replace(edge, self.edges.fresh(&node.name, "row"));
            after.push(reshape(&node.name, Reshape::Squeeze { axes: axes.clone() }, *edge, to));
        }
        self.list.push(node);
        self.list.append(&mut after);
    }

    fn identity(&mut self, name: &str, from: EdgeId, to: EdgeId) {
        let op = Op::Unary(Unary { name: "Identity", functions: vec![unet_kernels::Unary::Identity] });
        if let Some(&ty) = self.types.get(&from) {
            self.types.insert(to, ty);
        }
        self.list.push(Node { name: name.into(), op, inputs: vec![Some(from)], outputs: vec![Some(to)] });
    }

    /// Renames the outputs of a function or branch to the caller's names.
    fn give_back(
        &mut self,
        name: &str,
        own: &[String],
        inner: &Scope,
        called: &[String],
        outer: &mut Scope,
    ) -> Result<()> {
        for (output, own) in called.iter().zip(own).filter(|(output, _)| !output.is_empty()) {
            let from = self.edges.find(&inner.resolve(own));
            let to = self.edges.produce(&outer.make(output), &format!("node {name:?}"))?;
            self.identity(name, from, to);
        }
        Ok(())
    }

    /// Inlines the body of a function.
    fn call(
        &mut self,
        function: &FunctionProto,
        node: &NodeProto,
        name: String,
        attributes: Vec<AttributeProto>,
        scope: &mut Scope,
    ) -> Result<()> {
        self.check_depth(&name, scope)?;
        let mut bound = HashMap::new();
        for bytes in &function.attribute_proto {
            let default: AttributeProto = message(bytes, "an attribute")?;
            bound.insert(default.name.clone(), default);
        }
        bound.extend(attributes.into_iter().map(|given| (given.name.clone(), given)));
        let names = function.input.iter().enumerate().map(|(i, own)| {
            let given = node.input.get(i).filter(|given| !given.is_empty());
            (own.clone(), given.map_or(String::new(), |given| scope.resolve(given)))
        });
        let is_default = |domain: &str| matches!(domain, "" | "ai.onnx");
        let opset = function.opset_import.iter().find(|o| is_default(&o.domain)).map(|o| o.version);
        let mut body = Scope {
            names: names.collect(),
            prefix: format!("{name}/"),
            opset: opset.unwrap_or(scope.opset),
            attributes: Some(&bound),
            parent: None,
            depth: scope.depth + 1,
        };
        self.add(&function.node, &mut body)?;
        let results = function.output.clone();
        self.give_back(&name, &results, &body, &node.output, scope)
    }

    /// Inlines the branch of an `If` whose condition is known before the run.
    fn branch(
        &mut self,
        node: &NodeProto,
        name: String,
        attributes: &[AttributeProto],
        scope: &mut Scope,
    ) -> Result<()> {
        self.check_depth(&name, scope)?;
        let invalid =
            |reason: &str| Error::InvalidNode { node: name.clone(), op: "If".into(), reason: reason.into() };
        let condition = node.input.first().map(|input| scope.resolve(input));
        let edge = condition.and_then(|condition| self.edges.known(&condition));
        let edge = edge.ok_or_else(|| invalid("its condition is missing"))?;
        let value = self.known(edge, scope.opset)?;
        let value = value.as_ref().and_then(|value| value.as_i64()?.first().copied()).ok_or_else(|| {
            invalid(
                "its condition depends on the picture or its size; export with a fixed size, or without the \
                 Python `if` (`torch.where` does both)",
            )
        })?;
        let wanted = if value != 0 { "then_branch" } else { "else_branch" };
        let graph = attributes.iter().find(|attribute| attribute.name == wanted).and_then(|a| a.g.as_ref());
        let graph: GraphProto = message(graph.ok_or_else(|| invalid("a branch is missing"))?, "a branch")?;
        let mut inner = Scope {
            names: HashMap::new(),
            prefix: format!("{name}/"),
            opset: scope.opset,
            attributes: scope.attributes,
            parent: Some(&*scope),
            depth: scope.depth + 1,
        };
        for bytes in &graph.initializer {
            self.initializer(bytes, &mut inner)?;
        }
        self.add(&graph.node, &mut inner)?;
        let mut results = Vec::new();
        for bytes in &graph.output {
            let info: super::proto::ValueInfoProto = message(bytes, "an output")?;
            results.push(inner.resolve(&info.name));
        }
        // They have their names in the graph already.
        let resolved = Scope { prefix: String::new(), ..Scope::root(scope.opset) };
        self.give_back(&name, &results, &resolved, &node.output, scope)
    }

    fn check_depth(&self, name: &str, scope: &Scope) -> Result<()> {
        match scope.depth {
            0..MAX_DEPTH => Ok(()),
            _ => Err(Error::InvalidModel(format!(
                "functions and branches are nested too deeply, at node {name:?}"
            ))),
        }
    }

    /// A value that depends at most on the shapes of inputs, if those are fixed.
    fn known(&mut self, edge: EdgeId, opset: i64) -> Result<Option<Arc<Tensor>>> {
        if self.optional.iter().any(|port| port.edge == edge) {
            return Ok(None);
        }
        if let Some(value) = self.initializers.get(&edge) {
            return Ok(Some(value.clone()));
        }
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(Error::InvalidModel(format!("more than {MAX_CONDITIONS} conditions are computed")));
        }
        let edges: Vec<Edge> = self.edges.list().to_vec();
        let name = edges[edge.0].name.clone();
        let output = Port { name, edge, dtype: DType::I64, shape: None, channels_last: false };
        let mut graph = Graph {
            nodes: self.list.clone(),
            edges,
            inputs: self.inputs.clone(),
            optional: self.optional.clone(),
            outputs: vec![output],
            initializers: self.initializers.clone(),
            metadata: BTreeMap::new(),
            opset,
            derived: Derived::default(),
        };
        graph.remove_unused();
        graph.fold_constants()?;
        if let Some(value) = graph.initializers.get(&edge) {
            return Ok(Some(value.clone()));
        }
        let fixed = |port: &Port| port.shape.as_ref()?.iter().copied().collect::<Option<Vec<usize>>>();
        let Some(shapes) = graph.inputs.iter().map(fixed).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        Ok(graph.facts(&shapes)?[edge.0].as_ref().and_then(|fact| fact.value.clone()))
    }
}

/// Type of a node's outputs, if it follows from the node and its first input's type.
fn result_type(op: &str, attributes: &[AttributeProto], first: Option<i32>) -> Option<i32> {
    let attribute = |name: &str| attributes.iter().find(|attribute| attribute.name == name);
    match op {
        "Cast" => attribute("to").and_then(|to| to.i.map(|to| to as i32)),
        "Constant" => match attributes {
            [AttributeProto { t: Some(tensor), .. }] => Some(tensor.data_type),
            [AttributeProto { f: Some(_), .. }] => Some(1),
            [AttributeProto { i: Some(_), .. }] => Some(7),
            _ => None,
        },
        "Shape" | "Size" | "ArgMax" | "ArgMin" => Some(7),
        "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual" | "And" | "Or" | "Xor" | "Not"
        | "IsNaN" => Some(9),
        op if SAME_TYPE.contains(&op) => first,
        _ => None,
    }
}

//! Lowering: every node of the graph becomes one or a few steps.

mod channels_last;
mod conv;
mod dense;
mod einsum;
mod elementwise;
mod index;
mod matmul;
mod move_data;
mod norm;
mod pool;
mod quantize;
mod reduce;

use super::builder::{Builder, LowerError};
use super::{Constant, IndexPlane, Layout, Operand, Plan, ValueId, Window};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{DType, Tensor};
use unet_onnx::graph::{EdgeId, Graph, Node, Port, TO_FIRST, permuted};
use unet_onnx::ops::{Cast, CastTarget, Fact, Indices, InputInfo, Op, OpError};

type Lowered<T = Operand> = std::result::Result<T, LowerError>;

/// A plan before fusion, with its callers' metadata.
pub(super) struct Raw {
    pub plan: Plan,
    /// Inputs and outputs that hold positions within planes of this size, where ONNX counts over the whole
    /// tensor.
    pub index_planes: HashMap<ValueId, IndexPlane>,
    /// Graph input of each of the plan's inputs.
    pub input_ports: Vec<usize>,
}

/// Values to compute beyond, or instead of, the graph's outputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Selection {
    /// Values to return, by ONNX name, in this order; the graph's outputs if empty.
    pub outputs: Vec<String>,
    /// Float values to replace by zeros: `name` everywhere, or `name>node` only as an input of that node.
    pub cut: Vec<String>,
}

/// Edges to return.
///
/// # Errors
/// `InvalidInput` for a name that the graph does not have.
fn targets(graph: &Graph, facts: &[Option<Fact>], selection: &Selection) -> Result<Vec<EdgeId>> {
    if selection.outputs.is_empty() {
        return Ok(graph.outputs.iter().map(|port| port.edge).collect());
    }
    selection.outputs.iter().map(|name| find(graph, facts, name)).collect()
}

fn find(graph: &Graph, facts: &[Option<Fact>], name: &str) -> Result<EdgeId> {
    // Loading may have replaced an edge's producer; the edge then has no facts.
    let at = (0..graph.edges.len()).find(|&i| graph.edges[i].name == name && facts[i].is_some());
    at.map(EdgeId).ok_or_else(|| Error::InvalidInput(format!("the model has no value named {name:?}")))
}

pub(super) fn lower(graph: &Graph, facts: &[Option<Fact>], selection: &Selection) -> Result<Raw> {
    let targets = targets(graph, facts, selection)?;
    let mut lowering = Lowering {
        graph,
        facts,
        b: Builder::new(),
        operands: vec![None; graph.edges.len()],
        turned: vec![None; graph.edges.len()],
        cuts: cuts(graph, facts, selection)?,
        index_planes: HashMap::new(),
        index_outputs: HashMap::new(),
        permuted: HashMap::new(),
    };
    let needed = needed(graph, facts, &targets);
    let mut input_ports = Vec::new();
    for (i, port) in graph.inputs.iter().enumerate() {
        if lowering.input(port)? {
            input_ports.push(i);
        }
    }
    for (i, node) in graph.nodes.iter().enumerate().filter(|&(i, _)| needed[i]) {
        lowering.b.enter(i, &node.name, node.op.name());
        lowering.node(node).map_err(|e| match e {
            LowerError::Plan(e) => e,
            LowerError::Op(OpError(reason)) => {
                Error::InvalidNode { node: node.name.clone(), op: node.op.name().into(), reason }
            }
        })?;
    }
    let turned = |i: usize| selection.outputs.is_empty() && graph.outputs[i].channels_last;
    for (i, &edge) in targets.iter().enumerate() {
        lowering.output(edge, turned(i))?;
    }
    Ok(Raw { plan: lowering.b.plan, index_planes: lowering.index_planes, input_ports })
}

/// Marks the nodes that the targets depend on and that are not known before the run.
fn needed(graph: &Graph, facts: &[Option<Fact>], targets: &[EdgeId]) -> Vec<bool> {
    let mut wanted: HashSet<EdgeId> = targets.iter().copied().collect();
    let mut needed = vec![false; graph.nodes.len()];
    for (node, needed) in graph.nodes.iter().zip(&mut needed).rev() {
        let unknown = |edge: &EdgeId| facts[edge.0].as_ref().is_none_or(|fact| fact.value.is_none());
        *needed = node.outputs.iter().flatten().any(|edge| wanted.contains(edge) && unknown(edge));
        if *needed {
            wanted.extend(node.inputs.iter().flatten());
        }
    }
    needed
}

/// Pairs of an edge and the node at which it is cut (`None`: everywhere).
fn cuts(
    graph: &Graph,
    facts: &[Option<Fact>],
    selection: &Selection,
) -> Result<HashSet<(EdgeId, Option<String>)>> {
    let parse = |text: &String| match text.split_once('>') {
        None => Ok((find(graph, facts, text)?, None)),
        Some((edge, node)) => {
            let edge = find(graph, facts, edge)?;
            let reads = |n: &Node| n.name == node && n.inputs.contains(&Some(edge));
            if !graph.nodes.iter().any(reads) {
                return Err(Error::InvalidInput(format!("{text:?} does not name an input of a node")));
            }
            Ok((edge, Some(node.to_string())))
        }
    };
    let float = |text: &String| {
        let (edge, node) = parse(text)?;
        match &facts[edge.0] {
            Some(fact) if fact.dtype == DType::F32 => Ok((edge, node)),
            _ => {
                Err(Error::InvalidInput(format!("{text:?} cannot be cut: its values are positions or sizes")))
            }
        }
    };
    selection.cut.iter().map(float).collect()
}

struct Lowering<'a> {
    graph: &'a Graph,
    facts: &'a [Option<Fact>],
    b: Builder,
    /// Operand of each edge, once lowered.
    operands: Vec<Option<Operand>>,
    /// N×C×H×W operands of N×H×W×C edges; see [`channels_last`].
    turned: Vec<Option<Operand>>,
    cuts: HashSet<(EdgeId, Option<String>)>,
    index_planes: HashMap<ValueId, IndexPlane>,
    /// Outputs of max-pooling that hold positions, with their planes and windows.
    index_outputs: HashMap<ValueId, (IndexPlane, Window)>,
    /// Results that are transpositions of other values, with those and the permutation.
    permuted: HashMap<ValueId, (Operand, Vec<usize>)>,
}

impl Lowering<'_> {
    /// Adds an edge to the plan's inputs; false if its value is already known.
    fn input(&mut self, port: &Port) -> Result<bool> {
        let edge = port.edge;
        let Some(fact) = self.facts[edge.0].as_ref().filter(|fact| fact.value.is_none()) else {
            return Ok(false);
        };
        let name = &self.graph.edges[edge.0].name;
        let shape = match <[usize; 4]>::try_from(&fact.shape[..]) {
            Ok(picture) if port.channels_last => permuted(picture, TO_FIRST).to_vec(),
            _ => fact.shape.clone(),
        };
        let value = self.b.value(name, fact.dtype, &shape, Builder::natural(&shape))?;
        self.b.plan.inputs.push(value);
        let operands = if port.channels_last { &mut self.turned } else { &mut self.operands };
        operands[edge.0] = Some(Operand::Value(value));
        Ok(true)
    }

    /// Returns an edge; if `turned`, an N×H×W×C edge as N×C×H×W.
    fn output(&mut self, edge: EdgeId, turned: bool) -> Result<()> {
        let operand = if turned { self.turned_edge(edge) } else { self.edge(edge) };
        let operand = operand.map_err(|_| {
            Error::InvalidModel(format!("output {:?} is never computed", self.graph.edges[edge.0].name))
        })?;
        // Callers expect rank-4 outputs as `Nchwc4`.
        let layout = Builder::natural(self.b.shape(operand));
        let mut operand = self.b.to(operand, layout)?;
        let integer = self.facts[edge.0].as_ref().is_some_and(|fact| fact.dtype == DType::I64);
        if integer && self.dtype(operand) == DType::F32 {
            let (shape, layout) = (self.b.shape(operand).to_vec(), self.b.layout(operand));
            let kernel = super::Kernel::Unary(super::Unary::FloatToInt);
            operand = self.b.push(kernel, vec![operand], DType::I64, &shape, layout)?;
        }
        // A constant, and an output that is also an input or named twice, needs a value of its own.
        let value = match operand {
            Operand::Value(v) if !self.b.plan.inputs.contains(&v) && !self.b.plan.outputs.contains(&v) => v,
            operand => {
                let (shape, layout) = (self.b.shape(operand).to_vec(), self.b.layout(operand));
                let dtype = self.dtype(operand);
                let out = self.b.value(&self.graph.edges[edge.0].name, dtype, &shape, layout)?;
                self.b.step(super::Kernel::Reshape { first: 0 }, vec![operand], vec![out]);
                if let Operand::Value(v) = operand
                    && let Some(&plane) = self.index_outputs.get(&v)
                {
                    self.index_outputs.insert(out, plane);
                }
                out
            }
        };
        if let Some(&(plane, _)) = self.index_outputs.get(&value)
            && plane.indices != Indices::Plane
        {
            self.index_planes.insert(value, plane);
        }
        self.b.plan.outputs.push(value);
        Ok(())
    }

    fn dtype(&self, operand: Operand) -> DType {
        match operand {
            Operand::Value(v) => self.b.plan.values[v.0].dtype,
            Operand::Const(c) => self.b.plan.constants[c.0].tensor.dtype(),
        }
    }

    /// Operand of an edge; constants in the natural layout of their shape.
    fn edge(&mut self, edge: EdgeId) -> Lowered {
        if let Some(operand) = self.operands[edge.0] {
            return Ok(operand);
        }
        if let Some(operand) = self.turned_back(edge)? {
            return Ok(operand);
        }
        let value = self.facts[edge.0].as_ref().and_then(|fact| fact.value.clone());
        let value = value.ok_or_else(|| {
            OpError(format!("its input {:?} is not computed by the model", self.graph.edges[edge.0].name))
        })?;
        let operand = Operand::Const(self.b.constant(&value, Builder::natural(value.shape())));
        self.operands[edge.0] = Some(operand);
        Ok(operand)
    }

    /// Input `i` of a node, replaced by zeros if it is cut.
    fn arg(&mut self, node: &Node, i: usize) -> Lowered {
        let edge = node.inputs.get(i).copied().flatten();
        let edge = edge.ok_or_else(|| OpError(format!("input {i} is missing")))?;
        let operand = self.edge(edge)?;
        // Kernels count positions within planes; they are converted to ONNX's for outputs only.
        if let Operand::Value(v) = operand
            && self.index_outputs.get(&v).is_some_and(|(plane, _)| plane.indices != Indices::Plane)
            && !matches!(
                node.op,
                Op::MaxUnpool(_) | Op::Cast(Cast { to: CastTarget::Int { .. } }) | Op::Unary(_)
            )
        {
            return Err(OpError("Indices of max-pooling can only be unpooled or returned".into()).into());
        }
        if !self.is_cut(edge, node) {
            return Ok(operand);
        }
        let (shape, layout) = (self.b.shape(operand).to_vec(), self.b.layout(operand));
        let zero = super::Kernel::Unary(super::Unary::Clip { min: 0.0, max: 0.0 });
        Ok(self.b.push(zero, vec![operand], DType::F32, &shape, layout)?)
    }

    /// Whether a node reads zeros instead of this edge.
    fn is_cut(&self, edge: EdgeId, node: &Node) -> bool {
        !self.cuts.is_empty()
            && (self.cuts.contains(&(edge, None)) || self.cuts.contains(&(edge, Some(node.name.clone()))))
    }

    fn convert(&mut self, x: Operand, function: super::Unary, to: DType) -> Lowered {
        let (shape, layout) = (self.b.shape(x).to_vec(), self.b.layout(x));
        Ok(self.b.push(super::Kernel::Unary(function), vec![x], to, &shape, layout)?)
    }

    /// Converts an operand to floats. Truth values and quantized integers are floats between kernels even
    /// where ONNX uses integers; other integers, positions above all, are exact up to 2²⁴.
    fn number(&mut self, x: Operand) -> Lowered {
        match (self.dtype(x), x) {
            (DType::F32, _) => Ok(x),
            (DType::I64, Operand::Value(_)) => self.convert(x, super::Unary::IntToFloat, DType::F32),
            (DType::I64, Operand::Const(c)) => {
                let Constant { tensor, layout } = self.b.plan.constants[c.0].clone();
                let floats = tensor.as_i64().unwrap_or_default().iter().map(|&v| v as f32).collect();
                Ok(Operand::Const(self.b.tensor(tensor.shape(), floats, layout)?))
            }
        }
    }

    /// Whether input `i` is integer in ONNX.
    fn is_integer(&self, node: &Node, i: usize) -> bool {
        let fact = node.inputs.get(i).copied().flatten().and_then(|edge| self.facts[edge.0].as_ref());
        fact.is_some_and(|fact| fact.dtype == DType::I64)
    }

    /// Input `i` of a node as rank-4 planes.
    fn picture(&mut self, node: &Node, i: usize) -> Lowered<(Operand, [usize; 4])> {
        let operand = self.arg(node, i)?;
        let shape: [usize; 4] = self.b.shape(operand).try_into().map_err(|_| {
            let shape = self.b.shape(operand);
            OpError(format!("input {i} must have the four dimensions N, C, H, W; its shape is {shape:?}"))
        })?;
        Ok((self.b.to(operand, Layout::Nchwc4)?, shape))
    }

    /// Elements of input `i`, which must be constant.
    fn constant(&self, node: &Node, i: usize, what: &str) -> Lowered<Option<Arc<Tensor>>> {
        let Some(edge) = node.inputs.get(i).copied().flatten() else { return Ok(None) };
        let value = self.facts[edge.0].as_ref().and_then(|fact| fact.value.clone());
        value.map(Some).ok_or_else(|| {
            OpError(if self.depends_on_input(edge) {
                format!("{what} must be constant; it is computed from the model's input")
            } else {
                format!(
                    "{what} is computed from other constants, at too high a cost to repeat for every size; \
                     export the model with the result (torch.nn.utils.parametrize.remove_parametrizations, or constant \
                     folding)"
                )
            })
            .into()
        })
    }

    /// Whether an edge is computed from any of the model's inputs.
    fn depends_on_input(&self, edge: EdgeId) -> bool {
        let mut read = HashSet::from([edge]);
        for node in self.graph.nodes.iter().rev() {
            if node.outputs.iter().flatten().any(|edge| read.contains(edge)) {
                read.extend(node.inputs.iter().flatten());
            }
        }
        self.graph.inputs.iter().any(|port| read.contains(&port.edge))
    }

    /// Floats of constant input `i`, such as a bias.
    fn floats(&self, node: &Node, i: usize, what: &str) -> Lowered<Option<Vec<f32>>> {
        let Some(tensor) = self.constant(node, i, what)? else { return Ok(None) };
        let floats = tensor.as_f32().ok_or_else(|| OpError(format!("{what} must be float")))?;
        Ok(Some(floats.to_vec()))
    }

    /// Facts of a node's inputs, for operators that resolve them themselves.
    fn facts(&self, node: &Node) -> Vec<Option<InputInfo<'_>>> {
        let fact = |edge: &Option<EdgeId>| edge.and_then(|e| self.facts[e.0].as_ref());
        node.inputs.iter().map(|edge| fact(edge).map(InputInfo::from)).collect()
    }

    /// Inferred shape of output `i`.
    fn output_shape(&self, node: &Node, i: usize) -> Lowered<Vec<usize>> {
        let edge = node.outputs.get(i).copied().flatten();
        let fact = edge.and_then(|edge| self.facts[edge.0].as_ref());
        Ok(fact.ok_or_else(|| OpError(format!("output {i} has no known shape")))?.shape.clone())
    }

    fn set(&mut self, node: &Node, i: usize, operand: Operand) {
        if let Some(edge) = node.outputs.get(i).copied().flatten() {
            if let Operand::Value(v) = operand
                && !self.b.plan.inputs.contains(&v)
            {
                self.b.plan.values[v.0].name.clone_from(&self.graph.edges[edge.0].name);
            }
            self.operands[edge.0] = Some(operand);
        }
    }

    fn node(&mut self, node: &Node) -> Lowered<()> {
        if self.channels_last(node)? {
            return Ok(());
        }
        let result = match &node.op {
            Op::ArgMax(op) => self.arg_max(node, op)?,
            Op::AveragePool(op) => self.average_pool(node, op)?,
            Op::BatchNormalization(op) => self.batch_norm(node, op)?,
            Op::Binary(op) => self.binary(node, op)?,
            Op::Cast(op) => self.cast(node, op)?,
            Op::Clip(op) => self.clip(node, op)?,
            Op::Concat(op) => self.concat(node, op)?,
            Op::Conv(op) => self.conv(node, op)?,
            Op::ConvInteger(op) => self.conv_integer(node, op)?,
            Op::ConvTranspose(op) => self.conv_transpose(node, op)?,
            Op::CumSum(op) => self.cum_sum(node, op)?,
            Op::DequantizeLinear(op) => self.dequantize(node, op)?,
            Op::Dft(op) => self.dft(node, op)?,
            Op::DynamicQuantizeLinear(_) => return self.dynamic_quantize(node),
            Op::DepthToSpace(op) => self.depth_to_space(node, op)?,
            Op::Einsum(op) => self.einsum(node, op)?,
            Op::Expand(op) => self.expand_node(node, op)?,
            Op::Gather(op) => self.gather_node(node, op)?,
            Op::GatherElements(op) => self.gather_elements(node, op)?,
            Op::GatherNd(op) => self.gather_nd(node, op)?,
            Op::GridSample(op) => self.grid_sample(node, op)?,
            Op::Gemm(op) => self.gemm(node, op)?,
            Op::GroupNormalization(op) => self.group_norm(node, op)?,
            Op::InstanceNormalization(op) => self.instance_norm(node, op)?,
            Op::LayerNormalization(op) => self.layer_norm(node, op)?,
            Op::LpNormalization(op) => self.lp_normalization(node, op)?,
            Op::MatMulInteger(_) => self.matmul_integer(node)?,
            Op::MatMul(op) => self.matmul(node, op)?,
            Op::MaxPool(op) => return self.max_pool(node, op),
            Op::MaxUnpool(op) => self.max_unpool(node, op)?,
            Op::Not(_) => self.not(node)?,
            Op::PRelu(_) => self.prelu(node)?,
            Op::Pad(op) => return self.pad(node, op),
            Op::QuantizeLinear(op) => self.quantize(node, op)?,
            Op::Reduce(op) => self.reduce(node, op)?,
            Op::Reshape(op) => self.reshape(node, op)?,
            Op::Resize(op) => return self.resize(node, op),
            Op::ScatterNd(op) => self.scatter_nd(node, op)?,
            Op::Slice(op) => return self.slice(node, op),
            Op::Softmax(op) => self.softmax(node, op)?,
            Op::SpaceToDepth(op) => self.space_to_depth(node, op)?,
            Op::Split(op) => return self.split(node, op),
            Op::Tile(op) => return self.tile(node, op),
            Op::TopK(op) => return self.top_k(node, op),
            Op::Trilu(op) => self.trilu(node, op)?,
            Op::Transpose(op) => self.transpose(node, op)?,
            Op::Unary(op) => self.unary(node, op)?,
            Op::Where(_) => self.where_(node)?,
            Op::ConstantOfShape(_) | Op::Range(_) | Op::Shape(_) | Op::Size(_) => {
                let reason = "is supported only where it can be computed before the run, not on values that depend on the picture";
                return Err(OpError(reason.into()).into());
            }
        };
        self.set(node, 0, result);
        Ok(())
    }
}

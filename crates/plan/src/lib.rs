//! Execution plans: a graph for one set of input sizes, as steps, buffers and cost.

#![warn(missing_docs)]

pub mod arena;
mod builder;
mod channel_norm;
mod fuse;
mod lower;
mod place;
pub mod tile;

pub use lower::Selection;
pub use unet_kernels::grid::*;
pub use unet_kernels::kernel::*;
pub use unet_kernels::{Binary, Unary};

use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{DType, Data, Tensor};
use unet_onnx::graph::Graph;
use unet_onnx::ops::{Fact, Indices};

/// A buffer that lives from the step that writes it to the last step that reads it.
#[derive(Debug, Clone)]
pub struct PlanValue {
    /// Name in the ONNX graph, or a derived one for values that lowering adds.
    pub name: String,
    /// Logical shape, whatever the layout.
    pub shape: Vec<usize>,
    /// Element type; integers are 32 bits wide in a run.
    pub dtype: DType,
    /// Memory layout.
    pub layout: Layout,
    /// Parent of a value without storage of its own (concatenation and reshaping without copying), and the
    /// element of the parent at which it begins: a multiple of 4, and 0 unless it is a range of channels of
    /// `Nchwc4`.
    pub parent: Option<(ValueId, usize)>,
    /// First and last step that use the buffer (a parent's span covers its children's). Inputs begin at 0;
    /// outputs and taps end at `steps.len()`.
    pub live: (usize, usize),
}

impl PlanValue {
    /// Number of 4-byte elements stored.
    pub fn len(&self) -> usize {
        // Checked when the plan was made.
        storage_len(self.layout, &self.shape).unwrap_or(0)
    }

    /// Whether any dimension is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Input of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// A value that an earlier step or the caller writes.
    Value(ValueId),
    /// A constant of the plan.
    Const(ConstId),
}

/// A constant operand; `layout` is the layout that backends must store it in (weights of convolutions and
/// per-channel vectors are `RowMajor`, and packed as the backend likes).
#[derive(Debug, Clone)]
pub struct Constant {
    /// Elements in row-major order.
    pub tensor: Arc<Tensor>,
    /// Layout that the kernel reads.
    pub layout: Layout,
}

/// One kernel launch.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name of the (last) ONNX node it computes.
    pub name: String,
    /// ONNX operator of that node.
    pub op: &'static str,
    /// Nodes of the graph that the step computes, by index: the main node first, then those fused into it.
    /// One node may be several steps.
    pub nodes: Vec<usize>,
    /// Kernel to run.
    pub kernel: Kernel,
    /// Operands in the kernel's order.
    pub inputs: Vec<Operand>,
    /// Results in the kernel's order.
    pub outputs: Vec<ValueId>,
    /// Arithmetic of the kernel: see [`Kernel::flops`].
    pub flops: u64,
}

/// A graph lowered for one set of input sizes: all that a backend needs to run it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// All buffers of a run, by [`ValueId`].
    pub values: Vec<PlanValue>,
    /// All constants, by [`ConstId`].
    pub constants: Vec<Constant>,
    /// Kernel launches in order.
    pub steps: Vec<Step>,
    /// Graph inputs in order, without those that are never read.
    pub inputs: Vec<ValueId>,
    /// Graph outputs (and taps) in order.
    pub outputs: Vec<ValueId>,
}

impl Plan {
    /// Arithmetic of all kernels of a run: see [`Kernel::flops`].
    pub fn flops(&self) -> u64 {
        self.steps.iter().map(|step| step.flops).sum()
    }

    fn count_flops(&mut self) {
        let Plan { values, constants, steps, .. } = self;
        let len = |shape: &[usize]| shape.iter().map(|&d| d as u64).product::<u64>();
        for step in steps {
            let output = len(&values[step.outputs[0].0].shape);
            let input = match step.inputs.first() {
                Some(Operand::Value(v)) => len(&values[v.0].shape),
                Some(Operand::Const(_)) | None => output,
            };
            let terms = match &step.kernel {
                Kernel::Conv { weight, .. } => len(&constants[weight.0].tensor.shape()[1..]),
                _ => 0,
            };
            step.flops = step.kernel.flops(input, output, terms);
        }
    }

    /// Size of the largest single buffer in bytes, which a GPU must be able to bind.
    pub fn largest_value_bytes(&self) -> u64 {
        self.values.iter().map(|value| 4 * value.len() as u64).max().unwrap_or(0)
    }

    /// Checks inputs, in order, against the plan.
    ///
    /// # Errors
    /// `InvalidInput` if their number, type or shape differ.
    pub fn check(&self, inputs: &[&Tensor]) -> Result<()> {
        if inputs.len() != self.inputs.len() {
            let (given, wanted) = (inputs.len(), self.inputs.len());
            return Err(Error::InvalidInput(format!(
                "{given} inputs were given, and the model has {wanted}"
            )));
        }
        for (tensor, id) in inputs.iter().zip(&self.inputs) {
            let PlanValue { name, dtype, shape, .. } = &self.values[id.0];
            if tensor.shape() != shape || tensor.dtype() != *dtype {
                let (given, of) = (tensor.dtype(), tensor.shape());
                let message =
                    format!("input {name:?} must be {dtype:?} {shape:?}, and {given:?} {of:?} was given");
                return Err(Error::InvalidInput(message));
            }
        }
        Ok(())
    }
}

/// Planes within which max-pooling's positions count: kernels have y·W + x within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct IndexPlane {
    height: usize,
    width: usize,
    indices: Indices,
}

impl IndexPlane {
    fn len(self) -> i64 {
        (self.height * self.width) as i64
    }

    /// Converts a kernel's position to ONNX's position within the plane.
    fn onnx(self, position: i64) -> i64 {
        let (height, width) = (self.height as i64, self.width.max(1) as i64);
        match self.indices {
            Indices::Columns => position % width * height + position / width,
            Indices::Rows | Indices::Plane => position,
        }
    }
}

/// A plan, and the conversion of max-pooling positions between kernels and ONNX.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The plan for a backend to run.
    pub plan: Arc<Plan>,
    /// Multiplications and additions of the graph's operators, independent of lowering.
    pub flops: u64,
    /// Planes of the inputs and outputs (by index) that hold positions.
    input_planes: Vec<Option<IndexPlane>>,
    output_planes: Vec<Option<IndexPlane>>,
    /// Graph input of each input that the plan reads.
    pub input_ports: Vec<usize>,
}

impl Prepared {
    /// Lowers `graph` for given input shapes; `facts` are the facts of its edges for them.
    ///
    /// # Errors
    /// `InvalidNode` for an unsupported use of an operator, `TooLarge` for a value that cannot be addressed,
    /// `InvalidInput` for names in `selection` that the graph does not have.
    pub fn new(graph: &Graph, facts: &[Option<Fact>], selection: &Selection) -> Result<Self> {
        let lower::Raw { mut plan, index_planes, input_ports } = lower::lower(graph, facts, selection)?;
        // Fusion and placement renumber values, but keep the order of inputs and outputs.
        let planes = |ids: &[ValueId]| ids.iter().map(|v| index_planes.get(v).copied()).collect();
        let (input_planes, output_planes) = (planes(&plan.inputs), planes(&plan.outputs));
        channel_norm::gather(&mut plan);
        fuse::fuse(&mut plan)?;
        place::place(&mut plan);
        plan.count_flops();
        let flops = graph.nodes.iter().map(|node| node.flops(facts)).sum();
        Ok(Self { plan: Arc::new(plan), flops, input_planes, output_planes, input_ports })
    }

    /// Converts ONNX inputs to the kernels' form: positions within planes.
    pub fn adapt_inputs(&self, inputs: &mut [Tensor]) {
        for (tensor, plane) in inputs.iter_mut().zip(&self.input_planes) {
            if let Some(plane) = *plane {
                rebase(tensor, |_, position| position.rem_euclid(plane.len()));
            }
        }
    }

    /// Converts outputs to ONNX's form: positions within the whole tensor.
    pub fn adapt_outputs(&self, outputs: &mut [Tensor]) {
        for (tensor, plane) in outputs.iter_mut().zip(&self.output_planes) {
            if let Some(plane) = *plane {
                let pooled = tensor.shape().iter().rev().take(2).product::<usize>().max(1);
                rebase(tensor, |i, position| (i / pooled) as i64 * plane.len() + plane.onnx(position));
            }
        }
    }
}

fn rebase(tensor: &mut Tensor, position: impl Fn(usize, i64) -> i64) {
    if let Data::I64(values) = tensor.data_mut() {
        values.iter_mut().enumerate().for_each(|(i, v)| *v = position(i, *v));
    }
}

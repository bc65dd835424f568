//! A loaded network: a topologically sorted list of nodes over a closed set of operators.

mod channels;
mod derived;
mod facts;
mod optional;
mod parts;
mod simplify;
mod unpool;
mod weights;

pub use channels::{ChannelOrder, TO_FIRST, TO_LAST, permuted};
pub use derived::Derived;
pub use parts::Parts;

use crate::ops::Op;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use unet_kernels::tensor::{DType, Tensor};

/// Index of a value (an edge of the graph) in [`Graph::edges`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EdgeId(pub usize);

/// A named edge.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Name in the file, or a derived one for values that loading adds.
    pub name: String,
    /// Initializer of the file that loading cast, transposed or reshaped into this one.
    pub origin: Option<EdgeId>,
    /// Whether this initializer is in an external data file, which other networks may share.
    pub external: bool,
}

/// One operator call. `None` marks an absent optional input or output.
#[derive(Debug, Clone)]
pub struct Node {
    /// ONNX node name, or the name of its first output if it has none.
    pub name: String,
    /// The operator with its attributes.
    pub op: Op,
    /// Edges that it reads, in ONNX's order.
    pub inputs: Vec<Option<EdgeId>>,
    /// Edges that it produces, in ONNX's order.
    pub outputs: Vec<Option<EdgeId>>,
}

/// A graph input or output.
#[derive(Debug, Clone)]
pub struct Port {
    /// Name in the file, which callers use.
    pub name: String,
    /// Edge of the value.
    pub edge: EdgeId,
    /// Element type as stored: floats have 32 bits, integers and truth values 64.
    pub dtype: DType,
    /// Declared shape: `None` is a dynamic dimension, or for the whole shape an undeclared rank.
    pub shape: Option<Vec<Option<usize>>>,
    /// Whether it is passed as N×C×H×W, as `shape` says, although the edge is N×H×W×C.
    pub channels_last: bool,
}

/// A loaded model. Nodes are in topological order, and every edge has at most one producer.
#[derive(Debug, Clone)]
pub struct Graph {
    /// Operator calls, in topological order.
    pub nodes: Vec<Node>,
    /// All values; an [`EdgeId`] is an index into them.
    pub edges: Vec<Edge>,
    /// Inputs that every run must provide, in the file's order.
    pub inputs: Vec<Port>,
    /// Inputs with a default in the file (stored among the initializers) that the entry `optional` of its
    /// metadata names; see [`Graph::with_inputs`].
    pub optional: Vec<Port>,
    /// Outputs in the file's order.
    pub outputs: Vec<Port>,
    /// Weights and other constants (also from `Constant` nodes).
    pub initializers: HashMap<EdgeId, Arc<Tensor>>,
    /// `metadata_props` of the file.
    pub metadata: BTreeMap<String, String>,
    /// Version of ONNX's default operator set declared by the file.
    pub opset: i64,
    /// Tensors that plans derived from the initializers.
    pub derived: Derived,
}

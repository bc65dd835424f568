//! The closed set of operators. Each says what is correct: its attributes as ONNX defines them,
//! the shapes it makes, and a plain reference on row-major tensors. Fast kernels live in the
//! backends and are checked against these.

mod arg_max;
mod attributes;
mod average_pool;
mod binary;
mod cast;
mod clip;
mod concat;
mod conv;
mod conv_transpose;
mod depth_space;
mod elements;
mod expand;
mod gather;
mod generate;
mod known;
mod matmul;
mod max_pool;
mod max_unpool;
mod norm;
mod op;
mod pad;
mod prelu;
mod reduce;
mod reshape;
mod resize;
mod resize_taps;
mod select;
mod slice;
mod softmax;
mod split;
mod transpose;
mod unary;
mod window;

pub use arg_max::ArgMax;
pub use attributes::{Attribute, Attributes};
pub use average_pool::AveragePool;
pub use binary::{Binary, BinaryKind};
pub use cast::{Cast, CastTarget};
pub use clip::Clip;
pub use concat::Concat;
pub use conv::Conv;
pub use conv_transpose::ConvTranspose;
pub use depth_space::{DepthToSpace, SpaceToDepth};
pub(crate) use elements::broadcast_places;
pub use expand::{Expand, Tile};
pub use gather::{Gather, ScatterNd};
pub use generate::{ConstantOfShape, Range, Shape, Size};
pub use known::{Known, MAX_ELEMENTS, MAX_RANK, known};
pub(crate) use known::{axis, checked_shape};
pub use matmul::{Gemm, MatMul, Product};
pub use max_pool::{Indices, MaxPool};
pub use max_unpool::{MaxUnpool, Unpooled};
pub use norm::{BatchNormalization, GroupNormalization, InstanceNormalization, LayerNormalization};
pub use op::Op;
pub use pad::{Pad, PadMode, Padding};
pub use prelu::PRelu;
pub use reduce::{Axes, Reduce, ReduceKind};
pub use reshape::Reshape;
pub use resize::{AspectPolicy, CoordinateMode, NearestMode, Resize, ResizeAxis, ResizeMode};
pub use select::{Not, Where};
pub use slice::{Slice, SliceRange};
pub use softmax::Softmax;
pub use split::Split;
pub use transpose::Transpose;
pub use unary::Unary;
pub use window::{AutoPad, WindowAttributes};

use crate::tensor::{DType, Tensor};
use std::sync::Arc;

/// What is known of a value before the run.
#[derive(Debug, Clone)]
pub struct Fact {
    pub dtype: DType,
    pub shape: Vec<usize>,
    /// Its elements, where they do not depend on the picture (weights, folded shape arithmetic).
    pub value: Option<Arc<Tensor>>,
}

/// Why a node cannot be computed; the graph adds the node's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpError(pub String);

/// Type and shape of an output.
pub type TensorType = (DType, Vec<usize>);

/// One ONNX operator with its attributes.
pub trait Operator {
    /// Types and shapes of the outputs.
    ///
    /// # Errors
    /// An input is missing, or its type, shape or (where it matters) value does not fit.
    fn infer(&self, inputs: &[Option<Known>]) -> Result<Vec<TensorType>, OpError>;
    /// The outputs by plain loops in row-major order: the definition of correct.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError>;
}

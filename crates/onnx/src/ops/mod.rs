//! The closed set of operators. Each operator defines correctness: its attributes as in ONNX, its output
//! shapes, and a plain reference on row-major tensors. Backends have fast kernels, which are tested against
//! these.

mod accumulate;
mod arg_max;
mod attributes;
mod average_pool;
mod binary;
mod cast;
mod clip;
mod concat;
mod conv;
mod conv_transpose;
mod cost;
mod depth_space;
mod einsum;
mod elements;
mod expand;
mod gather;
mod gather_nd;
mod generate;
mod grid_sample;
mod input_info;
mod lp_normalization;
mod matmul;
mod max_pool;
mod max_unpool;
mod norm;
mod pad;
mod prelu;
mod quantize;
mod reduce;
mod reshape;
mod resize;
mod resize_taps;
mod select;
mod slice;
mod softmax;
mod split;
mod top_k;
mod transpose;
mod trilu;
mod unary;
mod window;

pub use accumulate::{CumSum, Dft, Transform};
pub use arg_max::ArgMax;
pub use attributes::{Attribute, Attributes};
pub use average_pool::AveragePool;
pub use binary::{Binary, BinaryKind};
pub use cast::{Cast, CastTarget};
pub use clip::Clip;
pub use concat::Concat;
pub use conv::Conv;
pub use conv_transpose::ConvTranspose;
pub use cost::Cost;
pub use depth_space::{DepthToSpace, SpaceToDepth};
pub use einsum::{Contraction, Einsum};
pub use elements::broadcast_places;
pub use expand::{Expand, Tile};
pub use gather::{Gather, ScatterNd};
pub use gather_nd::{GatherElements, GatherNd};
pub use generate::{ConstantOfShape, Range, Shape, Size};
pub use grid_sample::GridSample;
pub use input_info::{InputInfo, MAX_ELEMENTS, MAX_RANK, input_infos};
pub use input_info::{axis, checked_shape};
pub use lp_normalization::LpNormalization;
pub use matmul::{Gemm, MatMul, Product};
pub use max_pool::{Indices, MaxPool};
pub use max_unpool::{MaxUnpool, Unpooled};
pub use norm::{BatchNormalization, GroupNormalization, InstanceNormalization, LayerNormalization};
pub use op::{Op, never};
pub use pad::{Pad, PadMode, Padding};
pub use prelu::PRelu;
pub use quantize::{
    ConvInteger, DequantizeLinear, DynamicQuantizeLinear, MatMulInteger, QuantizeLinear, along,
};
pub use reduce::{Axes, Reduce, ReduceKind};
pub use reshape::Reshape;
pub use resize::{AspectPolicy, CoordinateMode, NearestMode, Resize, ResizeAxis, ResizeMode};
pub use select::{Not, Where};
pub use slice::{Slice, SliceRange};
pub use softmax::Softmax;
pub use split::Split;
pub use top_k::TopK;
pub use transpose::Transpose;
pub use trilu::Trilu;
pub use unary::{Unary, evaluate};
pub use window::{AutoPad, WindowAttributes};

use std::sync::Arc;
use unet_kernels::tensor::{DType, Tensor};

/// Table of operators, the single place that registers them. A row is the operator's type, its ONNX name, and
/// its construction from the attributes `a`. Families are types that cover several names.
macro_rules! operators {
    ($define:ident) => {
        $define! {
            |a| families: ArgMax Binary Reduce Reshape Softmax Unary;
            AveragePool = "AveragePool" AveragePool::new(a)?;
            BatchNormalization = "BatchNormalization" BatchNormalization::new(a)?;
            Cast = "Cast" Cast::new(a)?;
            Clip = "Clip" Clip;
            Concat = "Concat" Concat::new(a)?;
            ConstantOfShape = "ConstantOfShape" ConstantOfShape::new(a)?;
            Conv = "Conv" Conv::new(a)?;
            ConvInteger = "ConvInteger" ConvInteger::new(a)?;
            ConvTranspose = "ConvTranspose" ConvTranspose::new(a)?;
            CumSum = "CumSum" CumSum::new(a)?;
            DepthToSpace = "DepthToSpace" DepthToSpace::new(a)?;
            DequantizeLinear = "DequantizeLinear" DequantizeLinear::new(a)?;
            Dft = "DFT" Dft::new(a)?;
            DynamicQuantizeLinear = "DynamicQuantizeLinear" DynamicQuantizeLinear;
            Einsum = "Einsum" Einsum::new(a)?;
            Expand = "Expand" Expand;
            Gather = "Gather" Gather::new(a)?;
            GatherElements = "GatherElements" GatherElements::new(a)?;
            GatherNd = "GatherND" GatherNd::new(a)?;
            Gemm = "Gemm" Gemm::new(a)?;
            GridSample = "GridSample" GridSample::new(a)?;
            GroupNormalization = "GroupNormalization" GroupNormalization::new(a)?;
            InstanceNormalization = "InstanceNormalization" InstanceNormalization::new(a)?;
            LayerNormalization = "LayerNormalization" LayerNormalization::new(a)?;
            LpNormalization = "LpNormalization" LpNormalization::new(a)?;
            MatMul = "MatMul" MatMul;
            MatMulInteger = "MatMulInteger" MatMulInteger;
            MaxPool = "MaxPool" MaxPool::new(a)?;
            MaxUnpool = "MaxUnpool" MaxUnpool::new(a)?;
            Not = "Not" Not;
            PRelu = "PRelu" PRelu;
            Pad = "Pad" Pad::new(a)?;
            QuantizeLinear = "QuantizeLinear" QuantizeLinear::new(a)?;
            Range = "Range" super::generate::Range;
            Resize = "Resize" Resize::new(a)?;
            ScatterNd = "ScatterND" ScatterNd::new(a)?;
            Shape = "Shape" Shape::new(a)?;
            Size = "Size" Size;
            Slice = "Slice" Slice;
            SpaceToDepth = "SpaceToDepth" SpaceToDepth::new(a)?;
            Split = "Split" Split::new(a)?;
            Tile = "Tile" Tile;
            TopK = "TopK" TopK::new(a)?;
            Transpose = "Transpose" Transpose::new(a)?;
            Trilu = "Trilu" Trilu::new(a)?;
            Where = "Where" Where;
        }
    };
}
mod op;

/// Information about a value before a run.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Element type.
    pub dtype: DType,
    /// Dimensions.
    pub shape: Vec<usize>,
    /// Elements, if they do not depend on the picture (weights, folded shape arithmetic).
    pub value: Option<Arc<Tensor>>,
}

/// Reason why a node cannot be computed; the graph adds the node's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpError(pub String);

/// Type and shape of an output.
pub type TensorType = (DType, Vec<usize>);

/// Relation between an operator's output and its first input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The output is the first input.
    Identity,
    /// The output has the same elements, in another shape, order or type.
    Stores,
    /// Any other relation.
    Computes,
}

/// One ONNX operator with its attributes.
pub trait Operator {
    /// Types and shapes of the outputs.
    ///
    /// # Errors
    /// Messages about a missing input, or one whose type, shape or (if required) value does not fit.
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError>;

    /// Computes the outputs by plain loops in row-major order, which defines correctness.
    ///
    /// # Errors
    /// As for [`Operator::infer`], and for elements that do not fit, such as an index outside its axis.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError>;

    /// Outputs of an operator that depend on its inputs' shapes alone; `None` for other operators.
    fn of_shapes(&self, _inputs: &[Option<InputInfo>]) -> Option<Vec<Tensor>> {
        None
    }

    /// Relation between the output and the first input.
    fn role(&self) -> Role;

    /// Range of inputs that hold weights if they are constant. Inputs that only control the operator, such as
    /// the scales of `Resize`, do not count.
    fn weights(&self) -> std::ops::Range<usize>;

    /// Cost of computing outputs of these types.
    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost;
}

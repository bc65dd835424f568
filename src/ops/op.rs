//! Every supported operator as one type.

use super::*;
use crate::tensor::Tensor;

/// Every supported operator.
#[derive(Debug, Clone)]
pub enum Op {
    ArgMax(ArgMax),
    AveragePool(AveragePool),
    BatchNormalization(BatchNormalization),
    Binary(Binary),
    Cast(Cast),
    Clip(Clip),
    Concat(Concat),
    ConstantOfShape(ConstantOfShape),
    Conv(Conv),
    ConvTranspose(ConvTranspose),
    DepthToSpace(DepthToSpace),
    Expand(Expand),
    Gather(Gather),
    Gemm(Gemm),
    GroupNormalization(GroupNormalization),
    InstanceNormalization(InstanceNormalization),
    LayerNormalization(LayerNormalization),
    MatMul(MatMul),
    MaxPool(MaxPool),
    MaxUnpool(MaxUnpool),
    Not(Not),
    PRelu(PRelu),
    Pad(Pad),
    Range(Range),
    Reduce(Reduce),
    Reshape(Reshape),
    Resize(Resize),
    ScatterNd(ScatterNd),
    Shape(Shape),
    Size(Size),
    Slice(Slice),
    Softmax(Softmax),
    SpaceToDepth(SpaceToDepth),
    Split(Split),
    Tile(Tile),
    Transpose(Transpose),
    Unary(Unary),
    Where(Where),
}

impl Op {
    /// The operator of a node; `None` if the name is not in the set.
    ///
    /// # Errors
    /// An attribute is missing, of the wrong type, or has a value that is not supported.
    pub fn new(op_type: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        if let Some(op) = Unary::new(op_type, a)? {
            return Ok(Some(Self::Unary(op)));
        }
        if let Some(op) = Binary::new(op_type, a)? {
            return Ok(Some(Self::Binary(op)));
        }
        if let Some(op) = Reshape::new(op_type, a)? {
            return Ok(Some(Self::Reshape(op)));
        }
        Ok(Some(match op_type {
            "ArgMax" => Self::ArgMax(ArgMax::new(a)?),
            "AveragePool" => Self::AveragePool(AveragePool::new(a)?),
            "BatchNormalization" => Self::BatchNormalization(BatchNormalization::new(a)?),
            "Cast" => Self::Cast(Cast::new(a)?),
            "Clip" => Self::Clip(Clip),
            "Concat" => Self::Concat(Concat::new(a)?),
            "ConstantOfShape" => Self::ConstantOfShape(ConstantOfShape::new(a)?),
            "Conv" => Self::Conv(Conv::new(a)?),
            "ConvTranspose" => Self::ConvTranspose(ConvTranspose::new(a)?),
            "DepthToSpace" => Self::DepthToSpace(DepthToSpace::new(a)?),
            "Expand" => Self::Expand(Expand),
            "Gather" => Self::Gather(Gather::new(a)?),
            "Gemm" => Self::Gemm(Gemm::new(a)?),
            "GlobalAveragePool" => Self::Reduce(Reduce::global(ReduceKind::Mean)),
            "GlobalMaxPool" => Self::Reduce(Reduce::global(ReduceKind::Max)),
            "GroupNormalization" => Self::GroupNormalization(GroupNormalization::new(a)?),
            "InstanceNormalization" => Self::InstanceNormalization(InstanceNormalization::new(a)?),
            "LayerNormalization" => Self::LayerNormalization(LayerNormalization::new(a)?),
            "LogSoftmax" => Self::Softmax(Softmax::new(true, a)?),
            "MatMul" => Self::MatMul(MatMul),
            "MaxPool" => Self::MaxPool(MaxPool::new(a)?),
            "MaxUnpool" => Self::MaxUnpool(MaxUnpool::new(a)?),
            "Not" => Self::Not(Not),
            "PRelu" => Self::PRelu(PRelu),
            "Pad" => Self::Pad(Pad::new(a)?),
            "Range" => Self::Range(Range),
            "ReduceL1" => Self::Reduce(Reduce::new(ReduceKind::L1, a)?),
            "ReduceL2" => Self::Reduce(Reduce::new(ReduceKind::L2, a)?),
            "ReduceMax" => Self::Reduce(Reduce::new(ReduceKind::Max, a)?),
            "ReduceMean" => Self::Reduce(Reduce::new(ReduceKind::Mean, a)?),
            "ReduceMin" => Self::Reduce(Reduce::new(ReduceKind::Min, a)?),
            "ReduceProd" => Self::Reduce(Reduce::new(ReduceKind::Prod, a)?),
            "ReduceSum" => Self::Reduce(Reduce::new(ReduceKind::Sum, a)?),
            "Resize" => Self::Resize(Resize::new(a)?),
            "ScatterND" => Self::ScatterNd(ScatterNd::new(a)?),
            "Shape" => Self::Shape(Shape::new(a)?),
            "Size" => Self::Size(Size),
            "Slice" => Self::Slice(Slice),
            "Softmax" => Self::Softmax(Softmax::new(false, a)?),
            "SpaceToDepth" => Self::SpaceToDepth(SpaceToDepth::new(a)?),
            "Split" => Self::Split(Split::new(a)?),
            "Tile" => Self::Tile(Tile),
            "Transpose" => Self::Transpose(Transpose::new(a)?),
            "Where" => Self::Where(Where),
            _ => return Ok(None),
        }))
    }

    /// ONNX name of the operator.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ArgMax(_) => "ArgMax",
            Self::AveragePool(_) => "AveragePool",
            Self::BatchNormalization(_) => "BatchNormalization",
            Self::Binary(op) => op.name,
            Self::Cast(_) => "Cast",
            Self::Clip(_) => "Clip",
            Self::Concat(_) => "Concat",
            Self::ConstantOfShape(_) => "ConstantOfShape",
            Self::Conv(_) => "Conv",
            Self::ConvTranspose(_) => "ConvTranspose",
            Self::DepthToSpace(_) => "DepthToSpace",
            Self::Expand(_) => "Expand",
            Self::Gather(_) => "Gather",
            Self::Gemm(_) => "Gemm",
            Self::GroupNormalization(_) => "GroupNormalization",
            Self::InstanceNormalization(_) => "InstanceNormalization",
            Self::LayerNormalization(_) => "LayerNormalization",
            Self::MatMul(_) => "MatMul",
            Self::MaxPool(_) => "MaxPool",
            Self::MaxUnpool(_) => "MaxUnpool",
            Self::Not(_) => "Not",
            Self::PRelu(_) => "PRelu",
            Self::Pad(_) => "Pad",
            Self::Range(_) => "Range",
            Self::Reduce(op) => op.name(),
            Self::Reshape(op) => op.name(),
            Self::Resize(_) => "Resize",
            Self::ScatterNd(_) => "ScatterND",
            Self::Shape(_) => "Shape",
            Self::Size(_) => "Size",
            Self::Slice(_) => "Slice",
            Self::Softmax(op) => op.name(),
            Self::SpaceToDepth(_) => "SpaceToDepth",
            Self::Split(_) => "Split",
            Self::Tile(_) => "Tile",
            Self::Transpose(_) => "Transpose",
            Self::Unary(op) => op.name,
            Self::Where(_) => "Where",
        }
    }
}

impl Op {
    fn operator(&self) -> &dyn Operator {
        match self {
            Self::ArgMax(op) => op,
            Self::AveragePool(op) => op,
            Self::BatchNormalization(op) => op,
            Self::Binary(op) => op,
            Self::Cast(op) => op,
            Self::Clip(op) => op,
            Self::Concat(op) => op,
            Self::ConstantOfShape(op) => op,
            Self::Conv(op) => op,
            Self::ConvTranspose(op) => op,
            Self::DepthToSpace(op) => op,
            Self::Expand(op) => op,
            Self::Gather(op) => op,
            Self::Gemm(op) => op,
            Self::GroupNormalization(op) => op,
            Self::InstanceNormalization(op) => op,
            Self::LayerNormalization(op) => op,
            Self::MatMul(op) => op,
            Self::MaxPool(op) => op,
            Self::MaxUnpool(op) => op,
            Self::Not(op) => op,
            Self::PRelu(op) => op,
            Self::Pad(op) => op,
            Self::Range(op) => op,
            Self::Reduce(op) => op,
            Self::Reshape(op) => op,
            Self::Resize(op) => op,
            Self::ScatterNd(op) => op,
            Self::Shape(op) => op,
            Self::Size(op) => op,
            Self::Slice(op) => op,
            Self::Softmax(op) => op,
            Self::SpaceToDepth(op) => op,
            Self::Split(op) => op,
            Self::Tile(op) => op,
            Self::Transpose(op) => op,
            Self::Unary(op) => op,
            Self::Where(op) => op,
        }
    }
}

impl Operator for Op {
    fn infer(&self, inputs: &[Option<Known>]) -> Result<Vec<TensorType>, OpError> {
        self.operator().infer(inputs)
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.operator().reference(inputs)
    }
}

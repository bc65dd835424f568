//! What a backend is asked to do: the closed set of kernels to which a plan lowers every operator.
//!
//! Each backend implements each kernel once. A kernel knows nothing of names or graphs; its
//! operands are buffers of known shape and [`Layout`].
//!
//! # Layouts
//! * `Planes`: rank 4 (N, C, H, W) stored as NCHWc4: `[N][ceil(C/4)][H][W][4]` floats. Lanes of
//!   the last block beyond C hold unspecified values: a kernel that reads across channels must
//!   ignore them, one that works by channel may compute on them.
//! * `Plain`: row-major, any rank.
//!
//! Integers (`DType::I64` in the graph) are kept as 32-bit integers, bit for bit in the same
//! 4-byte elements.

/// How the elements of a value lie in its buffer; see the module's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    Planes,
    Plain,
}

/// Number of 4-byte elements that a value of this shape and layout takes.
pub fn storage_len(layout: Layout, shape: &[usize]) -> Option<usize> {
    match (layout, shape) {
        (Layout::Planes, &[n, c, h, w]) => crate::tensor::checked_len(&[n, c.div_ceil(4), h, w, 4]),
        _ => crate::tensor::checked_len(shape),
    }
}

/// Sliding-window geometry of convolution and pooling, `[y, x]` each. The output size is that of
/// the output value; padding after the end follows from it. Positions outside the input are zeros
/// for convolution and absent for pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    /// Zeros before the first row and column; negative crops.
    pub pad_begin: [isize; 2],
}

impl Window {
    /// Input position that kernel element `u` of output position `i` reads along an axis; outside
    /// the picture where negative or beyond it.
    pub fn position(&self, axis: usize, i: usize, u: usize) -> isize {
        (i * self.stride[axis] + u * self.dilation[axis]) as isize - self.pad_begin[axis]
    }

    /// The same where it is inside a picture of this length.
    pub fn source(&self, axis: usize, i: usize, u: usize, len: usize) -> Option<usize> {
        usize::try_from(self.position(axis, i, u)).ok().filter(|&p| p < len)
    }
}

/// Functions of one element; formulas as in ONNX and PyTorch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unary {
    Identity,
    Relu,
    /// x < 0 ? alpha·x : x
    LeakyRelu {
        alpha: f32,
    },
    /// min(max(x, min), max)
    Clip {
        min: f32,
        max: f32,
    },
    Sigmoid,
    Tanh,
    /// x·max(0, min(1, x/6 + 1/2))
    HardSwish,
    /// max(0, min(1, alpha·x + beta))
    HardSigmoid {
        alpha: f32,
        beta: f32,
    },
    /// x·Φ(x), exact (erf)
    Gelu,
    /// x·Φ(x), tanh approximation
    GeluTanh,
    Erf,
    /// x·sigmoid(x)
    Silu,
    /// x·tanh(ln(1 + eˣ))
    Mish,
    /// x < 0 ? alpha·(eˣ − 1) : x
    Elu {
        alpha: f32,
    },
    /// ln(1 + eˣ)
    Softplus,
    Exp,
    Log,
    Sqrt,
    Reciprocal,
    Abs,
    Neg,
    Floor,
    Ceil,
    /// Half to even.
    Round,
    /// scale·x + shift
    Affine {
        scale: f32,
        shift: f32,
    },
    /// 32-bit integer to float.
    IntToFloat,
    /// Float to 32-bit integer, toward zero.
    FloatToInt,
}

/// Functions of two elements, NumPy broadcasting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    /// a < 0 ? a·b : a
    PRelu,
}

/// What convolution does to a sum before it is stored, in this order:
/// `y = activation(sum + bias + residual)·scale + shift`.
/// Per-channel vectors are plain constants of length C_out.
#[derive(Debug, Clone, PartialEq)]
pub struct Epilogue {
    pub bias: Option<ConstId>,
    /// The step's second operand, `Planes`, shaped like the output, is added.
    pub residual: bool,
    pub activation: Unary,
    /// Batch normalisation that stands after the activation (there it may not be folded).
    pub scale_shift: Option<(ConstId, ConstId)>,
}

impl Epilogue {
    /// A bias and nothing else.
    pub fn plain(bias: Option<ConstId>) -> Self {
        Self { bias, residual: false, activation: Unary::Identity, scale_shift: None }
    }
}

/// How pixels outside are treated in [`Kernel::Gather`]: each axis has a table with the source
/// position of each output position, −1 where the output takes `fill`.
#[derive(Debug, Clone, PartialEq)]
pub struct Gather {
    /// One table an output axis (N, C, H, W).
    pub index: [AxisIndex; 4],
    pub fill: f32,
}

/// Source position along one axis for each output position.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisIndex {
    /// Output and input positions are the same.
    Same,
    /// Table, one entry for each output position; −1 means outside.
    Table(Vec<i32>),
}

/// Weighted sum of `taps` source positions for each output position along one axis. Entry
/// `i·taps + t` of both tables is tap t of output position i. Positions are already clamped.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisTaps {
    pub taps: usize,
    pub index: Vec<i32>,
    pub weight: Vec<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReduceKind {
    Mean,
    Max,
    Min,
    Sum,
}

/// Which input channel goes where in depth-to-space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepthMode {
    /// Depth-column-row: channel = (by·block + bx)·C_out + c
    Dcr,
    /// Column-row-depth, `torch.nn.PixelShuffle`: channel = c·block² + by·block + bx
    Crd,
}

/// The closed set. Operands are the step's inputs in order; all are `Planes` unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Kernel {
    /// Cross-correlation. `weight` is a plain constant `[C_out, C_in/groups, kh, kw]`.
    /// Operands: x, and the residual where the epilogue has one.
    Conv { window: Window, groups: usize, weight: ConstId, epilogue: Epilogue },
    /// Operand x; outputs y and, if the step has two, the position y·W + x of each maximum in its
    /// input plane (integer). Ties: see [`TIE_EPSILON`].
    MaxPool { window: Window },
    /// Operand x. Divides by the window's positions inside the padded input if
    /// `count_include_pad`, else by those inside the input. `pad_end` bounds the padded input.
    AveragePool { window: Window, count_include_pad: bool, pad_end: [usize; 2] },
    /// Operands x and positions (integer, y·W_out + x within the output plane); the rest is zero.
    /// `window` is the pooling that made the positions. Positions outside the plane are ignored;
    /// of several values for one position the last in row-major order wins.
    MaxUnpool { window: Window },
    /// Slice, Pad, Expand, Split, flips, nearest-neighbour Resize: one source element each.
    Gather(Gather),
    /// Separable linear or cubic resizing of H and W.
    Resample { y: AxisTaps, x: AxisTaps },
    /// y[c, b·h + by, b·w + bx] = x[channel(c, by, bx), h, w]; the output may be smaller than
    /// b·H × b·W by less than b in each axis (it is then cropped at the end).
    DepthToSpace { block: usize, mode: DepthMode },
    /// y[(by·block + bx)·C + c, h, w] = x[c, b·h + by, b·w + bx]
    SpaceToDepth { block: usize },
    /// Operands joined along `axis`; all in the output's layout, `Planes` or `Plain`.
    Concat { axis: usize },
    /// Operand in the output's layout.
    Unary(Unary),
    /// activation(op(a, b)); operands all `Planes` or all `Plain` of the output's rank, sizes
    /// equal to the output's or 1.
    Binary { op: Binary, activation: Unary },
    /// Over H and W, to 1×1.
    ReduceSpatial(ReduceKind),
    /// Over C, to one channel.
    ReduceChannels(ReduceKind),
    /// Over C; integer output of one channel. The first (or last) of equal values.
    ArgMaxChannels { last: bool },
    /// Over C.
    SoftmaxChannels,
    /// (x − mean)/√(var + epsilon)·scale + shift, statistics over each sample's group of
    /// C/groups channels and all pixels (biased variance); `scale`, `shift`: plain, C.
    /// InstanceNorm: groups = C.
    GroupNorm { groups: usize, epsilon: f32, scale: Option<ConstId>, shift: Option<ConstId> },
    /// `Plain`. Statistics over the last `inner` elements (a product of trailing axes).
    LayerNorm { inner: usize, epsilon: f32, scale: Option<ConstId>, shift: Option<ConstId> },
    /// `Plain`, shape viewed as [outer, axis, inner].
    ReduceAxis { kind: ReduceKind, outer: usize, axis: usize, inner: usize },
    /// `Plain`, shape viewed as [outer, axis, inner].
    SoftmaxAxis { outer: usize, axis: usize, inner: usize },
    /// `Plain`, shape viewed as [outer, axis, inner]; integer output.
    ArgMaxAxis { outer: usize, axis: usize, inner: usize, last: bool },
    /// `Plain`: y = alpha·a·b + beta·c for each of `batch` matrices. a is [M, K] (or [K, M] if
    /// `trans_a`), b is [K, N] (or [N, K] if `trans_b`). Matrix i of an operand is its matrix
    /// number i modulo its number of matrices. Operands: a, b, and c (shape [M or 1, N or 1]) if
    /// there are three.
    MatMul(MatMul),
    /// `Plain`: output axis i is input axis perm[i].
    Transpose { perm: Vec<usize> },
    /// Same elements in logical row-major order, other shape or layout.
    Reshape,
}

/// See [`Kernel::MatMul`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatMul {
    /// Number of output matrices.
    pub batch: usize,
    pub m: usize,
    pub k: usize,
    pub n: usize,
    pub trans_a: bool,
    pub trans_b: bool,
    pub alpha: f32,
    pub beta: f32,
}

/// In max-pooling with indices, values within this share of the window's largest magnitude of its
/// maximum count as ties, and the first in row-major order wins. In flat regions rounding would
/// decide otherwise, and fast convolutions round differently from place to place.
///
/// A value v ties with the maximum m of its window if `m - v <= TIE_EPSILON * max(|m|, 1)`.
pub const TIE_EPSILON: f32 = 1e-5;

/// Index of a constant in [`super::Plan::constants`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstId(pub usize);

/// Index of a value in [`super::Plan::values`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub usize);

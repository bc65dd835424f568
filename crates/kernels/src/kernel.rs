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

use crate::function::{Binary, Unary};
use crate::grid::GridSample;

/// How the elements of a value lie in its buffer; see the module's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// NCHWc4, of rank 4.
    Planes,
    /// Row-major, of any rank.
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
    /// Positions that the window reads along each axis.
    pub kernel: [usize; 2],
    /// Input positions from one output position to the next.
    pub stride: [usize; 2],
    /// Input positions between neighbors of a window.
    pub dilation: [usize; 2],
    /// Zeros before the first row and column; negative crops.
    pub pad_begin: [isize; 2],
}

impl Window {
    /// Distance between the first and the last input position that a window covers along an axis.
    pub fn span(&self, axis: usize) -> i64 {
        self.dilation[axis] as i64 * (self.kernel[axis] as i64 - 1)
    }

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

/// What convolution does to a sum before it is stored, in this order:
/// `y = activation(sum + bias + residual)·scale + shift`.
/// Per-channel vectors are plain constants of length C_out.
#[derive(Debug, Clone, PartialEq)]
pub struct Epilogue {
    /// Added to each channel's sum.
    pub bias: Option<ConstId>,
    /// The step's second operand, `Planes`, shaped like the output, is added.
    pub residual: bool,
    /// Applied to the sum with bias and residual.
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
    /// Value of output positions whose source lies outside.
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
    /// Source positions for each output position.
    pub taps: usize,
    /// Source positions, `taps` for each output position.
    pub index: Vec<i32>,
    /// Weights of the source positions, in the same order.
    pub weight: Vec<f32>,
}

impl AxisTaps {
    /// Source positions and weights of output position `i`.
    pub fn of(&self, i: usize) -> impl Iterator<Item = (usize, f32)> {
        let taps = i * self.taps..(i + 1) * self.taps;
        self.index[taps.clone()].iter().map(|&at| at as usize).zip(self.weight[taps].iter().copied())
    }
}

/// What a reduction makes of its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReduceKind {
    /// Their mean.
    Mean,
    /// The greatest.
    Max,
    /// The least.
    Min,
    /// Their sum.
    Sum,
    /// The greatest |x|.
    MaxAbs,
}

/// Which input channel goes where in depth-to-space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepthMode {
    /// Depth-column-row: channel = (by·bw + bx)·C_out + c
    Dcr,
    /// Column-row-depth, `torch.nn.PixelShuffle`: channel = c·bh·bw + by·bw + bx
    Crd,
}

impl DepthMode {
    /// Input channel of channel `c` of `channels` at place `by·bw + bx` of `phases` of a block.
    pub fn channel(self, c: usize, phase: usize, channels: usize, phases: usize) -> usize {
        match self {
            Self::Dcr => phase * channels + c,
            Self::Crd => c * phases + phase,
        }
    }
}

/// The closed set. Operands are the step's inputs in order; all are `Planes` unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Kernel {
    /// Cross-correlation. `weight` is a plain constant `[C_out, C_in/groups, kh, kw]`.
    /// Operands: x, and the residual where the epilogue has one.
    Conv {
        /// Geometry of the sum.
        window: Window,
        /// Groups of channels that do not see each other.
        groups: usize,
        /// `[C_out, C_in/groups, kh, kw]`.
        weight: ConstId,
        /// What follows the sum.
        epilogue: Epilogue,
    },
    /// Operands x and, where values that rounding alone tells apart are to tie, the greatest magnitude of
    /// each pixel's channels (of one channel); outputs y and, if the step has two, the position y·W + x of each
    /// maximum in its input plane (integer). Ties: see [`TIE_EPSILON`].
    MaxPool {
        /// Geometry; positions outside the input do not count.
        window: Window,
    },
    /// Operand x. Divides by the window's positions inside the padded input if
    /// `count_include_pad`, else by those inside the input. `pad_end` bounds the padded input.
    AveragePool {
        /// Geometry.
        window: Window,
        /// Whether zeros of the padding count.
        count_include_pad: bool,
        /// Padding after the last row and column.
        pad_end: [usize; 2],
    },
    /// Operands x and positions (integer, y·W_out + x within the output plane); the rest is zero.
    /// `window` is the pooling that made the positions. Positions outside the plane are ignored;
    /// of several values for one position the last in row-major order wins.
    MaxUnpool {
        /// Geometry of the pooling.
        window: Window,
    },
    /// Slice, Pad, Expand, Split, flips, nearest-neighbour Resize: one source element each.
    Gather(Gather),
    /// Separable linear or cubic resizing of H and W.
    Resample {
        /// Along H.
        y: AxisTaps,
        /// Along W.
        x: AxisTaps,
    },
    /// y[c, bh·h + by − skip, bw·w + bx − skip] = x[channel(c, by, bx), h, w] for a block of `[bh, bw]` pixels: of
    /// the first block of each axis `skip` pixels are left out, fewer than it has, and of the last one what the
    /// output has no room for.
    DepthToSpace {
        /// Height and width of the block that a pixel becomes.
        block: [usize; 2],
        /// Order of the input's channels.
        mode: DepthMode,
        /// Rows and columns that are cut off at the beginning.
        skip: [usize; 2],
    },
    /// y[(by·block + bx)·C + c, h, w] = x[c, b·h + by, b·w + bx]
    SpaceToDepth {
        /// Side of the blocks that become pixels.
        block: usize,
    },
    /// Operands joined along `axis`; all in the output's layout, `Planes` or `Plain`.
    Concat {
        /// Axis of the logical shape.
        axis: usize,
    },
    /// Operand in the output's layout.
    Unary(Unary),
    /// activation(op(a, b)); operands all `Planes` or all `Plain` of the output's rank, sizes
    /// equal to the output's or 1.
    Binary {
        /// Of the two operands.
        op: Binary,
        /// Of its result.
        activation: Unary,
    },
    /// Over H and W, to 1×1.
    ReduceSpatial(ReduceKind),
    /// Over C, to one channel.
    ReduceChannels(ReduceKind),
    /// Over C; integer output of one channel. The first (or last) of equal values.
    ArgMaxChannels {
        /// Whether the last of equal values counts, not the first.
        last: bool,
    },
    /// Over C.
    SoftmaxChannels,
    /// (x − mean)/√(var + epsilon)·scale + shift, statistics over each sample's group of
    /// C/groups channels and all pixels (biased variance); `scale`, `shift`: plain, C.
    /// InstanceNorm: groups = C.
    GroupNorm {
        /// Groups of channels, each with statistics of its own.
        groups: usize,
        /// Added to the variance.
        epsilon: f32,
        /// By channel; 1 where there is none.
        scale: Option<ConstId>,
        /// By channel; 0 where there is none.
        shift: Option<ConstId>,
    },
    /// (x − mean)/√(var + epsilon)·scale + shift, statistics over the channels of each pixel (biased variance); `scale`,
    /// `shift`: plain, C. What `LayerNorm` makes of N×H×W×C.
    ChannelNorm {
        /// Added to the variance.
        epsilon: f32,
        /// By channel; 1 where there is none.
        scale: Option<ConstId>,
        /// By channel; 0 where there is none.
        shift: Option<ConstId>,
    },
    /// `Plain`. Statistics over the last `inner` elements (a product of trailing axes).
    LayerNorm {
        /// Elements that are normalised together.
        inner: usize,
        /// Added to the variance.
        epsilon: f32,
        /// By element, `inner` of them; 1 where there is none.
        scale: Option<ConstId>,
        /// By element, `inner` of them; 0 where there is none.
        shift: Option<ConstId>,
    },
    /// `Plain`, shape viewed as [outer, axis, inner].
    ReduceAxis {
        /// What is made of the elements along the axis.
        kind: ReduceKind,
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
    },
    /// `Plain`, shape viewed as [outer, axis, inner].
    SoftmaxAxis {
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
    },
    /// `Plain`, shape viewed as [outer, axis, inner]; integer output.
    ArgMaxAxis {
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
        /// Whether the last of equal values counts, not the first.
        last: bool,
    },
    /// `Plain`, shape viewed as [outer, axis, inner]. Outputs: the k greatest (or least) elements in order, `[outer, k,
    /// inner]`, and, if the step has two, their positions (integer); of equal ones the first comes first.
    TopKAxis {
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
        /// Elements that are taken along the axis, at most its length.
        k: usize,
        /// The greatest, not the least.
        largest: bool,
    },
    /// Operands x and, `Plain`, positions `[N, H, W, 2]` (x and y, −1 to 1) of what each output pixel shows.
    GridSample(GridSample),
    /// `Plain`: y = alpha·a·b + beta·c for each of `batch` matrices. a is [M, K] (or [K, M] if
    /// `trans_a`), b is [K, N] (or [N, K] if `trans_b`). Matrix i of an operand is its matrix
    /// number i modulo its number of matrices. Operands: a, b, and c (shape [M or 1, N or 1]) if
    /// there are three.
    MatMul(MatMul),
    /// `Plain`: output axis i is input axis `perm[i]`.
    Transpose {
        /// By output axis, the input axis.
        perm: Vec<usize>,
    },
    /// Elements in logical row-major order, in another shape or layout.
    Reshape {
        /// The first element that is taken; 0 unless operand and result are `Plain`.
        first: usize,
    },
}

/// See [`Kernel::MatMul`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatMul {
    /// Number of output matrices.
    pub batch: usize,
    /// Rows of the output.
    pub m: usize,
    /// Terms of each sum.
    pub k: usize,
    /// Columns of the output.
    pub n: usize,
    /// Whether a is stored as [K, M].
    pub trans_a: bool,
    /// Whether b is stored as [N, K].
    pub trans_b: bool,
    /// Factor of the product.
    pub alpha: f32,
    /// Factor of c.
    pub beta: f32,
}

/// In max-pooling with indices, values this near to the maximum tie with it, and the first in row-major order
/// wins. In flat regions rounding would decide otherwise, and fast convolutions round differently from place
/// to place.
///
/// A value v ties with the maximum m of its window if `m - v <= TIE_EPSILON * a`, where `a` is the greatest magnitude
/// that any channel has in the window: all channels of a pixel are computed from the same inputs, so that the
/// largest tells what rounding can do to each. Activations that are scaled tie alike, and a tile's as the whole
/// picture's. Where nothing rounds before the pooling only equal values tie.
pub const TIE_EPSILON: f32 = 1e-5;

/// Index of a constant in a plan's `constants`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstId(pub usize);

/// Index of a value in a plan's `values`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub usize);

/// What of its input along one spatial axis a position of a kernel's result depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Footprint<'a> {
    /// Position i depends on position i; the axis keeps its length.
    Pointwise,
    /// Position i depends on positions `i·stride + lo` to `i·stride + hi`.
    Window {
        /// Input positions from one position of the result to the next.
        stride: i64,
        /// First input position, from `i·stride`.
        lo: i64,
        /// Last input position, from `i·stride`.
        hi: i64,
    },
    /// The result is finer by `factor`: its position i depends on what lies from `i + lo` to `i + hi` on its own
    /// grid.
    Upsampled {
        /// How many times finer the result is.
        factor: i64,
        /// First position on the result's grid, from `i`.
        lo: i64,
        /// Last position on the result's grid, from `i`.
        hi: i64,
    },
    /// Position i depends on the one that the table names.
    Gathered(&'a AxisIndex),
    /// Position i depends on its taps.
    Resampled(&'a AxisTaps),
    /// All positions along the axis; the axis keeps its length.
    Whole,
    /// The result lies on no grid of pixels.
    NoGrid,
}

impl Kernel {
    /// Every constant that the kernel itself names (its step's operands may be constants besides), to read or
    /// renumber. What is not visited here is dropped from the plan.
    pub fn each_constant(&mut self, visit: &mut dyn FnMut(&mut ConstId)) {
        match self {
            Self::Conv { weight, epilogue: Epilogue { bias, scale_shift, .. }, .. } => {
                visit(weight);
                bias.iter_mut().for_each(&mut *visit);
                if let Some((scale, shift)) = scale_shift {
                    visit(scale);
                    visit(shift);
                }
            }
            Self::GroupNorm { scale, shift, .. }
            | Self::ChannelNorm { scale, shift, .. }
            | Self::LayerNorm { scale, shift, .. } => {
                scale.iter_mut().chain(shift).for_each(visit);
            }
            Self::MaxPool { .. }
            | Self::AveragePool { .. }
            | Self::MaxUnpool { .. }
            | Self::Gather(_)
            | Self::Resample { .. }
            | Self::DepthToSpace { .. }
            | Self::SpaceToDepth { .. }
            | Self::Concat { .. }
            | Self::Unary(_)
            | Self::Binary { .. }
            | Self::ReduceSpatial(_)
            | Self::ReduceChannels(_)
            | Self::ArgMaxChannels { .. }
            | Self::SoftmaxChannels
            | Self::ReduceAxis { .. }
            | Self::SoftmaxAxis { .. }
            | Self::ArgMaxAxis { .. }
            | Self::TopKAxis { .. }
            | Self::GridSample(_)
            | Self::MatMul(_)
            | Self::Transpose { .. }
            | Self::Reshape { .. } => {}
        }
    }

    /// Multiplications, additions, comparisons and functions that the kernel itself does (an operator may count
    /// less: see `ops::Cost`), for `input` elements of its first operand, `output` elements of its result and,
    /// of a convolution, `terms` in each sum. What a run's progress and its division into pieces go by.
    pub fn flops(&self, input: u64, output: u64, terms: u64) -> u64 {
        match self {
            Self::Conv { .. } => 2 * output * terms,
            Self::MaxPool { window } | Self::AveragePool { window, .. } => {
                output * (window.kernel[0] * window.kernel[1]) as u64
            }
            Self::Resample { y, x } => 2 * output * (y.taps * x.taps) as u64,
            Self::MatMul(m) => 2 * output * m.k as u64,
            Self::TopKAxis { k, .. } => input * *k as u64,
            Self::GridSample(sample) => 2 * output * sample.points(),
            Self::GroupNorm { .. }
            | Self::ChannelNorm { .. }
            | Self::LayerNorm { .. }
            | Self::SoftmaxChannels
            | Self::SoftmaxAxis { .. } => 5 * output,
            Self::ReduceSpatial(_)
            | Self::ReduceChannels(_)
            | Self::ReduceAxis { .. }
            | Self::ArgMaxChannels { .. }
            | Self::ArgMaxAxis { .. } => input,
            Self::Unary(_) | Self::Binary { .. } => output,
            Self::MaxUnpool { .. }
            | Self::Gather(_)
            | Self::DepthToSpace { .. }
            | Self::SpaceToDepth { .. }
            | Self::Concat { .. }
            | Self::Transpose { .. }
            | Self::Reshape { .. } => 0,
        }
    }

    /// What a position of the result depends on along an axis, 0 = y and 1 = x.
    pub fn footprint(&self, axis: usize) -> Footprint<'_> {
        match self {
            Self::Conv { window, .. } | Self::MaxPool { window } | Self::AveragePool { window, .. } => {
                let pad = window.pad_begin[axis] as i64;
                Footprint::Window {
                    stride: window.stride[axis] as i64,
                    lo: -pad,
                    hi: window.span(axis) - pad,
                }
            }
            // Position i gets values of the windows w with w·stride − pad ≤ i ≤ w·stride − pad + span.
            Self::MaxUnpool { window } => {
                let pad = window.pad_begin[axis] as i64;
                Footprint::Upsampled {
                    factor: window.stride[axis] as i64,
                    lo: pad - window.span(axis),
                    hi: pad,
                }
            }
            // Position i gets source position ⌊(i + skip) / block⌋.
            Self::DepthToSpace { block, skip, .. } => {
                let (block, skip) = (block[axis] as i64, skip[axis] as i64);
                Footprint::Upsampled { factor: block, lo: skip + 1 - block, hi: skip }
            }
            Self::SpaceToDepth { block } => {
                Footprint::Window { stride: *block as i64, lo: 0, hi: *block as i64 - 1 }
            }
            Self::Gather(gather) => Footprint::Gathered(&gather.index[2 + axis]),
            Self::Resample { y, x } => Footprint::Resampled(if axis == 0 { y } else { x }),
            Self::GroupNorm { .. } => Footprint::Whole,
            Self::Concat { axis: joined } if *joined < 2 => Footprint::Pointwise,
            Self::Unary(_)
            | Self::Binary { .. }
            | Self::ReduceChannels(_)
            | Self::ArgMaxChannels { .. }
            | Self::ChannelNorm { .. }
            | Self::SoftmaxChannels => Footprint::Pointwise,
            Self::Concat { .. }
            | Self::ReduceSpatial(_)
            | Self::LayerNorm { .. }
            | Self::ReduceAxis { .. }
            | Self::SoftmaxAxis { .. }
            | Self::ArgMaxAxis { .. }
            | Self::TopKAxis { .. }
            | Self::GridSample(_)
            | Self::MatMul(_)
            | Self::Transpose { .. }
            | Self::Reshape { .. } => Footprint::NoGrid,
        }
    }
}

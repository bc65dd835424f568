//! The backends' instruction set: the closed set of kernels that a plan lowers every operator to.
//!
//! Each backend implements each kernel once. A kernel knows nothing of names or graphs; its operands are
//! buffers of known shape and [`Layout`].
//!
//! # Layouts
//! * `Nchwc4`: rank 4 (N, C, H, W) stored as NCHWc4: `[N][ceil(C/4)][H][W][4]` floats. Lanes of the last
//!   block beyond C hold unspecified values: a kernel that reads across channels must ignore them, a
//!   channel-wise kernel may compute on them.
//! * `RowMajor`: row-major, any rank.
//!
//! Integers (`DType::I64` in the graph) are stored as 32-bit integers, bit for bit in the same 4-byte
//! elements.

use crate::function::{Binary, Unary};
use crate::grid::GridSample;

/// Memory layout of a value; see the module's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// NCHWc4; rank 4.
    Nchwc4,
    /// Row-major; any rank.
    RowMajor,
}

/// Number of 4-byte elements that a value of this shape and layout occupies, or `None` on overflow.
pub fn storage_len(layout: Layout, shape: &[usize]) -> Option<usize> {
    match (layout, shape) {
        (Layout::Nchwc4, &[n, c, h, w]) => crate::tensor::checked_len(&[n, c.div_ceil(4), h, w, 4]),
        _ => crate::tensor::checked_len(shape),
    }
}

/// Sliding-window geometry of convolution and pooling, `[y, x]` each. The output value gives the output size,
/// from which the padding at the end follows. Positions outside the input are zeros for convolution and
/// skipped by pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Window size.
    pub kernel: [usize; 2],
    /// Distance between the windows of neighboring outputs, in input positions.
    pub stride: [usize; 2],
    /// Distance between neighboring taps of a window, in input positions.
    pub dilation: [usize; 2],
    /// Rows and columns of zeros before the first; negative values crop.
    pub pad_begin: [isize; 2],
}

impl Window {
    /// Distance between the first and the last input position that a window covers along an axis.
    pub fn span(&self, axis: usize) -> i64 {
        self.dilation[axis] as i64 * (self.kernel[axis] as i64 - 1)
    }

    /// Input position of tap `u` of output position `i` along an axis; it may lie outside the picture.
    pub fn position(&self, axis: usize, i: usize, u: usize) -> isize {
        (i * self.stride[axis] + u * self.dilation[axis]) as isize - self.pad_begin[axis]
    }

    /// Like [`Window::position`], but `None` outside a picture of length `len`.
    pub fn source(&self, axis: usize, i: usize, u: usize, len: usize) -> Option<usize> {
        usize::try_from(self.position(axis, i, u)).ok().filter(|&p| p < len)
    }
}

/// Operations applied to a convolution's sum before it is stored:
/// `y = activation(sum + bias + residual)·scale + shift`. Per-channel vectors are plain constants of length C_out.
#[derive(Debug, Clone, PartialEq)]
pub struct Epilogue {
    /// Per-channel bias.
    pub bias: Option<ConstId>,
    /// Whether the step's second operand (`Nchwc4`, shaped like the output) is added.
    pub residual: bool,
    /// Applied after bias and residual.
    pub activation: Unary,
    /// Batch normalization after the activation, where it cannot be folded into the weights.
    pub scale_shift: Option<(ConstId, ConstId)>,
}

impl Epilogue {
    /// An epilogue with at most a bias.
    pub fn plain(bias: Option<ConstId>) -> Self {
        Self { bias, residual: false, activation: Unary::Identity, scale_shift: None }
    }
}

/// Index tables of [`Kernel::Gather`].
#[derive(Debug, Clone, PartialEq)]
pub struct Gather {
    /// One table per output axis (N, C, H, W).
    pub index: [AxisIndex; 4],
    /// Value where the source position is −1.
    pub fill: f32,
}

/// Source position along one axis for each output position.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisIndex {
    /// The identity.
    Same,
    /// Source position of each output position; −1 takes the fill value.
    Table(Vec<i32>),
}

/// Weighted sum of `taps` source positions for each output position along one axis. Entry `i·taps + t` of
/// both tables is tap t of output position i. Positions are already clamped.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisTaps {
    /// Number of source positions per output position.
    pub taps: usize,
    /// Source positions, `taps` per output position.
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

/// Reduction function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReduceKind {
    /// Mean.
    Mean,
    /// Maximum.
    Max,
    /// Minimum.
    Min,
    /// Sum.
    Sum,
    /// Maximum of |x|.
    MaxAbs,
}

/// Channel order of depth-to-space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepthMode {
    /// Depth-column-row: channel = (by·bw + bx)·C_out + c
    Dcr,
    /// Column-row-depth, `torch.nn.PixelShuffle`: channel = c·bh·bw + by·bw + bx
    Crd,
}

impl DepthMode {
    /// Input channel of output channel `c` (of `channels`) at position `phase` = `by·bw + bx` of a block of
    /// `phases` pixels.
    pub fn channel(self, c: usize, phase: usize, channels: usize, phases: usize) -> usize {
        match self {
            Self::Dcr => phase * channels + c,
            Self::Crd => c * phases + phase,
        }
    }
}

/// Closed set of kernels. Operands are the step's inputs in order; all are `Nchwc4` unless noted.
#[derive(Debug, Clone, PartialEq)]
pub enum Kernel {
    /// Cross-correlation. `weight` is a plain constant `[C_out, C_in/groups, kh, kw]`. Operands: x and, if
    /// the epilogue adds one, the residual.
    Conv {
        /// Window geometry.
        window: Window,
        /// Number of channel groups.
        groups: usize,
        /// `[C_out, C_in/groups, kh, kw]`.
        weight: ConstId,
        /// Operations on the sum.
        epilogue: Epilogue,
    },
    /// Max-pooling. Operands: x and, where near-equal values must tie, the maximum magnitude over each
    /// pixel's channels (one channel). Outputs: y and, if the step has two, the position y·W + x of each
    /// maximum in its input plane (integer). Ties: see [`TIE_EPSILON`].
    MaxPool {
        /// Window geometry; positions outside the input are skipped.
        window: Window,
    },
    /// Average pooling. Divides by the number of window positions inside the padded input if
    /// `count_include_pad`, else by the number inside the input. Operand: x.
    AveragePool {
        /// Window geometry.
        window: Window,
        /// Whether zeros of the padding count.
        count_include_pad: bool,
        /// Padding after the last row and column, which bounds the padded input.
        pad_end: [usize; 2],
    },
    /// Reverse of max-pooling. Operands: x and its positions (integer, y·W_out + x within the output plane);
    /// all other outputs are zero. `window` is that of the max-pooling. Positions outside the plane are
    /// ignored; if a position occurs more than once, the last value in row-major order wins.
    MaxUnpool {
        /// Window of the max-pooling that produced the positions.
        window: Window,
    },
    /// Copies one source element per output element: Slice, Pad, Expand, Split, flips, nearest-neighbor
    /// Resize.
    Gather(Gather),
    /// Separable linear or cubic resizing of H and W.
    Resample {
        /// Taps along H.
        y: AxisTaps,
        /// Taps along W.
        x: AxisTaps,
    },
    /// y[c, bh·h + by − skip, bw·w + bx − skip] = x[channel(c, by, bx), h, w] for blocks of `[bh, bw]`
    /// pixels. Along each axis the first `skip` pixels (fewer than a block) are cropped, and those beyond the
    /// output size.
    DepthToSpace {
        /// Block height and width.
        block: [usize; 2],
        /// Order of the input's channels.
        mode: DepthMode,
        /// Rows and columns cropped at the beginning.
        skip: [usize; 2],
    },
    /// y[(by·block + bx)·C + c, h, w] = x[c, b·h + by, b·w + bx] with b = block
    SpaceToDepth {
        /// Block side.
        block: usize,
    },
    /// Concatenation along `axis`; operands have the output's layout, `Nchwc4` or `RowMajor`.
    Concat {
        /// Axis of the logical shape.
        axis: usize,
    },
    /// Function of one element; the operand has the output's layout.
    Unary(Unary),
    /// activation(op(a, b)). Operands are all `Nchwc4`, or all `RowMajor` and of the output's rank; sizes equal
    /// the output's or are 1.
    Binary {
        /// Function of the two operands.
        op: Binary,
        /// Applied to its result.
        activation: Unary,
    },
    /// Reduction over H and W, to 1×1.
    ReduceSpatial(ReduceKind),
    /// Reduction over C, to one channel.
    ReduceChannels(ReduceKind),
    /// Index of the maximum over C; integer output of one channel.
    ArgMaxChannels {
        /// Whether the last of equal maxima wins, not the first.
        last: bool,
    },
    /// Softmax over C.
    SoftmaxChannels,
    /// Group normalization: (x − mean)/√(var + epsilon)·scale + shift, with statistics over each sample's
    /// group of C/groups channels and all pixels (biased variance). `scale` and `shift` are plain, of length
    /// C. InstanceNorm has groups = C.
    GroupNorm {
        /// Number of channel groups.
        groups: usize,
        /// Added to the variance.
        epsilon: f32,
        /// Per channel; 1 if absent.
        scale: Option<ConstId>,
        /// Per channel; 0 if absent.
        shift: Option<ConstId>,
    },
    /// Layer normalization of each pixel: (x − mean)/√(var + epsilon)·scale + shift, with statistics over its
    /// channels (biased variance). `scale` and `shift` are plain, of length C. Equals `LayerNorm` on N×H×W×C.
    ChannelNorm {
        /// Added to the variance.
        epsilon: f32,
        /// Per channel; 1 if absent.
        scale: Option<ConstId>,
        /// Per channel; 0 if absent.
        shift: Option<ConstId>,
    },
    /// Layer normalization over the last `inner` elements (a product of trailing axes); `RowMajor`.
    LayerNorm {
        /// Number of elements normalized together.
        inner: usize,
        /// Added to the variance.
        epsilon: f32,
        /// `inner` factors; 1 if absent.
        scale: Option<ConstId>,
        /// `inner` summands; 0 if absent.
        shift: Option<ConstId>,
    },
    /// Reduction over the middle axis of `RowMajor` [outer, axis, inner].
    ReduceAxis {
        /// Reduction function.
        kind: ReduceKind,
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
    },
    /// Softmax over the middle axis of `RowMajor` [outer, axis, inner].
    SoftmaxAxis {
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
    },
    /// Index of the maximum over the middle axis of `RowMajor` [outer, axis, inner]; integer output.
    ArgMaxAxis {
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
        /// Whether the last of equal maxima wins, not the first.
        last: bool,
    },
    /// The k greatest (or least) elements over the middle axis of `RowMajor` [outer, axis, inner], sorted.
    /// Outputs: values `[outer, k, inner]` and, if the step has two, positions (integer); among equal
    /// elements the first comes first.
    TopKAxis {
        /// Product of the axes before.
        outer: usize,
        /// Length of the axis.
        axis: usize,
        /// Product of the axes after.
        inner: usize,
        /// Number of elements to keep, at most the axis length.
        k: usize,
        /// Whether the greatest are kept, not the least.
        largest: bool,
    },
    /// Samples x at the positions of a grid. Operands: x and the `RowMajor` grid `[N, H, W, 2]` (x and y, −1 to
    /// 1).
    GridSample(GridSample),
    /// Batched matrix product y = alpha·a·b + beta·c; `RowMajor`. a is [M, K] (or [K, M] if `trans_a`), b is [K,
    /// N] (or [N, K] if `trans_b`). Product i uses matrix i modulo the operand's number of matrices.
    /// Operands: a, b and optionally c (shape [M or 1, N or 1]).
    MatMul(MatMul),
    /// Transposition of `RowMajor` values: output axis i is input axis `perm[i]`.
    Transpose {
        /// Input axis of each output axis.
        perm: Vec<usize>,
    },
    /// Same elements in logical row-major order, in another shape or layout.
    Reshape {
        /// First element to copy; 0 unless operand and result are `RowMajor`.
        first: usize,
    },
}

/// Attributes of [`Kernel::MatMul`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatMul {
    /// Number of output matrices.
    pub batch: usize,
    /// Rows of the output.
    pub m: usize,
    /// Terms per sum.
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

/// Relative tolerance within which values tie in max-pooling with indices; the first in row-major order wins.
/// Otherwise rounding would decide in flat regions, and fast convolutions round differently from position to
/// position.
///
/// A value v ties with the maximum m of its window if `m - v <= TIE_EPSILON * a`, where `a` is the greatest
/// magnitude of any channel in the window: all channels of a pixel are computed from the same inputs, so the
/// largest bounds the rounding error of each. The rule is invariant to scaling, and agrees between a tile and
/// the whole picture. If no arithmetic precedes the pooling, only equal values tie.
pub const TIE_EPSILON: f32 = 1e-5;

/// Index of a constant in a plan's `constants`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstId(pub usize);

/// Index of a value in a plan's `values`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub usize);

/// Input positions along one spatial axis that a position of a kernel's result depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Footprint<'a> {
    /// Position i depends on position i; the axis keeps its length.
    Pointwise,
    /// Position i depends on positions `i·stride + lo` to `i·stride + hi`.
    Window {
        /// Distance between the windows of neighboring outputs, in input positions.
        stride: i64,
        /// First input position, relative to `i·stride`.
        lo: i64,
        /// Last input position, relative to `i·stride`.
        hi: i64,
    },
    /// The result is finer by `factor`: position i depends on positions `i + lo` to `i + hi` of the result's
    /// grid.
    Upsampled {
        /// Ratio of the result's resolution to the input's.
        factor: i64,
        /// First position on the result's grid, relative to `i`.
        lo: i64,
        /// Last position on the result's grid, relative to `i`.
        hi: i64,
    },
    /// Position i depends on its table entry.
    Gathered(&'a AxisIndex),
    /// Position i depends on its taps.
    Resampled(&'a AxisTaps),
    /// All positions along the axis; the axis keeps its length.
    Whole,
    /// The result is not on a pixel grid.
    NoGrid,
}

impl Kernel {
    /// Visits every constant that the kernel itself names (not its operands), to read or renumber it.
    /// Constants not visited here are dropped from the plan.
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

    /// Number of multiplications, additions, comparisons and function calls of the kernel, for `input`
    /// elements of its first operand, `output` elements of its result and, for a convolution, `terms` per
    /// sum. Progress and work splitting are based on it. An operator may count fewer: see `ops::Cost`.
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

    /// Dependence of the result on its input along an axis, 0 = y and 1 = x.
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
            // Position i receives values of the windows w with w·stride − pad ≤ i ≤ w·stride − pad + span.
            Self::MaxUnpool { window } => {
                let pad = window.pad_begin[axis] as i64;
                Footprint::Upsampled {
                    factor: window.stride[axis] as i64,
                    lo: pad - window.span(axis),
                    hi: pad,
                }
            }
            // Position i copies source position ⌊(i + skip) / block⌋.
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

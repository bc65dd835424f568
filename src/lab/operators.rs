//! Operators of the lab, in the form of an exported PyTorch model.

use super::{MAX_FACTOR, MAX_SIDE, moderate, wrong};
use crate::error::{Error, Result};
use crate::ops::{
    AspectPolicy, AutoPad, ConvTranspose, CoordinateMode, DepthToSpace, Indices, MaxPool, MaxUnpool,
    NearestMode, Op, Operator, Resize, ResizeMode, WindowAttributes,
};
use crate::plan::DepthMode;
use crate::tensor::Tensor;

/// An operator and its settings, equal for both axes.
#[derive(Debug, Clone, PartialEq)]
pub enum Upsampling {
    /// `torch.nn.Upsample(scale_factor=scale, mode="nearest")`
    Nearest {
        /// Enlargement of both axes, 1 to 4.
        scale: usize,
    },
    /// `torch.nn.Upsample(scale_factor=scale, mode="bilinear", align_corners=align_corners)`
    Bilinear {
        /// Enlargement of both axes, 1 to 4.
        scale: usize,
        /// Whether the corners of input and output coincide, as with PyTorch's `align_corners`.
        align_corners: bool,
    },
    /// Like bilinear, with `mode="bicubic"`: Keys' kernel, a = −0.75.
    Bicubic {
        /// Enlargement of both axes, 1 to 4.
        scale: usize,
        /// Whether the corners of input and output coincide, as with PyTorch's `align_corners`.
        align_corners: bool,
    },
    /// `torch.nn.PixelShuffle(factor)`: C·factor² channels become C.
    PixelShuffle {
        /// Enlargement of both axes, 1 to 4; divides the number of channels by its square.
        factor: usize,
    },
    /// `torch.nn.MaxPool2d(kernel, stride, padding, return_indices=True)`, then
    /// `torch.nn.MaxUnpool2d(kernel, stride, padding)` with the input's size as `output_size`.
    MaxUnpool {
        /// Height and width of the window, 1 to 8.
        kernel: usize,
        /// Distance between neighboring windows, 1 to 8.
        stride: usize,
        /// Padding around the input, at most half of the kernel.
        padding: usize,
    },
    /// A transposed convolution of one channel.
    TransposedConv(TransposedConv),
}

/// `torch.nn.ConvTranspose2d(1, 1, kernel_size, stride, padding, output_padding)`
#[derive(Debug, Clone, PartialEq)]
pub struct TransposedConv {
    /// The weight, `[1, 1, kh, kw]`.
    pub kernel: Tensor,
    /// Distance between stamped kernels in the output, 1 to 8.
    pub stride: usize,
    /// Number of cells cropped at each border of the output, at most 8.
    pub padding: usize,
    /// Rows and columns added at the end of the output, fewer than the stride.
    pub output_padding: usize,
    /// Added to every cell of the output.
    pub bias: f32,
}

/// One node of a chain, whose inputs are the previous node's outputs followed by `more`.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The operator with its attributes.
    pub op: Op,
    /// Further inputs, all constant; `None` for an absent one.
    pub more: Vec<Option<Tensor>>,
}

impl Upsampling {
    pub(super) fn check(&self) -> Result<()> {
        let within = |value: usize, low: usize, high: usize, message: &str| {
            if low <= value && value <= high { Ok(()) } else { Err(wrong(message)) }
        };
        let windowed = |stride, side| {
            within(stride, 1, MAX_SIDE, "stride must be 1 to 8")?;
            within(side, 1, MAX_SIDE, "kernel_size must be 1 to 8")
        };
        match self {
            &Self::Nearest { scale } | &Self::Bilinear { scale, .. } | &Self::Bicubic { scale, .. } => {
                within(scale, 1, MAX_FACTOR, "scale_factor must be 1 to 4")
            }
            &Self::PixelShuffle { factor } => within(factor, 1, MAX_FACTOR, "upscale_factor must be 1 to 4"),
            &Self::MaxUnpool { kernel, stride, padding } => {
                windowed(stride, kernel)?;
                within(padding, 0, kernel / 2, "padding must be at most half of kernel_size")
            }
            Self::TransposedConv(conv) => {
                let &[1, 1, kh, kw] = conv.kernel.shape() else {
                    return Err(wrong("the kernel must be [1, 1, kh, kw]"));
                };
                windowed(conv.stride, kh)?;
                windowed(conv.stride, kw)?;
                within(conv.padding, 0, MAX_SIDE, "padding must be at most 8")?;
                within(conv.output_padding, 0, conv.stride - 1, "output_padding must be below stride")?;
                if conv.kernel.as_f32().is_some_and(moderate) && moderate(&[conv.bias]) {
                    return Ok(());
                }
                Err(wrong("kernel and bias must be numbers from -1e9 to 1e9"))
            }
        }
    }

    /// The chain of nodes for an input of this shape.
    ///
    /// # Errors
    /// `InvalidInput` if an operator refuses a setting.
    pub fn stages(&self, [n, c, h, w]: [usize; 4]) -> Result<Vec<Stage>> {
        let coordinates =
            |corners| if corners { CoordinateMode::AlignCorners } else { CoordinateMode::HalfPixel };
        Ok(match *self {
            Self::Nearest { scale } => {
                vec![resize(ResizeMode::Nearest, CoordinateMode::Asymmetric, scale)?]
            }
            Self::Bilinear { scale, align_corners } => {
                vec![resize(ResizeMode::Linear, coordinates(align_corners), scale)?]
            }
            Self::Bicubic { scale, align_corners } => {
                vec![resize(ResizeMode::Cubic, coordinates(align_corners), scale)?]
            }
            Self::PixelShuffle { factor } => {
                let op = DepthToSpace { blocksize: factor, mode: DepthMode::Crd };
                vec![Stage { op: Op::DepthToSpace(op), more: vec![] }]
            }
            Self::MaxUnpool { kernel, stride, padding } => {
                let windowed = window(Some(kernel), stride, padding);
                let pool = MaxPool { windowed: windowed.clone(), indices: Indices::Plane, rounded: false };
                let unpool = MaxUnpool { windowed, pytorch: true };
                let shape = Tensor::vector([n as i64, c as i64, h as i64, w as i64]);
                let offsets: Vec<i64> = (0..n * c).map(|plane| (plane * h * w) as i64).collect();
                let offsets = Tensor::i64([n, c, 1, 1], offsets)?;
                vec![
                    Stage { op: Op::MaxPool(pool), more: vec![] },
                    Stage { op: Op::MaxUnpool(unpool), more: vec![Some(shape), Some(offsets)] },
                ]
            }
            Self::TransposedConv(ref conv) => {
                let more = vec![Some(conv.kernel.clone()), Some(Tensor::f32([1], [conv.bias])?)];
                vec![transposed(conv.stride, conv.padding, conv.output_padding, more)]
            }
        })
    }
}

/// Zeros between cells, as the stride requires: a transposed convolution with kernel 1.
pub(super) fn zero_insertion(stride: usize) -> Result<Stage> {
    Ok(transposed(stride, 0, 0, vec![Some(Tensor::f32([1, 1, 1, 1], [1.0])?)]))
}

fn transposed(stride: usize, padding: usize, output_padding: usize, more: Vec<Option<Tensor>>) -> Stage {
    let op = ConvTranspose {
        windowed: window(None, stride, padding),
        group: 1,
        output_padding: [output_padding; 2],
        output_shape: None,
    };
    Stage { op: Op::ConvTranspose(op), more }
}

fn window(kernel: Option<usize>, stride: usize, padding: usize) -> WindowAttributes {
    WindowAttributes {
        auto_pad: AutoPad::NotSet,
        dilations: [1; 2],
        kernel_shape: kernel.map(|side| [side; 2]),
        pads_begin: [padding; 2],
        pads_end: [padding; 2],
        strides: [stride; 2],
        ceil_mode: false,
    }
}

fn resize(mode: ResizeMode, coordinates: CoordinateMode, scale: usize) -> Result<Stage> {
    let op = Resize {
        mode,
        coordinate_transformation_mode: coordinates,
        nearest_mode: NearestMode::Floor,
        cubic_coeff_a: -0.75,
        exclude_outside: false,
        antialias: false,
        axes: None,
        keep_aspect_ratio_policy: AspectPolicy::Stretch,
    };
    let scale = scale as f32;
    let scales = Tensor::f32([4], [1.0, 1.0, scale, scale])?;
    Ok(Stage { op: Op::Resize(op), more: vec![None, Some(scales)] })
}

/// All outputs of the last node.
pub(super) fn run_all(stages: &[Stage], input: &Tensor) -> Result<Vec<Tensor>> {
    let mut values = vec![input.clone()];
    for Stage { op, more } in stages {
        let mut inputs: Vec<Option<&Tensor>> = values.iter().map(Some).collect();
        inputs.extend(more.iter().map(Option::as_ref));
        values = op.reference(&inputs).map_err(|e| Error::InvalidInput(e.0))?;
    }
    Ok(values)
}

/// The first output of the last node.
pub(super) fn run(stages: &[Stage], input: &Tensor) -> Result<Tensor> {
    Ok(run_all(stages, input)?.swap_remove(0))
}

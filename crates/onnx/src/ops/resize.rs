//! `Resize`: `coordinate_transformation_mode` maps every output pixel to an input position, whose value is
//! interpolated from one pixel (nearest), two (linear) or four (cubic) along each axis; axes are independent.
//! `torch.nn.functional.interpolate`: nearest = asymmetric + floor, nearest-exact = half_pixel +
//! round_prefer_ceil, bilinear = linear and bicubic = cubic with cubic_coeff_a −0.75, each with half_pixel
//! (or pytorch_half_pixel) or, with align_corners=True, align_corners. Positions outside take the edge's
//! value.
//!
//! Coordinates are computed in single precision, as in PyTorch and onnxruntime: at exact halves another
//! precision would select another neighbor.

use super::OpError;
use super::attributes::Attributes;
use super::cost::made;
use super::elements::{floats, output, pick, places, tensor};
use super::input_info::required_float;
use super::input_info::{InputInfo, axes, checked_shape, input_infos, known_floats, known_ints, required};
use super::resize_taps::antialiased;
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::AxisTaps;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Interpolation between input positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResizeMode {
    /// The value of one input position; see [`NearestMode`].
    Nearest,
    /// Between two positions per axis; bilinear in pictures.
    Linear,
    /// Keys' kernel over four positions per axis; bicubic in pictures.
    Cubic,
}

/// Mapping from output to input positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoordinateMode {
    /// (i + 0.5) / scale − 0.5, as PyTorch with `align_corners=False`.
    HalfPixel,
    /// Like half-pixel, with the centers of input and output aligned if scale · input is not an integer.
    HalfPixelSymmetric,
    /// Like half-pixel, but position 0 if the output has one element.
    PytorchHalfPixel,
    /// i · (input − 1) / (output − 1), as PyTorch with `align_corners=True`.
    AlignCorners,
    /// i / scale, as PyTorch's `nearest`.
    Asymmetric,
    /// (i + 0.5) / scale, used by old TensorFlow files.
    TfHalfPixelForNn,
}

/// Rounding to the nearest input position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NearestMode {
    /// To the nearest; halves down.
    RoundPreferFloor,
    /// To the nearest; halves up.
    RoundPreferCeil,
    /// Down.
    Floor,
    /// Up.
    Ceil,
}

/// Meaning of `sizes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AspectPolicy {
    /// Output lengths.
    Stretch,
    /// Upper bounds for the output, which keeps the aspect ratio.
    NotLarger,
    /// Lower bounds for the output, which keeps the aspect ratio.
    NotSmaller,
}

/// Resizing. Inputs: X, roi (unused), optional scales, optional sizes.
#[derive(Debug, Clone, PartialEq)]
pub struct Resize {
    /// Interpolation.
    pub mode: ResizeMode,
    /// Mapping from output to input positions.
    pub coordinate_transformation_mode: CoordinateMode,
    /// Rounding of positions, for [`ResizeMode::Nearest`].
    pub nearest_mode: NearestMode,
    /// Parameter a of Keys' kernel; PyTorch's is −0.75, Pillow's −0.5.
    pub cubic_coeff_a: f32,
    /// Whether positions outside the input have no weight; otherwise they have the edge's value.
    pub exclude_outside: bool,
    /// Whether the kernel is widened by 1/scale for reduction, like `antialias=True` of
    /// `torch.nn.functional.interpolate`.
    pub antialias: bool,
    /// Axes that scales or sizes apply to; `None`: all.
    pub axes: Option<Vec<i64>>,
    /// Meaning of `sizes`.
    pub keep_aspect_ratio_policy: AspectPolicy,
}

/// Resizing of one axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResizeAxis {
    /// Input length.
    pub input: usize,
    /// Output length.
    pub output: usize,
    /// Given scale, or output / input if a size was given.
    pub scale: f32,
}

impl ResizeAxis {
    /// Whether the axis is unchanged.
    pub fn is_same(&self) -> bool {
        self.input == self.output && self.scale == 1.0
    }
}

impl Resize {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self {
            mode: a.choice(
                "mode",
                ResizeMode::Nearest,
                &[
                    ("nearest", ResizeMode::Nearest),
                    ("linear", ResizeMode::Linear),
                    ("cubic", ResizeMode::Cubic),
                ],
            )?,
            coordinate_transformation_mode: a.choice(
                "coordinate_transformation_mode",
                CoordinateMode::HalfPixel,
                &[
                    ("half_pixel", CoordinateMode::HalfPixel),
                    ("half_pixel_symmetric", CoordinateMode::HalfPixelSymmetric),
                    ("pytorch_half_pixel", CoordinateMode::PytorchHalfPixel),
                    ("align_corners", CoordinateMode::AlignCorners),
                    ("asymmetric", CoordinateMode::Asymmetric),
                    ("tf_half_pixel_for_nn", CoordinateMode::TfHalfPixelForNn),
                ],
            )?,
            nearest_mode: a.choice(
                "nearest_mode",
                NearestMode::RoundPreferFloor,
                &[
                    ("round_prefer_floor", NearestMode::RoundPreferFloor),
                    ("round_prefer_ceil", NearestMode::RoundPreferCeil),
                    ("floor", NearestMode::Floor),
                    ("ceil", NearestMode::Ceil),
                ],
            )?,
            cubic_coeff_a: a.float_or("cubic_coeff_a", -0.75)?,
            exclude_outside: a.flag("exclude_outside", false)?,
            antialias: a.flag("antialias", false)?,
            axes: a.ints("axes")?.map(<[i64]>::to_vec),
            keep_aspect_ratio_policy: a.choice(
                "keep_aspect_ratio_policy",
                AspectPolicy::Stretch,
                &[
                    ("stretch", AspectPolicy::Stretch),
                    ("not_larger", AspectPolicy::NotLarger),
                    ("not_smaller", AspectPolicy::NotSmaller),
                ],
            )?,
        })
    }

    /// Resizing of each axis of the input.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<ResizeAxis>, OpError> {
        let shape = required(inputs, 0, "X")?.shape();
        let named = match &self.axes {
            Some(list) => axes(list, shape.len())?,
            None => (0..shape.len()).collect(),
        };
        let mut result: Vec<ResizeAxis> =
            shape.iter().map(|&n| ResizeAxis { input: n, output: n, scale: 1.0 }).collect();
        let scales = known_floats(inputs, 2, "scales")?.filter(|s| !s.is_empty());
        let sizes = known_ints(inputs, 3, "sizes")?.filter(|s| !s.is_empty());
        match (scales, sizes) {
            (Some(scales), None) if scales.len() == named.len() => {
                for (&axis, &scale) in named.iter().zip(scales) {
                    let n = shape[axis];
                    let output = (n as f32 * scale).floor();
                    if !(scale > 0.0 && output < i32::MAX as f32) {
                        return Err(OpError(format!("scale {scale} of an axis of length {n}")));
                    }
                    result[axis] = ResizeAxis { input: n, output: output as usize, scale };
                }
            }
            (None, Some(sizes)) if sizes.len() == named.len() => {
                let (targets, common) = self.target_sizes(shape, &named, sizes)?;
                for (&axis, output) in named.iter().zip(targets) {
                    let n = shape[axis];
                    let own = if n == output { 1.0 } else { output as f32 / n as f32 };
                    result[axis] = ResizeAxis { input: n, output, scale: common.unwrap_or(own) };
                }
            }
            (None, None) => return Err(OpError("scales and sizes are both missing".into())),
            (Some(_), Some(_)) => return Err(OpError("scales and sizes are both given".into())),
            (Some(s), None) => return Err(self.wrong_count(s.len(), named.len())),
            (None, Some(s)) => return Err(self.wrong_count(s.len(), named.len())),
        }
        if result.iter().any(|a| a.input == 0 && a.output > 0) {
            return Err(OpError("an empty axis cannot be enlarged".into()));
        }
        checked_shape(result.iter().map(|a| a.output).collect())?;
        Ok(result)
    }

    fn wrong_count(&self, given: usize, axes: usize) -> OpError {
        OpError(format!("{given} scales or sizes for {axes} axes"))
    }

    /// Target sizes, and the common scale if the aspect ratio is kept.
    fn target_sizes(
        &self,
        shape: &[usize],
        axes: &[usize],
        sizes: &[i64],
    ) -> Result<(Vec<usize>, Option<f32>), OpError> {
        let ratio = axes.iter().zip(sizes).map(|(&a, &s)| s as f32 / shape[a] as f32);
        let scale = match self.keep_aspect_ratio_policy {
            AspectPolicy::Stretch => None,
            AspectPolicy::NotLarger => Some(ratio.fold(f32::INFINITY, f32::min)),
            AspectPolicy::NotSmaller => Some(ratio.fold(0.0, f32::max)),
        };
        let target = |(&axis, &size): (&usize, &i64)| match scale {
            None => usize::try_from(size).map_err(|_| OpError(format!("size {size}"))),
            // The cast saturates; the shape is checked afterwards.
            Some(scale) => Ok((scale * shape[axis] as f32 + 0.5).floor() as usize),
        };
        let targets = axes.iter().zip(sizes).map(target).collect::<Result<_, _>>()?;
        Ok((targets, scale))
    }

    /// Input position of output position `i`.
    pub(super) fn source(&self, i: usize, axis: ResizeAxis) -> f32 {
        let (x, scale) = (i as f32, axis.scale);
        let (input, output) = (axis.input as f32, axis.output as f32);
        match self.coordinate_transformation_mode {
            CoordinateMode::HalfPixel => (x + 0.5) / scale - 0.5,
            CoordinateMode::PytorchHalfPixel if axis.output == 1 => 0.0,
            CoordinateMode::PytorchHalfPixel => (x + 0.5) / scale - 0.5,
            CoordinateMode::AlignCorners if axis.output == 1 => 0.0,
            CoordinateMode::AlignCorners => x * (input - 1.0) / (output - 1.0),
            CoordinateMode::Asymmetric => x / scale,
            CoordinateMode::TfHalfPixelForNn => (x + 0.5) / scale,
            CoordinateMode::HalfPixelSymmetric => {
                let adjustment = output / (scale * input);
                input / 2.0 * (1.0 - adjustment) + (x + 0.5) / scale - 0.5
            }
        }
    }

    /// Nearest: source position of each output position.
    pub fn nearest_index(&self, axis: ResizeAxis) -> Vec<i32> {
        let last = axis.input.saturating_sub(1) as f32;
        (0..axis.output)
            .map(|i| {
                let x = self.source(i, axis);
                let nearest = match self.nearest_mode {
                    NearestMode::RoundPreferFloor => (x - 0.5).ceil(),
                    NearestMode::RoundPreferCeil => (x + 0.5).floor(),
                    NearestMode::Floor => x.floor(),
                    NearestMode::Ceil => x.ceil(),
                };
                nearest.clamp(0.0, last) as i32
            })
            .collect()
    }

    /// Linear and cubic: number of source positions per output position.
    pub(super) fn taps(&self, axis: ResizeAxis) -> usize {
        let radius = if self.mode == ResizeMode::Cubic { 2 } else { 1 };
        if axis.is_same() {
            1
        } else if self.antialias && axis.scale < 1.0 {
            // A kernel far wider than the axis has the same taps as one that covers it from any center.
            let taps = (2.0 * (radius as f32 / axis.scale)).ceil() as i64;
            taps.saturating_add(1).min(5 * axis.input as i64) as usize
        } else {
            2 * radius
        }
    }

    /// Linear and cubic: weighted source positions of each output position.
    pub fn axis_taps(&self, axis: ResizeAxis) -> AxisTaps {
        if axis.is_same() {
            let index = (0..axis.output as i32).collect();
            return AxisTaps { taps: 1, index, weight: vec![1.0; axis.output] };
        }
        if self.antialias && axis.scale < 1.0 {
            return antialiased(self, axis);
        }
        let taps = self.taps(axis);
        let mut table = AxisTaps { taps, index: Vec::new(), weight: Vec::new() };
        let last = axis.input as i64 - 1;
        for i in 0..axis.output {
            let x = self.source(i, axis);
            let floor = x.floor();
            let s = x - floor;
            let (first, mut weights) = match self.mode {
                ResizeMode::Cubic => (floor as i64 - 1, self.cubic_weights(s).to_vec()),
                _ => (floor as i64, vec![1.0 - s, s]),
            };
            if self.exclude_outside {
                let inside = |t: usize| (0..=last).contains(&(first + t as i64));
                (0..taps).filter(|&t| !inside(t)).for_each(|t| weights[t] = 0.0);
                let sum: f32 = weights.iter().sum();
                weights.iter_mut().for_each(|w| *w /= sum);
            }
            table.index.extend((0..taps).map(|t| (first + t as i64).clamp(0, last) as i32));
            table.weight.extend(weights);
        }
        table
    }

    /// Keys' convolution kernel at distances 1+s, s, 1−s, 2−s.
    fn cubic_weights(&self, s: f32) -> [f32; 4] {
        [1.0 + s, s, 1.0 - s, 2.0 - s].map(|d| self.filter(d))
    }

    /// Interpolation kernel at a distance from its center.
    pub(super) fn filter(&self, distance: f32) -> f32 {
        let (d, a) = (distance.abs(), self.cubic_coeff_a);
        match self.mode {
            ResizeMode::Cubic if d < 1.0 => ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0,
            ResizeMode::Cubic if d < 2.0 => ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a,
            ResizeMode::Cubic => 0.0,
            _ => (1.0 - d).max(0.0),
        }
    }
}

impl Operator for Resize {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        required_float(inputs, 0, "X")?;
        Ok(vec![(DType::F32, self.resolve(inputs)?.iter().map(|a| a.output).collect())])
    }

    /// Resizes axis by axis, with sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let axes = self.resolve(&input_infos(inputs))?;
        let x = tensor(inputs, 0)?;
        let shape: Vec<usize> = axes.iter().map(|a| a.output).collect();
        if self.mode == ResizeMode::Nearest {
            let tables: Vec<Vec<i32>> = axes.iter().map(|&a| self.nearest_index(a)).collect();
            return output(shape, pick(x.data(), places(x.shape(), &tables), 0.0));
        }
        let mut y: Vec<f64> = floats(inputs, 0)?.iter().map(|&v| f64::from(v)).collect();
        for (i, &axis) in axes.iter().enumerate() {
            if axis.is_same() {
                continue;
            }
            let table = self.axis_taps(axis);
            let inner: usize = x.shape()[i + 1..].iter().product();
            let outer: usize = shape[..i].iter().product();
            let mut next = Vec::new();
            for at in 0..outer * axis.output * inner {
                let (outer, position, inner_at) =
                    (at / inner / axis.output, at / inner % axis.output, at % inner);
                let taps = position * table.taps..(position + 1) * table.taps;
                next.push(
                    taps.map(|t| {
                        let source = table.index[t] as usize;
                        y[(outer * axis.input + source) * inner + inner_at] * f64::from(table.weight[t])
                    })
                    .sum(),
                );
            }
            y = next;
        }
        output(shape, Data::F32(y.into_iter().map(|v| v as f32).collect()))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        let Ok(axes) = self.resolve(inputs) else { return Cost::MOVES };
        if self.mode == ResizeMode::Nearest {
            return Cost::MOVES;
        }
        let taps = axes.iter().fold(1u64, |n, &axis| n.saturating_mul(self.taps(axis) as u64));
        // The reference resizes axis by axis, through shapes between input and output.
        let between = axes.iter().fold(1u64, |n, a| n.saturating_mul(a.input.max(a.output) as u64));
        let passes: u64 = axes.iter().map(|&axis| self.taps(axis) as u64).sum();
        Cost {
            flops: made(outputs).saturating_mul(taps.saturating_mul(2)),
            steps: between.saturating_mul(passes),
        }
    }
}

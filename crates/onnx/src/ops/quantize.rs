//! Quantization to integers of 8 or 16 bits with a scale: `QuantizeLinear`, `DequantizeLinear`,
//! `DynamicQuantizeLinear`, `ConvInteger`, `MatMulInteger`; `torch.quantize_per_tensor` and related
//! functions.

use super::attributes::Attributes;
use super::conv::Conv;
use super::cost::{elements, made};
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, axis, input_infos, optional, required, required_float};
use super::matmul::MatMul;
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Quantization. Inputs: x, y_scale, optional y_zero_point. Output: round(x/scale) + zero_point, halves to
/// even, clamped to the type's range.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantizeLinear {
    /// Axis of a scale with several values; negative counts from the end.
    pub axis: i64,
    /// Minimum and maximum of the integer type.
    pub range: [f32; 2],
}

/// Dequantization. Inputs: x, x_scale, optional x_zero_point. Output: (x − zero_point)·scale.
#[derive(Debug, Clone, PartialEq)]
pub struct DequantizeLinear {
    /// Axis of a scale with several values; negative counts from the end.
    pub axis: i64,
}

/// Quantization by range. Input: x. Outputs: y of 0 to 255, y_scale, y_zero_point, which exactly cover the
/// range of x and 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicQuantizeLinear;

/// Quantized convolution. Inputs: x, w, optional x_zero_point, optional w_zero_point, which are subtracted
/// first.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvInteger(pub Conv);

/// Quantized matrix product. Inputs: A, B, optional a_zero_point, optional b_zero_point, which are subtracted
/// first.
#[derive(Debug, Clone, PartialEq)]
pub struct MatMulInteger;

fn whole(a: &Attributes) -> Result<(), OpError> {
    match a.int_or("block_size", 0)? {
        0 => Ok(()),
        _ => Err(OpError(
            "block-wise scales are not supported, only one scale or one per position along an axis".into(),
        )),
    }
}

/// Shape of a scale or zero point that broadcasts to x: a scalar, or one value per position along the axis.
pub fn along(shape: &[usize], of: &[usize], at: i64) -> Result<Vec<usize>, OpError> {
    let len: usize = of.iter().product();
    if len == 1 {
        return Ok(Vec::new());
    }
    let at = axis(at, shape.len())?;
    match of {
        &[n] if n == shape[at] => {
            let mut broadcast = vec![1; shape.len() - at];
            broadcast[0] = n;
            Ok(broadcast)
        }
        _ => Err(OpError(format!("a scale of shape {of:?} for axis {at} of {shape:?}"))),
    }
}

impl QuantizeLinear {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        whole(a)?;
        let ty = match a.int_or("output_dtype", 0)? {
            0 => a.input_types.get(2).copied().flatten().unwrap_or(2),
            ty => ty as i32,
        };
        // TensorProto.DataType
        let range = match ty {
            2 => [0.0, 255.0],
            3 => [-128.0, 127.0],
            4 => [0.0, 65535.0],
            5 => [-32768.0, 32767.0],
            other => return Err(OpError(format!("quantization to type {other} is not supported"))),
        };
        Ok(Self { axis: a.int_or("axis", 1)?, range })
    }
}

impl DequantizeLinear {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        whole(a)?;
        Ok(Self { axis: a.int_or("axis", 1)? })
    }
}

impl ConvInteger {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self(Conv::new(a)?))
    }
}

/// Checks a scale and a zero point, and returns the index of each element of x in both.
fn parameters(inputs: &[Option<InputInfo>], at: i64) -> Result<Vec<usize>, OpError> {
    let x = required(inputs, 0, "x")?.shape();
    let scale = required_float(inputs, 1, "scale")?.shape();
    let view = along(x, scale, at)?;
    if optional(inputs, 2).is_some() {
        let zero = required(inputs, 2, "zero_point")?.shape();
        if zero.iter().product::<usize>() != scale.iter().product::<usize>() {
            return Err(OpError(format!("zero_point of shape {zero:?}, scale of shape {scale:?}")));
        }
    }
    Ok(view)
}

/// Elements as floats.
fn numbers(tensor: &Tensor) -> Vec<f32> {
    match tensor.data() {
        Data::F32(v) => v.clone(),
        Data::I64(v) => v.iter().map(|&v| v as f32).collect(),
    }
}

fn zero_point(inputs: &[Option<&Tensor>], i: usize) -> Vec<f32> {
    optional(inputs, i).map_or(vec![0.0], numbers)
}

impl Operator for QuantizeLinear {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        parameters(inputs, self.axis)?;
        Ok(vec![(DType::I64, required_float(inputs, 0, "x")?.shape().to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let view = parameters(&input_infos(inputs), self.axis)?;
        let (x, scale, zero) = (floats(inputs, 0)?, floats(inputs, 1)?, zero_point(inputs, 2));
        let shape = tensor(inputs, 0)?.shape();
        let quantize = |(i, x): (usize, &f32)| {
            let p = place(i, &view, shape);
            let level = (x / scale[p]).round_ties_even() + zero[p % zero.len()];
            level.clamp(self.range[0], self.range[1]) as i64
        };
        output(shape, Data::I64(x.iter().enumerate().map(quantize).collect()))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 4)
    }
}

/// Index of element `i` of x in a scale that broadcasts according to [`along`].
fn place(i: usize, view: &[usize], shape: &[usize]) -> usize {
    match view.first() {
        None => 0,
        Some(&n) => i / shape[shape.len() - view.len() + 1..].iter().product::<usize>() % n,
    }
}

impl Operator for DequantizeLinear {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        parameters(inputs, self.axis)?;
        Ok(vec![(DType::F32, required(inputs, 0, "x")?.shape().to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let view = parameters(&input_infos(inputs), self.axis)?;
        let (x, scale, zero) = (numbers(tensor(inputs, 0)?), floats(inputs, 1)?, zero_point(inputs, 2));
        let shape = tensor(inputs, 0)?.shape();
        let value = |(i, x): (usize, &f32)| {
            let p = place(i, &view, shape);
            (x - zero[p % zero.len()]) * scale[p]
        };
        output(shape, Data::F32(x.iter().enumerate().map(value).collect()))
    }

    /// The elements are weights in dequantized form.
    fn role(&self) -> Role {
        Role::Stores
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 2)
    }
}

impl Operator for DynamicQuantizeLinear {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let x = required_float(inputs, 0, "x")?;
        Ok(vec![(DType::I64, x.shape().to_vec()), (DType::F32, Vec::new()), (DType::I64, Vec::new())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let x = floats(inputs, 0)?;
        let (min, max) = x.iter().fold((0.0f32, 0.0f32), |(min, max), &x| (min.min(x), max.max(x)));
        let scale = (max - min) / 255.0;
        // For an all-zero input every result is the zero point.
        let level = |x: f32| if scale == 0.0 { 0.0 } else { (x / scale).round_ties_even() };
        let zero = level(-min).clamp(0.0, 255.0);
        let y = x.iter().map(|&x| (level(x) + zero).clamp(0.0, 255.0) as i64).collect();
        let mut outputs = output(tensor(inputs, 0)?.shape(), Data::I64(y))?;
        outputs.push(Tensor::scalar(scale));
        outputs.extend(output([], Data::I64(vec![zero as i64]))?);
        Ok(outputs)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, inputs: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::each(elements(inputs, 0), 6)
    }
}

/// Axes of both operands along which zero points may vary.
const CONV_AXES: [i64; 2] = [0, 0];
const MATMUL_AXES: [i64; 2] = [-2, -1];

/// Both operands as floats, minus their zero points; the second may have one per row or column.
fn centered(inputs: &[Option<&Tensor>], axes: [i64; 2]) -> Result<[Tensor; 2], OpError> {
    let less = |i: usize| {
        let (x, zero) = (tensor(inputs, i)?, zero_point(inputs, i + 2));
        let of = optional(inputs, i + 2).map_or(&[][..], Tensor::shape);
        let view = along(x.shape(), of, axes[i])?;
        let values = numbers(x);
        let data = values.iter().enumerate().map(|(i, v)| v - zero[place(i, &view, x.shape())]).collect();
        Ok::<_, OpError>(output(x.shape(), Data::F32(data))?.remove(0))
    };
    Ok([less(0)?, less(1)?])
}

fn integers(product: Vec<Tensor>) -> Result<Vec<Tensor>, OpError> {
    let [y] = &product[..] else { return Err(OpError("a product has one result".into())) };
    let floats = y.as_f32().unwrap_or_default();
    output(y.shape(), Data::I64(floats.iter().map(|&v| v as i64).collect()))
}

/// Output types of a float product of these shapes, as integers; zero points must fit their operands along
/// these axes.
fn of_floats(
    op: &dyn Operator,
    inputs: &[Option<InputInfo>],
    axes: [i64; 2],
) -> Result<Vec<TensorType>, OpError> {
    for (i, at) in axes.into_iter().enumerate() {
        if let Some(zero) = optional(inputs, i + 2) {
            along(required(inputs, i, "operand")?.shape(), zero.shape(), at)?;
        }
    }
    let float = |i: usize| Ok::<_, OpError>(Some(required(inputs, i, "operand")?.of_type(DType::F32)));
    let types = op.infer(&[float(0)?, float(1)?])?;
    Ok(types.into_iter().map(|(_, shape)| (DType::I64, shape)).collect())
}

/// Cost of a float product of these shapes.
fn cost_of_floats(op: &dyn Operator, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
    let floats: Vec<Option<InputInfo>> =
        inputs.iter().take(2).map(|input| input.map(|known| known.of_type(DType::F32))).collect();
    op.cost(&floats, outputs)
}

impl Operator for ConvInteger {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        of_floats(&self.0, inputs, CONV_AXES)
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let [x, w] = centered(inputs, CONV_AXES)?;
        integers(self.0.reference(&[Some(&x), Some(&w)])?)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..2
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        cost_of_floats(&self.0, inputs, outputs)
    }
}

impl Operator for MatMulInteger {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        of_floats(&MatMul, inputs, MATMUL_AXES)
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let [a, b] = centered(inputs, MATMUL_AXES)?;
        integers(MatMul.reference(&[Some(&a), Some(&b)])?)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..2
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        cost_of_floats(&MatMul, inputs, outputs)
    }
}

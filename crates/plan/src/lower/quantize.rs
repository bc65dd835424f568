//! Quantized integers as floats: kernels compute them exactly up to 2²⁴ and round beyond.

use super::super::builder::Builder;
use super::super::{Binary, Epilogue, Kernel, Layout, Operand, ReduceKind, Unary};
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::graph::Node;
use unet_onnx::ops::{ConvInteger, DequantizeLinear, MatMul, OpError, QuantizeLinear, along};

impl Lowering<'_> {
    /// Scale or zero point, broadcast to an operand of this shape; `None` if absent.
    fn parameter(&mut self, node: &Node, i: usize, shape: &[usize], axis: i64) -> Lowered<Option<Operand>> {
        if node.inputs.get(i).copied().flatten().is_none() {
            return Ok(None);
        }
        let x = self.arg(node, i)?;
        let x = self.number(x)?;
        let view = along(shape, self.b.shape(x), axis)?;
        Ok(Some(self.b.reshape(x, &view, Builder::natural(&view))?))
    }

    pub(super) fn quantize(&mut self, node: &Node, op: &QuantizeLinear) -> Lowered {
        let x = self.arg(node, 0)?;
        let shape = self.b.shape(x).to_vec();
        let scale = self.parameter(node, 1, &shape, op.axis)?;
        let scale = scale.ok_or_else(|| OpError("y_scale is missing".into()))?;
        let level = self.combine(x, Binary::Div, scale)?;
        let mut level = self.function(level, Unary::Round)?;
        if let Some(zero) = self.parameter(node, 2, &shape, op.axis)? {
            level = self.combine(level, Binary::Add, zero)?;
        }
        self.function(level, Unary::Clip { min: op.range[0], max: op.range[1] })
    }

    pub(super) fn dequantize(&mut self, node: &Node, op: &DequantizeLinear) -> Lowered {
        let x = self.arg(node, 0)?;
        let mut x = self.number(x)?;
        let shape = self.b.shape(x).to_vec();
        if let Some(zero) = self.parameter(node, 2, &shape, op.axis)? {
            x = self.combine(x, Binary::Sub, zero)?;
        }
        let scale = self.parameter(node, 1, &shape, op.axis)?;
        let scale = scale.ok_or_else(|| OpError("x_scale is missing".into()))?;
        self.combine(x, Binary::Mul, scale)
    }

    pub(super) fn dynamic_quantize(&mut self, node: &Node) -> Lowered<()> {
        let x = self.arg(node, 0)?;
        let all = vec![true; self.b.shape(x).len()];
        let bound = |to: &mut Self, kind, clip| -> Lowered {
            let extreme = to.reduced(x, kind, &all)?;
            let extreme = to.b.reshape(extreme, &[], Layout::RowMajor)?;
            to.function(extreme, clip)
        };
        let min = bound(self, ReduceKind::Min, Unary::Clip { min: f32::NEG_INFINITY, max: 0.0 })?;
        let max = bound(self, ReduceKind::Max, Unary::Clip { min: 0.0, max: f32::INFINITY })?;
        let range = self.combine(max, Binary::Sub, min)?;
        let scale = self.function(range, Unary::Affine { scale: 1.0 / 255.0, shift: 0.0 })?;
        // For an all-zero input every result is the zero point.
        let divisor = self.function(scale, Unary::Clip { min: f32::MIN_POSITIVE, max: f32::INFINITY })?;
        let below = self.function(min, Unary::Neg)?;
        let zero = self.combine(below, Binary::Div, divisor)?;
        let zero = self.function(zero, Unary::Round)?;
        let levels = Unary::Clip { min: 0.0, max: 255.0 };
        let zero = self.function(zero, levels)?;
        let y = self.combine(x, Binary::Div, divisor)?;
        let y = self.function(y, Unary::Round)?;
        let y = self.combine(y, Binary::Add, zero)?;
        let y = self.function(y, levels)?;
        for (i, operand) in [y, scale, zero].into_iter().enumerate() {
            self.set(node, i, operand);
        }
        Ok(())
    }

    /// Input `i` as floats, minus its zero point.
    fn centered(&mut self, node: &Node, i: usize, axis: i64) -> Lowered {
        let x = self.arg(node, i)?;
        let x = self.number(x)?;
        let shape = self.b.shape(x).to_vec();
        match self.parameter(node, i + 2, &shape, axis)? {
            Some(zero) => self.combine(x, Binary::Sub, zero),
            None => Ok(x),
        }
    }

    pub(super) fn conv_integer(&mut self, node: &Node, op: &ConvInteger) -> Lowered {
        let x = self.centered(node, 0, 0)?;
        let weight =
            self.constant(node, 1, "the weight")?.ok_or_else(|| OpError("the weight is missing".into()))?;
        let zero = self.constant(node, 3, "the weight's zero point")?;
        let zeros = zero.as_ref().map_or(&[0][..], |zero| zero.as_i64().unwrap_or(&[0]));
        let (&[_, _, h, w], &[c, per_group, kh, kw]) = (self.b.shape(x), weight.shape()) else {
            return Err(OpError("only two spatial dimensions are supported".into()).into());
        };
        let per_channel = per_group * kh * kw;
        let levels = weight.as_i64().unwrap_or_default().iter().enumerate();
        let floats =
            levels.map(|(i, level)| (level - zeros[i / per_channel.max(1) % zeros.len()]) as f32).collect();
        let (window, ..) = op.0.window([h, w], [kh, kw])?;
        let weight = self.b.tensor(&[c, per_group, kh, kw], floats, Layout::RowMajor)?;
        let x = self.b.to(x, Layout::Nchwc4)?;
        let shape = self.output_shape(node, 0)?;
        let kernel = Kernel::Conv { window, groups: op.0.group, weight, epilogue: Epilogue::plain(None) };
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Nchwc4)?)
    }

    pub(super) fn matmul_integer(&mut self, node: &Node) -> Lowered {
        let facts = self.facts(node).into_iter().map(|input| input.map(|known| known.of_type(DType::F32)));
        let sizes = MatMul.resolve(&facts.collect::<Vec<_>>())?;
        let (a, b) = (self.centered(node, 0, -2)?, self.centered(node, 1, -1)?);
        let (a, b) = (self.b.to(a, Layout::RowMajor)?, self.b.to(b, Layout::RowMajor)?);
        self.matrices(a, b, &sizes)
    }
}

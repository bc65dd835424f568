//! Channels-last pictures: kernels work on N×C×H×W as everywhere, and transpositions between the two orders
//! move nothing.
//!
//! An edge of shape N×H×W×C may have a *turned* operand: the same elements as N×C×H×W `Nchwc4`. Operators
//! that work in either order pass turned operands on; any other operator gets a transposed copy.

use super::super::builder::Builder;
use super::super::{Binary, Epilogue, Kernel, Layout, Operand, Window};
use super::{Lowered, Lowering};
use std::sync::Arc;
use unet_kernels::tensor::{DType, Tensor};
use unet_onnx::graph::{EdgeId, Node, TO_FIRST, TO_LAST, permuted};
use unet_onnx::ops::{
    ArgMax, Concat, LayerNormalization, Op, OpError, Operator, Reduce, Reshape, Resize, ResizeMode, Softmax,
    Transpose, axis,
};

impl Lowering<'_> {
    /// Lowers a node that can take N×H×W×C pictures as N×C×H×W, or that converts between the orders. Returns
    /// false if the node needs its inputs as they are.
    pub(super) fn channels_last(&mut self, node: &Node) -> Lowered<bool> {
        let made = match &node.op {
            Op::Transpose(op) => return self.transposed(node, op),
            Op::Reshape(op) if *op != Reshape::Dropout => return self.reordered_by_reshape(node, op),
            op => {
                let among = (0..node.inputs.len()).find_map(|i| self.turned(node, i));
                let Some(any) = among else { return Ok(false) };
                let first = self.turned(node, 0);
                match (op, first) {
                    (Op::Unary(op), Some(x)) => self.functions(x, op)?,
                    (Op::Reshape(_), Some(x)) => x,
                    (Op::Cast(op), Some(x)) => self.cast_to(node, x, op)?,
                    (Op::Clip(op), Some(x)) => self.clipped(node, op, x)?,
                    (Op::Binary(op), _) if self.has_rank_up_to_4(node) => {
                        self.binary_of(node, op, Self::first)?
                    }
                    (Op::PRelu(_), Some(x)) if self.has_rank_up_to_4(node) => {
                        let slope = self.first(node, 1)?;
                        self.combine(x, Binary::PRelu, slope)?
                    }
                    (Op::Concat(op), _) if self.has_rank_up_to_4(node) => self.joined_first(node, op, any)?,
                    (Op::Softmax(op), Some(x)) => return self.softmax_last(node, op, x),
                    (Op::ArgMax(op), Some(x)) => return self.arg_max_last(node, op, x),
                    (Op::Reduce(op), Some(x)) => return self.reduce_last(node, op, x),
                    (Op::LayerNormalization(op), Some(x)) => return self.layer_norm_last(node, op, x),
                    (Op::MatMul(_), Some(x)) => return self.pointwise(node, x),
                    (Op::Resize(op), Some(x)) if op.mode != ResizeMode::Nearest => {
                        return self.resize_last(node, op, x);
                    }
                    _ => return Ok(false),
                }
            }
        };
        self.set_turned(node, 0, made);
        Ok(true)
    }

    /// The turned operand of input `i`, unless its values are cut.
    pub(super) fn turned(&self, node: &Node, i: usize) -> Option<Operand> {
        let edge = node.inputs.get(i).copied().flatten()?;
        self.turned[edge.0].filter(|_| !self.is_cut(edge, node))
    }

    pub(super) fn set_turned(&mut self, node: &Node, i: usize, operand: Operand) {
        if let Some(edge) = node.outputs.get(i).copied().flatten() {
            self.turned[edge.0] = Some(operand);
        }
    }

    /// An N×H×W×C edge in its own order, transposed from its turned operand.
    pub(super) fn turned_back(&mut self, edge: EdgeId) -> Lowered<Option<Operand>> {
        let Some(turned) = self.turned[edge.0] else { return Ok(None) };
        let operand = self.permute(turned, &TO_LAST)?;
        self.operands[edge.0] = Some(operand);
        Ok(Some(operand))
    }

    /// An N×H×W×C edge as N×C×H×W `Nchwc4`.
    pub(super) fn turned_edge(&mut self, edge: EdgeId) -> Lowered {
        if let Some(turned) = self.turned[edge.0] {
            return Ok(turned);
        }
        let operand = self.edge(edge)?;
        let turned = self.permute(operand, &TO_FIRST)?;
        Ok(self.b.to(turned, Layout::Nchwc4)?)
    }

    /// Input `i` as N×C×H×W, broadcast to four dimensions.
    fn first(&mut self, node: &Node, i: usize) -> Lowered {
        if let Some(turned) = self.turned(node, i) {
            return Ok(turned);
        }
        let operand = self.arg(node, i)?;
        let shape = self.b.shape(operand);
        if shape.iter().product::<usize>() == 1 {
            return Ok(operand);
        }
        let full = [vec![1; 4usize.saturating_sub(shape.len())], shape.to_vec()].concat();
        let operand = self.b.reshape(operand, &full, Layout::RowMajor)?;
        match operand {
            Operand::Const(c) => {
                let perm = Transpose { perm: Some(TO_FIRST.iter().map(|&i| i as i64).collect()) };
                let tensor = perm.reference(&[Some(&*self.b.plan.constants[c.0].tensor)])?.remove(0);
                Ok(Operand::Const(self.b.constant(&Arc::new(tensor), Layout::Nchwc4)))
            }
            Operand::Value(_) => self.permute(operand, &TO_FIRST),
        }
    }

    /// Whether no input has more than four dimensions, and one has four.
    fn has_rank_up_to_4(&self, node: &Node) -> bool {
        let rank = |edge: &EdgeId| self.facts[edge.0].as_ref().map_or(0, |fact| fact.shape.len());
        node.inputs.iter().flatten().map(rank).max() == Some(4)
    }

    fn transposed(&mut self, node: &Node, op: &Transpose) -> Lowered<bool> {
        let Some(edge) = node.inputs.first().copied().flatten() else { return Ok(false) };
        let rank = self.facts[edge.0].as_ref().map_or(0, |fact| fact.shape.len());
        let perm = op.resolve(rank)?;
        if perm == TO_FIRST {
            let Some(turned) = self.turned(node, 0) else { return Ok(false) };
            self.set(node, 0, turned);
            return Ok(true);
        }
        if perm != TO_LAST {
            return Ok(false);
        }
        let x = self.arg(node, 0)?;
        if let Operand::Const(_) = x {
            return Ok(false);
        }
        let x = self.b.to(x, Layout::Nchwc4)?;
        self.set_turned(node, 0, x);
        Ok(true)
    }

    /// Lowers a reshape that stands for a transposition: with one channel or one pixel both orders store the
    /// same elements, and converters write a reshape instead.
    fn reordered_by_reshape(&mut self, node: &Node, op: &Reshape) -> Lowered<bool> {
        let Some(edge) = node.inputs.first().copied().flatten() else { return Ok(false) };
        let shape = self.facts[edge.0].as_ref().map(|fact| fact.shape.clone()).unwrap_or_default();
        let output = op.resolve(&self.facts(node))?;
        let (Ok(from), Ok(to)) = (<[usize; 4]>::try_from(shape), <[usize; 4]>::try_from(output)) else {
            return Ok(false);
        };
        if let Some(turned) = self.turned(node, 0) {
            let same = permuted(from, TO_FIRST) == to && (from[3] == 1 || from[1] * from[2] == 1);
            if same {
                self.set(node, 0, turned);
            }
            return Ok(same);
        }
        // With several channels a reshape may mean anything.
        if permuted(from, TO_LAST) != to || from[1] != 1 || from == to {
            return Ok(false);
        }
        let x = self.arg(node, 0)?;
        if let Operand::Const(_) = x {
            return Ok(false);
        }
        let x = self.b.to(x, Layout::Nchwc4)?;
        self.set_turned(node, 0, x);
        Ok(true)
    }

    fn joined_first(&mut self, node: &Node, op: &Concat, any: Operand) -> Lowered {
        let dtype = self.dtype(any);
        let shape: [usize; 4] = self
            .output_shape(node, 0)?
            .try_into()
            .map_err(|_| OpError("the result does not have four dimensions".into()))?;
        let mut operands = Vec::new();
        for i in 0..node.inputs.len() {
            let operand = self.first(node, i)?;
            // A scalar keeps the dimensions it has.
            let rank = self.b.shape(operand).len();
            let full = [vec![1; 4 - rank], self.b.shape(operand).to_vec()].concat();
            operands.push(self.b.reshape(operand, &full, Layout::Nchwc4)?);
        }
        let last = axis(op.axis, 4)?;
        let at = TO_FIRST.iter().position(|&i| i == last).unwrap_or(last);
        let kernel = Kernel::Concat { axis: at };
        Ok(self.b.push(kernel, operands, dtype, &permuted(shape, TO_FIRST), Layout::Nchwc4)?)
    }

    fn softmax_last(&mut self, node: &Node, op: &Softmax, x: Operand) -> Lowered<bool> {
        let shape = self.b.shape(x).to_vec();
        let [n, c, h, w] = shape[..] else { return Ok(false) };
        if op.view(&[n, h, w, c])? != [n * h * w, c, 1] {
            return Ok(false);
        }
        let y = if op.log {
            let y = self.log_softmax(x, [n, c, h * w])?;
            self.b.to(y, Layout::Nchwc4)?
        } else {
            self.b.push(Kernel::SoftmaxChannels, vec![x], DType::F32, &shape, Layout::Nchwc4)?
        };
        self.set_turned(node, 0, y);
        Ok(true)
    }

    fn arg_max_last(&mut self, node: &Node, op: &ArgMax, x: Operand) -> Lowered<bool> {
        let &[n, _, h, w] = self.b.shape(x) else { return Ok(false) };
        if axis(op.axis, 4)? != 3 {
            return Ok(false);
        }
        let output = self.output_shape(node, 0)?;
        let kernel = Kernel::ArgMaxChannels { last: op.select_last_index };
        let y = self.b.push(kernel, vec![x], DType::I64, &[n, 1, h, w], Layout::Nchwc4)?;
        if output.len() == 4 {
            self.set_turned(node, 0, y);
        } else {
            let y = self.b.reshape(y, &output, Builder::natural(&output))?;
            self.set(node, 0, y);
        }
        Ok(true)
    }

    fn reduce_last(&mut self, node: &Node, op: &Reduce, x: Operand) -> Lowered<bool> {
        let reduced = op.resolve(&self.facts(node))?;
        let Ok(reduced) = <[bool; 4]>::try_from(reduced) else { return Ok(false) };
        // Only reductions whose result has the same order either way.
        if !matches!(reduced, [false, true, true, _] | [false, false, false, true]) {
            return Ok(false);
        }
        let output = self.output_shape(node, 0)?;
        let y = self.reduced_by(x, op.kind, &permuted(reduced, TO_FIRST))?;
        if output.len() == 4 {
            self.set_turned(node, 0, y);
        } else {
            let y = self.b.reshape(y, &output, Builder::natural(&output))?;
            self.set(node, 0, y);
        }
        Ok(true)
    }

    /// Layer norm over the channels alone normalizes each pixel.
    fn layer_norm_last(&mut self, node: &Node, op: &LayerNormalization, x: Operand) -> Lowered<bool> {
        let shape = self.b.shape(x).to_vec();
        if axis(op.axis, 4)? != 3 {
            return Ok(false);
        }
        let [scale, shift] = self.affine_of(node, &shape[1..2])?;
        let kernel = Kernel::ChannelNorm { epsilon: op.epsilon, scale, shift };
        let y = self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Nchwc4)?;
        self.set_turned(node, 0, y);
        Ok(true)
    }

    /// A product with a constant matrix along the channels is a 1×1 convolution.
    fn pointwise(&mut self, node: &Node, x: Operand) -> Lowered<bool> {
        let Some(edge) = node.inputs.get(1).copied().flatten() else { return Ok(false) };
        let matrix = self.facts[edge.0].as_ref().and_then(|fact| fact.value.clone());
        let Some(matrix) = matrix.filter(|_| !self.is_cut(edge, node)) else { return Ok(false) };
        let (&[c, d], Some(values), &[n, _, h, w]) = (matrix.shape(), matrix.as_f32(), self.b.shape(x))
        else {
            return Ok(false);
        };
        let weight =
            Tensor::f32([d, c, 1, 1], (0..d * c).map(|i| values[i % c * d + i / c]).collect::<Vec<_>>())?;
        let weight = self.b.constant(&Arc::new(weight), Layout::RowMajor);
        let window = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pad_begin: [0, 0] };
        let kernel = Kernel::Conv { window, groups: 1, weight, epilogue: Epilogue::plain(None) };
        let y = self.b.push(kernel, vec![x], DType::F32, &[n, d, h, w], Layout::Nchwc4)?;
        self.set_turned(node, 0, y);
        Ok(true)
    }

    fn resize_last(&mut self, node: &Node, op: &Resize, x: Operand) -> Lowered<bool> {
        let axes = op.resolve(&self.facts(node))?;
        let Ok(axes) = <[_; 4]>::try_from(axes) else { return Ok(false) };
        let y = self.resample(op, x, permuted(axes, TO_FIRST))?;
        self.set_turned(node, 0, y);
        Ok(true)
    }
}

//! Normalization.

use super::super::builder::Builder;
use super::super::{ConstId, Epilogue, Kernel, Layout, Operand, Window};
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::graph::Node;
use unet_onnx::ops::{
    BatchNormalization, GroupNormalization, InstanceNormalization, LayerNormalization, OpError,
    broadcast_places,
};

impl Lowering<'_> {
    /// Inference-time batch norm y = (x − mean)/√(var + ε)·scale + B: a depthwise 1×1 convolution, which
    /// fusion merges into a preceding convolution where that is legal.
    pub(super) fn batch_norm(&mut self, node: &Node, op: &BatchNormalization) -> Lowered {
        let mut vectors = Vec::new();
        for (i, what) in [(1, "scale"), (2, "B"), (3, "mean"), (4, "var")] {
            let floats = self.floats(node, i, what)?;
            vectors.push(floats.ok_or_else(|| OpError(format!("{what} is missing")))?);
        }
        let [scale, bias, mean, var] = &vectors[..] else { return Err(OpError("inputs".into()).into()) };
        let factor: Vec<f32> = scale.iter().zip(var).map(|(s, v)| s / (v + op.epsilon).sqrt()).collect();
        let shift = (0..factor.len()).map(|c| bias[c] - mean[c] * factor[c]).collect();
        let (x, shape) = self.with_channels(node)?;
        let y = self.scale_channels(x, factor, shift)?;
        Ok(self.b.reshape(y, &shape, Builder::natural(&shape))?)
    }

    /// Input 0 of shape `[N, C, …]` as planes, and its shape.
    fn with_channels(&mut self, node: &Node) -> Lowered<(Operand, Vec<usize>)> {
        let x = self.arg(node, 0)?;
        let shape = self.b.shape(x).to_vec();
        let &[n, c, ref rest @ ..] = &shape[..] else {
            return Err(OpError(format!("input of shape {shape:?} has no channels")).into());
        };
        let view = match *rest {
            [h, w] => [n, c, h, w],
            _ => [n, c, 1, rest.iter().product()],
        };
        Ok((self.b.reshape(x, &view, Layout::Nchwc4)?, shape))
    }

    /// x·factor + shift, per channel.
    pub(super) fn scale_channels(&mut self, x: Operand, factor: Vec<f32>, shift: Vec<f32>) -> Lowered {
        let shape = self.b.shape(x).to_vec();
        let c = shape[1];
        if factor.len() != c || shift.len() != c {
            return Err(OpError(format!("{} factors for {c} channels", factor.len())).into());
        }
        let window = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pad_begin: [0, 0] };
        let weight = self.b.tensor(&[c, 1, 1, 1], factor, Layout::RowMajor)?;
        let bias = Some(self.b.vector(shift)?);
        let kernel = Kernel::Conv { window, groups: c, weight, epilogue: Epilogue::plain(bias) };
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Nchwc4)?)
    }

    pub(super) fn instance_norm(&mut self, node: &Node, op: &InstanceNormalization) -> Lowered {
        let given = self.arg(node, 0)?;
        let shape = self.b.shape(given).to_vec();
        // Groups of channels as `torch.onnx.export` writes GroupNorm: [N, C, H, W] reshaped to [N, groups,
        // …]. The picture itself is not moved.
        let source = self.b.source(given);
        if let (&[n, groups, ..], &[pictures, c, _, _]) = (&shape[..], self.b.shape(source))
            && n == pictures
            && c != groups
            && c.is_multiple_of(groups)
            && self.b.layout(source) == Layout::Nchwc4
        {
            let view = self.b.shape(source).to_vec();
            let y = self.group_statistics(node, (source, &view), groups, op.epsilon, c / groups)?;
            return Ok(self.b.reshape(y, &shape, Builder::natural(&shape))?);
        }
        let (x, shape) = self.with_channels(node)?;
        self.group_statistics(node, (x, &shape), shape[1], op.epsilon, 1)
    }

    pub(super) fn group_norm(&mut self, node: &Node, op: &GroupNormalization) -> Lowered {
        let (x, shape) = self.with_channels(node)?;
        let repeat = if op.per_group { shape[1] / op.num_groups } else { 1 };
        self.group_statistics(node, (x, &shape), op.num_groups, op.epsilon, repeat)
    }

    fn group_statistics(
        &mut self,
        node: &Node,
        (x, shape): (Operand, &[usize]),
        groups: usize,
        epsilon: f32,
        repeat: usize,
    ) -> Lowered {
        let mut by_channel = |i: usize, what: &str| -> Lowered<_> {
            let Some(floats) = self.floats(node, i, what)? else { return Ok(None) };
            let all = floats.iter().flat_map(|&v| std::iter::repeat_n(v, repeat)).collect();
            Ok(Some(self.b.vector(all)?))
        };
        let (scale, shift) = (by_channel(1, "scale")?, by_channel(2, "bias")?);
        let view = self.b.shape(x).to_vec();
        let kernel = Kernel::GroupNorm { groups, epsilon, scale, shift };
        let y = self.b.push(kernel, vec![x], DType::F32, &view, Layout::Nchwc4)?;
        Ok(self.b.reshape(y, shape, Builder::natural(shape))?)
    }

    pub(super) fn layer_norm(&mut self, node: &Node, op: &LayerNormalization) -> Lowered {
        let x = self.arg(node, 0)?;
        let x = self.b.to(x, Layout::RowMajor)?;
        let shape = self.b.shape(x).to_vec();
        let axis = unet_onnx::ops::axis(op.axis, shape.len())?;
        let inner: usize = shape[axis..].iter().product();
        let [scale, shift] = self.affine_of(node, &shape[axis..])?;
        let kernel = Kernel::LayerNorm { inner, epsilon: op.epsilon, scale, shift };
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::RowMajor)?)
    }

    /// Scale and B of a layer norm over axes of this shape, per element.
    pub(super) fn affine_of(&mut self, node: &Node, shape: &[usize]) -> Lowered<[Option<ConstId>; 2]> {
        let mut vector = |i: usize, what: &str| -> Lowered<_> {
            let (tensor, floats) = (self.constant(node, i, what)?, self.floats(node, i, what)?);
            let (Some(tensor), Some(floats)) = (tensor, floats) else { return Ok(None) };
            // Inference has checked that it broadcasts.
            let all = broadcast_places(tensor.shape(), shape).map(|place| floats[place]).collect();
            Ok(Some(self.b.vector(all)?))
        };
        Ok([vector(1, "Scale")?, vector(2, "B")?])
    }
}

//! Window pooling and its reverse.

use super::super::{AxisIndex, Gather, IndexPlane, Kernel, Layout, Operand, ReduceKind};
use super::move_data::check_lengths;
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::graph::Node;
use unet_onnx::ops::{AveragePool, Indices, MaxPool, MaxUnpool, OpError};

impl Lowering<'_> {
    pub(super) fn max_pool(&mut self, node: &Node, op: &MaxPool) -> Lowered<()> {
        let (x, [n, _, h, w]) = self.picture(node, 0)?;
        let (window, ..) = op.window([h, w])?;
        let shape = self.output_shape(node, 0)?;
        let values = self.b.value(&node.name, DType::F32, &shape, Layout::Nchwc4)?;
        let mut outputs = vec![values];
        if node.outputs.get(1).copied().flatten().is_some() {
            let indices = self.b.value(&node.name, DType::I64, &shape, Layout::Nchwc4)?;
            let plane = IndexPlane { height: h, width: w, indices: op.indices };
            self.index_outputs.insert(indices, (plane, window));
            outputs.push(indices);
        }
        let mut inputs = vec![x];
        if outputs.len() > 1 && op.rounded {
            let kernel = Kernel::ReduceChannels(ReduceKind::MaxAbs);
            inputs.push(self.b.push(kernel, vec![x], DType::F32, &[n, 1, h, w], Layout::Nchwc4)?);
        }
        self.b.step(Kernel::MaxPool { window }, inputs, outputs.clone());
        for (i, &value) in outputs.iter().enumerate() {
            self.set(node, i, Operand::Value(value));
        }
        Ok(())
    }

    pub(super) fn average_pool(&mut self, node: &Node, op: &AveragePool) -> Lowered {
        let (x, [_, _, h, w]) = self.picture(node, 0)?;
        let (window, _, pad_end) = op.window([h, w])?;
        let shape = self.output_shape(node, 0)?;
        let kernel = Kernel::AveragePool { window, count_include_pad: op.count_include_pad, pad_end };
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Nchwc4)?)
    }

    pub(super) fn max_unpool(&mut self, node: &Node, op: &MaxUnpool) -> Lowered {
        let (x, [n, c, ..]) = self.picture(node, 0)?;
        let sizes = op.resolve(&self.facts(node))?;
        let kind = if op.pytorch { Indices::Plane } else { Indices::Rows };
        let plane = IndexPlane { height: sizes.plane[0], width: sizes.plane[1], indices: kind };
        let (indices, _) = self.picture(node, 1)?;
        let Operand::Value(source) = indices else {
            return Err(OpError("constant Indices are not supported".into()).into());
        };
        let window = match self.index_outputs.get(&source) {
            _ if self.b.plan.inputs.contains(&source) => {
                self.index_planes.insert(source, plane);
                sizes.window
            }
            // The pooling that produced the positions determines their geometry, whatever this node's
            // attributes say.
            Some(&(pooled, window)) if pooled == plane => window,
            _ => {
                return Err(OpError(format!(
                    "Indices must come from a max-pooling of planes of {} by {}, row by row",
                    sizes.plane[0], sizes.plane[1]
                ))
                .into());
            }
        };
        check_lengths(sizes.output)?;
        let shape = [n, c, sizes.plane[0], sizes.plane[1]];
        let kernel = Kernel::MaxUnpool { window };
        let unpooled = self.b.push(kernel, vec![x, indices], DType::F32, &shape, Layout::Nchwc4)?;
        if sizes.plane == sizes.output {
            return Ok(unpooled);
        }
        let extend = |axis: usize| {
            let (from, to) = (sizes.plane[axis], sizes.output[axis]);
            AxisIndex::Table((0..to).map(|i| if i < from { i as i32 } else { -1 }).collect())
        };
        let index = [AxisIndex::Same, AxisIndex::Same, extend(0), extend(1)];
        let kernel = Kernel::Gather(Gather { index, fill: 0.0 });
        let shape = [n, c, sizes.output[0], sizes.output[1]];
        Ok(self.b.push(kernel, vec![unpooled], DType::F32, &shape, Layout::Nchwc4)?)
    }
}

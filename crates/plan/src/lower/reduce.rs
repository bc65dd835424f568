//! Operators along axes: reductions, softmax, arg-max.

use super::super::builder::Builder;
use super::super::{Binary, Kernel, Layout, Operand, ReduceKind, Unary};
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::graph::Node;
use unet_onnx::ops::{self, ArgMax, OpError, Reduce, Softmax, axis};

impl Lowering<'_> {
    pub(super) fn reduce(&mut self, node: &Node, op: &Reduce) -> Lowered {
        let reduced = op.resolve(&self.facts(node))?;
        let output = self.output_shape(node, 0)?;
        let x = self.arg(node, 0)?;
        let y = self.reduced_by(x, op.kind, &reduced)?;
        Ok(self.b.reshape(y, &output, Builder::natural(&output))?)
    }

    /// Reduces the marked axes and keeps them with length 1.
    pub(super) fn reduced_by(&mut self, x: Operand, kind: ops::ReduceKind, reduced: &[bool]) -> Lowered {
        if self.dtype(x) != DType::F32 {
            return Err(OpError(
                "reductions of integers that depend on the picture are not supported".into(),
            )
            .into());
        }
        let (x, of) = match kind {
            ops::ReduceKind::Mean => (x, ReduceKind::Mean),
            ops::ReduceKind::Max => (x, ReduceKind::Max),
            ops::ReduceKind::Min => (x, ReduceKind::Min),
            ops::ReduceKind::Sum => (x, ReduceKind::Sum),
            ops::ReduceKind::L1 => (self.function(x, Unary::Abs)?, ReduceKind::Sum),
            ops::ReduceKind::L2 | ops::ReduceKind::SumSquare => {
                (self.combine(x, Binary::Mul, x)?, ReduceKind::Sum)
            }
            ops::ReduceKind::LogSum => (x, ReduceKind::Sum),
            ops::ReduceKind::LogSumExp => return self.log_sum_exp(x, reduced),
            ops::ReduceKind::Prod => {
                return Err(OpError(
                    "products of values that depend on the picture are not supported".into(),
                )
                .into());
            }
        };
        let y = self.reduced(x, of, reduced)?;
        match kind {
            ops::ReduceKind::L2 => self.function(y, Unary::Sqrt),
            ops::ReduceKind::LogSum => self.function(y, Unary::Log),
            ops::ReduceKind::Mean
            | ops::ReduceKind::Max
            | ops::ReduceKind::Min
            | ops::ReduceKind::Sum
            | ops::ReduceKind::L1
            | ops::ReduceKind::SumSquare
            | ops::ReduceKind::LogSumExp
            | ops::ReduceKind::Prod => Ok(y),
        }
    }

    /// max + log Σ exp(x − max): exp alone would overflow.
    fn log_sum_exp(&mut self, x: Operand, reduced: &[bool]) -> Lowered {
        let max = self.reduced(x, ReduceKind::Max, reduced)?;
        let below = self.combine(x, Binary::Sub, max)?;
        let powers = self.function(below, Unary::Exp)?;
        let sum = self.reduced(powers, ReduceKind::Sum, reduced)?;
        let log = self.function(sum, Unary::Log)?;
        self.combine(log, Binary::Add, max)
    }

    /// Reduces the marked axes and keeps them with length 1. A mean over several axes is a mean of means of
    /// equal length.
    pub(super) fn reduced(&mut self, x: Operand, kind: ReduceKind, reduced: &[bool]) -> Lowered {
        let (spatial, channels) = match (self.b.shape(x), reduced) {
            (&[1, ..], [_, c, true, true]) | (_, [false, c, true, true]) => (true, *c),
            (&[1, ..], [_, true, false, false]) | (_, [false, true, false, false]) => (false, true),
            _ => return self.reduced_plain(x, kind, reduced),
        };
        let mut x = self.b.to(x, Layout::Nchwc4)?;
        let mut shape = self.b.shape(x).to_vec();
        if spatial {
            shape[2..].fill(1);
            x = self.b.push(Kernel::ReduceSpatial(kind), vec![x], DType::F32, &shape, Layout::Nchwc4)?;
        }
        if channels {
            shape[1] = 1;
            x = self.b.push(Kernel::ReduceChannels(kind), vec![x], DType::F32, &shape, Layout::Nchwc4)?;
        }
        Ok(x)
    }

    /// Reduces one run of neighboring axes after another.
    fn reduced_plain(&mut self, x: Operand, kind: ReduceKind, reduced: &[bool]) -> Lowered {
        let mut x = self.b.to(x, Layout::RowMajor)?;
        let mut shape = self.b.shape(x).to_vec();
        let mut end = shape.len();
        while end > 0 {
            if !reduced[end - 1] {
                end -= 1;
                continue;
            }
            let start = (0..end).rev().take_while(|&i| reduced[i]).last().unwrap_or(end - 1);
            let kernel = Kernel::ReduceAxis {
                kind,
                outer: shape[..start].iter().product(),
                axis: shape[start..end].iter().product(),
                inner: shape[end..].iter().product(),
            };
            shape[start..end].fill(1);
            x = self.b.push(kernel, vec![x], DType::F32, &shape, Layout::RowMajor)?;
            end = start;
        }
        Ok(x)
    }

    pub(super) fn softmax(&mut self, node: &Node, op: &Softmax) -> Lowered {
        let x = self.arg(node, 0)?;
        let shape = self.b.shape(x).to_vec();
        let [outer, length, inner] = op.view(&shape)?;
        if op.log {
            return self.log_softmax(x, [outer, length, inner]);
        }
        let over_channels = shape.len() == 4 && outer == shape[0] && length == shape[1];
        let (kernel, layout) = if over_channels {
            (Kernel::SoftmaxChannels, Layout::Nchwc4)
        } else {
            (Kernel::SoftmaxAxis { outer, axis: length, inner }, Layout::RowMajor)
        };
        let x = self.b.to(x, layout)?;
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, layout)?)
    }

    /// x − max − log Σ exp(x − max), which stays finite where the softmax underflows to zero.
    pub(super) fn log_softmax(&mut self, x: Operand, [outer, axis, inner]: [usize; 3]) -> Lowered {
        let shape = self.b.shape(x).to_vec();
        let x = self.b.reshape(x, &[outer, axis, inner], Layout::RowMajor)?;
        let along = |kind| Kernel::ReduceAxis { kind, outer, axis, inner };
        let one = [outer, 1, inner];
        let max = self.b.push(along(ReduceKind::Max), vec![x], DType::F32, &one, Layout::RowMajor)?;
        let below = self.combine(x, Binary::Sub, max)?;
        let powers = self.function(below, Unary::Exp)?;
        let sum = self.b.push(along(ReduceKind::Sum), vec![powers], DType::F32, &one, Layout::RowMajor)?;
        let log = self.function(sum, Unary::Log)?;
        let y = self.combine(below, Binary::Sub, log)?;
        Ok(self.b.reshape(y, &shape, Layout::RowMajor)?)
    }

    pub(super) fn arg_max(&mut self, node: &Node, op: &ArgMax) -> Lowered {
        let output = self.output_shape(node, 0)?;
        let mut x = self.arg(node, 0)?;
        if op.smallest {
            x = self.function(x, Unary::Neg)?;
        }
        let mut kept = self.b.shape(x).to_vec();
        let at = axis(op.axis, kept.len())?;
        let last = op.select_last_index;
        let (kernel, layout) = if kept.len() == 4 && at == 1 {
            (Kernel::ArgMaxChannels { last }, Layout::Nchwc4)
        } else {
            let (outer, inner) = (kept[..at].iter().product(), kept[at + 1..].iter().product());
            (Kernel::ArgMaxAxis { outer, axis: kept[at], inner, last }, Layout::RowMajor)
        };
        kept[at] = 1;
        let x = self.b.to(x, layout)?;
        let y = self.b.push(kernel, vec![x], DType::I64, &kept, layout)?;
        Ok(self.b.reshape(y, &output, Builder::natural(&output))?)
    }
}

//! How much plain computation a node takes: enough to bound it, not a count of operations.

use crate::ops::{Fact, Op, ResizeMode, Shape};
use crate::tensor::{Data, Tensor};

impl Op {
    /// Elementary steps of the reference for these inputs and outputs, as an upper bound.
    pub fn work(&self, inputs: &[Option<&Fact>], outputs: &[Fact]) -> u64 {
        let len = |shape: &[usize]| shape.iter().fold(1u64, |n, &d| n.saturating_mul(d as u64));
        let input = |i: usize| inputs.get(i).copied().flatten().map_or(&[][..], |f| &f.shape);
        let read = inputs.iter().flatten().fold(0u64, |n, f| n.saturating_add(len(&f.shape)));
        let written = outputs.iter().fold(0u64, |n, f| n.saturating_add(len(&f.shape)));
        let each = |kernel: Option<[usize; 2]>| kernel.map_or(1, |[h, w]| (h * w) as u64);
        let more = match self {
            Op::Conv(_) => written.saturating_mul(len(input(1).get(1..).unwrap_or_default())),
            Op::ConvTranspose(_) => len(input(0)).saturating_mul(len(input(1).get(1..).unwrap_or_default())),
            Op::MaxPool(op) => written.saturating_mul(each(op.sliding.kernel_shape)),
            Op::AveragePool(op) => written.saturating_mul(each(op.sliding.kernel_shape)),
            Op::MatMul(_) | Op::Gemm(_) => written.saturating_mul(len(input(0))),
            Op::Binary(_) => written.saturating_mul(inputs.len() as u64),
            Op::Split(_) => {
                input(0).iter().map(|&d| d as u64).sum::<u64>().saturating_mul(outputs.len() as u64)
            }
            Op::Resize(op) if op.mode != ResizeMode::Nearest => {
                let output = outputs.first().map_or(&[][..], |f| &f.shape);
                let sides = input(0).iter().zip(output);
                let between = sides.clone().fold(1u64, |n, (&a, &b)| n.saturating_mul(a.max(b) as u64));
                let taps = sides.map(|(&a, &b)| 4 * a.div_ceil(b.max(1)) as u64 + 4).sum();
                between.saturating_mul(taps)
            }
            _ => 0,
        };
        read.saturating_add(written).saturating_add(more)
    }

    /// The outputs where they follow from the inputs' shapes alone.
    pub(super) fn of_shapes(&self, inputs: &[Option<&Fact>]) -> Option<Vec<Tensor>> {
        let shape = &inputs.first().copied().flatten()?.shape;
        let tensor = match self {
            Op::Shape(op) => dims(op, shape),
            Op::Size(_) => {
                Tensor::new(Vec::new(), Data::I64(vec![shape.iter().product::<usize>() as i64])).ok()?
            }
            _ => return None,
        };
        Some(vec![tensor])
    }

    /// Whether the output is the first input as it is.
    pub(super) fn is_identity(&self) -> bool {
        match self {
            Op::Unary(op) => op.functions == [crate::plan::Unary::Identity],
            Op::Reshape(op) => matches!(op, crate::ops::Reshape::Dropout),
            _ => false,
        }
    }
}

fn dims(op: &Shape, shape: &[usize]) -> Tensor {
    Tensor::vector(op.resolve(shape).iter().map(|&d| d as i64).collect::<Vec<_>>())
}

//! CPU backend: runs plans with four-lane SIMD on one thread, in slices of a few milliseconds.
//!
//! [`Executor`] owns the memory; `prepare` turns a step into a task, which gets slices of that memory.
//! Convolution, which takes most of the time, has a folder of its own.

#![warn(missing_docs)]

mod aligned;
mod axes;
mod blocks;
mod concat;
mod conv;
mod elementwise;
mod executor;
mod gather;
mod gemm;
mod layout;
mod math;
mod matmul;
mod memory;
mod norm;
mod planes;
mod pool;
mod probe;
mod reduce;
mod resample;
mod sample;
mod simd;
mod softmax;
mod task;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod transpose;
mod weights;

pub use executor::Executor;
pub use memory::{packed_bytes, scratch_bytes};
pub use probe::{Bounds, bounds, probe};
pub use weights::WeightCache;

use concat::{ConcatPlain, ConcatPlanes, Place};
use norm::{Affine, ChannelNorm, GroupNorm, LayerNorm};
use planes::Planes;
use reduce::{ArgMaxAxis, ArgMaxChannels, Axis, ReduceAxis, ReduceChannels, ReduceSpatial};
use task::Task;
use unet_kernels::error::{Error, Result};
use unet_plan::{ConstId, Kernel, Layout, Operand, Plan, Step};
use weights::Packing;

/// Shapes and layouts of a step's operands.
struct Operands<'a> {
    plan: &'a Plan,
    step: &'a Step,
}

impl Operands<'_> {
    fn input(&self, i: usize) -> (Layout, &[usize]) {
        match self.step.inputs[i] {
            Operand::Value(v) => (self.plan.values[v.0].layout, &self.plan.values[v.0].shape),
            Operand::Const(c) => (self.plan.constants[c.0].layout, self.plan.constants[c.0].tensor.shape()),
        }
    }

    fn output(&self) -> (Layout, &[usize]) {
        let value = &self.plan.values[self.step.outputs[0].0];
        (value.layout, &value.shape)
    }

    fn x(&self) -> Planes {
        Planes::new(self.input(0).1)
    }

    fn y(&self) -> Planes {
        Planes::new(self.output().1)
    }
}

/// The task of a step. `places`: where each value begins in the arena.
///
/// # Errors
/// `OutOfMemory` if there is no room for packed constants.
fn prepare(plan: &Plan, step: &Step, places: &[usize], cache: &mut WeightCache) -> Result<Box<dyn Task>> {
    let operands = Operands { plan, step };
    let (x, y) = (operands.x(), operands.y());
    let mut affine = |[scale, shift]: [Option<ConstId>; 2]| {
        let mut vector =
            |id: Option<ConstId>| id.map(|id| cache.get(&plan.constants[id.0], Packing::Vector)).transpose();
        Ok::<_, Error>(Affine { scale: vector(scale)?, shift: vector(shift)? })
    };
    Ok(match &step.kernel {
        Kernel::Conv { window, groups, weight, epilogue } => {
            conv::prepare(plan, [x, y], (*window, *groups, *weight), epilogue, cache)?
        }
        &Kernel::MaxPool { window } => Box::new(pool::MaxPool { x, y, window }),
        &Kernel::AveragePool { window, count_include_pad, pad_end } => {
            Box::new(pool::AveragePool { x, y, window, count_include_pad, pad_end })
        }
        Kernel::MaxUnpool { .. } => Box::new(pool::MaxUnpool { x, y }),
        Kernel::Gather(gather) => Box::new(gather::GatherTask::new(x, y, gather)),
        Kernel::Resample { y: rows, x: columns } => {
            Box::new(resample::Resample { x, y, rows: rows.clone(), columns: columns.clone() })
        }
        &Kernel::DepthToSpace { block, mode, skip } => {
            Box::new(blocks::DepthToSpace { x, y, block, mode, skip })
        }
        &Kernel::SpaceToDepth { block } => Box::new(blocks::SpaceToDepth { x, y, size: block }),
        &Kernel::Concat { axis } => concat(&operands, places, axis),
        &Kernel::Unary(function) => {
            let (layout, shape) = operands.output();
            let len = unet_plan::storage_len(layout, shape).unwrap_or(0);
            Box::new(elementwise::Map { function, len })
        }
        &Kernel::Binary { op, activation } => {
            let (layout, shape) = operands.output();
            elementwise::binary(op, activation, layout, [operands.input(0).1, operands.input(1).1, shape])
        }
        &Kernel::ReduceSpatial(kind) => Box::new(ReduceSpatial { kind, x }),
        &Kernel::ReduceChannels(kind) => Box::new(ReduceChannels { kind, x }),
        &Kernel::ArgMaxChannels { last } => Box::new(ArgMaxChannels { x, last }),
        Kernel::SoftmaxChannels => Box::new(softmax::SoftmaxChannels { x }),
        &Kernel::GroupNorm { groups, epsilon, scale, shift } => {
            Box::new(GroupNorm { x, groups, epsilon, affine: affine([scale, shift])? })
        }
        &Kernel::ChannelNorm { epsilon, scale, shift } => {
            Box::new(ChannelNorm { x, epsilon, affine: affine([scale, shift])? })
        }
        &Kernel::LayerNorm { inner, epsilon, scale, shift } => {
            let outer = operands.input(0).1.iter().product::<usize>() / inner.max(1);
            Box::new(LayerNorm { outer, inner, epsilon, affine: affine([scale, shift])? })
        }
        &Kernel::ReduceAxis { kind, outer, axis, inner } => {
            Box::new(ReduceAxis { kind, axis: Axis { outer, len: axis, inner } })
        }
        &Kernel::SoftmaxAxis { outer, axis, inner } => {
            Box::new(softmax::SoftmaxAxis { axis: Axis { outer, len: axis, inner } })
        }
        &Kernel::ArgMaxAxis { outer, axis, inner, last } => {
            Box::new(ArgMaxAxis { axis: Axis { outer, len: axis, inner }, last })
        }
        &Kernel::TopKAxis { outer, axis, inner, k, largest } => {
            Box::new(sample::TopKAxis { axis: Axis { outer, len: axis, inner }, k, largest })
        }
        &Kernel::GridSample(sample) => Box::new(sample::GridSample { x, y, sample }),
        &Kernel::MatMul(sizes) => {
            let c = (step.inputs.len() == 3).then(|| {
                let planes = Planes::new(operands.input(2).1);
                [planes.h, planes.w]
            });
            Box::new(matmul::MatMul { sizes, c })
        }
        Kernel::Transpose { perm } => Box::new(transpose::Transpose::new(operands.input(0).1, perm)),
        &Kernel::Reshape { first } => {
            let ((from, input), (to, output)) = (operands.input(0), operands.output());
            let in_place = match step.inputs[0] {
                Operand::Value(v) => first == 0 && places[v.0] == places[step.outputs[0].0],
                Operand::Const(_) => false,
            };
            Box::new(layout::Reshape {
                from: (from, input.to_vec()),
                to: (to, output.to_vec()),
                first,
                in_place,
            })
        }
    })
}

/// The task of a concatenation. `places`: where each value begins in the arena.
fn concat(operands: &Operands, places: &[usize], axis: usize) -> Box<dyn Task> {
    let (layout, shape) = operands.output();
    let inputs = 0..operands.step.inputs.len();
    if layout == Layout::RowMajor {
        let runs = inputs.map(|i| operands.input(i).1[axis..].iter().product()).collect();
        return Box::new(ConcatPlain { runs });
    }
    let output = operands.step.outputs[0];
    let start = places[output.0];
    let end = start + operands.plan.values[output.0].len();
    let place = |i: usize| match operands.step.inputs[i] {
        Operand::Value(v) if (start..end).contains(&places[v.0]) => Place::Inside(places[v.0] - start),
        _ => Place::Separate,
    };
    let parts = inputs.map(|i| (Planes::new(operands.input(i).1), place(i))).collect();
    Box::new(ConcatPlanes { axis: axis + 4 - shape.len(), operands: parts, y: operands.y() })
}

//! [`Kernel::Transpose`](unet_plan::Kernel::Transpose) of plain values.

use super::axes::{self, Axis};
use super::task::{Buffers, Task};
use crate::simd::F32x4;
use std::ops::Range;

/// Elements per unit along the input's fastest axis.
const RUN: usize = 256;

/// Axes that stay adjacent are merged. A unit is a run along the input's contiguous axis, by the whole last
/// axis of the output.
pub(super) struct Transpose {
    /// Remaining axes of the output, with their strides in input and output.
    outer: Vec<Axis>,
    /// The input's contiguous axis.
    near: Axis,
    /// The output's last axis if it is another one; else length 1.
    last: Axis,
}

impl Transpose {
    pub(crate) fn new(input: &[usize], perm: &[usize]) -> Self {
        let from = unet_kernels::tensor::strides(input);
        let shape: Vec<usize> = perm.iter().map(|&axis| input[axis]).collect();
        let to = unet_kernels::tensor::strides(&shape);
        let along = |(i, &axis): (usize, &usize)| Axis { len: shape[i], strides: [from[axis], to[i]] };
        let mut outer = axes::joined(perm.iter().enumerate().map(along), usize::MAX);
        let single = Axis { len: 1, strides: [1, 1] };
        let near = outer.iter().position(|axis| axis.strides[0] == 1).map_or(single, |at| outer.remove(at));
        let last = if near.strides[1] == 1 { single } else { outer.pop().unwrap_or(single) };
        Self { outer, near, last }
    }

    fn runs(&self) -> usize {
        self.near.len.div_ceil(RUN)
    }
}

impl Task for Transpose {
    fn units(&self) -> usize {
        axes::count(&self.outer) * self.runs()
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (x, y) = (buffers.inputs[0], &mut *buffers.outputs[0]);
        let apart = self.near.strides[1];
        for unit in units {
            let first = unit % self.runs() * RUN;
            let [from, to] = axes::offsets(&self.outer, unit / self.runs());
            let (from, to) = (from + first, to + first * apart);
            let len = (self.near.len - first).min(RUN);
            if apart == 1 {
                y[to..to + len].copy_from_slice(&x[from..from + len]);
            } else {
                swap([self.last.len, len], (&x[from..], self.last.strides[0]), (&mut y[to..], apart));
            }
        }
    }
}

/// Writes the rows of a matrix as columns. `from` and `to` come with the stride of their rows.
fn swap([rows, columns]: [usize; 2], from: (&[f32], usize), to: (&mut [f32], usize)) {
    let ((x, step), (y, apart)) = (from, to);
    let whole = [rows - rows % 4, columns - columns % 4];
    for column in (0..whole[1]).step_by(4) {
        for row in (0..whole[0]).step_by(4) {
            let four =
                |i: usize| x[(row + i) * step + column..].first_chunk().map_or(F32x4::zero(), F32x4::load);
            let turned = F32x4::transpose(std::array::from_fn(four));
            for (i, values) in turned.into_iter().enumerate() {
                if let Some(to) = y[(column + i) * apart + row..].first_chunk_mut() {
                    values.store(to);
                }
            }
        }
    }
    for column in 0..columns {
        let first = if column < whole[1] { whole[0] } else { 0 };
        (first..rows).for_each(|row| y[column * apart + row] = x[row * step + column]);
    }
}

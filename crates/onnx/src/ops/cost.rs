//! Cost of computing an operator.

use super::InputInfo;

/// Cost of computing an operator, for given inputs and outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Multiplications, additions, comparisons and functions of one element in a direct computation, each
    /// counted as one; moving elements is free. This is the only definition of the FLOPs shown to users.
    pub flops: u64,
    /// Elementary steps of the reference besides these, and besides one for each element that is read
    /// or written; an upper bound.
    pub steps: u64,
}

impl Cost {
    /// Cost of moving elements.
    pub const MOVES: Self = Self { flops: 0, steps: 0 };

    /// Cost of `operations` for each of `count` elements.
    pub fn each(count: u64, operations: u64) -> Self {
        Self { flops: count.saturating_mul(operations), steps: 0 }
    }
}

/// Number of elements of a shape, saturating.
pub(super) fn len(shape: &[usize]) -> u64 {
    shape.iter().fold(1, |n: u64, &d| n.saturating_mul(d as u64))
}

/// Number of elements of input `i`; 0 if absent.
pub(super) fn elements(inputs: &[Option<InputInfo>], i: usize) -> u64 {
    inputs.get(i).copied().flatten().map_or(0, |input| len(input.shape()))
}

/// Number of elements of the first output.
pub(super) fn made(outputs: &[InputInfo]) -> u64 {
    outputs.first().map_or(0, |output| len(output.shape()))
}

/// Number of elements in one row of the weight in input `i`: for convolutions, the terms of a sum.
pub(super) fn taps(inputs: &[Option<InputInfo>], i: usize) -> u64 {
    let shape = inputs.get(i).copied().flatten().map_or(&[][..], InputInfo::shape);
    shape.get(1..).map_or(0, len)
}

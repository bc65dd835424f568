//! The upsampling lab: one operator on a small matrix, and what made every number of the result.
//!
//! The numbers come from the operators that also define what the models compute. Which cells of
//! the input made a cell of the output, and with what weight, is not written down a second time:
//! the operator is asked, by giving it one matrix for each cell of the input, 1 there and 0 elsewhere.

mod operators;

pub use operators::{Stage, TransposedConv, Upsampling};

use crate::error::{Error, Result};
use crate::ops::{Op, Pad, PadMode};
use crate::tensor::Tensor;
use operators::{run, run_all, zero_insertion};

/// Most rows and columns of the input and of the kernel, and the largest stride and padding.
pub const MAX_SIDE: usize = 8;
/// Most channels of the input.
pub const MAX_CHANNELS: usize = 16;
/// Largest factor of an enlargement.
pub const MAX_FACTOR: usize = 4;
/// Largest magnitude of a number in the input or the kernel.
pub const MAX_VALUE: f32 = 1e9;

/// A worked example. Cells are counted row-major over channels, rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked {
    /// `[1, C, H, W]`.
    pub output: Tensor,
    /// Where each number of the output comes from.
    pub how: How,
}

/// What made the output.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// A sum of weighted cells, `[cells of the input, C, H, W]`: the weight of each in each cell of the
    /// output.
    Weights(Tensor),
    /// Max-pooling and unpooling.
    Pooled {
        /// `[1, C, h, w]`.
        maxima: Tensor,
        /// Of each maximum its position within its plane of the input.
        indices: Tensor,
        /// `[cells of the input, C, h, w]`: 1 where the window of the maximum sees the cell.
        windows: Tensor,
    },
    /// Transposed convolution, in its two views.
    Stamped {
        /// `[cells of the input, 1, H, W]`: which cell of the kernel, from 1, the cell of the input is
        /// multiplied by for a cell of the output; 0 where it does not reach that far.
        kernel_cells: Tensor,
        /// `[cells of the input, 1, H, W]`: the output when only this cell of the input and those
        /// before it have been stamped.
        sums: Tensor,
        /// `[1, 1, h, w]`: the input with zeros between its cells and around them; convolving it with the
        /// kernel turned by 180° gives the output. Which cell of the input, from 1, stands there.
        spread: Tensor,
    },
}

/// Applies an operator to `input`, `[1, C, H, W]`.
///
/// # Errors
/// `InvalidInput` where a size or a number is beyond the limits of this module, or the operator refuses
/// its settings.
pub fn work(upsampling: &Upsampling, input: &Tensor) -> Result<Worked> {
    let shape = check(input)?;
    upsampling.check()?;
    let stages = upsampling.stages(shape)?;
    let output = run(&stages, input)?;
    let how = match upsampling {
        Upsampling::MaxUnpool { .. } => {
            let pooling = &stages[..1];
            let mut pooled = run_all(pooling, input)?.into_iter();
            let (Some(maxima), Some(indices)) = (pooled.next(), pooled.next()) else {
                return Err(wrong("pooling gives maxima and indices"));
            };
            How::Pooled { maxima, indices, windows: run(pooling, &identity(shape)?)? }
        }
        Upsampling::TransposedConv(conv) => {
            let kernel = numbers(conv.kernel.shape())?;
            let numbered = Upsampling::TransposedConv(TransposedConv { kernel, bias: 0.0, ..*conv });
            How::Stamped {
                kernel_cells: run(&numbered.stages(shape)?, &identity(shape)?)?,
                sums: run(&stages, &prefixes(input)?)?,
                spread: spread(shape, conv)?,
            }
        }
        _ => How::Weights(run(&stages, &identity(shape)?)?),
    };
    Ok(Worked { output, how })
}

fn wrong(message: &str) -> Error {
    Error::InvalidInput(message.into())
}

/// The shape of the input.
fn check(input: &Tensor) -> Result<[usize; 4]> {
    let &[1, c @ 1..=MAX_CHANNELS, h @ 1..=MAX_SIDE, w @ 1..=MAX_SIDE] = input.shape() else {
        return Err(wrong("the input must be [1, C, H, W], of at most 16 channels and 8 by 8"));
    };
    if !input.as_f32().is_some_and(moderate) {
        return Err(wrong("the input must be numbers from -1e9 to 1e9"));
    }
    Ok([1, c, h, w])
}

/// Whether all are numbers, none of them too large.
fn moderate(numbers: &[f32]) -> bool {
    numbers.iter().all(|v| v.abs() <= MAX_VALUE)
}

/// 1, 2, 3, …
fn numbers(shape: &[usize]) -> Result<Tensor> {
    let count = shape.iter().product::<usize>();
    Tensor::f32(shape, (1..=count).map(|n| n as f32).collect::<Vec<_>>())
}

/// For each cell of the input a matrix that is 1 there and 0 elsewhere.
fn identity([_, c, h, w]: [usize; 4]) -> Result<Tensor> {
    let cells = c * h * w;
    let mut values = vec![0.0; cells * cells];
    values.iter_mut().step_by(cells + 1).for_each(|v| *v = 1.0);
    Tensor::f32([cells, c, h, w], values)
}

/// For each cell of the input a matrix of what is up to there, and zeros.
fn prefixes(input: &Tensor) -> Result<Tensor> {
    let values = input.as_f32().unwrap_or_default();
    let mut prefixes = Vec::new();
    for last in 0..values.len() {
        prefixes.extend_from_slice(&values[..=last]);
        prefixes.resize((last + 1) * values.len(), 0.0);
    }
    let mut shape = input.shape().to_vec();
    shape[0] = values.len();
    Tensor::f32(shape, prefixes)
}

fn spread(shape: [usize; 4], conv: &TransposedConv) -> Result<Tensor> {
    let apart = run(&[zero_insertion(conv.stride)?], &numbers(&shape)?)?;
    let border = |axis: usize| conv.kernel.shape()[axis] as i64 - 1 - conv.padding as i64;
    let (y, x, more) = (border(2), border(3), conv.output_padding as i64);
    let pads = Tensor::vector([0, 0, y, x, 0, 0, y + more, x + more]);
    run(&[Stage { op: Op::Pad(Pad { mode: PadMode::Constant }), more: vec![Some(pads)] }], &apart)
}

//! The upsampling lab: one operator on a small matrix, with the origin of every number of the result.
//!
//! The numbers come from the operators that also define what models compute. The weights of input cells in an
//! output cell are not implemented a second time: they are found by applying the operator to one matrix per
//! input cell, 1 there and 0 elsewhere.

mod operators;

pub use operators::{Stage, TransposedConv, Upsampling};

use crate::error::{Error, Result};
use crate::ops::{Op, Pad, PadMode};
use crate::tensor::Tensor;
use operators::{run, run_all, zero_insertion};

/// Maximum rows and columns of input and kernel, and maximum stride and padding.
pub const MAX_SIDE: usize = 8;
/// Maximum number of input channels.
pub const MAX_CHANNELS: usize = 16;
/// Maximum enlargement.
pub const MAX_FACTOR: usize = 4;
/// Maximum magnitude of a number in the input or the kernel.
pub const MAX_VALUE: f32 = 1e9;

/// A worked example. Cells are numbered row-major over channels, rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked {
    /// `[1, C, H, W]`.
    pub output: Tensor,
    /// Origin of each number of the output.
    pub how: How,
}

/// Origin of the output's numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// A weighted sum of cells, `[cells of the input, C, H, W]`: the weight of each input cell in each output
    /// cell.
    Weights(Tensor),
    /// Max-pooling and unpooling.
    Pooled {
        /// `[1, C, h, w]`.
        maxima: Tensor,
        /// Position of each maximum within its plane of the input.
        indices: Tensor,
        /// `[cells of the input, C, h, w]`: 1 where the maximum's window contains the cell.
        windows: Tensor,
    },
    /// Transposed convolution, in its two views.
    Stamped {
        /// `[cells of the input, 1, H, W]`: number of the kernel cell, from 1, that multiplies the input cell
        /// for an output cell; 0 where the kernel does not reach.
        kernel_cells: Tensor,
        /// `[cells of the input, 1, H, W]`: the output after stamping this input cell and those before it.
        sums: Tensor,
        /// `[1, 1, h, w]`: the input with zeros between and around its cells; convolving it with the kernel
        /// rotated by 180° gives the output. Entries are numbers of input cells, from 1.
        spread: Tensor,
    },
}

/// Applies an operator to `input`, `[1, C, H, W]`.
///
/// # Errors
/// `InvalidInput` if a size or a number exceeds the limits of this module, or the operator refuses its
/// settings.
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

/// Checks and returns the shape of the input.
fn check(input: &Tensor) -> Result<[usize; 4]> {
    let &[1, c @ 1..=MAX_CHANNELS, h @ 1..=MAX_SIDE, w @ 1..=MAX_SIDE] = input.shape() else {
        return Err(wrong("the input must be [1, C, H, W], of at most 16 channels and 8 by 8"));
    };
    if !input.as_f32().is_some_and(moderate) {
        return Err(wrong("the input must be numbers from -1e9 to 1e9"));
    }
    Ok([1, c, h, w])
}

/// Whether all numbers are finite and moderate.
fn moderate(numbers: &[f32]) -> bool {
    numbers.iter().all(|v| v.abs() <= MAX_VALUE)
}

/// 1, 2, 3, …
fn numbers(shape: &[usize]) -> Result<Tensor> {
    let count = shape.iter().product::<usize>();
    Tensor::f32(shape, (1..=count).map(|n| n as f32).collect::<Vec<_>>())
}

/// For each input cell, a matrix that is 1 there and 0 elsewhere.
fn identity([_, c, h, w]: [usize; 4]) -> Result<Tensor> {
    let cells = c * h * w;
    let mut values = vec![0.0; cells * cells];
    values.iter_mut().step_by(cells + 1).for_each(|v| *v = 1.0);
    Tensor::f32([cells, c, h, w], values)
}

/// For each input cell, the matrix up to that cell, followed by zeros.
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

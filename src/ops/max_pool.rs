//! `MaxPool`: the largest value of each window. `torch.nn.MaxPool2d`, with `Indices` its
//! `return_indices=True`. Positions outside the picture never win. With indices, values that
//! nearly equal the maximum tie with it and the first in row-major order is named
//! ([`crate::plan::TIE_EPSILON`]); the value is always the maximum itself.

use super::OpError;
use super::attributes::Attributes;
use super::window::WindowAttributes;
use crate::plan::Window;

/// Input X `[N, C, H, W]`; outputs Y and, if asked for, Indices: flat positions in all of X.
#[derive(Debug, Clone, PartialEq)]
pub struct MaxPool {
    pub sliding: WindowAttributes,
}

impl MaxPool {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        if a.int_or("storage_order", 0)? != 0 {
            return Err(OpError("storage_order 1 (column-major) is not supported".into()));
        }
        let sliding = WindowAttributes::new(a)?;
        sliding.pool_kernel()?;
        Ok(Self { sliding })
    }

    /// Window, output size and padding at the end.
    pub fn window(&self, input: [usize; 2]) -> Result<(Window, [usize; 2], [usize; 2]), OpError> {
        self.sliding.window(input, self.sliding.pool_kernel()?)
    }
}

//! `AveragePool`: the mean of each window. `torch.nn.AvgPool2d`. Positions outside the padded
//! input never count; those in the padding count as zeros if `count_include_pad`.

use super::OpError;
use super::attributes::Attributes;
use super::window::WindowAttributes;
use crate::plan::Window;

/// Input X `[N, C, H, W]`.
#[derive(Debug, Clone, PartialEq)]
pub struct AveragePool {
    pub sliding: WindowAttributes,
    pub count_include_pad: bool,
}

impl AveragePool {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let sliding = WindowAttributes::new(a)?;
        sliding.pool_kernel()?;
        Ok(Self { sliding, count_include_pad: a.flag("count_include_pad", false)? })
    }

    /// Window, output size and padding at the end.
    pub fn window(&self, input: [usize; 2]) -> Result<(Window, [usize; 2], [usize; 2]), OpError> {
        self.sliding.window(input, self.sliding.pool_kernel()?)
    }
}

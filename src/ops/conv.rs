//! `Conv`: y[n, o, i, j] = bias[o] + Σ x[n, c, i·s + u·d − p, j·s + v·d − p]·w[o, c', u, v], the sum over
//! the channels c of o's group and the kernel positions u, v. `torch.nn.Conv2d`; positions outside
//! the picture are zeros.

use super::OpError;
use super::attributes::Attributes;
use super::window::WindowAttributes;
use crate::plan::Window;

/// Inputs X `[N, C, H, W]`, W `[C_out, C/group, kh, kw]`, and B `[C_out]` or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    pub sliding: WindowAttributes,
    pub group: usize,
}

impl Conv {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let mut sliding = WindowAttributes::new(a)?;
        sliding.ceil_mode = false;
        Ok(Self { sliding, group: a.count_or("group", 1)? })
    }

    /// Window, output size and padding at the end.
    pub fn window(
        &self,
        input: [usize; 2],
        kernel: [usize; 2],
    ) -> Result<(Window, [usize; 2], [usize; 2]), OpError> {
        self.sliding.window(input, kernel)
    }
}

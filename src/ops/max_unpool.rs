//! `MaxUnpool`: zeros, and each value at the position that max-pooling took it from.
//! `torch.nn.MaxUnpool2d`. Of several values for one position the last in row-major order wins.

use super::OpError;
use super::attributes::Attributes;
use super::known::{Known, known_ints, nchw, required};
use super::window::WindowAttributes;
use crate::plan::Window;

/// Inputs X `[N, C, H, W]`, Indices of the same shape (flat positions in a tensor of N·C planes
/// of [`Unpooled::plane`]), and the output shape (`[N, C, H', W']`) or none.
#[derive(Debug, Clone, PartialEq)]
pub struct MaxUnpool {
    /// Of the pooling that is undone; dilations are 1.
    pub sliding: WindowAttributes,
    /// Whether Indices count in planes of the output's size, as PyTorch has them, or of the size
    /// that follows from the attributes, as ONNX has them. They differ where the pooled size was
    /// not a multiple of the stride.
    pub indices_in_output: bool,
}

/// Sizes of an unpooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpooled {
    pub window: Window,
    /// Height and width of the planes in which indices count; within the output.
    pub plane: [usize; 2],
    /// Height and width of the output: the plane, and zeros to the right of and below it.
    pub output: [usize; 2],
}

impl MaxUnpool {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let mut sliding = WindowAttributes::new(a)?;
        sliding.pool_kernel()?;
        sliding.dilations = [1; 2];
        sliding.ceil_mode = false;
        Ok(Self { sliding, indices_in_output: false })
    }

    pub fn resolve<V: Known>(&self, inputs: &[Option<&V>]) -> Result<Unpooled, OpError> {
        let shape = nchw(required(inputs, 0, "X")?.shape(), "X")?;
        let (s, kernel) = (&self.sliding, self.sliding.pool_kernel()?);
        let mut pad_begin = [0; 2];
        let mut plane = [0; 2];
        for i in 0..2 {
            pad_begin[i] = s.pads_begin[i] as isize;
            let spread = shape[2 + i].checked_sub(1).and_then(|n| n.checked_mul(s.strides[i]));
            plane[i] = spread
                .and_then(|n| (n + kernel[i]).checked_sub(s.pads_begin[i] + s.pads_end[i]))
                .filter(|&n| n > 0)
                .ok_or_else(|| OpError(format!("input of shape {shape:?} cannot be unpooled")))?;
        }
        let window = Window { kernel, stride: s.strides, dilation: [1; 2], pad_begin };
        let output = match known_ints(inputs, 2, "output_shape")? {
            None => plane,
            Some(&[n, c, h, w]) if n == shape[0] as i64 && c == shape[1] as i64 => {
                let side = |v: i64| usize::try_from(v).map_err(|_| OpError("negative size".into()));
                [side(h)?, side(w)?]
            }
            Some(list) => {
                return Err(OpError(format!("output_shape {list:?} does not fit X {shape:?}")));
            }
        };
        if self.indices_in_output {
            plane = output;
        }
        if plane[0] > output[0] || plane[1] > output[1] {
            return Err(OpError(format!("output_shape {output:?} is smaller than {plane:?}")));
        }
        Ok(Unpooled { window, plane, output })
    }
}

//! `MaxUnpool`: writes each value to the position that max-pooling took it from, and zeros elsewhere.
//! `torch.nn.MaxUnpool2d`. If a position occurs more than once, the last value in row-major order wins.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{floats, ints, output};
use super::input_info::{
    InputInfo, checked_shape, input_infos, known_ints, known_tensor, nchw, required, required_float,
};
use super::window::WindowAttributes;
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::Window;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Unpooling. Inputs: X `[N, C, H, W]`, Indices of the same shape, and optionally the output shape (`[N, C,
/// H', W']`). With `pytorch` also the offset of each plane in the output, `[N, C, 1, 1]`.
#[derive(Debug, Clone, PartialEq)]
pub struct MaxUnpool {
    /// Window of the pooling to reverse; dilations are 1.
    pub windowed: WindowAttributes,
    /// Encoding of Indices. ONNX: over all planes, whose size follows from the attributes; the output may
    /// extend them by zeros. PyTorch: within each plane of the output.
    pub pytorch: bool,
}

/// Sizes of an unpooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpooled {
    /// The pooling's window.
    pub window: Window,
    /// Height and width of the planes that indices refer to; within the output.
    pub plane: [usize; 2],
    /// Height and width of the output: the plane, with zeros to its right and below.
    pub output: [usize; 2],
}

impl MaxUnpool {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let mut windowed = WindowAttributes::new(a)?;
        windowed.pool_kernel()?;
        windowed.dilations = [1; 2];
        windowed.ceil_mode = false;
        Ok(Self { windowed, pytorch: false })
    }

    /// Sizes for inputs of these shapes.
    ///
    /// # Errors
    /// X does not have four dimensions, or the requested output is smaller than the planes that indices refer
    /// to.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Unpooled, OpError> {
        let shape = nchw(required(inputs, 0, "X")?.shape(), "X")?;
        let (s, kernel) = (&self.windowed, self.windowed.pool_kernel()?);
        let mut pad_begin = [0; 2];
        let mut plane = [0; 2];
        for i in 0..2 {
            pad_begin[i] = s.pads_begin[i] as isize;
            let spread = shape[2 + i].checked_sub(1).and_then(|n| n.checked_mul(s.strides[i]));
            plane[i] = spread
                .and_then(|n| (n + kernel[i]).checked_sub(s.pads_begin[i] + s.pads_end[i]))
                .ok_or_else(|| impossible(shape))?;
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
        if self.pytorch {
            plane = output;
            check_offsets(inputs, output)?;
        }
        if plane.contains(&0) {
            return Err(impossible(shape));
        }
        if plane[0] > output[0] || plane[1] > output[1] {
            return Err(OpError(format!("output_shape {output:?} is smaller than {plane:?}")));
        }
        Ok(Unpooled { window, plane, output })
    }
}

fn impossible(shape: [usize; 4]) -> OpError {
    OpError(format!("input of shape {shape:?} cannot be unpooled"))
}

/// Checks that the export adds to every position in its plane the offset of that plane in the output.
fn check_offsets(inputs: &[Option<InputInfo>], [h, w]: [usize; 2]) -> Result<(), OpError> {
    let [n, c, ..] = nchw(required(inputs, 0, "X")?.shape(), "X")?;
    let offsets = known_tensor(inputs, 3, "offsets")?.and_then(Tensor::as_i64).unwrap_or_default();
    let expected = |i: usize| (i as i64).checked_mul((h * w) as i64);
    if offsets.len() != n * c || !offsets.iter().enumerate().all(|(i, &v)| expected(i) == Some(v)) {
        return Err(OpError("this use of ScatterND is not max-unpooling, and not supported".into()));
    }
    Ok(())
}

impl Operator for MaxUnpool {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let shape = nchw(required_float(inputs, 0, "X")?.shape(), "X")?;
        let indices = required(inputs, 1, "I")?;
        if indices.shape() != shape || indices.dtype() != DType::I64 {
            return Err(OpError("indices must be integer, and shaped like X".into()));
        }
        let [h, w] = self.resolve(inputs)?.output;
        Ok(vec![(DType::F32, checked_shape(vec![shape[0], shape[1], h, w])?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (x, indices) = (floats(inputs, 0)?, ints(inputs, 1)?);
        let Unpooled { plane: [h, w], output: [_, w_out], .. } = self.resolve(&input_infos(inputs))?;
        let planes = shape[0] * shape[1];
        let (pooled, area) = (x.len() / planes.max(1), shape[2] * shape[3]);
        let mut y = vec![0.0; planes * area];
        for (i, (&value, &index)) in x.iter().zip(indices).enumerate() {
            let limit = if self.pytorch { h * w } else { planes.saturating_mul(h * w) };
            let index = usize::try_from(index).ok().filter(|&i| i < limit);
            let index = index.ok_or_else(|| OpError("an index is outside the output".into()))?;
            let plane = if self.pytorch { i / pooled } else { index / (h * w) };
            let position = index % (h * w);
            y[plane * area + position / w * w_out + position % w] = value;
        }
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

//! `DepthToSpace` and `SpaceToDepth`: channels become pixels, and back.
//! `torch.nn.PixelShuffle` is DepthToSpace CRD; `torch.nn.PixelUnshuffle` orders channels
//! otherwise than SpaceToDepth and is exported as Reshape and Transpose.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, required_float};
use super::input_info::{checked_shape, nchw};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::DepthMode;
use unet_kernels::tensor::{DType, Data, Tensor};

/// y[c, b·h + by, b·w + bx] = x[channel(c, by, bx), h, w]; see [`DepthMode`].
#[derive(Debug, Clone, PartialEq)]
pub struct DepthToSpace {
    /// Side of the block that a pixel becomes.
    pub blocksize: usize,
    /// Order of the channels; CRD is that of `torch.nn.PixelShuffle`.
    pub mode: DepthMode,
}

/// y[(by·b + bx)·C + c, h, w] = x[c, b·h + by, b·w + bx]
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceToDepth {
    /// Side of the block that becomes a pixel.
    pub blocksize: usize,
}

impl DepthToSpace {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let modes = [("DCR", DepthMode::Dcr), ("CRD", DepthMode::Crd)];
        Ok(Self { blocksize: blocksize(a)?, mode: a.choice("mode", DepthMode::Dcr, &modes)? })
    }

    /// Shape of the output for an input `[N, C, H, W]`.
    ///
    /// # Errors
    /// The input does not have four dimensions, or its channels are not a multiple of blocksize².
    pub fn output(&self, input: &[usize]) -> Result<[usize; 4], OpError> {
        let ([n, c, h, w], b) = (nchw(input, "input")?, self.blocksize);
        if c % (b * b) != 0 {
            return Err(OpError(format!("{c} channels do not fill blocks of {b} by {b}")));
        }
        let size = |v: usize| v.checked_mul(b).ok_or_else(|| OpError("too large".into()));
        let output = [n, c / (b * b), size(h)?, size(w)?];
        checked_shape(output.to_vec())?;
        Ok(output)
    }
}

impl SpaceToDepth {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        a.choice("mode", (), &[("DCR", ())])?;
        Ok(Self { blocksize: blocksize(a)? })
    }

    /// Shape of the output for an input `[N, C, H, W]`.
    ///
    /// # Errors
    /// The input does not have four dimensions, or its height or width is not a multiple of blocksize.
    pub fn output(&self, input: &[usize]) -> Result<[usize; 4], OpError> {
        let ([n, c, h, w], b) = (nchw(input, "input")?, self.blocksize);
        if h % b != 0 || w % b != 0 {
            return Err(OpError(format!("{h} by {w} is not made of blocks of {b} by {b}")));
        }
        // The number of elements is unchanged.
        Ok([n, c * b * b, h / b, w / b])
    }
}

fn blocksize(a: &Attributes) -> Result<usize, OpError> {
    a.extent("blocksize")?.ok_or_else(|| OpError("blocksize is missing".into()))
}

impl Operator for DepthToSpace {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let output = self.output(required_float(inputs, 0, "input")?.shape())?;
        Ok(vec![(DType::F32, output.to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let shape = tensor(inputs, 0)?.shape();
        let ([_, c_in, h_in, w_in], [n, c, h, w]) = (nchw(shape, "input")?, self.output(shape)?);
        let (x, b) = (floats(inputs, 0)?, self.blocksize);
        let mut y = Vec::new();
        for i in 0..n * c * h * w {
            let (n, c_out, row, column) = (i / (c * h * w), i / (h * w) % c, i / w % h, i % w);
            let block = row % b * b + column % b;
            let channel = match self.mode {
                DepthMode::Dcr => block * c + c_out,
                DepthMode::Crd => c_out * b * b + block,
            };
            y.push(x[((n * c_in + channel) * h_in + row / b) * w_in + column / b]);
        }
        output([n, c, h, w], Data::F32(y))
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

impl Operator for SpaceToDepth {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let output = self.output(required_float(inputs, 0, "input")?.shape())?;
        Ok(vec![(DType::F32, output.to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let shape = tensor(inputs, 0)?.shape();
        let ([_, c_in, h_in, w_in], [n, c, h, w]) = (nchw(shape, "input")?, self.output(shape)?);
        let (x, b) = (floats(inputs, 0)?, self.blocksize);
        let mut y = Vec::new();
        for i in 0..n * c * h * w {
            let (n, c_out, row, column) = (i / (c * h * w), i / (h * w) % c, i / w % h, i % w);
            let (block, channel) = (c_out / c_in, c_out % c_in);
            let (row, column) = (row * b + block / b, column * b + block % b);
            y.push(x[((n * c_in + channel) * h_in + row) * w_in + column]);
        }
        output([n, c, h, w], Data::F32(y))
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

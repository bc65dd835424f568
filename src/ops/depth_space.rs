//! `DepthToSpace` and `SpaceToDepth`: channels become pixels, and back.
//! `torch.nn.PixelShuffle` is DepthToSpace CRD; `torch.nn.PixelUnshuffle` orders channels
//! otherwise than SpaceToDepth and is exported as Reshape and Transpose.

use super::OpError;
use super::attributes::Attributes;
use super::known::{checked_shape, nchw};
use crate::plan::DepthMode;

/// y[c, b·h + by, b·w + bx] = x[channel(c, by, bx), h, w]; see [`DepthMode`].
#[derive(Debug, Clone, PartialEq)]
pub struct DepthToSpace {
    pub blocksize: usize,
    pub mode: DepthMode,
}

/// y[(by·b + bx)·C + c, h, w] = x[c, b·h + by, b·w + bx]
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceToDepth {
    pub blocksize: usize,
}

impl DepthToSpace {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        let modes = [("DCR", DepthMode::Dcr), ("CRD", DepthMode::Crd)];
        Ok(Self { blocksize: blocksize(a)?, mode: a.choice("mode", DepthMode::Dcr, &modes)? })
    }

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
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { blocksize: blocksize(a)? })
    }

    pub fn output(&self, input: &[usize]) -> Result<[usize; 4], OpError> {
        let ([n, c, h, w], b) = (nchw(input, "input")?, self.blocksize);
        if h % b != 0 || w % b != 0 {
            return Err(OpError(format!("{h} by {w} is not made of blocks of {b} by {b}")));
        }
        // Number of elements is unchanged.
        Ok([n, c * b * b, h / b, w / b])
    }
}

fn blocksize(a: &Attributes) -> Result<usize, OpError> {
    a.extent("blocksize")?.ok_or_else(|| OpError("blocksize is missing".into()))
}

//! `Transpose`: output axis i is input axis perm[i]; `torch.permute`. Without perm, the axes are reversed.

use super::OpError;
use super::attributes::Attributes;
use super::elements::{output, pick, tensor};
use super::input_info::axes;
use super::input_info::{InputInfo, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{Tensor, strides};

/// Permutation of axes. Input: data.
#[derive(Debug, Clone, PartialEq)]
pub struct Transpose {
    /// Input axis of each output axis; `None` reverses them.
    pub perm: Option<Vec<i64>>,
}

impl Transpose {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { perm: a.ints("perm")?.map(<[i64]>::to_vec) })
    }

    /// The permutation for a tensor of this rank.
    pub fn resolve(&self, rank: usize) -> Result<Vec<usize>, OpError> {
        match &self.perm {
            None => Ok((0..rank).rev().collect()),
            Some(perm) if perm.len() == rank => axes(perm, rank),
            Some(perm) => Err(OpError(format!("perm {perm:?} for a tensor of rank {rank}"))),
        }
    }
}

impl Operator for Transpose {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "data")?;
        let perm = self.resolve(input.shape().len())?;
        Ok(vec![(input.dtype(), perm.iter().map(|&a| input.shape()[a]).collect())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let input = tensor(inputs, 0)?;
        let perm = self.resolve(input.shape().len())?;
        let shape: Vec<usize> = perm.iter().map(|&a| input.shape()[a]).collect();
        let (from, to) = (strides(input.shape()), strides(&shape));
        let place = |i: usize| (0..perm.len()).map(|a| i / to[a] % shape[a] * from[perm[a]]).sum();
        let data = pick(input.data(), (0..input.len()).map(|i| Some(place(i))), 0.0);
        output(shape, data)
    }

    fn role(&self) -> Role {
        Role::Stores
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        Cost::MOVES
    }
}

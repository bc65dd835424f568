//! `Transpose`: output axis i is input axis perm[i]; `torch.permute`. Without perm, axes reverse.

use super::OpError;
use super::attributes::Attributes;
use super::known::axes;

/// Input data.
#[derive(Debug, Clone, PartialEq)]
pub struct Transpose {
    pub perm: Option<Vec<i64>>,
}

impl Transpose {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
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

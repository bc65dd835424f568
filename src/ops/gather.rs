//! `Gather`: `torch.index_select` along an axis, for indices of any shape; negative ones count
//! from the end. `ScatterND`: a copy of data in which the element (or slice) at each index is
//! replaced by an update.

use super::OpError;
use super::attributes::Attributes;

/// Inputs data and indices.
#[derive(Debug, Clone, PartialEq)]
pub struct Gather {
    pub axis: i64,
}

/// Inputs data, indices `[…, depth]`, updates. Of equal indices the last one wins.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterNd;

impl Gather {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { axis: a.int_or("axis", 0)? })
    }
}

impl ScatterNd {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        match a.text("reduction")? {
            None | Some("none") => Ok(Self),
            Some(other) => Err(OpError(format!("reduction {other:?} is not supported"))),
        }
    }
}

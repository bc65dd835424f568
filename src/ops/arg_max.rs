//! `ArgMax`: position of the largest value along an axis, the first of equal
//! ones, or the last. `torch.argmax`.

use super::OpError;
use super::attributes::Attributes;

/// Input data; integer output.
#[derive(Debug, Clone, PartialEq)]
pub struct ArgMax {
    pub axis: i64,
    pub keepdims: bool,
    pub select_last_index: bool,
}

impl ArgMax {
    pub fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self {
            axis: a.int_or("axis", 0)?,
            keepdims: a.flag("keepdims", true)?,
            select_last_index: a.flag("select_last_index", false)?,
        })
    }
}

//! Repetition: `Expand` broadcasts to a shape by NumPy's rule in both directions
//! (`torch.Tensor.expand`), `Tile` repeats each axis (`torch.tile`).

use super::OpError;
use super::known::{Known, broadcast, checked_shape, known_ints, required, shape_from};

/// Inputs input and shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand;

/// Inputs input and repeats, one an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile;

impl Expand {
    /// Shape of the output.
    pub fn resolve<V: Known>(&self, inputs: &[Option<&V>]) -> Result<Vec<usize>, OpError> {
        let shape = required(inputs, 0, "input")?.shape();
        let target =
            known_ints(inputs, 1, "shape")?.ok_or_else(|| OpError("input 1 (shape) is missing".into()))?;
        checked_shape(broadcast(shape, &shape_from(target)?)?)
    }
}

impl Tile {
    /// Shape of the output.
    pub fn resolve<V: Known>(&self, inputs: &[Option<&V>]) -> Result<Vec<usize>, OpError> {
        let shape = required(inputs, 0, "input")?.shape();
        let repeats = known_ints(inputs, 1, "repeats")?
            .ok_or_else(|| OpError("input 1 (repeats) is missing".into()))?;
        if repeats.len() != shape.len() {
            return Err(OpError(format!("{} repeats for shape {shape:?}", repeats.len())));
        }
        let size = |(&n, &r): (&usize, &i64)| (n as i64).checked_mul(r);
        let output: Option<Vec<i64>> = shape.iter().zip(repeats).map(size).collect();
        shape_from(&output.ok_or_else(|| OpError("repeats are too large".into()))?)
    }
}

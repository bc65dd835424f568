//! Repetition: `Expand` broadcasts to a shape by NumPy's rule in both directions
//! (`torch.Tensor.expand`), `Tile` repeats each axis (`torch.tile`).

use super::OpError;
use super::elements::{broadcast_places, output, pick, places, tensor};
use super::input_info::{InputInfo, broadcast, checked_shape, input_infos, known_ints, required, shape_from};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::Tensor;

/// Broadcasting. Inputs: input and shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand;

/// Repetition. Inputs: input and repeats, one per axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile;

impl Expand {
    /// Shape of the output.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<usize>, OpError> {
        let shape = required(inputs, 0, "input")?.shape();
        let target =
            known_ints(inputs, 1, "shape")?.ok_or_else(|| OpError("input 1 (shape) is missing".into()))?;
        checked_shape(broadcast(shape, &shape_from(target)?)?)
    }
}

impl Tile {
    /// Shape of the output.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<usize>, OpError> {
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

impl Operator for Expand {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(required(inputs, 0, "input")?.dtype(), self.resolve(inputs)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let input = tensor(inputs, 0)?;
        let shape = self.resolve(&input_infos(inputs))?;
        let places = broadcast_places(input.shape(), &shape).map(Some);
        let data = pick(input.data(), places, 0.0);
        output(shape, data)
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

impl Operator for Tile {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(required(inputs, 0, "input")?.dtype(), self.resolve(inputs)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let input = tensor(inputs, 0)?;
        let shape = self.resolve(&input_infos(inputs))?;
        let table = |(&to, &from): (&usize, &usize)| (0..to).map(|i| (i % from) as i32).collect();
        let tables: Vec<Vec<i32>> = shape.iter().zip(input.shape()).map(table).collect();
        let data = pick(input.data(), places(input.shape(), &tables), 0.0);
        output(shape, data)
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

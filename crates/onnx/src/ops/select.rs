//! `Where`: condition ? X : Y with broadcasting (`torch.where`), and `Not`.

use super::cost::made;
use super::elements::{broadcast_places, ints, output, tensor};
use super::input_info::{InputInfo, broadcast, checked_shape, input_infos, required};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Selection. Inputs: condition (0 or not), X, Y.
#[derive(Debug, Clone, PartialEq)]
pub struct Where;

/// Negation. Input: X of 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Not;

impl Operator for Where {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let condition = required(inputs, 0, "condition")?;
        let (x, y) = (required(inputs, 1, "X")?, required(inputs, 2, "Y")?);
        if condition.dtype() != DType::I64 || x.dtype() != y.dtype() {
            return Err(OpError("the condition must be bool, and X and Y of one type".into()));
        }
        let shape = broadcast(condition.shape(), &broadcast(x.shape(), y.shape())?)?;
        Ok(vec![(x.dtype(), checked_shape(shape)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let condition = ints(inputs, 0)?;
        let (x, y) = (tensor(inputs, 1)?, tensor(inputs, 2)?);
        let chosen = broadcast_places(tensor(inputs, 0)?.shape(), &shape).map(|p| condition[p] != 0);
        let places = broadcast_places(x.shape(), &shape).zip(broadcast_places(y.shape(), &shape));
        let places = chosen.zip(places);
        let data = match (x.data(), y.data()) {
            (Data::F32(x), Data::F32(y)) => {
                Data::F32(places.map(|(c, (i, j))| if c { x[i] } else { y[j] }).collect())
            }
            (Data::I64(x), Data::I64(y)) => {
                Data::I64(places.map(|(c, (i, j))| if c { x[i] } else { y[j] }).collect())
            }
            _ => return Err(OpError("X and Y differ in type".into())),
        };
        output(shape, data)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        1..3
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 1)
    }
}

impl Operator for Not {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "X")?;
        if input.dtype() != DType::I64 {
            return Err(OpError("X must be bool".into()));
        }
        Ok(vec![(DType::I64, input.shape().to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let inverted = ints(inputs, 0)?.iter().map(|&v| i64::from(v == 0)).collect();
        output(tensor(inputs, 0)?.shape(), Data::I64(inverted))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 1)
    }
}

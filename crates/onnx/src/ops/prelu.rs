//! `PRelu`: x < 0 ? slope·x : x. `torch.nn.PReLU`; the slope broadcasts to x's shape (one per
//! channel has shape `[C, 1, 1]`).

use super::cost::made;
use super::elements::{broadcast_places, floats, output, tensor};
use super::input_info::{InputInfo, broadcast, input_infos, required_float};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Parametric ReLU. Inputs: X and slope.
#[derive(Debug, Clone, PartialEq)]
pub struct PRelu;

impl Operator for PRelu {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let x = required_float(inputs, 0, "X")?.shape();
        let slope = required_float(inputs, 1, "slope")?.shape();
        if broadcast(x, slope)? != x {
            return Err(OpError(format!("slope {slope:?} does not broadcast to X {x:?}")));
        }
        Ok(vec![(DType::F32, x.to_vec())])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let (_, shape) = self.infer(&input_infos(inputs))?.remove(0);
        let (x, slope) = (floats(inputs, 0)?, floats(inputs, 1)?);
        let places = broadcast_places(tensor(inputs, 1)?.shape(), &shape);
        let y = x.iter().zip(places).map(|(&x, p)| if x < 0.0 { slope[p] * x } else { x }).collect();
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..2
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 1)
    }
}

//! Functions of one element without parameters from inputs: the formulas stand at
//! [`plan::Unary`]. Each has the `torch.nn` module or `torch` function of the same name
//! (`HardSwish` = Hardswish, `Swish` = SiLU, `LeakyRelu` = LeakyReLU with negative_slope alpha).

use super::OpError;
use super::attributes::Attributes;
use crate::plan;

/// Input X, float (Neg, Abs, Relu and Identity also integer).
#[derive(Debug, Clone, PartialEq)]
pub struct Unary {
    /// ONNX operator.
    pub name: &'static str,
    pub function: plan::Unary,
}

impl Unary {
    pub fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        use plan::Unary as F;
        let (name, function) = match name {
            "Identity" => ("Identity", F::Identity),
            "Relu" => ("Relu", F::Relu),
            "LeakyRelu" => ("LeakyRelu", F::LeakyRelu { alpha: a.float_or("alpha", 0.01)? }),
            "Sigmoid" => ("Sigmoid", F::Sigmoid),
            "Tanh" => ("Tanh", F::Tanh),
            "HardSwish" => ("HardSwish", F::HardSwish),
            "HardSigmoid" => {
                let (alpha, beta) = (a.float_or("alpha", 0.2)?, a.float_or("beta", 0.5)?);
                ("HardSigmoid", F::HardSigmoid { alpha, beta })
            }
            "Gelu" => {
                let choices = [("none", F::Gelu), ("tanh", F::GeluTanh)];
                ("Gelu", a.choice("approximate", F::Gelu, &choices)?)
            }
            "Erf" => ("Erf", F::Erf),
            "Swish" => {
                if a.float_or("alpha", 1.0)? != 1.0 {
                    return Err(OpError("only alpha 1 is supported".into()));
                }
                ("Swish", F::Silu)
            }
            "Elu" => ("Elu", F::Elu { alpha: a.float_or("alpha", 1.0)? }),
            "Softplus" => ("Softplus", F::Softplus),
            "Exp" => ("Exp", F::Exp),
            "Log" => ("Log", F::Log),
            "Sqrt" => ("Sqrt", F::Sqrt),
            "Reciprocal" => ("Reciprocal", F::Reciprocal),
            "Abs" => ("Abs", F::Abs),
            "Neg" => ("Neg", F::Neg),
            "Floor" => ("Floor", F::Floor),
            "Ceil" => ("Ceil", F::Ceil),
            "Round" => ("Round", F::Round),
            _ => return Ok(None),
        };
        Ok(Some(Self { name, function }))
    }
}

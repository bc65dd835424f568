//! Functions of one element without parameters from inputs: the formulas stand at
//! [`plan::Unary`]. Each has the `torch.nn` module or `torch` function of the same name
//! (`HardSwish` = Hardswish, `Swish` = SiLU, `LeakyRelu` = LeakyReLU with negative_slope alpha).

use super::OpError;
use super::attributes::Attributes;
use super::elements::{output, tensor};
use super::known::{Known, checked_shape, known, required};
use super::{Operator, TensorType};
use crate::plan;
use crate::tensor::{DType, Data, Tensor};

/// Input X, float (Neg, Abs, Relu and Identity also integer).
#[derive(Debug, Clone, PartialEq)]
pub struct Unary {
    /// ONNX operator.
    pub name: &'static str,
    /// One after another.
    pub functions: Vec<plan::Unary>,
}

impl Unary {
    pub fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        use plan::Unary as F;
        let (name, function) = match name {
            "Celu" => {
                let alpha = a.float_or("alpha", 1.0)?;
                let scaled = |scale| F::Affine { scale, shift: 0.0 };
                return Ok(Some(Self {
                    name: "Celu",
                    functions: vec![scaled(1.0 / alpha), F::Elu { alpha: 1.0 }, scaled(alpha)],
                }));
            }
            "Selu" => {
                let alpha = a.float_or("alpha", 1.673_263_2)?;
                let scale = a.float_or("gamma", 1.050_701)?;
                return Ok(Some(Self {
                    name: "Selu",
                    functions: vec![F::Elu { alpha }, F::Affine { scale, shift: 0.0 }],
                }));
            }
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
            "Mish" => ("Mish", F::Mish),
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
        Ok(Some(Self { name, functions: vec![function] }))
    }
}

/// The function in double precision, rounded once.
pub fn apply(function: plan::Unary, x: f32) -> f32 {
    use plan::Unary as F;
    let v = f64::from(x);
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    // Without overflow for large x.
    let softplus = |v: f64| v.max(0.0) + (-v.abs()).exp().ln_1p();
    let y = match function {
        F::Identity => v,
        F::Relu if v < 0.0 => 0.0,
        F::Relu => v,
        F::LeakyRelu { alpha } if v < 0.0 => f64::from(alpha) * v,
        F::LeakyRelu { .. } => v,
        F::Clip { min, .. } if x < min => {
            return if let F::Clip { max, .. } = function { min.min(max) } else { min };
        }
        F::Clip { max, .. } if x > max => f64::from(max),
        F::Clip { .. } => v,
        F::Sigmoid => sigmoid(v),
        F::Tanh => v.tanh(),
        F::HardSwish => v * (v / 6.0 + 0.5).clamp(0.0, 1.0),
        F::HardSigmoid { alpha, beta } => (f64::from(alpha) * v + f64::from(beta)).clamp(0.0, 1.0),
        F::Gelu => 0.5 * v * (1.0 + libm::erf(v / std::f64::consts::SQRT_2)),
        F::GeluTanh => {
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (v + 0.044715 * v * v * v);
            0.5 * v * (1.0 + inner.tanh())
        }
        F::Erf => libm::erf(v),
        F::Silu => v * sigmoid(v),
        F::Mish => v * softplus(v).tanh(),
        F::Elu { alpha } if v < 0.0 => f64::from(alpha) * v.exp_m1(),
        F::Elu { .. } => v,
        F::Softplus => softplus(v),
        F::Exp => v.exp(),
        F::Log => v.ln(),
        F::Sqrt => v.sqrt(),
        F::Reciprocal => 1.0 / v,
        F::Abs => v.abs(),
        F::Neg => -v,
        F::Floor => v.floor(),
        F::Ceil => v.ceil(),
        F::Round => v.round_ties_even(),
        F::Affine { scale, shift } => f64::from(scale) * v + f64::from(shift),
        F::IntToFloat | F::FloatToInt => v,
    };
    y as f32
}

impl Unary {
    /// The function of an integer, for those that have one.
    fn integer(&self, x: i64) -> Option<i64> {
        match self.functions[..] {
            [plan::Unary::Identity] => Some(x),
            [plan::Unary::Relu] => Some(x.max(0)),
            [plan::Unary::Abs] => Some(x.wrapping_abs()),
            [plan::Unary::Neg] => Some(x.wrapping_neg()),
            _ => None,
        }
    }
}

impl Operator for Unary {
    fn infer(&self, inputs: &[Option<Known>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "X")?;
        if input.dtype() == DType::I64 && self.integer(0).is_none() {
            return Err(OpError("X must be float, not integer".into()));
        }
        Ok(vec![(input.dtype(), checked_shape(input.shape().to_vec())?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.infer(&known(inputs))?;
        let input = tensor(inputs, 0)?;
        let of = |x: f32, &function: &plan::Unary| apply(function, x);
        let data = match input.data() {
            Data::F32(x) => Data::F32(x.iter().map(|&x| self.functions.iter().fold(x, of)).collect()),
            Data::I64(x) => Data::I64(x.iter().filter_map(|&x| self.integer(x)).collect()),
        };
        output(input.shape(), data)
    }
}

//! Functions of one element without further inputs; see [`unet_kernels::Unary`] for the formulas. Each has
//! the `torch.nn` module or `torch` function of the same name (`HardSwish` = Hardswish, `Swish` = SiLU,
//! `LeakyRelu` = LeakyReLU with negative_slope alpha).

use super::OpError;
use super::attributes::Attributes;
use super::cost::made;
use super::elements::{output, tensor};
use super::input_info::{InputInfo, checked_shape, input_infos, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// An elementwise function. Input: X, float (also integer for Neg, Abs, Sign, Relu and Identity).
#[derive(Debug, Clone, PartialEq)]
pub struct Unary {
    /// ONNX operator.
    pub name: &'static str,
    /// Kernel functions to apply in sequence.
    pub functions: Vec<unet_kernels::Unary>,
}

/// Constructor from a node's attributes.
type Make = fn(&Attributes) -> Result<Vec<unet_kernels::Unary>, OpError>;

/// Every function: its ONNX name, and the kernel functions that implement it in sequence.
const FUNCTIONS: &[(&str, Make)] = {
    use unet_kernels::Unary as F;
    &[
        ("Abs", |_| Ok(vec![F::Abs])),
        ("Ceil", |_| Ok(vec![F::Ceil])),
        ("Celu", |a| {
            let alpha = a.float_or("alpha", 1.0)?;
            Ok(vec![scaled(1.0 / alpha), F::Elu { alpha: 1.0 }, scaled(alpha)])
        }),
        ("Cos", |_| Ok(vec![F::Cos])),
        ("Elu", |a| Ok(vec![F::Elu { alpha: a.float_or("alpha", 1.0)? }])),
        ("Erf", |_| Ok(vec![F::Erf])),
        ("Exp", |_| Ok(vec![F::Exp])),
        ("Floor", |_| Ok(vec![F::Floor])),
        ("Gelu", |a| {
            Ok(vec![a.choice("approximate", F::Gelu, &[("none", F::Gelu), ("tanh", F::GeluTanh)])?])
        }),
        ("HardSigmoid", |a| {
            Ok(vec![F::HardSigmoid { alpha: a.float_or("alpha", 0.2)?, beta: a.float_or("beta", 0.5)? }])
        }),
        ("HardSwish", |_| Ok(vec![F::HardSwish])),
        ("Identity", |_| Ok(vec![F::Identity])),
        ("IsInf", |a| {
            let (negative, positive) = (a.flag("detect_negative", true)?, a.flag("detect_positive", true)?);
            Ok(vec![F::IsInf { negative, positive }])
        }),
        ("IsNaN", |_| Ok(vec![F::IsNan])),
        ("LeakyRelu", |a| Ok(vec![F::LeakyRelu { alpha: a.float_or("alpha", 0.01)? }])),
        ("Log", |_| Ok(vec![F::Log])),
        ("Mish", |_| Ok(vec![F::Mish])),
        ("Neg", |_| Ok(vec![F::Neg])),
        ("Reciprocal", |_| Ok(vec![F::Reciprocal])),
        ("Relu", |_| Ok(vec![F::Relu])),
        ("Round", |_| Ok(vec![F::Round])),
        ("Selu", |a| {
            let alpha = a.float_or("alpha", 1.673_263_2)?;
            Ok(vec![F::Elu { alpha }, scaled(a.float_or("gamma", 1.050_701)?)])
        }),
        ("Sigmoid", |_| Ok(vec![F::Sigmoid])),
        ("Sign", |_| Ok(vec![F::Sign])),
        ("Sin", |_| Ok(vec![F::Sin])),
        ("Softplus", |_| Ok(vec![F::Softplus])),
        ("Softsign", |_| Ok(vec![F::Softsign])),
        ("Sqrt", |_| Ok(vec![F::Sqrt])),
        ("Swish", |a| match a.float_or("alpha", 1.0)? {
            1.0 => Ok(vec![F::Silu]),
            _ => Err(OpError("only alpha 1 is supported".into())),
        }),
        ("Tanh", |_| Ok(vec![F::Tanh])),
        ("ThresholdedRelu", |a| Ok(vec![F::ThresholdedRelu { alpha: a.float_or("alpha", 1.0)? }])),
    ]
};

fn scaled(scale: f32) -> unet_kernels::Unary {
    unet_kernels::Unary::Affine { scale, shift: 0.0 }
}

impl Unary {
    /// The operator of this ONNX name with a node's attributes; `None` if it is not a function of one
    /// element.
    ///
    /// # Errors
    /// An attribute is of the wrong type.
    pub fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        let Some((name, make)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else { return Ok(None) };
        Ok(Some(Self { name, functions: make(a)? }))
    }

    /// ONNX names of all functions of one element.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|(name, _)| *name)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it returns 0 and 1, which are integers outside of kernels.
    pub fn is_predicate(&self) -> bool {
        matches!(self.functions[..], [unet_kernels::Unary::IsNan | unet_kernels::Unary::IsInf { .. }])
    }

    /// Whether it returns its input unchanged.
    pub fn is_identity(&self) -> bool {
        self.functions == [unet_kernels::Unary::Identity]
    }
}

/// Evaluates a function in double precision, as the reference for every kernel.
pub fn evaluate(function: unet_kernels::Unary, v: f64) -> f64 {
    use unet_kernels::Unary as F;
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    // Avoids overflow for large x.
    let softplus = |v: f64| v.max(0.0) + (-v.abs()).exp().ln_1p();
    match function {
        F::Identity => v,
        F::Relu if v < 0.0 => 0.0,
        F::Relu => v,
        F::LeakyRelu { alpha } if v < 0.0 => f64::from(alpha) * v,
        F::LeakyRelu { .. } => v,
        // NaN stays NaN; a minimum above the maximum gives the maximum.
        F::Clip { min, max } if v < min.into() => min.min(max).into(),
        F::Clip { max, .. } if v > max.into() => max.into(),
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
        F::Sin => v.sin(),
        F::Cos => v.cos(),
        F::Sign if v == 0.0 || v.is_nan() => v,
        F::Sign => v.signum(),
        F::Softsign => v / (1.0 + v.abs()),
        F::ThresholdedRelu { alpha } if v > alpha.into() => v,
        F::ThresholdedRelu { .. } => 0.0,
        F::IsNan => f64::from(u8::from(v.is_nan())),
        F::IsInf { negative, positive } => {
            let asked = if v < 0.0 { negative } else { positive };
            f64::from(u8::from(v.is_infinite() && asked))
        }
        F::Affine { scale, shift } => f64::from(scale) * v + f64::from(shift),
        F::IntToFloat => v,
        F::FloatToInt => v.trunc(),
    }
}

impl Unary {
    /// The function on integers, for those that support them.
    fn integer(&self, x: i64) -> Option<i64> {
        match self.functions[..] {
            [unet_kernels::Unary::Identity] => Some(x),
            [unet_kernels::Unary::Relu] => Some(x.max(0)),
            [unet_kernels::Unary::Abs] => Some(x.wrapping_abs()),
            [unet_kernels::Unary::Neg] => Some(x.wrapping_neg()),
            [unet_kernels::Unary::Sign] => Some(x.signum()),
            _ => None,
        }
    }
}

impl Operator for Unary {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let input = required(inputs, 0, "X")?;
        if input.dtype() == DType::I64 && self.integer(0).is_none() {
            return Err(OpError("X must be float, not integer".into()));
        }
        let dtype = if self.is_predicate() { DType::I64 } else { input.dtype() };
        Ok(vec![(dtype, checked_shape(input.shape().to_vec())?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.infer(&input_infos(inputs))?;
        let input = tensor(inputs, 0)?;
        let of = |x: f32, &function: &unet_kernels::Unary| evaluate(function, x.into()) as f32;
        let data = match input.data() {
            Data::F32(x) if self.is_predicate() => {
                Data::I64(x.iter().map(|&x| self.functions.iter().fold(x, of) as i64).collect())
            }
            Data::F32(x) => Data::F32(x.iter().map(|&x| self.functions.iter().fold(x, of)).collect()),
            Data::I64(x) => Data::I64(x.iter().filter_map(|&x| self.integer(x)).collect()),
        };
        output(input.shape(), data)
    }

    fn role(&self) -> Role {
        if self.is_identity() { Role::Identity } else { Role::Computes }
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        let functions = if self.is_identity() { 0 } else { self.functions.len() };
        Cost::each(made(outputs), functions as u64)
    }
}

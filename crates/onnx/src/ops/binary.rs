//! Elementwise functions of two operands (of any number: `Max`, `Min`, `Sum`) with NumPy
//! broadcasting: `torch.add`, `sub`, `mul`, `div`, `pow`, `minimum`, `maximum`, `remainder`, `fmod`,
//! comparisons, and logic on 0 and 1. Integers wrap, and divide toward zero.

use super::OpError;
use super::attributes::Attributes;
use super::cost::made;
use super::elements::{broadcast_places, output, tensor};
use super::input_info::{InputInfo, broadcast, checked_shape, input_infos, required};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Function of two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryKind {
    /// a + b
    Add,
    /// a − b
    Sub,
    /// a · b
    Mul,
    /// a / b; integers are truncated toward zero.
    Div,
    /// a to the power of b.
    Pow,
    /// Minimum; NaN if either is.
    Min,
    /// Maximum; NaN if either is.
    Max,
    /// Sign of the divisor (`torch.remainder`), or of the dividend if `fmod`.
    Mod {
        /// Whether it is C's `fmod`, not `torch.remainder`.
        fmod: bool,
    },
    /// a = b
    Equal,
    /// a < b
    Less,
    /// a ≤ b
    LessOrEqual,
    /// a > b
    Greater,
    /// a ≥ b
    GreaterOrEqual,
    /// Whether both are true, that is, not 0.
    And,
    /// Whether at least one is true.
    Or,
    /// Whether exactly one is true.
    Xor,
}

/// An elementwise function. Operands have one type; comparisons and logic return integers 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// Function of each pair of elements.
    pub kind: BinaryKind,
    /// ONNX operator.
    pub name: &'static str,
    /// Whether any number of operands is allowed.
    pub variadic: bool,
}

/// Every function: ONNX name, and whether it takes any number of operands.
const FUNCTIONS: &[(&str, BinaryKind, bool)] = &[
    ("Add", BinaryKind::Add, false),
    ("And", BinaryKind::And, false),
    ("Div", BinaryKind::Div, false),
    ("Equal", BinaryKind::Equal, false),
    ("Greater", BinaryKind::Greater, false),
    ("GreaterOrEqual", BinaryKind::GreaterOrEqual, false),
    ("Less", BinaryKind::Less, false),
    ("LessOrEqual", BinaryKind::LessOrEqual, false),
    ("Max", BinaryKind::Max, true),
    ("Min", BinaryKind::Min, true),
    ("Mod", BinaryKind::Mod { fmod: false }, false),
    ("Mul", BinaryKind::Mul, false),
    ("Or", BinaryKind::Or, false),
    ("Pow", BinaryKind::Pow, false),
    ("Sub", BinaryKind::Sub, false),
    ("Sum", BinaryKind::Add, true),
    ("Xor", BinaryKind::Xor, false),
];

impl Binary {
    pub(super) fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        let Some(&(name, kind, variadic)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
            return Ok(None);
        };
        let kind = match kind {
            BinaryKind::Mod { .. } => BinaryKind::Mod { fmod: a.flag("fmod", false)? },
            kind => kind,
        };
        Ok(Some(Self { kind, name, variadic }))
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|(name, ..)| *name)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it returns 0 and 1.
    pub fn is_predicate(&self) -> bool {
        use BinaryKind as K;
        matches!(
            self.kind,
            K::Equal | K::Less | K::LessOrEqual | K::Greater | K::GreaterOrEqual | K::And | K::Or | K::Xor
        )
    }

    fn predicate<T: PartialOrd + Default>(&self, a: T, b: T) -> bool {
        let is_true = |v: &T| *v != T::default();
        match self.kind {
            BinaryKind::Less => a < b,
            BinaryKind::LessOrEqual => a <= b,
            BinaryKind::Greater => a > b,
            BinaryKind::GreaterOrEqual => a >= b,
            BinaryKind::And => is_true(&a) && is_true(&b),
            BinaryKind::Or => is_true(&a) || is_true(&b),
            BinaryKind::Xor => is_true(&a) != is_true(&b),
            _ => a == b,
        }
    }

    fn floats(&self, a: f32, b: f32) -> f32 {
        match self.kind {
            BinaryKind::Add => a + b,
            BinaryKind::Sub => a - b,
            BinaryKind::Mul => a * b,
            BinaryKind::Div => a / b,
            BinaryKind::Pow => f64::from(a).powf(f64::from(b)) as f32,
            BinaryKind::Min if a < b || a.is_nan() => a,
            BinaryKind::Max if a > b || a.is_nan() => a,
            BinaryKind::Min | BinaryKind::Max => b,
            BinaryKind::Mod { fmod: true } => a % b,
            BinaryKind::Mod { fmod: false } => {
                let rest = a % b;
                if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
            }
            _ => f32::from(u8::from(self.predicate(a, b))),
        }
    }

    fn ints(&self, a: i64, b: i64) -> Result<i64, OpError> {
        let divides = matches!(self.kind, BinaryKind::Div | BinaryKind::Mod { .. });
        if divides && b == 0 {
            return Err(OpError("an integer is divided by zero".into()));
        }
        Ok(match self.kind {
            BinaryKind::Add => a.wrapping_add(b),
            BinaryKind::Sub => a.wrapping_sub(b),
            BinaryKind::Mul => a.wrapping_mul(b),
            BinaryKind::Div => a.wrapping_div(b),
            BinaryKind::Pow => (a as f64).powf(b as f64) as i64,
            BinaryKind::Min => a.min(b),
            BinaryKind::Max => a.max(b),
            BinaryKind::Mod { fmod: true } => a.wrapping_rem(b),
            BinaryKind::Mod { fmod: false } => {
                let rest = a.wrapping_rem(b);
                if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
            }
            _ => i64::from(self.predicate(a, b)),
        })
    }

    fn pair(&self, a: &Tensor, b: &Tensor) -> Result<Tensor, OpError> {
        let shape = checked_shape(broadcast(a.shape(), b.shape())?)?;
        let places = broadcast_places(a.shape(), &shape).zip(broadcast_places(b.shape(), &shape));
        let data = match (a.data(), b.data()) {
            (Data::F32(a), Data::F32(b)) if self.is_predicate() => {
                Data::I64(places.map(|(i, j)| i64::from(self.predicate(a[i], b[j]))).collect())
            }
            (Data::F32(a), Data::F32(b)) => Data::F32(places.map(|(i, j)| self.floats(a[i], b[j])).collect()),
            (Data::I64(a), Data::I64(b)) => {
                Data::I64(places.map(|(i, j)| self.ints(a[i], b[j])).collect::<Result<_, _>>()?)
            }
            // Only for Pow, where the base has the result's type.
            (Data::F32(a), Data::I64(b)) => {
                Data::F32(places.map(|(i, j)| self.floats(a[i], b[j] as f32)).collect())
            }
            (Data::I64(a), Data::F32(b)) => {
                Data::I64(places.map(|(i, j)| self.floats(a[i] as f32, b[j]) as i64).collect())
            }
        };
        Ok(output(shape, data)?.remove(0))
    }
}

impl Operator for Binary {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let first = required(inputs, 0, "A")?;
        let expected = if self.variadic { inputs.len() } else { 2 };
        if inputs.len() != expected {
            return Err(OpError(format!("{} inputs, not {expected}", inputs.len())));
        }
        let mut shape = first.shape().to_vec();
        for i in 1..inputs.len() {
            let next = required(inputs, i, "B")?;
            if next.dtype() != first.dtype() && self.kind != BinaryKind::Pow {
                return Err(OpError("operands are float and integer".into()));
            }
            shape = broadcast(&shape, next.shape())?;
        }
        let dtype = if self.is_predicate() { DType::I64 } else { first.dtype() };
        Ok(vec![(dtype, checked_shape(shape)?)])
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.infer(&input_infos(inputs))?;
        let mut result = tensor(inputs, 0)?.clone();
        for i in 1..inputs.len() {
            result = self.pair(&result, tensor(inputs, i)?)?;
        }
        Ok(vec![result])
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..usize::MAX
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), inputs.len().saturating_sub(1) as u64)
    }
}

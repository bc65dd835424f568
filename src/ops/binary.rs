//! Elementwise functions of two operands (of any number: `Max`, `Min`, `Sum`) with NumPy
//! broadcasting: `torch.add`, `sub`, `mul`, `div`, `pow`, `minimum`, `maximum`, `remainder`, `fmod`,
//! comparisons, and logic on 0 and 1. Integers wrap, and divide toward zero.

use super::OpError;
use super::attributes::Attributes;
use crate::plan;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryKind {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    /// Sign of the divisor (`torch.remainder`), or of the dividend if `fmod`.
    Mod {
        fmod: bool,
    },
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Xor,
}

/// Operands of one type; comparisons and logic give integers 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    pub kind: BinaryKind,
    /// ONNX operator.
    pub name: &'static str,
    /// Whether any number of operands is allowed.
    pub variadic: bool,
}

impl Binary {
    pub fn new(name: &str, a: &Attributes) -> Result<Option<Self>, OpError> {
        let (name, kind) = match name {
            "Add" => ("Add", BinaryKind::Add),
            "Sum" => ("Sum", BinaryKind::Add),
            "Sub" => ("Sub", BinaryKind::Sub),
            "Mul" => ("Mul", BinaryKind::Mul),
            "Div" => ("Div", BinaryKind::Div),
            "Pow" => ("Pow", BinaryKind::Pow),
            "Min" => ("Min", BinaryKind::Min),
            "Max" => ("Max", BinaryKind::Max),
            "Mod" => ("Mod", BinaryKind::Mod { fmod: a.flag("fmod", false)? }),
            "Equal" => ("Equal", BinaryKind::Equal),
            "Less" => ("Less", BinaryKind::Less),
            "LessOrEqual" => ("LessOrEqual", BinaryKind::LessOrEqual),
            "Greater" => ("Greater", BinaryKind::Greater),
            "GreaterOrEqual" => ("GreaterOrEqual", BinaryKind::GreaterOrEqual),
            "And" => ("And", BinaryKind::And),
            "Or" => ("Or", BinaryKind::Or),
            "Xor" => ("Xor", BinaryKind::Xor),
            _ => return Ok(None),
        };
        Ok(Some(Self { kind, name, variadic: matches!(name, "Sum" | "Min" | "Max") }))
    }

    /// The kernel for float operands that are computed in a run; `None` is for folding alone.
    pub fn kernel(&self) -> Option<plan::Binary> {
        match self.kind {
            BinaryKind::Add => Some(plan::Binary::Add),
            BinaryKind::Sub => Some(plan::Binary::Sub),
            BinaryKind::Mul => Some(plan::Binary::Mul),
            BinaryKind::Div => Some(plan::Binary::Div),
            BinaryKind::Pow => Some(plan::Binary::Pow),
            BinaryKind::Min => Some(plan::Binary::Min),
            BinaryKind::Max => Some(plan::Binary::Max),
            _ => None,
        }
    }
}

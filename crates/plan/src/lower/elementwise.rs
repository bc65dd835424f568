//! Functions of one and of two elements.

use super::super::builder::Builder;
use super::super::{Binary as Function, Kernel, Layout, Operand, ReduceKind, Unary as UnaryFunction};
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::graph::Node;
use unet_onnx::ops::{
    Binary, BinaryKind, Cast, CastTarget, Clip, LpNormalization, OpError, Trilu, Unary, axis,
};

const INTEGERS: &str = "arithmetic on integers that depend on the picture is not supported";

impl Lowering<'_> {
    pub(super) fn unary(&mut self, node: &Node, op: &Unary) -> Lowered {
        let x = self.arg(node, 0)?;
        self.functions(x, op)
    }

    pub(super) fn functions(&mut self, x: Operand, op: &Unary) -> Lowered {
        if op.is_identity() {
            return Ok(x);
        }
        op.functions.iter().try_fold(x, |x, &function| self.function(x, function))
    }

    pub(super) fn function(&mut self, x: Operand, function: UnaryFunction) -> Lowered {
        if self.dtype(x) != DType::F32 {
            return Err(OpError(INTEGERS.into()).into());
        }
        let (shape, layout) = (self.b.shape(x).to_vec(), self.b.layout(x));
        Ok(self.b.push(Kernel::Unary(function), vec![x], DType::F32, &shape, layout)?)
    }

    pub(super) fn clip(&mut self, node: &Node, op: &Clip) -> Lowered {
        let x = self.arg(node, 0)?;
        self.clipped(node, op, x)
    }

    /// Clamps `x` to the node's bounds.
    pub(super) fn clipped(&mut self, node: &Node, op: &Clip, mut x: Operand) -> Lowered {
        if let Ok([min, max]) = op.resolve(&self.facts(node)) {
            return self.function(x, UnaryFunction::Clip { min, max });
        }
        // A bound computed from a model input.
        for (i, bound) in [(1, Function::Max), (2, Function::Min)] {
            if node.inputs.get(i).copied().flatten().is_some() {
                let limit = self.arg(node, i)?;
                x = self.combine(x, bound, limit)?;
            }
        }
        Ok(x)
    }

    pub(super) fn cast(&mut self, node: &Node, op: &Cast) -> Lowered {
        let x = self.arg(node, 0)?;
        self.cast_to(node, x, op)
    }

    pub(super) fn cast_to(&mut self, node: &Node, x: Operand, op: &Cast) -> Lowered {
        let (from, to) = (self.dtype(x), op.dtype());
        let integer = self.is_integer(node, 0);
        let function = match (from, op.to) {
            (DType::F32, CastTarget::Float) => return Ok(x),
            (_, CastTarget::Bool) => return self.truth(x),
            // Integers in ONNX already.
            (DType::F32, CastTarget::Int { bits: 32 | 64, .. }) if integer => return Ok(x),
            (DType::I64, CastTarget::Float) => UnaryFunction::IntToFloat,
            (DType::F32, CastTarget::Int { bits: 32 | 64, signed: true }) => UnaryFunction::FloatToInt,
            // Positions and class indices fit any of these types.
            (DType::I64, CastTarget::Int { bits: 32 | 64, .. }) => return Ok(x),
            (_, target) => {
                return Err(OpError(format!(
                    "a cast to {target:?} of a value that depends on the picture is not supported"
                ))
                .into());
            }
        };
        let (shape, layout) = (self.b.shape(x).to_vec(), self.b.layout(x));
        Ok(self.b.push(Kernel::Unary(function), vec![x], to, &shape, layout)?)
    }

    pub(super) fn binary(&mut self, node: &Node, op: &Binary) -> Lowered {
        self.binary_of(node, op, Self::arg)
    }

    /// A function of two inputs, which `arg` reads.
    pub(super) fn binary_of(
        &mut self,
        node: &Node,
        op: &Binary,
        arg: fn(&mut Self, &Node, usize) -> Lowered,
    ) -> Lowered {
        let function = match op.kind {
            BinaryKind::Less => return self.compare(node, arg, Function::Less, [0, 1]),
            BinaryKind::LessOrEqual => return self.compare(node, arg, Function::LessOrEqual, [0, 1]),
            BinaryKind::Greater => return self.compare(node, arg, Function::Less, [1, 0]),
            BinaryKind::GreaterOrEqual => return self.compare(node, arg, Function::LessOrEqual, [1, 0]),
            BinaryKind::Equal => return self.compare(node, arg, Function::Equal, [0, 1]),
            BinaryKind::And => return self.compare(node, arg, Function::Mul, [0, 1]),
            BinaryKind::Or => return self.compare(node, arg, Function::Max, [0, 1]),
            BinaryKind::Xor => {
                let same = self.compare(node, arg, Function::Equal, [0, 1])?;
                return self.opposite(same);
            }
            BinaryKind::Add => Function::Add,
            BinaryKind::Sub => Function::Sub,
            BinaryKind::Mul => Function::Mul,
            BinaryKind::Div => Function::Div,
            BinaryKind::Pow => Function::Pow,
            BinaryKind::Min => Function::Min,
            BinaryKind::Max => Function::Max,
            BinaryKind::Mod { fmod: true } => Function::Fmod,
            BinaryKind::Mod { fmod: false } => Function::Mod,
        };
        if self.is_integer(node, 0) {
            return Err(OpError(INTEGERS.into()).into());
        }
        let mut result = arg(self, node, 0)?;
        for i in 1..node.inputs.len() {
            let mut other = arg(self, node, i)?;
            // Only the exponent of Pow may have another type.
            if let (Function::Pow, Operand::Const(c)) = (function, other)
                && let Some(ints) = self.b.plan.constants[c.0].tensor.as_i64()
            {
                let floats = ints.iter().map(|&v| v as f32).collect();
                let shape = self.b.shape(other).to_vec();
                other = Operand::Const(self.b.tensor(&shape, floats, Builder::natural(&shape))?);
            }
            result = self.combine(result, function, other)?;
        }
        Ok(result)
    }

    /// Compares two inputs; truth values are floats 0 and 1.
    fn compare(
        &mut self,
        node: &Node,
        arg: fn(&mut Self, &Node, usize) -> Lowered,
        function: Function,
        [a, b]: [usize; 2],
    ) -> Lowered {
        let (a, b) = (arg(self, node, a)?, arg(self, node, b)?);
        let (a, b) = (self.number(a)?, self.number(b)?);
        self.combine(a, function, b)
    }

    /// 1 − x
    fn opposite(&mut self, x: Operand) -> Lowered {
        self.function(x, UnaryFunction::Affine { scale: -1.0, shift: 1.0 })
    }

    /// x ≠ 0; true for NaN.
    fn truth(&mut self, x: Operand) -> Lowered {
        let x = self.number(x)?;
        let zero = Operand::Const(self.b.tensor(&[], vec![0.0], Layout::RowMajor)?);
        let is_zero = self.combine(x, Function::Equal, zero)?;
        self.opposite(is_zero)
    }

    pub(super) fn not(&mut self, node: &Node) -> Lowered {
        let x = self.arg(node, 0)?;
        let x = self.number(x)?;
        self.opposite(x)
    }

    /// Adds both choices, each zeroed where the other applies: multiplying by the mask would turn infinities
    /// into NaN.
    pub(super) fn where_(&mut self, node: &Node) -> Lowered {
        let shape = self.output_shape(node, 0)?;
        let condition = self.arg(node, 0)?;
        let condition = self.number(condition)?;
        let (x, y) = (self.arg(node, 1)?, self.arg(node, 2)?);
        let (x, y) = (self.number(x)?, self.number(y)?);
        let is_zero = |b: &Builder, operand| match operand {
            Operand::Const(c) => {
                let tensor = &b.plan.constants[c.0].tensor;
                tensor.as_f32().is_some_and(|values| values.iter().all(|&v| v == 0.0))
            }
            Operand::Value(_) => false,
        };
        let yes = (!is_zero(&self.b, x)).then(|| self.combine(x, Function::Mask, condition)).transpose()?;
        let no = match is_zero(&self.b, y) && yes.is_some() {
            true => None,
            false => {
                let otherwise = self.opposite(condition)?;
                Some(self.combine(y, Function::Mask, otherwise)?)
            }
        };
        let chosen = match (yes, no) {
            (Some(yes), Some(no)) => self.combine(yes, Function::Add, no)?,
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return Err(OpError("both choices are missing".into()).into()),
        };
        self.expand(chosen, &shape)
    }

    /// Masks out the elements above or below a diagonal.
    pub(super) fn trilu(&mut self, node: &Node, op: &Trilu) -> Lowered {
        let kept = op.kept(&self.facts(node))?;
        let x = self.arg(node, 0)?;
        let x = self.number(x)?;
        let shape = self.b.shape(x);
        let size = shape[shape.len() - 2..].to_vec();
        let mask = self.b.tensor(&size, kept, Layout::RowMajor)?;
        self.combine(x, Function::Mask, Operand::Const(mask))
    }

    /// Computes x/(Σ|x|ᵖ)^(1/p) along an axis; zeros stay zeros.
    pub(super) fn lp_normalization(&mut self, node: &Node, op: &LpNormalization) -> Lowered {
        let x = self.arg(node, 0)?;
        let rank = self.b.shape(x).len();
        let along = axis(op.axis, rank)?;
        let reduced: Vec<bool> = (0..rank).map(|i| i == along).collect();
        let magnitude = match op.squares {
            true => self.combine(x, Function::Mul, x)?,
            false => self.function(x, UnaryFunction::Abs)?,
        };
        let mut norm = self.reduced(magnitude, ReduceKind::Sum, &reduced)?;
        if op.squares {
            norm = self.function(norm, UnaryFunction::Sqrt)?;
        }
        let norm = self.function(norm, UnaryFunction::Clip { min: f32::MIN_POSITIVE, max: f32::INFINITY })?;
        self.combine(x, Function::Div, norm)
    }

    pub(super) fn prelu(&mut self, node: &Node) -> Lowered {
        let (x, slope) = (self.arg(node, 0)?, self.arg(node, 1)?);
        self.combine(x, Function::PRelu, slope)
    }

    pub(super) fn combine(&mut self, a: Operand, function: Function, b: Operand) -> Lowered {
        if self.dtype(a) != DType::F32 || self.dtype(b) != DType::F32 {
            return Err(OpError(INTEGERS.into()).into());
        }
        if let Some(simple) = self.with_constant(a, function, b)? {
            return Ok(simple);
        }
        let (sa, sb) = (self.b.shape(a).to_vec(), self.b.shape(b).to_vec());
        let rank = sa.len().max(sb.len());
        let full = |shape: &[usize]| [vec![1; rank - shape.len()], shape.to_vec()].concat();
        let (fa, fb) = (full(&sa), full(&sb));
        let shape: Vec<usize> = fa.iter().zip(&fb).map(|(&x, &y)| if x == 1 { y } else { x }).collect();
        let whole = [(a, &fa), (b, &fb)].map(|(operand, full)| match operand {
            Operand::Value(_) if *full == shape => Some(self.b.layout(operand)),
            Operand::Value(_) | Operand::Const(_) => None,
        });
        let plain = whole.contains(&Some(Layout::RowMajor)) && !whole.contains(&Some(Layout::Nchwc4));
        let layout = if plain { Layout::RowMajor } else { Builder::natural(&shape) };
        let a = self.b.reshape(a, &fa, layout)?;
        let b = self.b.reshape(b, &fb, layout)?;
        let kernel = Kernel::Binary { op: function, activation: UnaryFunction::Identity };
        Ok(self.b.push(kernel, vec![a, b], DType::F32, &shape, layout)?)
    }

    /// Combines a value with a constant: a scalar becomes a function of one element, a per-channel vector a
    /// depthwise 1×1 convolution. Both can be fused.
    fn with_constant(&mut self, a: Operand, function: Function, b: Operand) -> Lowered<Option<Operand>> {
        let affine = |scale, shift| Some(UnaryFunction::Affine { scale, shift });
        let (x, constant, swapped) = match (a, b) {
            (x @ Operand::Value(_), Operand::Const(c)) => (x, c, false),
            (Operand::Const(c), x @ Operand::Value(_)) => (x, c, true),
            _ => return Ok(None),
        };
        let tensor = self.b.plan.constants[constant.0].tensor.clone();
        let Some(values) = tensor.as_f32() else { return Ok(None) };
        let shape = self.b.shape(x).to_vec();
        if tensor.shape().len() > shape.len() {
            return Ok(None);
        }
        if let [v] = *values {
            let simple = match (function, swapped) {
                (Function::Add, _) => affine(1.0, v),
                (Function::Sub, false) => affine(1.0, -v),
                (Function::Sub, true) => affine(-1.0, v),
                (Function::Mul, _) => affine(v, 0.0),
                (Function::Min, _) => Some(UnaryFunction::Clip { min: f32::NEG_INFINITY, max: v }),
                (Function::Max, _) => Some(UnaryFunction::Clip { min: v, max: f32::INFINITY }),
                (Function::Div, false) if (1.0 / v).is_finite() => affine(1.0 / v, 0.0),
                (Function::Div, true) if v == 1.0 => Some(UnaryFunction::Reciprocal),
                (Function::PRelu, false) => Some(UnaryFunction::LeakyRelu { alpha: v }),
                (Function::Pow, false) if v == 0.5 => Some(UnaryFunction::Sqrt),
                (Function::Pow, false) if v == 2.0 => return self.combine(x, Function::Mul, x).map(Some),
                _ => None,
            };
            return simple.map(|f| self.function(x, f)).transpose();
        }
        let [_, c, _, _] = shape[..] else { return Ok(None) };
        let by_channel = {
            let s = tensor.shape();
            s.len() >= 3 && s[s.len() - 3] == c && values.len() == c
        };
        if !by_channel || self.b.layout(x) != Layout::Nchwc4 {
            return Ok(None);
        }
        let (ones, zeros) = (vec![1.0; c], vec![0.0; c]);
        let negated = || values.iter().map(|v| -v).collect();
        let (factor, shift) = match (function, swapped) {
            (Function::Add, _) => (ones, values.to_vec()),
            (Function::Sub, false) => (ones, negated()),
            (Function::Sub, true) => (vec![-1.0; c], values.to_vec()),
            (Function::Mul, _) => (values.to_vec(), zeros),
            _ => return Ok(None),
        };
        self.scale_channels(x, factor, shift).map(Some)
    }
}

//! Functions of one and of two elements that kernels compute.
//!
//! A new one takes its variant and its name here, its formula in double precision (`ops::unary`,
//! `ops::binary`), in lanes of the CPU (`backend/cpu/elementwise.rs`) and in WGSL (`shaders/activation.wgsl`,
//! `shaders/binary.wgsl`), where a constant of the same name numbers it.

/// Functions of one element; formulas as in ONNX and PyTorch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unary {
    /// x
    Identity,
    /// max(0, x)
    Relu,
    /// x < 0 ? alpha·x : x
    LeakyRelu {
        /// Slope below zero.
        alpha: f32,
    },
    /// min(max(x, min), max)
    Clip {
        /// Lower bound; −∞ leaves it open.
        min: f32,
        /// Upper bound; ∞ leaves it open.
        max: f32,
    },
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// tanh(x)
    Tanh,
    /// x·max(0, min(1, x/6 + 1/2))
    HardSwish,
    /// max(0, min(1, alpha·x + beta))
    HardSigmoid {
        /// Slope of the linear part.
        alpha: f32,
        /// Value at zero.
        beta: f32,
    },
    /// x·Φ(x), exact (erf)
    Gelu,
    /// x·Φ(x), tanh approximation
    GeluTanh,
    /// Gauss error function.
    Erf,
    /// x·sigmoid(x)
    Silu,
    /// x·tanh(ln(1 + eˣ))
    Mish,
    /// x < 0 ? alpha·(eˣ − 1) : x
    Elu {
        /// Limit at −∞, negated.
        alpha: f32,
    },
    /// ln(1 + eˣ)
    Softplus,
    /// eˣ
    Exp,
    /// Natural logarithm; NaN of negative values.
    Log,
    /// √x; NaN of negative values.
    Sqrt,
    /// 1 / x
    Reciprocal,
    /// |x|
    Abs,
    /// −x
    Neg,
    /// Greatest integer that is not above x.
    Floor,
    /// Least integer that is not below x.
    Ceil,
    /// Half to even.
    Round,
    /// sin(x), of radians.
    Sin,
    /// cos(x), of radians.
    Cos,
    /// −1, 0 or 1; NaN of NaN.
    Sign,
    /// x / (1 + |x|)
    Softsign,
    /// x > alpha ? x : 0
    ThresholdedRelu {
        /// Threshold; the value itself gives 0.
        alpha: f32,
    },
    /// 1 of NaN, 0 of any number.
    IsNan,
    /// 1 of the infinities that are asked for, 0 of anything else.
    IsInf {
        /// Whether −∞ counts.
        negative: bool,
        /// Whether ∞ counts.
        positive: bool,
    },
    /// scale·x + shift
    Affine {
        /// Factor.
        scale: f32,
        /// Added to the product.
        shift: f32,
    },
    /// 32-bit integer to float.
    IntToFloat,
    /// Float to 32-bit integer, toward zero.
    FloatToInt,
}

/// Functions of two elements, NumPy broadcasting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    /// a + b
    Add,
    /// a − b
    Sub,
    /// a·b
    Mul,
    /// a / b
    Div,
    /// aᵇ
    Pow,
    /// The lesser of the two.
    Min,
    /// The greater of the two.
    Max,
    /// a < 0 ? a·b : a
    PRelu,
    /// Remainder with the sign of the divisor: `torch.remainder`.
    Mod,
    /// Remainder with the sign of the dividend: `torch.fmod`.
    Fmod,
    /// 1 where a < b, else 0.
    Less,
    /// 1 where a ≤ b, else 0.
    LessOrEqual,
    /// 1 where a = b, else 0.
    Equal,
    /// b ≠ 0 ? a : 0
    Mask,
}

impl Unary {
    /// Its name in shaders, and its parameters there.
    pub fn parts(self) -> (&'static str, [f32; 2]) {
        match self {
            // Conversions are no activations: they have a constant of their own in `unary.wgsl`.
            Self::Identity | Self::IntToFloat | Self::FloatToInt => ("IDENTITY", [0.0; 2]),
            Self::Relu => ("RELU", [0.0; 2]),
            Self::LeakyRelu { alpha } => ("LEAKY_RELU", [alpha, 0.0]),
            Self::Clip { min, max } => ("CLIP", [min, max]),
            Self::Sigmoid => ("SIGMOID", [0.0; 2]),
            Self::Tanh => ("TANH", [0.0; 2]),
            Self::HardSwish => ("HARD_SWISH", [0.0; 2]),
            Self::HardSigmoid { alpha, beta } => ("HARD_SIGMOID", [alpha, beta]),
            Self::Gelu => ("GELU", [0.0; 2]),
            Self::GeluTanh => ("GELU_TANH", [0.0; 2]),
            Self::Erf => ("ERF", [0.0; 2]),
            Self::Silu => ("SILU", [0.0; 2]),
            Self::Mish => ("MISH", [0.0; 2]),
            Self::Elu { alpha } => ("ELU", [alpha, 0.0]),
            Self::Softplus => ("SOFTPLUS", [0.0; 2]),
            Self::Exp => ("EXP", [0.0; 2]),
            Self::Log => ("LOG", [0.0; 2]),
            Self::Sqrt => ("SQRT", [0.0; 2]),
            Self::Reciprocal => ("RECIPROCAL", [0.0; 2]),
            Self::Abs => ("ABS", [0.0; 2]),
            Self::Neg => ("NEG", [0.0; 2]),
            Self::Floor => ("FLOOR", [0.0; 2]),
            Self::Ceil => ("CEIL", [0.0; 2]),
            Self::Round => ("ROUND", [0.0; 2]),
            Self::Sin => ("SIN", [0.0; 2]),
            Self::Cos => ("COS", [0.0; 2]),
            Self::Sign => ("SIGN", [0.0; 2]),
            Self::Softsign => ("SOFTSIGN", [0.0; 2]),
            Self::ThresholdedRelu { alpha } => ("THRESHOLDED_RELU", [alpha, 0.0]),
            Self::IsNan => ("IS_NAN", [0.0; 2]),
            Self::IsInf { negative, positive } => {
                ("IS_INF", [negative, positive].map(|asked| f32::from(u8::from(asked))))
            }
            Self::Affine { scale, shift } => ("AFFINE", [scale, shift]),
        }
    }
}

impl Binary {
    /// Its name in shaders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Sub => "SUB",
            Self::Mul => "MUL",
            Self::Div => "DIV",
            Self::Pow => "POW",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::PRelu => "PRELU",
            Self::Mod => "MOD",
            Self::Fmod => "FMOD",
            Self::Less => "LESS",
            Self::LessOrEqual => "LESS_OR_EQUAL",
            Self::Equal => "EQUAL",
            Self::Mask => "MASK",
        }
    }
}

//! Element functions of one and of two operands that kernels compute.
//!
//! A new function gets its variant and name here, its double-precision formula in
//! `crates/onnx/src/ops/unary.rs` or `binary.rs`, its SIMD code in `crates/cpu/src/elementwise.rs`, and its
//! WGSL in `crates/gpu/src/shaders/activation.wgsl` or `binary.wgsl`, under a constant of the same name.

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
        /// The limit at −∞ is −alpha.
        alpha: f32,
    },
    /// ln(1 + eˣ)
    Softplus,
    /// eˣ
    Exp,
    /// Natural logarithm; NaN for negative values.
    Log,
    /// √x; NaN for negative values.
    Sqrt,
    /// 1 / x
    Reciprocal,
    /// |x|
    Abs,
    /// −x
    Neg,
    /// ⌊x⌋
    Floor,
    /// ⌈x⌉
    Ceil,
    /// Nearest integer; halves round to even.
    Round,
    /// sin(x), x in radians.
    Sin,
    /// cos(x), x in radians.
    Cos,
    /// −1, 0 or 1; NaN for NaN.
    Sign,
    /// x / (1 + |x|)
    Softsign,
    /// x > alpha ? x : 0
    ThresholdedRelu {
        /// Threshold; x = alpha gives 0.
        alpha: f32,
    },
    /// 1 for NaN, 0 for numbers.
    IsNan,
    /// 1 for the selected infinities, 0 otherwise.
    IsInf {
        /// Whether −∞ counts.
        negative: bool,
        /// Whether ∞ counts.
        positive: bool,
    },
    /// scale·x + shift
    Affine {
        /// Multiplier.
        scale: f32,
        /// Added to the product.
        shift: f32,
    },
    /// 32-bit integer to float.
    IntToFloat,
    /// Float to 32-bit integer, toward zero.
    FloatToInt,
}

/// Functions of two elements, with NumPy broadcasting.
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
    /// min(a, b)
    Min,
    /// max(a, b)
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
    /// Name of the function in the shaders, and its parameters there.
    pub fn parts(self) -> (&'static str, [f32; 2]) {
        match self {
            // Conversions are not activations: `unary.wgsl` has constants for them.
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
    /// Name of the function in the shaders.
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

// Functions of one element, selected at pipeline creation.
override ACTIVATION: u32 = 0u;

const IDENTITY = 0u;
const RELU = 1u;
const LEAKY_RELU = 2u;
const CLIP = 3u;
const SIGMOID = 4u;
const TANH = 5u;
const HARD_SWISH = 6u;
const HARD_SIGMOID = 7u;
const GELU = 8u;
const GELU_TANH = 9u;
const ERF = 10u;
const SILU = 11u;
const ELU = 12u;
const SOFTPLUS = 13u;
const EXP = 14u;
const LOG = 15u;
const SQRT = 16u;
const RECIPROCAL = 17u;
const ABS = 18u;
const NEG = 19u;
const FLOOR = 20u;
const CEIL = 21u;
const ROUND = 22u;
const AFFINE = 23u;
const MISH = 24u;
const SIN = 25u;
const COS = 26u;
const SIGN = 27u;
const SOFTSIGN = 28u;
const THRESHOLDED_RELU = 29u;
const IS_NAN = 30u;
const IS_INF = 31u;

// Beyond this range tanh and sigmoid are constant in f32, and some drivers overflow.
const SATURATED = 40.0;

fn sigmoid(x: vec4<f32>) -> vec4<f32> {
    return 1.0 / (1.0 + exp(-clamp(x, vec4(-SATURATED * 2.0), vec4(SATURATED * 2.0))));
}

fn bounded_tanh(x: vec4<f32>) -> vec4<f32> {
    return tanh(clamp(x, vec4(-SATURATED), vec4(SATURATED)));
}

// Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7.
fn erf(x: vec4<f32>) -> vec4<f32> {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    return sign(x) * (1.0 - p * exp(-x * x));
}

// tanh(ln(1 + e)) = n / (n + 2), where n = e (e + 2) and e = exp(x); 1 above x = 20.
fn mish(x: vec4<f32>) -> vec4<f32> {
    let e = exp(min(x, vec4(20.0)));
    let n = e * (e + 2.0);
    return x * (n / (n + 2.0));
}

// sin(x − shift·π)·cos(shift·π) within half a turn: WGSL's sin is accurate only to 2⁻¹¹, and only between ±π.
// π comes in three parts, the first two with few digits so that their products are exact.
fn wave(x: vec4<f32>, shift: f32) -> vec4<f32> {
    let n = round(x * 0.3183098861837907 - shift);
    let turns = n + shift;
    let r = ((x - turns * 3.140625) - turns * 9.67502593994140625e-4) - turns * 1.509957990978376e-7;
    let s = r * r;
    let tail = ((2.608316e-6 * s - 1.981069e-4) * s + 8.333079e-3) * s - 1.666666e-1;
    let odd = n - 2.0 * floor(n * 0.5);
    return (1.0 - 2.0 * odd) * (r + r * s * tail);
}

// On bits, because compilers may assume that there are no NaNs or infinities.
fn magnitude(x: vec4<f32>) -> vec4<u32> {
    return bitcast<vec4<u32>>(x) & vec4(0x7fffffffu);
}

fn activate(x: vec4<f32>, alpha: f32, beta: f32) -> vec4<f32> {
    switch ACTIVATION {
        case RELU: { return max(x, vec4(0.0)); }
        case LEAKY_RELU: { return select(x, alpha * x, x < vec4(0.0)); }
        case CLIP: { return min(max(x, vec4(alpha)), vec4(beta)); }
        case SIGMOID: { return sigmoid(x); }
        case TANH: { return bounded_tanh(x); }
        case HARD_SWISH: { return x * clamp(x / 6.0 + 0.5, vec4(0.0), vec4(1.0)); }
        case HARD_SIGMOID: { return clamp(alpha * x + beta, vec4(0.0), vec4(1.0)); }
        case GELU: { return 0.5 * x * (1.0 + erf(x * 0.7071067811865476)); }
        case GELU_TANH: { return 0.5 * x * (1.0 + bounded_tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))); }
        case ERF: { return erf(x); }
        case SILU: { return x * sigmoid(x); }
        case ELU: { return select(x, alpha * (exp(x) - 1.0), x < vec4(0.0)); }
        case SOFTPLUS: { return max(x, vec4(0.0)) + log(1.0 + exp(-abs(x))); }
        case EXP: { return exp(x); }
        case LOG: { return log(x); }
        case SQRT: { return sqrt(x); }
        case RECIPROCAL: { return 1.0 / x; }
        case ABS: { return abs(x); }
        case NEG: { return -x; }
        case FLOOR: { return floor(x); }
        case CEIL: { return ceil(x); }
        case ROUND: { return round(x); }
        case MISH: { return mish(x); }
        case SIN: { return wave(x, 0.0); }
        case COS: { return -wave(x, 0.5); }
        case SIGN: { return sign(x); }
        case SOFTSIGN: { return x / (1.0 + abs(x)); }
        case THRESHOLDED_RELU: { return select(vec4(0.0), x, x > vec4(alpha)); }
        case IS_NAN: { return select(vec4(0.0), vec4(1.0), magnitude(x) > vec4(0x7f800000u)); }
        case IS_INF: {
            let asked = select(vec4(beta), vec4(alpha), bitcast<vec4<u32>>(x) > vec4(0x7fffffffu));
            return select(vec4(0.0), asked, magnitude(x) == vec4(0x7f800000u));
        }
        case AFFINE: { return alpha * x + beta; }
        default: { return x; }
    }
}

// Functions of two elements, selected at pipeline creation.
override OPERATION: u32 = 0u;

const ADD = 0u;
const SUB = 1u;
const MUL = 2u;
const DIV = 3u;
const POW = 4u;
const MIN = 5u;
const MAX = 6u;
const PRELU = 7u;
const MOD = 8u;
const FMOD = 9u;
const LESS = 10u;
const LESS_OR_EQUAL = 11u;
const EQUAL = 12u;
const MASK = 13u;

// WGSL leaves pow undefined for a negative base; the result is a number only for whole exponents.
fn power(a: f32, b: f32) -> f32 {
    if b == 0.0 {
        return 1.0;
    }
    let magnitude = pow(abs(a), b);
    if a >= 0.0 {
        return magnitude;
    }
    if floor(b) != b {
        return bitcast<f32>(bitcast<u32>(a) | 0x7fc00000u);
    }
    return select(magnitude, -magnitude, floor(b * 0.5) != b * 0.5);
}

// WGSL's % returns NaN for an infinite divisor.
fn remainder(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
    return select(a % b, a, abs(b) > vec4(3.4e38));
}

fn combine(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
    switch OPERATION {
        case SUB: { return a - b; }
        case MUL: { return a * b; }
        case DIV: { return a / b; }
        case POW: { return vec4(power(a.x, b.x), power(a.y, b.y), power(a.z, b.z), power(a.w, b.w)); }
        case MIN: { return min(a, b); }
        case MAX: { return max(a, b); }
        case PRELU: { return select(a, a * b, a < vec4(0.0)); }
        case MOD: {
            let rest = remainder(a, b);
            return select(rest, rest + b, ((rest < vec4(0.0)) != (b < vec4(0.0))) & (rest != vec4(0.0)));
        }
        case FMOD: { return remainder(a, b); }
        case LESS: { return select(vec4(0.0), vec4(1.0), a < b); }
        case LESS_OR_EQUAL: { return select(vec4(0.0), vec4(1.0), a <= b); }
        case EQUAL: { return select(vec4(0.0), vec4(1.0), a == b); }
        case MASK: { return select(vec4(0.0), a, b != vec4(0.0)); }
        default: { return a + b; }
    }
}

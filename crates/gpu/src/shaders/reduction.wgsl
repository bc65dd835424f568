// Reduction functions, selected at pipeline creation.
override REDUCTION: u32 = 0u;

const MEAN = 0u;
const MAXIMUM = 1u;
const MINIMUM = 2u;
const SUM = 3u;
const MAXIMUM_MAGNITUDE = 4u;

const HIGHEST = 3.4028234663852886e38;

fn start() -> vec4<f32> {
    switch REDUCTION {
        case MAXIMUM: { return vec4<f32>(-HIGHEST); }
        case MINIMUM: { return vec4<f32>(HIGHEST); }
        default: { return vec4<f32>(0.0); }
    }
}

fn join(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
    switch REDUCTION {
        case MAXIMUM: { return max(a, b); }
        case MINIMUM: { return min(a, b); }
        case MAXIMUM_MAGNITUDE: { return max(abs(a), abs(b)); }
        default: { return a + b; }
    }
}

fn finish(total: vec4<f32>, elements: u32) -> vec4<f32> {
    if REDUCTION == MEAN {
        return total / f32(elements);
    }
    return total;
}

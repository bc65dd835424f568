// Samples pixels at the positions of a grid, −1 to 1.
override MODE: u32 = 1u;
override OUTSIDE: u32 = 0u;
override ALIGN_CORNERS: bool = false;

const NEAREST = 0u;
const CUBIC = 2u;
const BORDER = 1u;
const REFLECTION = 2u;

struct Params {
    x: Planes,
    y: Planes,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> positions: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// Position in pixels, mapped into the picture according to OUTSIDE.
fn inside(at: f32, length: f32) -> f32 {
    let last = length - 1.0;
    switch OUTSIDE {
        case BORDER: { return clamp(at, 0.0, last); }
        case REFLECTION: {
            let low = select(-0.5, 0.0, ALIGN_CORNERS);
            let span = select(length, last, ALIGN_CORNERS);
            if span <= 0.0 {
                return 0.0;
            }
            let from_low = abs(at - low);
            let within = from_low - 2.0 * span * floor(from_low / (2.0 * span));
            return clamp(low + min(within, 2.0 * span - within), 0.0, last);
        }
        default: { return at; }
    }
}

struct Taps {
    // Zero outside the axis.
    at: vec4<f32>,
    weight: vec4<f32>,
}

fn near(d: f32) -> f32 {
    return (1.25 * d - 2.25) * d * d + 1.0;
}

fn far(d: f32) -> f32 {
    return ((-0.75 * d + 3.75) * d - 6.0) * d + 3.0;
}

fn taps(position: f32, length: f32) -> Taps {
    let at = select(((position + 1.0) * length - 1.0) * 0.5, (position + 1.0) * 0.5 * (length - 1.0), ALIGN_CORNERS);
    switch MODE {
        case NEAREST: {
            return Taps(vec4(round(inside(at, length)), -1.0, -1.0, -1.0), vec4(1.0, 0.0, 0.0, 0.0));
        }
        case CUBIC: {
            let first = floor(at) - 1.0;
            let rest = at - floor(at);
            return Taps(
                vec4(
                    inside(first, length),
                    inside(first + 1.0, length),
                    inside(first + 2.0, length),
                    inside(first + 3.0, length),
                ),
                vec4(far(rest + 1.0), near(rest), near(1.0 - rest), far(2.0 - rest)),
            );
        }
        default: {
            let place = inside(at, length);
            let first = floor(place);
            let rest = place - first;
            return Taps(vec4(first, first + 1.0, -1.0, -1.0), vec4(1.0 - rest, rest, 0.0, 0.0));
        }
    }
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = linear(workgroup, grid) * WORKGROUP + local;
    if i >= params.count {
        return;
    }
    let p = pixel(params.y, i);
    let place = 2u * ((p.sample * params.y.height + p.y) * params.y.width + p.x);
    let size = vec2(f32(params.x.width), f32(params.x.height));
    let across = taps(positions[place], size.x);
    let down = taps(positions[place + 1u], size.y);
    let plane = p.sample * blocks(params.x) + p.block;
    let used = select(select(2u, 4u, MODE == CUBIC), 1u, MODE == NEAREST);
    var sum = vec4<f32>(0.0);
    for (var r = 0u; r < used; r++) {
        for (var c = 0u; c < used; c++) {
            let row = down.at[r];
            let column = across.at[c];
            if row >= 0.0 && row < size.y && column >= 0.0 && column < size.x {
                sum += down.weight[r] * across.weight[c] * x[at(params.x, plane, u32(row), u32(column))];
            }
        }
    }
    y[params.y.base + i] = trim(params.y, p.block, sum);
}

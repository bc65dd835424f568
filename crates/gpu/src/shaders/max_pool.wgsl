// Maximum of each window and, if WITH_POSITIONS, its position in the plane: the first value within
// TIE_EPSILON times the window's greatest magnitude of the maximum.
override WITH_POSITIONS: bool = false;
override TIE_EPSILON: f32 = 0.0;

struct Params {
    x: Planes,
    y: Planes,
    window: Window,
    magnitude_base: u32,
    positions_base: u32,
    count: u32,
    padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> magnitude: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> positions: array<vec4<i32>>;

const LOWEST = -3.4028234663852886e38;

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
    let w = params.window;
    let o = origin(w, p.y, p.x);
    let plane = p.sample * blocks(params.x) + p.block;
    var best = vec4<f32>(LOWEST);
    var largest = 0.0;
    for (var ky = 0u; ky < w.kernel[0]; ky++) {
        for (var kx = 0u; kx < w.kernel[1]; kx++) {
            let from_y = u32(o[0] + i32(ky * w.dilation[0]));
            let from_x = u32(o[1] + i32(kx * w.dilation[1]));
            if from_y < params.x.height && from_x < params.x.width {
                best = max(best, x[at(params.x, plane, from_y, from_x)]);
                if TIE_EPSILON > 0.0 {
                    let row = p.sample * params.x.height + from_y;
                    largest = max(largest, magnitude[params.magnitude_base + row * params.x.width + from_x].x);
                }
            }
        }
    }
    y[params.y.base + i] = trim(params.y, p.block, best);
    if !WITH_POSITIONS {
        return;
    }
    let least = best - TIE_EPSILON * largest;
    var position = vec4<i32>(-1);
    for (var ky = 0u; ky < w.kernel[0]; ky++) {
        for (var kx = 0u; kx < w.kernel[1]; kx++) {
            let from_y = u32(o[0] + i32(ky * w.dilation[0]));
            let from_x = u32(o[1] + i32(kx * w.dilation[1]));
            if from_y < params.x.height && from_x < params.x.width {
                let near = x[at(params.x, plane, from_y, from_x)] >= least;
                let here = vec4<i32>(i32(from_y * params.x.width + from_x));
                position = select(position, here, near & (position < vec4<i32>(0)));
            }
        }
    }
    positions[params.positions_base + i] = position;
}

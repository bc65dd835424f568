// Mean of each window over its positions inside the input, or with COUNT_PAD inside the padded input.
override COUNT_PAD: bool = false;

struct Params {
    x: Planes,
    y: Planes,
    window: Window,
    pad_end: vec2<u32>,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

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
    let end = vec2<i32>(vec2<u32>(params.x.height, params.x.width) + params.pad_end);
    var sum = vec4<f32>();
    var positions = 0u;
    for (var ky = 0u; ky < w.kernel[0]; ky++) {
        for (var kx = 0u; kx < w.kernel[1]; kx++) {
            let from_y = o[0] + i32(ky * w.dilation[0]);
            let from_x = o[1] + i32(kx * w.dilation[1]);
            let inside = u32(from_y) < params.x.height && u32(from_x) < params.x.width;
            if inside {
                sum += x[at(params.x, plane, u32(from_y), u32(from_x))];
            }
            if inside || (COUNT_PAD && from_y < end[0] && from_x < end[1]) {
                positions++;
            }
        }
    }
    y[params.y.base + i] = trim(params.y, p.block, sum / f32(max(positions, 1u)));
}

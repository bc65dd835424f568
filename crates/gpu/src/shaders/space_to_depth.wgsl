// Pixels become channels: y[(by·block + bx)·C + c, h, w] = x[c, b·h + by, b·w + bx].
struct Params {
    x: Planes,
    y: Planes,
    block: vec2<u32>,
    skip: vec2<u32>,
    count: u32,
    padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

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
    let b = params.block[0];
    var v = vec4<u32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let c = 4u * p.block + lane;
        if c < params.y.channels {
            let within = c / params.x.channels;
            let from_c = c % params.x.channels;
            let plane = p.sample * blocks(params.x) + from_c / 4u;
            v[lane] = x[at(params.x, plane, p.y * b + within / b, p.x * b + within % b)][from_c % 4u];
        }
    }
    y[params.y.base + i] = v;
}

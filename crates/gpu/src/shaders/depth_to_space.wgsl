// Channels become pixels: y[c, bh·h + by − skip, bw·w + bx − skip] = x[channel(c, by, bx), h, w].
override COLUMN_FIRST: bool = false;

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
    let b = params.block;
    let place = vec2<u32>(p.y, p.x) + params.skip;
    let phase = place % b;
    let within = phase[0] * b[1] + phase[1];
    let source = place / b;
    var v = vec4<u32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let c = 4u * p.block + lane;
        if c < params.y.channels {
            // Depth-column-row has the block position in the high digits, column-row-depth in the low ones.
            let from_c = select(within * params.y.channels + c, c * b[0] * b[1] + within, COLUMN_FIRST);
            let plane = p.sample * blocks(params.x) + from_c / 4u;
            v[lane] = x[at(params.x, plane, source[0], source[1])][from_c % 4u];
        }
    }
    y[params.y.base + i] = v;
}

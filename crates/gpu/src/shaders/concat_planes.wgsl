// Copies one operand to its range of the concatenation, lane by lane, because it may begin within a block.
struct Params {
    x: Planes,
    y: Planes,
    // Start of the operand: N, C, H, W.
    offset: vec4<u32>,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

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
    let p = pixel(params.x, i);
    let v = x[params.x.base + i];
    let first = (p.sample + params.offset[0]) * blocks(params.y);
    for (var lane = 0u; lane < 4u && 4u * p.block + lane < params.x.channels; lane++) {
        let c = 4u * p.block + lane + params.offset[1];
        let to = 4u * at(params.y, first + c / 4u, p.y + params.offset[2], p.x + params.offset[3]);
        y[to + c % 4u] = v[lane];
        // The invocation that writes the last channel also fills the lanes beyond it.
        if c + 1u == params.y.channels {
            for (var rest = c % 4u + 1u; rest < 4u; rest++) {
                y[to + rest] = 0u;
            }
        }
    }
}

// Separable resizing: each output pixel is a weighted sum of taps[0] × taps[1] input pixels, whose positions
// and weights are in tables.
struct Params {
    x: Planes,
    y: Planes,
    // [y, x]: number of taps, and the tables' offsets.
    taps: vec2<u32>,
    index: vec2<u32>,
    weight: vec2<u32>,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> tables: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

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
    let plane = p.sample * blocks(params.x) + p.block;
    let first = vec2<u32>(p.y, p.x) * params.taps;
    var sum = vec4<f32>();
    for (var ty = 0u; ty < params.taps[0]; ty++) {
        let line = at(params.x, plane, tables[params.index[0] + first[0] + ty], 0u);
        var row_sum = vec4<f32>();
        for (var tx = 0u; tx < params.taps[1]; tx++) {
            let column = tables[params.index[1] + first[1] + tx];
            row_sum += bitcast<f32>(tables[params.weight[1] + first[1] + tx]) * x[line + column];
        }
        sum += bitcast<f32>(tables[params.weight[0] + first[0] + ty]) * row_sum;
    }
    y[params.y.base + i] = trim(params.y, p.block, sum);
}

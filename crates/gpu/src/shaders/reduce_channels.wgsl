// Reduces all channels of a pixel to one.
struct Params {
    x: Planes,
    y: Planes,
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
    var total = start();
    for (var block = 0u; block < blocks(params.x); block++) {
        let v = x[at(params.x, p.sample * blocks(params.x) + block, p.y, p.x)];
        total = join(total, select(start(), v, lanes(params.x, block)));
    }
    let pairs = join(total.xyxy, total.zwzw);
    let whole = finish(join(pairs.xxxx, pairs.yyyy), params.x.channels);
    y[params.y.base + i] = vec4<f32>(whole.x, 0.0, 0.0, 0.0);
}

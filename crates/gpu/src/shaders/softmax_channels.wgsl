// exp(x − max) / Σ exp(x − max) over the channels of a pixel.
struct Params {
    x: Planes,
    y: Planes,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

const LOWEST = -3.4028234663852886e38;

// One invocation per pixel, for all its blocks.
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
    let area = params.x.height * params.x.width;
    let planes = blocks(params.x);
    let first = i / area * planes * area + i % area;
    var top = vec4<f32>(LOWEST);
    for (var block = 0u; block < planes; block++) {
        let v = x[params.x.base + first + block * area];
        top = max(top, select(vec4<f32>(LOWEST), v, lanes(params.x, block)));
    }
    let largest = vec4<f32>(max(max(top.x, top.y), max(top.z, top.w)));
    var sums = vec4<f32>();
    for (var block = 0u; block < planes; block++) {
        sums += trim(params.x, block, exp(x[params.x.base + first + block * area] - largest));
    }
    let total = sums.x + sums.y + sums.z + sums.w;
    for (var block = 0u; block < planes; block++) {
        let e = exp(x[params.x.base + first + block * area] - largest);
        y[params.y.base + first + block * area] = trim(params.x, block, e / total);
    }
}

// (x − mean)/√(variance + epsilon)·scale + shift, with statistics over each pixel's channels.
override HAS_SCALE: bool = false;
override HAS_SHIFT: bool = false;

struct Params {
    x: Planes,
    y: Planes,
    count: u32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> scale: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> shift: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;

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
    let channels = f32(params.x.channels);
    var sums = vec4<f32>();
    for (var block = 0u; block < planes; block++) {
        sums += trim(params.x, block, x[params.x.base + first + block * area]);
    }
    let mean = (sums.x + sums.y + sums.z + sums.w) / channels;
    var squares = vec4<f32>();
    for (var block = 0u; block < planes; block++) {
        let v = trim(params.x, block, x[params.x.base + first + block * area] - mean);
        squares += v * v;
    }
    let variance = (squares.x + squares.y + squares.z + squares.w) / channels;
    let factor = inverseSqrt(variance + params.epsilon);
    for (var block = 0u; block < planes; block++) {
        var v = (x[params.x.base + first + block * area] - mean) * factor;
        if HAS_SCALE {
            v *= scale[block];
        }
        if HAS_SHIFT {
            v += shift[block];
        }
        y[params.y.base + first + block * area] = trim(params.y, block, v);
    }
}

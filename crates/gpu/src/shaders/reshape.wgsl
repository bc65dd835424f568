// Same elements in row-major order, in another shape or layout; four per invocation.
override FROM_PLANES: bool = false;
override TO_PLANES: bool = false;

struct Params {
    x: Planes,
    y: Planes,
    // Number of vec4 in the output, and of elements in the value.
    count: u32,
    elements: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

// Storage index of the i-th element in row-major order.
fn source(i: u32) -> u32 {
    if !FROM_PLANES {
        return i;
    }
    let area = params.x.height * params.x.width;
    let c = i / area % params.x.channels;
    let plane = i / (area * params.x.channels) * blocks(params.x) + c / 4u;
    return 4u * (params.x.base + plane * area + i % area) + c % 4u;
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
    // Row-major index of lane 0, and the distance between lanes.
    var first = 4u * i;
    var apart = 1u;
    var valid = params.elements - min(first, params.elements);
    if TO_PLANES {
        let p = pixel(params.y, i);
        apart = params.y.height * params.y.width;
        first = (p.sample * params.y.channels + 4u * p.block) * apart + p.y * params.y.width + p.x;
        valid = params.y.channels - 4u * p.block;
    }
    var v = vec4<u32>();
    for (var lane = 0u; lane < min(valid, 4u); lane++) {
        v[lane] = x[source(first + lane * apart)];
    }
    y[params.y.base + i] = v;
}

// Row-major values of up to 8 axes: `stride` is the distance in x between neighbors along each output axis.
struct Params {
    size: array<vec4<u32>, 2>,
    stride: array<vec4<u32>, 2>,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
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
    var rest = i;
    var from_x = 0u;
    for (var axis = 8u; axis > 0u; axis--) {
        let k = (axis - 1u) / 4u;
        let lane = (axis - 1u) % 4u;
        from_x += rest % params.size[k][lane] * params.stride[k][lane];
        rest /= params.size[k][lane];
    }
    y[i] = x[from_x];
}

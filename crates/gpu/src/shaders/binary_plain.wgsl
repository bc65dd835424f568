// activation(op(a, b)) on row-major values of up to 8 axes; a stride of 0 broadcasts.
struct Params {
    size: array<vec4<u32>, 2>,
    a_stride: array<vec4<u32>, 2>,
    b_stride: array<vec4<u32>, 2>,
    alpha: f32,
    beta: f32,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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
    var from_a = 0u;
    var from_b = 0u;
    for (var axis = 8u; axis > 0u; axis--) {
        let k = (axis - 1u) / 4u;
        let lane = (axis - 1u) % 4u;
        let position = rest % params.size[k][lane];
        rest /= params.size[k][lane];
        from_a += position * params.a_stride[k][lane];
        from_b += position * params.b_stride[k][lane];
    }
    y[i] = activate(combine(vec4<f32>(a[from_a]), vec4<f32>(b[from_b])), params.alpha, params.beta).x;
}

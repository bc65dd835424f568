@group(0) @binding(2) var<storage, read_write> y: array<f32>;

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
    var total = start();
    for (var k = 0u; k < params.axis; k++) {
        total = join(total, vec4<f32>(x[row(i) + k * params.inner]));
    }
    y[i] = finish(total, params.axis).x;
}

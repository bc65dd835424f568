// exp(x − max) / Σ exp(x − max) along the axis.
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
    let first = row(i);
    var largest = x[first];
    for (var k = 1u; k < params.axis; k++) {
        largest = max(largest, x[first + k * params.inner]);
    }
    var total = 0.0;
    for (var k = 0u; k < params.axis; k++) {
        total += exp(x[first + k * params.inner] - largest);
    }
    for (var k = 0u; k < params.axis; k++) {
        y[first + k * params.inner] = exp(x[first + k * params.inner] - largest) / total;
    }
}

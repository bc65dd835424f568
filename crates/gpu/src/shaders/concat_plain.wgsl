// Copies one operand [outer, x_axis, inner] to its range of the concatenation [outer, y_axis, inner].
struct Params {
    x_axis: u32,
    y_axis: u32,
    inner: u32,
    offset: u32,
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
    let x_row = params.x_axis * params.inner;
    let y_row = params.y_axis * params.inner;
    y[i / x_row * y_row + params.offset * params.inner + i % x_row] = x[i];
}

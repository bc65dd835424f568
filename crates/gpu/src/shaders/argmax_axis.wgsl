// Index of the maximum along the axis: the first of equal maxima, or with LAST the last.
override LAST: bool = false;

@group(0) @binding(2) var<storage, read_write> y: array<i32>;

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
    var best = 0u;
    for (var k = 1u; k < params.axis; k++) {
        let v = x[first + k * params.inner];
        let largest = x[first + best * params.inner];
        if v > largest || (LAST && v == largest) {
            best = k;
        }
    }
    y[i] = i32(best);
}

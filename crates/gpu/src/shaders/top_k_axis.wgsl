// The k greatest elements of a row (least, unless LARGEST), sorted, and their positions if WITH_POSITIONS.
// Each pass finds the best element that follows the previous one in order.
override LARGEST: bool = true;
override WITH_POSITIONS: bool = false;

struct Params {
    axis: u32,
    inner: u32,
    k: u32,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> positions: array<i32>;

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
    let outer = i / params.inner;
    let column = i % params.inner;
    let first = outer * params.axis * params.inner + column;
    let sign = select(-1.0, 1.0, LARGEST);
    // Value and position of the previous element.
    var last = 0.0;
    var place = -1;
    for (var found = 0u; found < params.k; found++) {
        var best = 0.0;
        var at = -1;
        for (var j = 0; j < i32(params.axis); j++) {
            let value = sign * x[first + u32(j) * params.inner];
            let follows = place < 0 || value < last || (value == last && j > place);
            if follows && (at < 0 || value > best) {
                best = value;
                at = j;
            }
        }
        let to = (outer * params.k + found) * params.inner + column;
        y[to] = sign * best;
        if WITH_POSITIONS {
            positions[to] = at;
        }
        last = best;
        place = at;
    }
}

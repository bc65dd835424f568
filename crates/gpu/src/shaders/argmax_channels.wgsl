// Index of a pixel's largest channel: the first of equal maxima, or with LAST the last.
override LAST: bool = false;

struct Params {
    x: Planes,
    y: Planes,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<i32>>;

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
    let p = pixel(params.y, i);
    var best = 0u;
    var largest = 0.0;
    for (var c = 0u; c < params.x.channels; c++) {
        let v = x[at(params.x, p.sample * blocks(params.x) + c / 4u, p.y, p.x)][c % 4u];
        if c == 0u || v > largest || (LAST && v == largest) {
            best = c;
            largest = v;
        }
    }
    y[params.y.base + i] = vec4<i32>(i32(best), 0, 0, 0);
}

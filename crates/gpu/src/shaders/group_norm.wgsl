// (x − mean)/√(variance + epsilon)·scale + shift, with statistics over each channel's group.
override HAS_SCALE: bool = false;
override HAS_SHIFT: bool = false;

struct Params {
    x: Planes,
    y: Planes,
    groups: u32,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read> scale: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> shift: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

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
    let width = params.x.channels / params.groups;
    var v = x[params.x.base + i];
    for (var lane = 0u; lane < 4u; lane++) {
        let c = min(4u * p.block + lane, params.x.channels - 1u);
        let s = statistics[p.sample * params.groups + c / width];
        v[lane] = (v[lane] - s.x) * s.y;
    }
    if HAS_SCALE {
        v *= scale[p.block];
    }
    if HAS_SHIFT {
        v += shift[p.block];
    }
    y[params.y.base + i] = trim(params.y, p.block, v);
}

// activation(op(a, b)); axes of size 1 are broadcast.
struct Params {
    y: Planes,
    a: Planes,
    b: Planes,
    a_samples: u32,
    b_samples: u32,
    alpha: f32,
    beta: f32,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// Index of an output pixel in an operand.
fn source(v: Planes, samples: u32, p: Pixel) -> u32 {
    let sample = select(p.sample, 0u, samples == 1u);
    let block = select(p.block, 0u, v.channels == 1u);
    let row = select(p.y, 0u, v.height == 1u);
    let column = select(p.x, 0u, v.width == 1u);
    return at(v, sample * blocks(v) + block, row, column);
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
    let p = pixel(params.y, i);
    let whole_a = a[source(params.a, params.a_samples, p)];
    let whole_b = b[source(params.b, params.b_samples, p)];
    let value_a = select(whole_a, whole_a.xxxx, params.a.channels == 1u);
    let value_b = select(whole_b, whole_b.xxxx, params.b.channels == 1u);
    let v = activate(combine(value_a, value_b), params.alpha, params.beta);
    y[params.y.base + i] = trim(params.y, p.block, v);
}

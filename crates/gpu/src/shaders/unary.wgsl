// y = f(x), four elements per invocation, in either layout. Integers are stored as the bits of the elements.
override CONVERT: u32 = 0u;

const INT_TO_FLOAT = 1u;
const FLOAT_TO_INT = 2u;

struct Params {
    // `RowMajor` values are one row of one plane of four channels.
    y: Planes,
    x_base: u32,
    count: u32,
    alpha: f32,
    beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

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
    let bits = x[params.x_base + i];
    var v: vec4<u32>;
    switch CONVERT {
        case INT_TO_FLOAT: {
            v = bitcast<vec4<u32>>(vec4<f32>(bitcast<vec4<i32>>(bits)));
        }
        case FLOAT_TO_INT: {
            v = bitcast<vec4<u32>>(vec4<i32>(bitcast<vec4<f32>>(bits)));
        }
        default: {
            v = bitcast<vec4<u32>>(activate(bitcast<vec4<f32>>(bits), params.alpha, params.beta));
        }
    }
    y[params.y.base + i] = select(vec4<u32>(0u), v, lanes(params.y, pixel(params.y, i).block));
}

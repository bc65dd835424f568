// Writes each value to the position of its maximum. Every output pixel searches the windows that contain it
// in row-major order; the last window that names it wins.
struct Params {
    x: Planes,
    y: Planes,
    window: Window,
    positions_base: u32,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> positions: array<vec4<i32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

// First window along an axis that contains a position, and one past the last.
fn windows(axis: u32, position: u32, size: u32) -> vec2<u32> {
    let w = params.window;
    let stride = i32(w.stride[axis]);
    let last = i32(position) + w.pad_begin[axis];
    let reach = i32((w.kernel[axis] - 1u) * w.dilation[axis]);
    let first = max(last - reach, 0);
    if last < 0 {
        return vec2<u32>(0u);
    }
    return min(vec2<u32>(u32((first + stride - 1) / stride), u32(last / stride + 1)), vec2<u32>(size));
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
    let here = vec4<i32>(i32(p.y * params.y.width + p.x));
    let plane = p.sample * blocks(params.x) + p.block;
    let rows = windows(0u, p.y, params.x.height);
    let columns = windows(1u, p.x, params.x.width);
    var value = vec4<f32>();
    for (var from_y = rows[0]; from_y < rows[1]; from_y++) {
        for (var from_x = columns[0]; from_x < columns[1]; from_x++) {
            let from_i = at(params.x, plane, from_y, from_x);
            let named = positions[params.positions_base + from_i - params.x.base] == here;
            value = select(value, x[from_i], named);
        }
    }
    y[params.y.base + i] = trim(params.y, p.block, value);
}

// 3×3 convolution, stride 1, dilation 1. An invocation computes 4 neighboring pixels of BLOCKS output blocks:
// a row of the kernel takes 6 + 12·BLOCKS vec4 loads for 192·BLOCKS multiplications and as many additions,
// and a whole workgroup loads the same weights.
// Weights: [C_out/4][C_in/4][3][3] matrices, one column per input channel.
@group(0) @binding(2) var<storage, read> weight: array<mat4x4<f32>>;

// Zero outside the row.
fn load(row: u32, column: i32) -> vec4<f32> {
    let inside = u32(column) < params.x.width;
    return select(vec4<f32>(0.0), x[row + select(0u, u32(column), inside)], inside);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let s = share(workgroup, grid, local);
    let strips = (params.y.width + 3u) / 4u;
    let row = s.item / strips;
    let column = s.item % strips * 4u;
    if row >= params.y.height || s.sample >= params.samples {
        return;
    }
    let o = origin(params.window, row, column);
    let first_plane = s.sample * blocks(params.x) + s.block / params.group_out * params.group_in;
    let block_weights = 9u * params.group_in;
    var a0 = vec4<f32>(); var a1 = vec4<f32>(); var a2 = vec4<f32>(); var a3 = vec4<f32>();
    var b0 = vec4<f32>(); var b1 = vec4<f32>(); var b2 = vec4<f32>(); var b3 = vec4<f32>();
    for (var c = 0u; c < params.group_in; c++) {
        for (var ky = 0u; ky < 3u; ky++) {
            let iy = o[0] + i32(ky);
            if u32(iy) >= params.x.height {
                continue;
            }
            let line = at(params.x, first_plane + c, u32(iy), 0u);
            let p0 = load(line, o[1]);
            let p1 = load(line, o[1] + 1);
            let p2 = load(line, o[1] + 2);
            let p3 = load(line, o[1] + 3);
            let p4 = load(line, o[1] + 4);
            let p5 = load(line, o[1] + 5);
            let i = s.block * block_weights + c * 9u + ky * 3u;
            let w0 = weight[i];
            let w1 = weight[i + 1u];
            let w2 = weight[i + 2u];
            a0 += w0 * p0 + w1 * p1 + w2 * p2;
            a1 += w0 * p1 + w1 * p2 + w2 * p3;
            a2 += w0 * p2 + w1 * p3 + w2 * p4;
            a3 += w0 * p3 + w1 * p4 + w2 * p5;
            if BLOCKS == 2u {
                let v0 = weight[i + block_weights];
                let v1 = weight[i + block_weights + 1u];
                let v2 = weight[i + block_weights + 2u];
                b0 += v0 * p0 + v1 * p1 + v2 * p2;
                b1 += v0 * p1 + v1 * p2 + v2 * p3;
                b2 += v0 * p2 + v1 * p3 + v2 * p4;
                b3 += v0 * p3 + v1 * p4 + v2 * p5;
            }
        }
    }
    store(s.sample, s.block, row, column, a0);
    store(s.sample, s.block, row, column + 1u, a1);
    store(s.sample, s.block, row, column + 2u, a2);
    store(s.sample, s.block, row, column + 3u, a3);
    if BLOCKS == 2u {
        store(s.sample, s.block + 1u, row, column, b0);
        store(s.sample, s.block + 1u, row, column + 1u, b1);
        store(s.sample, s.block + 1u, row, column + 2u, b2);
        store(s.sample, s.block + 1u, row, column + 3u, b3);
    }
}

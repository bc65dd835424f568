// Convolution with any kernel, stride and dilation, and groups of whole blocks. An invocation computes 4
// neighboring pixels of BLOCKS output blocks: a tap takes 4 + 4·BLOCKS vec4 loads for 64·BLOCKS
// multiplications and as many additions.
// Weights: [C_out/4][C_in/groups/4][kh][kw] matrices, one column per input channel.
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
    let w = params.window;
    let o = origin(w, row, column);
    let step = i32(w.stride[1]);
    let first_plane = s.sample * blocks(params.x) + s.block / params.group_out * params.group_in;
    let block_weights = w.kernel[0] * w.kernel[1] * params.group_in;
    var i = s.block * block_weights;
    var a0 = vec4<f32>(); var a1 = vec4<f32>(); var a2 = vec4<f32>(); var a3 = vec4<f32>();
    var b0 = vec4<f32>(); var b1 = vec4<f32>(); var b2 = vec4<f32>(); var b3 = vec4<f32>();
    for (var c = 0u; c < params.group_in; c++) {
        for (var ky = 0u; ky < w.kernel[0]; ky++) {
            let iy = o[0] + i32(ky * w.dilation[0]);
            if u32(iy) >= params.x.height {
                i += w.kernel[1];
                continue;
            }
            let line = at(params.x, first_plane + c, u32(iy), 0u);
            for (var kx = 0u; kx < w.kernel[1]; kx++) {
                let ix = o[1] + i32(kx * w.dilation[1]);
                let p0 = load(line, ix);
                let p1 = load(line, ix + step);
                let p2 = load(line, ix + 2 * step);
                let p3 = load(line, ix + 3 * step);
                let u = weight[i];
                a0 += u * p0;
                a1 += u * p1;
                a2 += u * p2;
                a3 += u * p3;
                if BLOCKS == 2u {
                    let v = weight[i + block_weights];
                    b0 += v * p0;
                    b1 += v * p1;
                    b2 += v * p2;
                    b3 += v * p3;
                }
                i++;
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

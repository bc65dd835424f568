// Depthwise convolution, one pixel per invocation. Weights: [C/4][kh][kw] vec4.
@group(0) @binding(2) var<storage, read> weight: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let s = share(workgroup, grid, local);
    let row = s.item / params.y.width;
    let column = s.item % params.y.width;
    if row >= params.y.height || s.sample >= params.samples {
        return;
    }
    let w = params.window;
    let o = origin(w, row, column);
    let plane = s.sample * blocks(params.x) + s.block;
    var sum = vec4<f32>();
    for (var ky = 0u; ky < w.kernel[0]; ky++) {
        let iy = o[0] + i32(ky * w.dilation[0]);
        if u32(iy) >= params.x.height {
            continue;
        }
        for (var kx = 0u; kx < w.kernel[1]; kx++) {
            let ix = o[1] + i32(kx * w.dilation[1]);
            if u32(ix) < params.x.width {
                let i = (s.block * w.kernel[0] + ky) * w.kernel[1] + kx;
                sum += weight[i] * x[at(params.x, plane, u32(iy), u32(ix))];
            }
        }
    }
    store(s.sample, s.block, row, column, sum);
}

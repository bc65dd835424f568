// Convolution with groups that are not whole blocks of four: channel by channel, one pixel per invocation.
// Weights as in ONNX: [C_out][C_in/groups][kh][kw].
@group(0) @binding(2) var<storage, read> weight: array<f32>;

// Sum of one output channel.
fn channel(sample: u32, out: u32, o: vec2<i32>) -> f32 {
    let w = params.window;
    let group = out / params.group_out;
    var sum = 0.0;
    for (var c = 0u; c < params.group_in; c++) {
        let from_channel = group * params.group_in + c;
        let plane = sample * blocks(params.x) + from_channel / 4u;
        for (var ky = 0u; ky < w.kernel[0]; ky++) {
            let iy = o[0] + i32(ky * w.dilation[0]);
            if u32(iy) >= params.x.height {
                continue;
            }
            for (var kx = 0u; kx < w.kernel[1]; kx++) {
                let ix = o[1] + i32(kx * w.dilation[1]);
                if u32(ix) < params.x.width {
                    let i = ((out * params.group_in + c) * w.kernel[0] + ky) * w.kernel[1] + kx;
                    sum += weight[i] * x[at(params.x, plane, u32(iy), u32(ix))][from_channel % 4u];
                }
            }
        }
    }
    return sum;
}

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
    let o = origin(params.window, row, column);
    var sum = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        if 4u * s.block + lane < params.y.channels {
            sum[lane] = channel(s.sample, 4u * s.block + lane, o);
        }
    }
    store(s.sample, s.block, row, column, sum);
}

// Mean and 1/√(variance + epsilon) of each group of channels of each sample; one workgroup per group.
struct Params {
    x: Planes,
    groups: u32,
    count: u32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<vec2<f32>>;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let task = linear(workgroup, grid);
    if task >= params.count {
        return;
    }
    let area = params.x.height * params.x.width;
    let width = params.x.channels / params.groups;
    let first_plane = task / params.groups * blocks(params.x);
    let first_channel = task % params.groups * width;
    let elements = width * area;
    var sum = 0.0;
    for (var i = local; i < elements; i += THREADS) {
        let c = first_channel + i / area;
        sum += x[4u * (at(params.x, first_plane + c / 4u, 0u, 0u) + i % area) + c % 4u];
    }
    let mean = total(local, sum) / f32(elements);
    var squares = 0.0;
    for (var i = local; i < elements; i += THREADS) {
        let c = first_channel + i / area;
        let d = x[4u * (at(params.x, first_plane + c / 4u, 0u, 0u) + i % area) + c % 4u] - mean;
        squares += d * d;
    }
    let variance = total(local, squares) / f32(elements);
    if local == 0u {
        statistics[task] = vec2<f32>(mean, inverseSqrt(variance + params.epsilon));
    }
}

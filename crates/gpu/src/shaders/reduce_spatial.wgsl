// Reduces each plane to one pixel; one workgroup per block of four channels.
const THREADS = 256u;

struct Params {
    x: Planes,
    y: Planes,
    planes: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

var<workgroup> partial: array<vec4<f32>, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let plane = linear(workgroup, grid);
    if plane >= params.planes {
        return;
    }
    let area = params.x.height * params.x.width;
    let first = at(params.x, plane, 0u, 0u);
    var total = start();
    for (var i = local; i < area; i += THREADS) {
        total = join(total, x[first + i]);
    }
    partial[local] = total;
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if local < half {
            partial[local] = join(partial[local], partial[local + half]);
        }
    }
    if local == 0u {
        y[params.y.base + plane] = trim(params.y, plane % blocks(params.y), finish(partial[0], area));
    }
}

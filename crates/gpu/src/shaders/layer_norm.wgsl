// (x − mean)/√(variance + epsilon)·scale + shift over rows of `inner` elements; one workgroup per row.
override HAS_SCALE: bool = false;
override HAS_SHIFT: bool = false;

struct Params {
    inner: u32,
    rows: u32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let row = linear(workgroup, grid);
    if row >= params.rows {
        return;
    }
    let first = row * params.inner;
    var sum = 0.0;
    for (var i = local; i < params.inner; i += THREADS) {
        sum += x[first + i];
    }
    let mean = total(local, sum) / f32(params.inner);
    var squares = 0.0;
    for (var i = local; i < params.inner; i += THREADS) {
        let d = x[first + i] - mean;
        squares += d * d;
    }
    let factor = inverseSqrt(total(local, squares) / f32(params.inner) + params.epsilon);
    for (var i = local; i < params.inner; i += THREADS) {
        var v = (x[first + i] - mean) * factor;
        if HAS_SCALE {
            v *= scale[i];
        }
        if HAS_SHIFT {
            v += shift[i];
        }
        y[first + i] = v;
    }
}

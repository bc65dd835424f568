// Sum over a workgroup of 256 invocations.
const THREADS = 256u;

var<workgroup> partial: array<f32, THREADS>;

fn total(local: u32, value: f32) -> f32 {
    workgroupBarrier();
    partial[local] = value;
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if local < half {
            partial[local] += partial[local + half];
        }
    }
    workgroupBarrier();
    return partial[0];
}

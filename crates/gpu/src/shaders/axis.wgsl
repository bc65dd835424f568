// A row-major value viewed as [outer, axis, inner]; one invocation per (outer, inner).
struct Params {
    axis: u32,
    inner: u32,
    count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;

// First element of the i-th row along the axis, whose elements are `inner` apart.
fn row(i: u32) -> u32 {
    return i / params.inner * params.axis * params.inner + i % params.inner;
}

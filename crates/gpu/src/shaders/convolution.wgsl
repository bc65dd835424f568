// Shared parts of all convolutions: operands, an invocation's work, and the epilogue.

// Blocks of four output channels per invocation, 1 or 2.
override BLOCKS: u32 = 1u;
override HAS_BIAS: bool = false;
override HAS_RESIDUAL: bool = false;
override HAS_SCALE_SHIFT: bool = false;

struct Params {
    x: Planes,
    y: Planes,
    window: Window,
    residual_base: u32,
    // Index of this dispatch's first workgroup: heavy layers are split into several dispatches.
    first: u32,
    // Workgroups per plane.
    plane_workgroups: u32,
    // Input and output channels per group; counted in blocks if groups are whole blocks.
    group_in: u32,
    group_out: u32,
    alpha: f32,
    beta: f32,
    samples: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> scale: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> shift: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4<f32>>;

struct Share {
    sample: u32,
    // First of the BLOCKS output blocks.
    block: u32,
    // Index within the plane.
    item: u32,
}

// Output blocks are uniform across a workgroup, so that all its invocations read the same weights.
fn share(workgroup: vec3<u32>, grid: vec3<u32>, local: u32) -> Share {
    let task = params.first + linear(workgroup, grid);
    let plane = task / params.plane_workgroups;
    let planes = blocks(params.y) / BLOCKS;
    let item = (task % params.plane_workgroups) * WORKGROUP + local;
    return Share(plane / planes, plane % planes * BLOCKS, item);
}

// activation(sum + bias + residual)·scale + shift
fn store(sample: u32, block: u32, row: u32, column: u32, sum: vec4<f32>) {
    if column >= params.y.width {
        return;
    }
    let i = at(params.y, sample * blocks(params.y) + block, row, column);
    var v = sum;
    if HAS_BIAS {
        v += bias[block];
    }
    if HAS_RESIDUAL {
        v += residual[params.residual_base + i - params.y.base];
    }
    v = activate(v, params.alpha, params.beta);
    if HAS_SCALE_SHIFT {
        v = v * scale[block] + shift[block];
    }
    y[i] = trim(params.y, block, v);
}

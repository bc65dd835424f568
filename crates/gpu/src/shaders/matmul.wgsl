// y = alpha·a·b + beta·c for a batch of row-major matrices, in tiles of 16×16 staged through
// workgroup memory.
override TRANSPOSE_A: bool = false;
override TRANSPOSE_B: bool = false;
override HAS_C: bool = false;

const TILE = 16u;

struct Params {
    m: u32,
    k: u32,
    n: u32,
    // Number of matrices of y, a and b; those of a and b repeat.
    batch: u32,
    a_matrices: u32,
    b_matrices: u32,
    // Shape of c: m or 1, n or 1.
    c_rows: u32,
    c_columns: u32,
    alpha: f32,
    beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> c: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> tile_a: array<array<f32, TILE>, TILE>;
var<workgroup> tile_b: array<array<f32, TILE>, TILE>;

@compute @workgroup_size(TILE, TILE)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let tiles_n = (params.n + TILE - 1u) / TILE;
    let tiles_m = (params.m + TILE - 1u) / TILE;
    let task = linear(workgroup, grid);
    let matrix = task / (tiles_m * tiles_n);
    if matrix >= params.batch {
        return;
    }
    let row = task / tiles_n % tiles_m * TILE + local.y;
    let column = task % tiles_n * TILE + local.x;
    let first_a = matrix % params.a_matrices * params.m * params.k;
    let first_b = matrix % params.b_matrices * params.k * params.n;
    var sum = 0.0;
    for (var from_k = 0u; from_k < params.k; from_k += TILE) {
        let a_k = from_k + local.x;
        let b_k = from_k + local.y;
        let a_i = select(row * params.k + a_k, a_k * params.m + row, TRANSPOSE_A);
        let b_i = select(b_k * params.n + column, column * params.k + b_k, TRANSPOSE_B);
        var from_a = 0.0;
        var from_b = 0.0;
        if row < params.m && a_k < params.k {
            from_a = a[first_a + a_i];
        }
        if column < params.n && b_k < params.k {
            from_b = b[first_b + b_i];
        }
        tile_a[local.y][local.x] = from_a;
        tile_b[local.y][local.x] = from_b;
        workgroupBarrier();
        for (var i = 0u; i < TILE; i++) {
            sum += tile_a[local.y][i] * tile_b[i][local.x];
        }
        workgroupBarrier();
    }
    if row < params.m && column < params.n {
        var v = params.alpha * sum;
        if HAS_C {
            v += params.beta * c[row % params.c_rows * params.c_columns + column % params.c_columns];
        }
        y[(matrix * params.m + row) * params.n + column] = v;
    }
}

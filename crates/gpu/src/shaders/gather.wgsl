// One source element per output element: tables give the source position along each axis, −1 for `fill`. With
// BY_BLOCK the channel table counts blocks of four. Copies bits, so integers work too.
override BY_BLOCK: bool = false;

struct Params {
    x: Planes,
    y: Planes,
    // Offsets of the tables for N, C, H, W; SAME if positions are identical.
    table: vec4<u32>,
    fill: u32,
    count: u32,
}

const SAME = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> tables: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<u32>>;

fn source(axis: u32, position: u32) -> i32 {
    let table = params.table[axis];
    if table == SAME {
        return i32(position);
    }
    return tables[table + position];
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) grid: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = linear(workgroup, grid) * WORKGROUP + local;
    if i >= params.count {
        return;
    }
    let p = pixel(params.y, i);
    let n = source(0u, p.sample);
    let h = source(2u, p.y);
    let w = source(3u, p.x);
    var v = vec4<u32>(params.fill);
    if n >= 0 && h >= 0 && w >= 0 {
        let first = u32(n) * blocks(params.x);
        if BY_BLOCK {
            let block = source(1u, p.block);
            if block >= 0 {
                v = x[at(params.x, first + u32(block), u32(h), u32(w))];
            }
        } else {
            for (var lane = 0u; lane < 4u && 4u * p.block + lane < params.y.channels; lane++) {
                let c = source(1u, 4u * p.block + lane);
                if c >= 0 {
                    v[lane] = x[at(params.x, first + u32(c) / 4u, u32(h), u32(w))][u32(c) % 4u];
                }
            }
        }
    }
    y[params.y.base + i] = select(vec4<u32>(0u), v, lanes(params.y, p.block));
}

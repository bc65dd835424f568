// A value of shape (N, C, H, W) in blocks of four channels, [N][ceil(C/4)][H][W] vec4, from element `base` of
// its buffer.
struct Planes {
    base: u32,
    channels: u32,
    height: u32,
    width: u32,
}

fn blocks(p: Planes) -> u32 {
    return (p.channels + 3u) / 4u;
}

// Element (y, x) of a plane; blocks are numbered across all samples.
fn at(p: Planes, plane: u32, y: u32, x: u32) -> u32 {
    return p.base + (plane * p.height + y) * p.width + x;
}

// Mask of a block's lanes that are channels.
fn lanes(p: Planes, block: u32) -> vec4<bool> {
    return vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(p.channels - 4u * block);
}

// Zeroes the lanes beyond the last channel: convolutions multiply them by zero, so they must be finite.
fn trim(p: Planes, block: u32, v: vec4<f32>) -> vec4<f32> {
    return select(vec4<f32>(0.0), v, lanes(p, block));
}

struct Pixel {
    sample: u32,
    block: u32,
    y: u32,
    x: u32,
}

// Index of the value's i-th vec4.
fn pixel(p: Planes, i: u32) -> Pixel {
    let area = p.height * p.width;
    let plane = i / area;
    let rest = i % area;
    return Pixel(plane / blocks(p), plane % blocks(p), rest / p.width, rest % p.width);
}

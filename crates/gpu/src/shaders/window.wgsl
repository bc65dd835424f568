// Sliding-window geometry, [y, x] each.
struct Window {
    kernel: vec2<u32>,
    stride: vec2<u32>,
    dilation: vec2<u32>,
    pad_begin: vec2<i32>,
}

// First input position of an output position's window; it may lie outside.
fn origin(w: Window, y: u32, x: u32) -> vec2<i32> {
    return vec2<i32>(vec2<u32>(y, x) * w.stride) - w.pad_begin;
}

//! Taps of antialiased downscaling: the interpolation kernel is stretched by the scale, so that every input
//! pixel counts, as in Pillow and `interpolate(antialias=True)`.

use super::resize::{Resize, ResizeAxis, ResizeMode};
use unet_kernels::AxisTaps;

pub(super) fn antialiased(resize: &Resize, axis: ResizeAxis) -> AxisTaps {
    let radius = if resize.mode == ResizeMode::Cubic { 2.0 } else { 1.0 };
    let support = radius / axis.scale;
    let last = axis.input as i64 - 1;
    let taps = resize.taps(axis);
    let mut table = AxisTaps { taps, index: Vec::new(), weight: Vec::new() };
    for i in 0..axis.output {
        let center = resize.source(i, axis) + 0.5;
        let first = (center - support + 0.5).floor() as i64;
        let mut sum = 0.0;
        let start = table.weight.len();
        for t in 0..taps as i64 {
            let x = first + t;
            let outside = x < 0 || x > last;
            let weight = if outside && resize.exclude_outside {
                0.0
            } else {
                resize.filter((x as f32 - center + 0.5) * axis.scale)
            };
            sum += weight;
            table.index.push(x.clamp(0, last) as i32);
            table.weight.push(weight);
        }
        if sum != 0.0 {
            table.weight[start..].iter_mut().for_each(|w| *w /= sum);
        }
    }
    table
}

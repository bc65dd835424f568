//! Several steps: reuse of memory, concatenation in place.

use super::*;
use unet_playground::plan::Gather;

on_backends! {
    a_small_unet
    a_step_within_one_buffer
    unused_lanes_stay_finite
}

/// Twice as large, nearest neighbour.
fn doubled(size: usize) -> unet_playground::plan::AxisIndex {
    unet_playground::plan::AxisIndex::Table((0..2 * size).map(|i| (i / 2) as i32).collect())
}

/// A U-Net of two levels: convolution, pooling, upsampling, concatenation in place.
pub(crate) fn small_unet(numbers: &mut Numbers, x: &Tensor, in_place: bool) -> Arc<Plan> {
    let [n, _, h, w] = *x.shape() else { panic!("not an image") };
    let mut b = PlanBuilder::default();
    let input = b.input(x, Layout::Nchwc4);
    let skip = b.conv(input, 8, 3, numbers);
    let pooled = b.planes(&[n, 8, h / 2, w / 2]);
    b.step(Kernel::MaxPool { window: window([2, 2], [2, 2], [0, 0]) }, &[skip], &[pooled]);
    let deep = b.conv(pooled, 12, 3, numbers);
    let up = b.planes(&[n, 12, h, w]);
    let same = || unet_playground::plan::AxisIndex::Same;
    let index = [same(), same(), doubled(h / 2), doubled(w / 2)];
    b.step(Kernel::Gather(Gather { index, fill: 0.0 }), &[deep], &[up]);
    let joined = b.planes(&[n, 20, h, w]);
    b.step(Kernel::Concat { axis: 1 }, &[skip, up], &[joined]);
    let y = b.conv(joined, 3, 1, numbers);
    if in_place {
        b.plan().values[skip.0].parent = Some((joined, 0));
        b.plan().values[up.0].parent = Some((joined, 8 * h * w));
    }
    b.finish(&[y, skip])
}

async fn a_small_unet(backend: Backend) {
    let mut numbers = Numbers(21);
    for in_place in [false, true] {
        let x = numbers.tensor(&[1, 3, 14, 10]);
        let plan = small_unet(&mut numbers, &x, in_place);
        check(&backend, &plan, &[&x]).await;
    }
}

/// DenseNet: a step reads one part of a buffer and writes another.
async fn a_step_within_one_buffer(backend: Backend) {
    let mut numbers = Numbers(23);
    let x = numbers.tensor(&[1, 4, 5, 3]);
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::Nchwc4);
    let first = b.conv(input, 8, 3, &mut numbers);
    let second = b.conv(first, 4, 3, &mut numbers);
    let joined = b.planes(&[1, 24, 5, 3]);
    b.step(Kernel::Concat { axis: 1 }, &[first, second, second, first], &[joined]);
    let y = b.conv(joined, 2, 1, &mut numbers);
    b.plan().values[first.0].parent = Some((joined, 0));
    b.plan().values[second.0].parent = Some((joined, 8 * 5 * 3));
    check(&backend, &b.finish(&[y, joined]), &[&x]).await;
}

/// Lanes beyond the last channel must not reach the next convolution, whatever a function makes of
/// them.
async fn unused_lanes_stay_finite(backend: Backend) {
    let mut numbers = Numbers(24);
    let positive =
        numbers.tensor(&[1, 3, 4, 4]).as_f32().unwrap().iter().map(|v| v.abs() + 0.1).collect::<Vec<_>>();
    let x = Tensor::f32([1, 3, 4, 4], positive).unwrap();
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::Nchwc4);
    let (reciprocal, logarithm, ratio) =
        (b.planes(&[1, 3, 4, 4]), b.planes(&[1, 3, 4, 4]), b.planes(&[1, 3, 4, 4]));
    b.step(Kernel::Unary(Unary::Reciprocal), &[input], &[reciprocal]);
    b.step(Kernel::Unary(Unary::Log), &[input], &[logarithm]);
    let divide = Kernel::Binary { op: unet_playground::plan::Binary::Div, activation: Unary::Identity };
    b.step(divide, &[reciprocal, input], &[ratio]);
    // Operands that begin and end within blocks.
    let joined = b.planes(&[1, 9, 4, 4]);
    b.step(Kernel::Concat { axis: 1 }, &[input, reciprocal, logarithm], &[joined]);
    let outputs = [reciprocal, logarithm, ratio, joined].map(|v| b.conv(v, 2, 3, &mut numbers));
    check(&backend, &b.finish(&outputs), &[&x]).await;
}

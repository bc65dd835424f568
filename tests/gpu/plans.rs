//! Several steps: reuse of memory, concatenation in place, submissions.

use super::*;
use std::cell::Cell;
use unet_playground::plan::{AxisTaps, Gather};

on_gpu! {
    a_small_unet
    runs_repeat_and_weights_are_shared
    a_step_within_one_buffer
    unused_lanes_stay_finite
    work_is_cut_and_the_caller_is_asked
    a_grid_longer_than_a_dimension
}

/// Twice as large, nearest neighbour.
fn doubled(size: usize) -> unet_playground::plan::AxisIndex {
    unet_playground::plan::AxisIndex::Table((0..2 * size).map(|i| (i / 2) as i32).collect())
}

/// A U-Net of two levels: convolution, pooling, upsampling, concatenation in place.
fn small_unet(numbers: &mut Numbers, x: &Tensor, in_place: bool) -> Arc<Plan> {
    let [n, _, h, w] = *x.shape() else { panic!("not an image") };
    let mut b = PlanBuilder::default();
    let input = b.input(x, Layout::Planes);
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
        b.plan().values[up.0].parent = Some((joined, 8));
    }
    b.finish(&[y, skip])
}

async fn a_small_unet(gpu: Gpu) {
    let mut numbers = Numbers(21);
    for in_place in [false, true] {
        let x = numbers.tensor(&[1, 3, 14, 10]);
        let plan = small_unet(&mut numbers, &x, in_place);
        check(&gpu, &plan, &[&x]).await;
    }
}

async fn runs_repeat_and_weights_are_shared(gpu: Gpu) {
    let mut numbers = Numbers(22);
    let x = numbers.tensor(&[1, 3, 8, 8]);
    let plan = small_unet(&mut numbers, &x, true);
    let mut cache = WeightCache::new();
    let mut executor = Executor::new(&gpu, Arc::clone(&plan), &mut cache).await.unwrap();
    let bytes = cache.bytes();
    assert!(bytes > 0);
    let first = executor.run(&[&x], &mut |_| true).await.unwrap();
    let other = numbers.tensor(&[1, 3, 8, 8]);
    let second = executor.run(&[&other], &mut |_| true).await.unwrap();
    assert_ne!(first, second);
    let mut again = Executor::new(&gpu, plan, &mut cache).await.unwrap();
    assert_eq!(cache.bytes(), bytes);
    assert_eq!(again.run(&[&x], &mut |_| true).await.unwrap(), first);
}

/// DenseNet: a step reads one part of a buffer and writes another.
async fn a_step_within_one_buffer(gpu: Gpu) {
    let mut numbers = Numbers(23);
    let x = numbers.tensor(&[1, 4, 5, 3]);
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::Planes);
    let first = b.conv(input, 8, 3, &mut numbers);
    let second = b.conv(first, 4, 3, &mut numbers);
    let joined = b.planes(&[1, 24, 5, 3]);
    b.step(Kernel::Concat { axis: 1 }, &[first, second, second, first], &[joined]);
    let y = b.conv(joined, 2, 1, &mut numbers);
    b.plan().values[first.0].parent = Some((joined, 0));
    b.plan().values[second.0].parent = Some((joined, 8));
    check(&gpu, &b.finish(&[y, joined]), &[&x]).await;
}

/// Lanes beyond the last channel must not reach the next convolution, whatever a function makes of
/// them.
async fn unused_lanes_stay_finite(gpu: Gpu) {
    let mut numbers = Numbers(24);
    let positive =
        numbers.tensor(&[1, 3, 4, 4]).as_f32().unwrap().iter().map(|v| v.abs() + 0.1).collect::<Vec<_>>();
    let x = Tensor::f32([1, 3, 4, 4], positive).unwrap();
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::Planes);
    let (reciprocal, logarithm, ratio) =
        (b.planes(&[1, 3, 4, 4]), b.planes(&[1, 3, 4, 4]), b.planes(&[1, 3, 4, 4]));
    b.step(Kernel::Unary(Unary::Reciprocal), &[input], &[reciprocal]);
    b.step(Kernel::Unary(Unary::Log), &[input], &[logarithm]);
    let divide = Kernel::Binary { op: unet_playground::plan::Binary::Div, activation: Unary::Identity };
    b.step(divide, &[reciprocal, input], &[ratio]);
    let outputs = [reciprocal, logarithm, ratio].map(|v| b.conv(v, 2, 3, &mut numbers));
    check(&gpu, &b.finish(&outputs), &[&x]).await;
}

async fn work_is_cut_and_the_caller_is_asked(gpu: Gpu) {
    let mut numbers = Numbers(25);
    let x = numbers.tensor(&[1, 3, 8, 8]);
    // Every step of a test plan counts 1,000 operations.
    gpu.set_flops_per_submission(1000);
    let plan = small_unet(&mut numbers, &x, true);
    let mut executor = Executor::new(&gpu, plan, &mut WeightCache::new()).await.unwrap();
    let mut asked = Vec::new();
    let whole = executor
        .run(&[&x], &mut |done| {
            asked.push(done);
            true
        })
        .await
        .unwrap();
    assert!(asked.len() >= 6, "{asked:?}");
    assert!(asked.is_sorted() && asked[0] == 0.0 && *asked.last().unwrap() == 1.0, "{asked:?}");

    let times = Cell::new(0);
    let stopped = executor
        .run(&[&x], &mut |_| {
            times.set(times.get() + 1);
            times.get() < 3
        })
        .await;
    assert_eq!(stopped, Err(unet_playground::Error::Aborted));
    assert_eq!(times.get(), 3);
    assert_eq!(executor.run(&[&x], &mut |_| true).await.unwrap(), whole);
}

/// More workgroups than a grid has in one dimension.
async fn a_grid_longer_than_a_dimension(gpu: Gpu) {
    let (h, w) = (2100, 2100);
    let x = Tensor::f32([1, 1, 1, w], (0..w).map(|i| i as f32).collect::<Vec<_>>()).unwrap();
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::Planes);
    let (tall, y) = (b.planes(&[1, 1, h, w]), b.planes(&[1, 1, h, 1]));
    let ones = |from: i32, to: usize| AxisTaps { taps: 1, index: vec![from; to], weight: vec![1.0; to] };
    let all = AxisTaps { index: (0..w as i32).collect(), ..ones(0, w) };
    b.step(Kernel::Resample { y: ones(0, h), x: all }, &[input], &[tall]);
    b.step(
        Kernel::Resample {
            y: AxisTaps { index: (0..h as i32).collect(), ..ones(0, h) },
            x: ones(w as i32 - 1, 1),
        },
        &[tall],
        &[y],
    );
    let plan = b.finish(&[y]);
    let mut executor = Executor::new(&gpu, plan, &mut WeightCache::new()).await.unwrap();
    let y = executor.run(&[&x], &mut |_| true).await.unwrap();
    assert_eq!(y[0].as_f32().unwrap(), vec![(w - 1) as f32; h]);
}

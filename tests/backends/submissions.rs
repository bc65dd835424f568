//! Submissions of WebGPU: how work is cut, repeated and dispatched.

use super::gpu::*;
use super::plans::small_unet;
use super::*;
use std::cell::Cell;
use unet_playground::plan::AxisTaps;

on_gpu! {
    a_heavy_convolution_is_cut
    runs_repeat_and_weights_are_shared
    work_is_cut_and_the_caller_is_asked
    a_grid_longer_than_a_dimension
}

async fn a_heavy_convolution_is_cut(gpu: Gpu) {
    gpu.set_flops_per_submission(100);
    let mut numbers = Numbers(3);
    let mut b = PlanBuilder::default();
    let x = numbers.tensor(&[2, 5, 17, 16]);
    let input = b.input(&x, Layout::Nchwc4);
    let y = b.conv(input, 7, 3, &mut numbers);
    check(&Backend::Gpu(gpu), &b.finish(&[y]), &[&x]).await;
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
    let input = b.input(&x, Layout::Nchwc4);
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

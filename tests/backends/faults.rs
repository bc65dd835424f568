//! What a caller is told when a run cannot be.

use super::gpu::*;
use super::*;
use unet_playground::Error;

on_gpu! {
    a_device_lost_in_mid_run
    a_value_over_the_limit_is_refused
    wrong_inputs_are_named
}

fn one_conv(shape: &[usize]) -> (Arc<Plan>, Tensor) {
    let mut numbers = Numbers(31);
    let x = numbers.tensor(shape);
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::Nchwc4);
    let middle = b.conv(input, 5, 3, &mut numbers);
    let y = b.conv(middle, 2, 1, &mut numbers);
    (b.finish(&[y]), x)
}

async fn a_device_lost_in_mid_run(gpu: Gpu) {
    gpu.set_flops_per_submission(1000);
    let (plan, x) = one_conv(&[1, 3, 9, 9]);
    let mut cache = WeightCache::new();
    let mut executor = Executor::new(&gpu, Arc::clone(&plan), &mut cache).await.unwrap();
    let outcome = executor
        .run(&[&x], &mut |done| {
            if done > 0.0 {
                gpu.destroy();
            }
            true
        })
        .await;
    assert!(matches!(outcome, Err(Error::DeviceLost(_))), "{outcome:?}");
    let outcome = executor.run(&[&x], &mut |_| true).await;
    assert!(matches!(outcome, Err(Error::DeviceLost(_))), "{outcome:?}");
    let outcome = Executor::new(&gpu, plan, &mut cache).await.map(|_| ());
    assert!(matches!(outcome, Err(Error::DeviceLost(_))), "{outcome:?}");
    // Others are not concerned.
    let (plan, x) = one_conv(&[1, 3, 9, 9]);
    check(&Backend::Gpu(request().await.unwrap()), &plan, &[&x]).await;
}

async fn a_value_over_the_limit_is_refused(gpu: Gpu) {
    let mut b = PlanBuilder::default();
    let rows = gpu.max_value_bytes() / (4 * 4 * 4096) + 1;
    let shape = [1, 4, rows as usize, 4096];
    let (x, y) = (b.planes(&shape), b.planes(&shape));
    b.plan().inputs.push(x);
    b.step(Kernel::Unary(Unary::Relu), &[x], &[y]);
    let plan = b.finish(&[y]);
    let outcome = Executor::new(&gpu, plan, &mut WeightCache::new()).await.map(|_| ());
    assert!(
        matches!(outcome, Err(Error::TooLarge { needed, .. }) if needed == rows * 4 * 4 * 4096),
        "{outcome:?}"
    );
}

async fn wrong_inputs_are_named(gpu: Gpu) {
    let (plan, x) = one_conv(&[1, 3, 9, 9]);
    let mut executor = Executor::new(&gpu, plan, &mut WeightCache::new()).await.unwrap();
    let narrow = Tensor::f32([1, 3, 9, 1], vec![0.0; 27]).unwrap();
    for inputs in [&[][..], &[&narrow], &[&x, &x]] {
        let outcome = executor.run(inputs, &mut |_| true).await;
        assert!(matches!(outcome, Err(Error::InvalidInput(_))), "{outcome:?}");
    }
    assert!(executor.run(&[&x], &mut |_| true).await.is_ok());
}

#[cfg(not(target_arch = "wasm32"))]
on_gpu! {
    the_probe_measures
}

#[cfg(not(target_arch = "wasm32"))]
async fn the_probe_measures(gpu: Gpu) {
    use unet_playground::backend::gpu::{Probe, probe};
    let begin = std::time::Instant::now();
    let now = || begin.elapsed().as_secs_f64() * 1e3;
    let Probe { gflops, max_error } = probe(&gpu, &now).await.unwrap();
    println!("{}: {gflops:.1} GFLOP/s, error {max_error:.1e}", gpu.name());
    assert!(gflops > 0.0 && gflops.is_finite());
    assert!(max_error < TOLERANCE, "{max_error}");
}

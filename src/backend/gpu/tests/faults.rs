//! What a caller is told when a run cannot be.

use super::super::{Probe, probe};
use super::*;
use crate::Error;

fn one_conv(shape: &[usize]) -> (Arc<Plan>, Tensor) {
    let mut numbers = Numbers(31);
    let x = numbers.tensor(shape);
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::Planes);
    let middle = b.conv(input, 5, 3, &mut numbers);
    let y = b.conv(middle, 2, 1, &mut numbers);
    (b.finish(&[y]), x)
}

#[test]
fn a_device_lost_in_mid_run() {
    let Some(gpu) = gpu() else { return };
    gpu.set_flops_per_submission(1000);
    let (plan, x) = one_conv(&[1, 3, 9, 9]);
    pollster::block_on(async {
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
    });
    // Others are not concerned.
    let (plan, x) = one_conv(&[1, 3, 9, 9]);
    check(&super::gpu().unwrap(), &plan, &[x]);
}

#[test]
fn a_value_over_the_limit_is_refused() {
    let Some(gpu) = gpu() else { return };
    let mut b = PlanBuilder::default();
    let shape = [1, 4, 4096, 4096];
    let (x, y) = (b.planes(&shape), b.planes(&shape));
    b.plan().inputs.push(x);
    b.step(Kernel::Unary(Unary::Relu), &[x], &[y]);
    let plan = b.finish(&[y]);
    let outcome = pollster::block_on(Executor::new(&gpu, plan, &mut WeightCache::new())).map(|_| ());
    assert!(matches!(outcome, Err(Error::TooLarge { needed: 268_435_456, .. })), "{outcome:?}");
}

#[test]
fn wrong_inputs_are_named() {
    let Some(gpu) = gpu() else { return };
    let (plan, x) = one_conv(&[1, 3, 9, 9]);
    pollster::block_on(async {
        let mut executor = Executor::new(&gpu, plan, &mut WeightCache::new()).await.unwrap();
        let narrow = Tensor::f32([1, 3, 9, 1], vec![0.0; 27]).unwrap();
        for inputs in [&[][..], &[&narrow], &[&x, &x]] {
            let outcome = executor.run(inputs, &mut |_| true).await;
            assert!(matches!(outcome, Err(Error::InvalidInput(_))), "{outcome:?}");
        }
        assert!(executor.run(&[&x], &mut |_| true).await.is_ok());
    });
}

#[test]
fn the_probe_measures() {
    let Some(gpu) = gpu() else { return };
    let begin = std::time::Instant::now();
    let now = || begin.elapsed().as_secs_f64() * 1e3;
    let Probe { gflops, max_error } = pollster::block_on(probe(&gpu, &now)).unwrap();
    println!("{}: {gflops:.1} GFLOP/s, error {max_error:.1e}", gpu.name());
    assert!(gflops > 0.0 && gflops.is_finite());
    assert!(max_error < TOLERANCE, "{max_error}");
}

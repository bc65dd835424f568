//! What is particular to the CPU backend: pieces of a run, and shared weights.

use super::*;
use unet_playground::Error;
use unet_playground::backend::cpu::{Executor, WeightCache, packed_bytes, probe, scratch_bytes};

/// Outputs of the plan, run at once; runs in pieces must agree with that to the bit.
pub(crate) fn run(plan: &Arc<Plan>, inputs: &[&Tensor]) -> Vec<Tensor> {
    let mut executor = Executor::new(Arc::clone(plan), &mut WeightCache::new()).unwrap();
    let mut run = |budget| {
        executor.start(inputs).unwrap();
        while !executor.advance(budget) {}
        executor.outputs().unwrap()
    };
    let whole = run(u64::MAX);
    for budget in [1, 1_000, 30_000] {
        for (piecewise, whole) in run(budget).iter().zip(&whole) {
            assert_eq!(bits(piecewise), bits(whole), "{budget} at a time: {:?}", plan.steps);
        }
    }
    whole
}

fn bits(tensor: &Tensor) -> Vec<u64> {
    match tensor.data() {
        Data::F32(v) => v.iter().map(|x| x.to_bits().into()).collect(),
        Data::I64(v) => v.iter().map(|&x| x as u64).collect(),
    }
}

fn unet() -> (Arc<Plan>, Tensor) {
    let mut numbers = Numbers(41);
    let x = numbers.tensor(&[1, 3, 8, 8]);
    (plans::small_unet(&mut numbers, &x, true), x)
}

#[test]
fn progress_grows_from_nothing_to_all() {
    let (plan, x) = unet();
    let mut executor = Executor::new(plan, &mut WeightCache::new()).unwrap();
    executor.start(&[&x]).unwrap();
    let mut seen = vec![executor.progress()];
    while !executor.advance(1) {
        seen.push(executor.progress());
    }
    assert!(seen.len() > 20 && seen.is_sorted(), "{seen:?}");
    assert_eq!((seen[0], executor.progress()), (0.0, 1.0));
}

#[test]
fn weights_are_packed_once_and_go_with_their_tensors() {
    let (plan, _) = unet();
    let mut cache = WeightCache::new();
    let executor = Executor::new(Arc::clone(&plan), &mut cache).unwrap();
    let bytes = cache.bytes();
    assert_eq!(bytes, packed_bytes(&plan).unwrap());
    assert_eq!(executor.scratch_bytes(), scratch_bytes(&plan).unwrap());
    Executor::new(Arc::clone(&plan), &mut cache).unwrap();
    assert_eq!(cache.bytes(), bytes);
    drop((plan, executor));
    let (other, _) = unet();
    Executor::new(other, &mut cache).unwrap();
    assert_eq!(cache.bytes(), bytes);
}

#[test]
fn wrong_inputs_are_named() {
    let (plan, x) = unet();
    let mut executor = Executor::new(plan, &mut WeightCache::new()).unwrap();
    let narrow = Tensor::f32([1, 3, 8, 1], vec![0.0; 24]).unwrap();
    let integers = Tensor::i64([1, 3, 8, 8], vec![0; 192]).unwrap();
    for input in [&narrow, &integers] {
        let error = executor.start(&[input]).unwrap_err();
        assert!(matches!(&error, Error::InvalidInput(e) if e.contains("v0")), "{error}");
    }
    assert!(matches!(executor.start(&[&x, &x]), Err(Error::InvalidInput(_))));
}

#[test]
fn the_probe_measures() {
    let begin = std::time::Instant::now();
    let gflops = probe(&|| begin.elapsed().as_secs_f64() * 1e3).unwrap();
    assert!(gflops > 0.0 && gflops.is_finite());
}

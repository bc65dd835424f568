//! Measurement of this machine's speed.

use super::{Executor, WeightCache};
use crate::aligned::Aligned;
use crate::simd::F32x4;
use std::hint::black_box;
use std::sync::Arc;
use unet_kernels::error::Result;
use unet_kernels::tensor::{DType, Tensor};
use unet_plan::{
    ConstId, Constant, Epilogue, Kernel, Layout, Operand, Plan, PlanValue, Step, Unary, ValueId, Window,
};

const CHANNELS: usize = 32;
const SIZE: usize = 64;

/// Measuring time in milliseconds: long compared with the clock's resolution.
const LONG_ENOUGH: f64 = 20.0;

/// Measures the speed of a 3×3 convolution of 32 channels at 64² pixels for about 20 ms. Returns 10⁹
/// operations per second, counted as direct computation with multiplications and additions each. `now`
/// returns the time in milliseconds.
///
/// # Errors
/// As [`Executor::new`].
pub fn probe(now: &dyn Fn() -> f64) -> Result<f64> {
    let wave = |len: usize| (0..len).map(|i| (i as f32 * 0.7).sin()).collect::<Vec<f32>>();
    let x = Tensor::f32([1, CHANNELS, SIZE, SIZE], wave(CHANNELS * SIZE * SIZE))?;
    let weight = Tensor::f32([CHANNELS, CHANNELS, 3, 3], wave(CHANNELS * CHANNELS * 9))?;
    let plan = Arc::new(convolution(weight));
    let flops = plan.flops() as f64;
    let mut executor = Executor::new(plan, &mut WeightCache::new())?;
    // The first runs also touch new memory and, in a browser, compile.
    let (mut runs, mut took) = (0.0, 0.0);
    let warm = now();
    while now() - warm < LONG_ENOUGH / 4.0 {
        run(&mut executor, &x, now)?;
    }
    while took < LONG_ENOUGH {
        took += run(&mut executor, &x, now)?;
        runs += 1.0;
    }
    Ok(flops * runs / took / 1e6)
}

/// Upper bounds on the speed of one thread of this machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Multiplications and additions per millisecond, in registers.
    pub flops: f64,
    /// Bytes per millisecond read from or written to memory.
    pub bytes: f64,
}

/// Number of independent sums in the arithmetic loop: enough to hide the latency of an addition.
const SUMS: usize = 10;

/// Multiplications and additions per sum between clock readings.
const LONG: usize = 100_000;

/// Elements in each of two buffers that exceed every cache.
const LARGE: usize = 4 << 20;

/// Times an arithmetic loop in registers and a memory copy for 20 ms each. `now` returns the time in
/// milliseconds.
///
/// # Errors
/// `OutOfMemory` if the allocator refuses 32 MiB.
pub fn bounds(now: &dyn Fn() -> f64) -> Result<Bounds> {
    let (from, mut to) = (Aligned::zeros(LARGE)?, Aligned::zeros(LARGE)?);
    let multiply_add = &mut || {
        let factor = F32x4::splat(black_box(0.999));
        let mut sums = [F32x4::splat(black_box(1.0)); SUMS];
        for _ in 0..LONG {
            sums = sums.map(|sum| sum.mul_add(factor, factor));
        }
        black_box(sums.map(F32x4::sum));
    };
    let copy = &mut || black_box(&mut to).copy_from_slice(black_box(&from));
    Ok(Bounds {
        flops: (LONG * SUMS * 4 * 2) as f64 / least(multiply_add, now),
        bytes: (LARGE * 4 * 2) as f64 / least(copy, now),
    })
}

/// Milliseconds of the fastest of several calls.
fn least(work: &mut dyn FnMut(), now: &dyn Fn() -> f64) -> f64 {
    let (start, mut least) = (now(), f64::INFINITY);
    while now() - start < LONG_ENOUGH {
        let began = now();
        work();
        let took = now() - began;
        // Browser clocks may stand still for up to a millisecond.
        least = if took > 0.0 { least.min(took) } else { least };
    }
    least
}

/// Milliseconds of one run.
fn run(executor: &mut Executor, x: &Tensor, now: &dyn Fn() -> f64) -> Result<f64> {
    executor.start(&[x])?;
    let start = now();
    executor.advance(u64::MAX);
    Ok(now() - start)
}

fn convolution(weight: Tensor) -> Plan {
    let value = |name: &str, live| PlanValue {
        name: name.into(),
        shape: vec![1, CHANNELS, SIZE, SIZE],
        dtype: DType::F32,
        layout: Layout::Nchwc4,
        parent: None,
        live,
    };
    let (x, y) = (ValueId(0), ValueId(1));
    let epilogue = Epilogue { bias: None, residual: false, activation: Unary::Relu, scale_shift: None };
    let window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pad_begin: [1, 1] };
    let step = Step {
        name: "probe".into(),
        op: "Conv",
        nodes: vec![],
        kernel: Kernel::Conv { window, groups: 1, weight: ConstId(0), epilogue },
        inputs: vec![Operand::Value(x)],
        outputs: vec![y],
        flops: 2 * (SIZE * SIZE * CHANNELS * CHANNELS * 9) as u64,
    };
    Plan {
        values: vec![value("x", (0, 0)), value("y", (0, 1))],
        constants: vec![Constant { tensor: Arc::new(weight), layout: Layout::RowMajor }],
        steps: vec![step],
        inputs: vec![x],
        outputs: vec![y],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn speed_follows_the_clock() {
        // Every clock reading takes 1 ms, and a run takes two.
        let time = Cell::new(0.0);
        let now = || {
            time.set(time.get() + 1.0);
            time.get()
        };
        let gflops = probe(&now).unwrap();
        assert!((gflops - 75.497_472e6 / 1e6).abs() < 1e-9, "{gflops}");
    }

    #[test]
    fn bounds_follow_the_clock() {
        let time = Cell::new(0.0);
        let now = || {
            time.set(time.get() + 1.0);
            time.get()
        };
        let bounds = bounds(&now).unwrap();
        assert_eq!(bounds, Bounds { flops: 8e6, bytes: 33_554_432.0 });
    }
}

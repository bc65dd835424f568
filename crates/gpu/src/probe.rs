//! Measurement of the GPU's convolution speed, and a check of its results.

use super::device::Gpu;
use super::executor::Executor;
use super::weights::WeightCache;
use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{DType, Tensor};
use unet_plan::{
    ConstId, Constant, Epilogue, Kernel, Layout, Operand, Plan, PlanValue, Step, Unary, ValueId, Window,
};

/// Result of [`probe`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    /// Billions of multiplications and additions per second in 3×3 convolutions.
    pub gflops: f64,
    /// Largest difference from a plain loop on the CPU, relative to the largest result.
    pub max_error: f32,
}

const CHANNELS: usize = 32;
const SIZE: usize = 64;

/// Numbers of consecutive convolutions to measure, up to the longest.
const DEPTHS: [usize; 4] = [1, 4, 16, 64];

/// Minimum duration in milliseconds, long compared with a submission's overhead.
const LONG_ENOUGH: f64 = 20.0;

/// Measures convolutions of 32 channels at 64² pixels, increasing their number until they take 20 ms, and
/// tells the GPU its speed ([`Gpu::set_speed`]). `now` returns the time in milliseconds.
///
/// # Errors
/// As for [`Executor::run`].
pub async fn probe(gpu: &Gpu, now: &dyn Fn() -> f64) -> Result<Probe> {
    // Pseudorandom values in [−0.5, 0.5).
    let mut state = 1_u32;
    let mut random = |len: usize, factor: f32| -> Vec<f32> {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / (1 << 24) as f32 - 0.5) * factor
        };
        (0..len).map(|_| next()).collect()
    };
    let x = Tensor::f32([1, CHANNELS, SIZE, SIZE], random(CHANNELS * SIZE * SIZE, 1.0))?;
    // Keeps magnitudes about equal from layer to layer.
    let factor = (12.0 / (9 * CHANNELS) as f32).sqrt();
    let weight = random(CHANNELS * CHANNELS * 9, factor);
    let weight = Arc::new(Tensor::f32([CHANNELS, CHANNELS, 3, 3], weight)?);

    let mut cache = WeightCache::new();
    let mut found = Probe { gflops: 0.0, max_error: 0.0 };
    for depth in DEPTHS {
        let plan = Arc::new(chain(depth, &weight));
        let flops: u64 = plan.steps.iter().map(|s| s.flops).sum();
        let mut executor = Executor::new(gpu, plan, &mut cache).await?;
        // The first run also compiles the shaders.
        let y = executor.run(&[&x], &mut |_| true).await?;
        if depth == 1 {
            found.max_error = difference(&x, &weight, &y[0])?;
        }
        let start = now();
        executor.run(&[&x], &mut |_| true).await?;
        let elapsed = now() - start;
        found.gflops = flops as f64 / (elapsed.max(1e-3) * 1e6);
        if elapsed >= LONG_ENOUGH {
            break;
        }
    }
    gpu.set_speed(found.gflops);
    Ok(found)
}

/// A plan of `depth` convolutions with the same weights.
fn chain(depth: usize, weight: &Arc<Tensor>) -> Plan {
    let window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pad_begin: [1, 1] };
    let epilogue = Epilogue { bias: None, residual: false, activation: Unary::Identity, scale_shift: None };
    let step = |i: usize| Step {
        name: format!("probe {i}"),
        op: "Conv",
        nodes: vec![],
        kernel: Kernel::Conv { window, groups: 1, weight: ConstId(0), epilogue: epilogue.clone() },
        inputs: vec![Operand::Value(ValueId(i))],
        outputs: vec![ValueId(i + 1)],
        flops: (2 * CHANNELS * CHANNELS * 9 * SIZE * SIZE) as u64,
    };
    let value = |i: usize| PlanValue {
        name: format!("probe {i}"),
        shape: vec![1, CHANNELS, SIZE, SIZE],
        dtype: DType::F32,
        layout: Layout::Nchwc4,
        parent: None,
        live: (i.saturating_sub(1), i),
    };
    Plan {
        values: (0..=depth).map(value).collect(),
        constants: vec![Constant { tensor: Arc::clone(weight), layout: Layout::RowMajor }],
        steps: (0..depth).map(step).collect(),
        inputs: vec![ValueId(0)],
        outputs: vec![ValueId(depth)],
    }
}

/// Largest difference of `y` from the convolution of `x`, relative to the largest magnitude. Checks every
/// thirteenth result, including the corners.
fn difference(x: &Tensor, weight: &Tensor, y: &Tensor) -> Result<f32> {
    let floats = |t: &'_ Tensor| {
        t.as_f32().map(<[f32]>::to_vec).ok_or_else(|| Error::Gpu("the probe lost its type".into()))
    };
    let (x, weight, y) = (floats(x)?, floats(weight)?, floats(y)?);
    let at = |c: usize, row: usize, column: usize| {
        // Rows and columns are counted from the start of the padding.
        let inside = (1..=SIZE).contains(&row) && (1..=SIZE).contains(&column);
        if inside { x[(c * SIZE + row - 1) * SIZE + column - 1] } else { 0.0 }
    };
    let (mut error, mut largest) = (0_f32, 0_f32);
    for (i, &found) in y.iter().enumerate().step_by(13) {
        let (o, row, column) = (i / (SIZE * SIZE), i / SIZE % SIZE, i % SIZE);
        let mut sum = 0.0;
        for c in 0..CHANNELS {
            for k in 0..9 {
                sum += weight[(o * CHANNELS + c) * 9 + k] * at(c, row + k / 3, column + k % 3);
            }
        }
        // A NaN must show as an error; comparisons would drop it.
        let distance = (sum - found).abs();
        error = if distance.is_nan() { f32::INFINITY } else { error.max(distance) };
        largest = largest.max(sum.abs());
    }
    Ok(error / largest.max(f32::MIN_POSITIVE))
}

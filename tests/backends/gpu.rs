//! What the tests of WebGPU share.

use std::sync::Arc;
pub(crate) use unet_playground::backend::gpu::{Executor, Gpu, WeightCache};
use unet_playground::plan::Plan;
use unet_playground::tensor::Tensor;

/// Of the largest magnitude.
pub(crate) const TOLERANCE: f32 = 1e-3;

/// The adapter, or `None` where there is none: then a test says so and ends. In CI it fails.
pub(crate) async fn request() -> Option<Gpu> {
    match Gpu::request().await {
        Ok(gpu) => Some(gpu),
        Err(error) => {
            let message = format!("NO GPU ADAPTER: GPU tests did not run ({error})");
            #[cfg(not(target_arch = "wasm32"))]
            eprintln!("{message}");
            #[cfg(target_arch = "wasm32")]
            wasm_bindgen_test::console_log!("{message}");
            // A browser has no environment; what counts is that of the build.
            let ci = std::env::var_os("CI").is_some() || option_env!("CI").is_some();
            assert!(!ci, "CI needs a GPU adapter: {error}");
            None
        }
    }
}

/// Makes tests of functions that take a device. Natively a test blocks; in the browser, where nothing
/// may, its runner awaits it.
macro_rules! on_gpu {
    ($($test:ident)*) => {$(
        mod $test {
            #[cfg(not(target_arch = "wasm32"))]
            #[test]
            fn native() {
                pollster::block_on(async {
                    if let Some(gpu) = crate::gpu::request().await {
                        super::$test(gpu).await;
                    }
                });
            }

            #[cfg(target_arch = "wasm32")]
            #[wasm_bindgen_test::wasm_bindgen_test]
            async fn browser() {
                if let Some(gpu) = crate::gpu::request().await {
                    super::$test(gpu).await;
                }
            }
        }
    )*};
}
pub(crate) use on_gpu;

/// Outputs of the plan.
pub(crate) async fn run(gpu: &Gpu, plan: &Arc<Plan>, inputs: &[&Tensor]) -> Vec<Tensor> {
    let made = Executor::new(gpu, Arc::clone(plan), &mut WeightCache::new()).await;
    let mut executor = made.unwrap_or_else(|e| panic!("{e}\n{:?}", plan.steps));
    let found = executor.run(inputs, &mut |_| true).await;
    found.unwrap_or_else(|e| panic!("{e}\n{:?}", plan.steps))
}

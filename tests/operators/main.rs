//! Every fixture on every runtime: single operators against PyTorch, ONNX's own cases, whole
//! networks against onnxruntime. Natively, and in the browser.

#[cfg(not(target_arch = "wasm32"))]
mod documented;
mod files;
mod fixtures;
#[cfg(not(target_arch = "wasm32"))]
mod flops;
mod refused;
mod runtime;
mod tolerance;
#[cfg(not(target_arch = "wasm32"))]
mod transposed;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../hostile/writer.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod writer;

use files::{CONFORMANCE, File, NETWORKS, OPERATORS};
use fixtures::Case;
use refused::refused;
use runtime::Runtime;
use tolerance::difference;

use unet_playground::Error;

/// Differences of a case.
async fn failures(case: &Case, runtime: &Runtime, tolerance: f32) -> Vec<String> {
    assert!(!case.runs.is_empty(), "case {:?} has no runs", case.name);
    let mut failures = Vec::new();
    for (size, run) in &case.runs {
        assert!(!run.outputs.is_empty(), "case {:?} expects nothing", case.name);
        match runtime.run(case, run).await {
            Err(e) => failures.push(format!("{size} {e}")),
            Ok(outputs) => {
                for (name, expected) in &run.outputs {
                    let found = match outputs.get(name) {
                        Some(actual) => difference(expected, actual, tolerance),
                        None => Some("is no output".into()),
                    };
                    failures.extend(found.map(|d| format!("{size} {name:?}: {d}")));
                }
            }
        }
    }
    failures
}

/// What is wrong with how a case is refused, which these words should tell.
async fn refusal(case: &Case, runtime: &Runtime, words: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for run in case.runs.values() {
        match runtime.run(case, run).await {
            Ok(_) => wrong.push("is refused no more".into()),
            Err(e @ Error::InvalidNode { .. }) if e.to_string().contains(words) => {}
            Err(e) => wrong.push(format!("is refused otherwise: {e}")),
        }
    }
    wrong
}

async fn suite(files: &[File], runtime: &Runtime, tolerance: f32) {
    let mut wrong = Vec::new();
    for (file, bytes) in files {
        let cases = fixtures::read(file, bytes);
        assert!(!cases.is_empty(), "{file} holds no case");
        for case in &cases {
            let failures = match (runtime, refused(file, &case.name)) {
                (Runtime::Engine(..), Some(words)) => refusal(case, runtime, words).await,
                _ => failures(case, runtime, tolerance).await,
            };
            wrong.extend(failures.iter().map(|f| format!("{file} {:?} {f}", case.name)));
        }
        println!("{}: {file}, {} cases", runtime.name(), cases.len());
    }
    assert!(wrong.is_empty(), "{}: {} differences\n{}", runtime.name(), wrong.len(), wrong.join("\n"));
}

async fn operators(runtime: Runtime) {
    suite(OPERATORS, &runtime, runtime.tolerance().operator).await;
}

async fn conformance(runtime: Runtime) {
    suite(CONFORMANCE, &runtime, runtime.tolerance().conformance).await;
}

async fn networks(runtime: Runtime) {
    suite(NETWORKS, &runtime, runtime.tolerance().network).await;
}

/// Makes tests of functions that take a runtime. Natively a test blocks; in the browser, where
/// nothing may, its runner awaits it.
macro_rules! on_runtimes {
    ($($test:ident)*) => {$(
        mod $test {
            use super::Runtime;

            #[cfg(not(target_arch = "wasm32"))]
            #[test]
            fn on_reference() {
                pollster::block_on(super::$test(Runtime::Reference));
            }

            #[cfg(not(target_arch = "wasm32"))]
            #[test]
            fn on_cpu() {
                pollster::block_on(async { super::$test(Runtime::cpu().await).await });
            }

            #[cfg(target_arch = "wasm32")]
            #[wasm_bindgen_test::wasm_bindgen_test]
            async fn on_cpu() {
                super::$test(Runtime::cpu().await).await;
            }

            #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
            #[test]
            fn on_gpu() {
                pollster::block_on(async {
                    if let Some(gpu) = Runtime::gpu().await {
                        super::$test(gpu).await;
                    }
                });
            }

            #[cfg(all(feature = "gpu", target_arch = "wasm32"))]
            #[wasm_bindgen_test::wasm_bindgen_test]
            async fn on_gpu() {
                if let Some(gpu) = Runtime::gpu().await {
                    super::$test(gpu).await;
                }
            }
        }
    )*};
}

on_runtimes! { operators conformance networks }

//! What the cases run on.

use super::fixtures::{Case, Run};
use super::tolerance::{self, Tolerance};
use std::cell::Cell;
use std::collections::BTreeMap;
use unet_playground::plan::Selection;
use unet_playground::session::{BackendChoice, Engine, Scheduler};
use unet_playground::tensor::Tensor;
use unet_playground::{Error, onnx};

pub(crate) enum Runtime {
    /// The operators' references: the definition of correct.
    #[cfg_attr(target_arch = "wasm32", allow(dead_code, reason = "the same everywhere, and tested natively"))]
    Reference,
    /// An engine, as users have it, on one of its backends.
    Engine(Engine, Tolerance),
}

impl Runtime {
    pub(crate) async fn cpu() -> Self {
        let engine = Engine::create(BackendChoice::Cpu, &Ticking::default()).await;
        Self::Engine(engine.expect("the CPU is always there"), tolerance::CPU)
    }

    /// `None` where there is no adapter; the test says so, and fails in CI.
    #[cfg(feature = "gpu")]
    pub(crate) async fn gpu() -> Option<Self> {
        match Engine::create(BackendChoice::WebGpu, &Ticking::default()).await {
            Ok(engine) => Some(Self::Engine(engine, tolerance::GPU)),
            Err(error) => {
                println!("NO GPU ADAPTER: operators were not tested on the GPU ({error})");
                // A browser has no environment; what counts is that of the build.
                let ci = std::env::var_os("CI").is_some() || option_env!("CI").is_some();
                assert!(!ci, "CI needs a GPU adapter: {error}");
                None
            }
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Engine(engine, _) => engine.backend(),
        }
    }

    pub(crate) fn tolerance(&self) -> Tolerance {
        match self {
            Self::Reference => tolerance::REFERENCE,
            Self::Engine(_, tolerance) => *tolerance,
        }
    }

    /// Outputs by name.
    pub(crate) async fn run(&self, case: &Case, run: &Run) -> Result<BTreeMap<String, Tensor>, Error> {
        let external: BTreeMap<String, &[u8]> =
            case.external.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect();
        let (graph, outputs);
        match self {
            Self::Reference => {
                graph = onnx::load(&case.model, &external)?;
                let input = |name| run.inputs.get(name).cloned().expect("the case has every input");
                let inputs: Vec<Tensor> = graph.inputs.iter().map(|port| input(&port.name)).collect();
                outputs = graph.run_reference(&inputs)?;
            }
            Self::Engine(engine, _) => {
                let model = engine.load(&case.model, &external)?;
                let host = Ticking::default();
                outputs = model.run(run.inputs.clone(), &Selection::default(), &host).await?;
                graph = model.graph().clone();
            }
        }
        Ok(graph.outputs.iter().map(|port| port.name.clone()).zip(outputs).collect())
    }
}

/// A host with a clock that ticks whenever it is read, natively and in the browser.
#[derive(Default)]
struct Ticking(Cell<f64>);

impl Scheduler for Ticking {
    fn now(&self) -> f64 {
        self.0.set(self.0.get() + 1.0);
        self.0.get()
    }

    async fn pause(&self) {}

    fn stopped(&self) -> bool {
        false
    }

    fn progress(&self, _fraction: f32) {}
}

//! The engine: choice of the backend, and loading.

use super::model::Model;
use super::scheduler::Scheduler;
use super::stem::LastStem;
#[cfg(feature = "gpu")]
use crate::backend::gpu::{self, Gpu};
use crate::error::{Error, Result};
use crate::onnx;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Requested backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BackendChoice {
    /// The GPU if it is real, correct and faster than the CPU, else the CPU.
    #[default]
    Auto,
    /// The GPU; an error if there is none.
    WebGpu,
    /// The CPU.
    Cpu,
}

/// Reason for the backend in use.
#[derive(Debug, Clone, PartialEq)]
pub enum BackendReason {
    /// The caller requested it.
    Asked,
    /// No GPU is usable; the text says why.
    NoGpu(String),
    /// The only adapter computes on the CPU.
    SoftwareGpu(String),
    /// The probe's error, relative to the largest value, was too large.
    WrongResults(f32),
    /// The CPU was faster in the same convolution, in measured GFLOP/s.
    Slower {
        /// Of the GPU.
        gpu: f64,
        /// Of the CPU.
        cpu: f64,
    },
    /// The GPU was faster in the same convolution, in measured GFLOP/s.
    Faster {
        /// Of the GPU.
        gpu: f64,
        /// Of the CPU.
        cpu: f64,
    },
    /// The GPU was lost or out of memory during a run, and the CPU took over.
    GaveUp(String),
}

impl BackendReason {
    /// Stable kebab-case identifier.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::NoGpu(_) => "no-gpu",
            Self::SoftwareGpu(_) => "software-gpu",
            Self::WrongResults(_) => "wrong-results",
            Self::Slower { .. } => "slower",
            Self::Faster { .. } => "faster",
            Self::GaveUp(_) => "gave-up",
        }
    }
}

impl std::fmt::Display for BackendReason {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Asked => write!(f, "chosen by the caller"),
            Self::NoGpu(why) => write!(f, "no GPU can be used: {why}"),
            Self::SoftwareGpu(name) => write!(f, "{name} is not a GPU but computes on the CPU"),
            Self::WrongResults(error) => {
                write!(f, "the GPU computes wrongly, by {error:.1e} of the largest value")
            }
            Self::Slower { gpu, cpu } => write!(f, "the GPU does {gpu:.0} GFLOP/s, the CPU {cpu:.0}"),
            Self::Faster { gpu, cpu } => write!(f, "the GPU does {gpu:.0} GFLOP/s, the CPU {cpu:.0}"),
            Self::GaveUp(why) => write!(f, "the GPU gave up: {why}"),
        }
    }
}

/// Backend state shared by an engine's models.
pub(super) struct Device {
    #[cfg(feature = "gpu")]
    gpu: Option<Gpu>,
    /// Updated when the GPU is given up.
    reason: RefCell<BackendReason>,
    /// Number of tiles that run at once on the CPU.
    threads: Cell<usize>,
    /// Numbers of the helper threads that have not failed.
    helpers: RefCell<Vec<usize>>,
    last_stem: LastStem,
}

impl Device {
    #[cfg(feature = "gpu")]
    pub(super) fn gpu(&self) -> Option<&Gpu> {
        self.gpu.as_ref()
    }

    #[cfg(not(feature = "gpu"))]
    pub fn gpu(&self) -> Option<&std::convert::Infallible> {
        None
    }

    pub(super) fn uses_gpu(&self) -> bool {
        self.gpu().is_some() && !matches!(*self.reason.borrow(), BackendReason::GaveUp(_))
    }

    /// Number of tiles that run at once: one on a GPU, which is faster with one after another.
    pub(super) fn threads(&self) -> usize {
        if self.uses_gpu() { 1 } else { self.threads.get() }
    }

    /// Numbers of the helpers that have not failed.
    pub(super) fn helpers(&self) -> &RefCell<Vec<usize>> {
        &self.helpers
    }

    pub(super) fn last_stem(&self) -> &LastStem {
        &self.last_stem
    }

    /// Runs everything on the CPU from now on.
    pub(super) fn give_up(&self, why: &Error) {
        *self.reason.borrow_mut() = BackendReason::GaveUp(why.to_string());
    }
}

/// Loads models and selects their backend.
pub struct Engine {
    device: Rc<Device>,
}

impl Engine {
    /// Starts an engine on the requested backend.
    ///
    /// # Errors
    /// `NoGpu` if `WebGpu` is requested and unavailable.
    pub async fn create(choice: BackendChoice, scheduler: &impl Scheduler) -> Result<Self> {
        #[cfg(feature = "gpu")]
        let device = {
            let (gpu, reason) = choose(choice, scheduler).await?;
            Device {
                gpu,
                reason: RefCell::new(reason),
                threads: Cell::new(1),
                helpers: RefCell::default(),
                last_stem: LastStem::default(),
            }
        };
        #[cfg(not(feature = "gpu"))]
        let device = {
            let (_, missing) = (scheduler, "this build has no GPU backend".to_string());
            let reason = match choice {
                BackendChoice::Cpu => BackendReason::Asked,
                BackendChoice::Auto => BackendReason::NoGpu(missing),
                BackendChoice::WebGpu => return Err(Error::NoGpu(missing)),
            };
            Device {
                reason: RefCell::new(reason),
                threads: Cell::new(1),
                helpers: RefCell::default(),
                last_stem: LastStem::default(),
            }
        };
        Ok(Self { device: Rc::new(device) })
    }

    /// Sets the number of tiles of a picture that run at once on the CPU: one on this thread, the others
    /// through [`Scheduler::help`]. The default is one.
    pub fn set_threads(&self, threads: usize) {
        self.device.threads.set(threads.max(1));
        *self.device.helpers.borrow_mut() = (0..self.threads() - 1).collect();
    }

    /// Number of tiles of a picture that run at once on the CPU.
    pub fn threads(&self) -> usize {
        self.device.threads.get()
    }

    /// Backend in use, `"webgpu"` or `"cpu"`.
    pub fn backend(&self) -> &'static str {
        if self.device.uses_gpu() { "webgpu" } else { "cpu" }
    }

    /// Reason for the backend; it changes if the GPU gives up during a run.
    pub fn reason(&self) -> BackendReason {
        self.device.reason.borrow().clone()
    }

    /// Name of the GPU in use.
    pub fn adapter(&self) -> Option<String> {
        #[cfg(feature = "gpu")]
        return self.device.gpu().filter(|_| self.device.uses_gpu()).map(|gpu| gpu.name().to_string());
        #[cfg(not(feature = "gpu"))]
        None
    }

    /// Loads an ONNX model; `external` contains its weight files, by name.
    ///
    /// # Errors
    /// `InvalidModel`, `MissingExternalData`, `UnsupportedOperator`, `InvalidNode`.
    pub fn load(&self, bytes: &[u8], external: &BTreeMap<String, &[u8]>) -> Result<Model> {
        self.load_as(bytes, external, BTreeMap::new())
    }

    /// Loads like [`Engine::load`], with these entries overriding the file's `metadata_props` of the same
    /// keys, for a file that does not declare its task.
    ///
    /// # Errors
    /// As for [`Engine::load`].
    pub fn load_as(
        &self,
        bytes: &[u8],
        external: &BTreeMap<String, &[u8]>,
        metadata: BTreeMap<String, String>,
    ) -> Result<Model> {
        let mut graph = onnx::load(bytes, external)?;
        graph.metadata.extend(metadata);
        Ok(Model::new(graph, self.device.clone()))
    }

    /// Simulates the loss of the GPU during a run, for tests.
    pub fn lose_device(&self) {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = self.device.gpu() {
            gpu.destroy();
        }
    }
}

#[cfg(feature = "gpu")]
async fn choose(choice: BackendChoice, scheduler: &impl Scheduler) -> Result<(Option<Gpu>, BackendReason)> {
    if choice == BackendChoice::Cpu {
        return Ok((None, BackendReason::Asked));
    }
    let gpu = match Gpu::request().await {
        Ok(gpu) => gpu,
        Err(error) if choice == BackendChoice::WebGpu => return Err(error),
        Err(error) => return Ok((None, BackendReason::NoGpu(error.to_string()))),
    };
    if choice == BackendChoice::Auto && gpu.is_software() {
        return Ok((None, BackendReason::SoftwareGpu(gpu.name().to_string())));
    }
    // Also determines how much work fits into one submission.
    let probe = gpu::probe(&gpu, &|| scheduler.now()).await;
    if choice == BackendChoice::WebGpu {
        return probe.map(|_| (Some(gpu), BackendReason::Asked));
    }
    /// Relative to the largest magnitude; the same tolerance as in the tests of whole networks.
    const TOLERANCE: f32 = 1e-3;
    match probe {
        Err(error) => Ok((None, BackendReason::NoGpu(error.to_string()))),
        // A NaN counts as wrong.
        Ok(probe) if probe.max_error.is_nan() || probe.max_error > TOLERANCE => {
            Ok((None, BackendReason::WrongResults(probe.max_error)))
        }
        Ok(probe) => {
            let cpu = crate::backend::cpu::probe(&|| scheduler.now())?;
            if probe.gflops > cpu {
                Ok((Some(gpu), BackendReason::Faster { gpu: probe.gflops, cpu }))
            } else {
                Ok((None, BackendReason::Slower { gpu: probe.gflops, cpu }))
            }
        }
    }
}

//! The public interface: load a model, plan it, run it on tensors or on pictures.
//!
//! Everything that takes time is `async` and yields through its [`Scheduler`], so that one thread can compute and
//! respond; runs of one model queue.

mod crew;
mod engine;
mod frame;
mod geometry;
mod inspect;
mod model;
mod optional;
mod process;
mod profile;
mod run_cooperatively;
mod runner;
mod scheduler;
mod source;
mod stem;
mod summary;
mod tile_progress;
mod tiling;
mod weights;

pub use engine::{BackendChoice, BackendReason, Engine};
pub use geometry::Geometry;
pub use inspect::{Inspection, Profile};
pub use model::{Model, RunInput};
pub use optional::{ColorHint, LikelyColor, OptionalValues};
pub use process::{Estimate, ProcessOptions, Processed, TileEvent};
pub use profile::KernelTime;
pub use run_cooperatively::run_cooperatively;
pub use scheduler::Scheduler;
#[cfg(not(target_arch = "wasm32"))]
pub use scheduler::Unhurried;
pub use summary::{NodeSummary, Summary};
pub use weights::Weights;

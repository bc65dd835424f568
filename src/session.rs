//! The public interface: load a model, plan it, run it on tensors or on pictures.
//!
//! Everything that takes time is `async` and yields through its [`Host`], so that one thread can compute and
//! respond; runs of one model queue.

mod attend;
mod crew;
mod engine;
mod frame;
mod geometry;
mod host;
mod inspect;
mod model;
mod optional;
mod process;
mod profile;
mod runner;
mod source;
mod stem;
mod steps;
mod summary;
mod tiling;
mod weights;

pub use attend::attend;
pub use engine::{BackendChoice, BackendReason, Engine};
pub use geometry::Geometry;
pub use host::Host;
#[cfg(not(target_arch = "wasm32"))]
pub use host::Unhurried;
pub use inspect::{Inspection, Profile};
pub use model::{Model, RunInput};
pub use optional::{ColorHint, LikelyColor, OptionalValues};
pub use process::{Estimate, ProcessOptions, Processed, TileEvent};
pub use profile::KernelTime;
pub use summary::{NodeSummary, Summary};
pub use weights::Weights;

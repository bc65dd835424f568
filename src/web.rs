//! The JavaScript interface: converts arguments and forwards to [`crate::session`].
//!
//! Methods that take time return promises and hold no borrow while they run, so any object can be freed at
//! any time; freeing a model or an engine stops its runs. Errors are `Error` objects with the message of
//! [`crate::Error`], its identifier as `code`, and the `name` "AbortError" if the caller stopped the run.

mod convert;
mod engine;
mod filter;
mod host;
mod inspect;
mod lab;
mod labels;
mod model;
mod optional;
mod picture;
mod pixels;
mod types;

pub use engine::Engine;
pub use inspect::{Features, Inspection};
pub use lab::upsample;
pub use model::Model;
pub use picture::Picture;

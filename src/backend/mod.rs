//! What runs a [`Plan`](crate::plan::Plan).

pub mod cpu;
#[cfg(feature = "gpu")]
pub mod gpu;

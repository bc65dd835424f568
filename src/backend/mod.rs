//! What runs a [`Plan`](crate::plan::Plan).

#[cfg(feature = "gpu")]
pub mod gpu;

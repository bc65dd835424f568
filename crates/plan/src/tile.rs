//! Tiling: receptive fields computed from the plan, and the layout of tiles.
//!
//! Sizes and positions are in pixels of the model's input unless noted. A tile is run as a picture of its
//! own, so its output is wrong within one receptive field of an inner edge; this halo is discarded. Tiles
//! start at multiples of [`ReceptiveField::multiple`], so that the pooling and upsampling grids of a tile coincide
//! with those of the whole picture.

mod layout;
mod ratio;
mod receptive_field;
mod table;

pub use layout::{Axis, Span, spans};
pub use ratio::Ratio;
pub use receptive_field::{ReceptiveField, receptive_field};

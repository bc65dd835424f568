//! Tiling: how far each output pixel sees, computed from the plan, and where tiles lie.
//!
//! Sizes and positions are in pixels of the model's input unless said otherwise. A tile is run
//! as a picture of its own, so what it shows within the reach of an inner edge is wrong and is
//! thrown away: the halo. Tiles start at multiples of [`Reach::multiple`], where every pooling
//! and upsampling grid of the tile falls onto the grid of the whole picture.

mod layout;
mod ratio;
mod reach;
mod table;

pub use layout::{Axis, Span, spans};
pub use ratio::Ratio;
pub use reach::{Reach, reach};

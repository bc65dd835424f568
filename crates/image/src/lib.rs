//! Pictures: decoding, conversion to a network's tensors and back, filters and encoding.
//!
//! All pixels are 8-bit sRGB with straight alpha. A picture passes through [`decode`] → [`planar::read`] → a
//! network → [`planar::paint`] → [`encode_png`]; [`filter`]s degrade and restore, [`metrics`] and
//! [`checkerboard`] score, [`lab`] separates lightness from color.

#![warn(missing_docs)]

mod bleed;
mod bmp;
mod box_mean;
pub mod checkerboard;
mod chroma;
mod classical;
pub mod confusion;
mod decode;
mod degradations;
mod encode;
mod encode_jpeg;
pub mod features;
pub mod filter;
mod filter_spec;
mod first_look;
mod hint;
mod jpeg;
pub mod lab;
pub mod labels;
mod loss;
pub mod mask;
mod matte;
mod metadata;
pub mod metrics;
mod multi_frame;
mod noise;
mod noise_level;
mod notice;
mod orient;
mod pack;
mod picture;
pub mod planar;
mod png;
mod profile;
mod reduce;
mod scores;
mod sniff;
mod ssim;
mod tiff;
mod tile;
mod webp;
pub mod work;

pub use chroma::Chroma;
pub use classical::classical;
pub use decode::{Decoded, decode, read};
pub use degradations::{Control, FAINT, FRAME, Offer, apply_all, offered};
pub use encode::{encode_png, encode_png_with};
pub use encode_jpeg::{Subsampling, encode_jpeg, encode_jpeg_with};
pub use features::Features;
pub use filter_spec::FilterSpec;
pub use first_look::{FirstLook, Need, first_look};
pub use hint::cell;
pub use loss::Loss;
pub use metadata::Metadata;
pub use multi_frame::{MultiFrame, registered, simulated_shift};
pub use noise::{Noise, normal};
pub use noise_level::{NoiseLevel, noise_level};
pub use notice::Notice;
pub use picture::{MAX_PIXELS, MAX_SIDE, Picture, Rect};
pub use scores::ClassScores;
pub use sniff::{Look, look};
pub use webp::webp_with;

/// Bytes per RGBA pixel.
const RGBA: usize = 4;

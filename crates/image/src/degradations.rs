//! Degradations offered to users, with their usual values and the ranges of their controls.
//!
//! The page derives its controls from this list (`www/src/generated/degradations.json`), and the command its
//! defaults.

use serde::Serialize;

use super::Picture;
use super::encode_jpeg::Subsampling;
use super::filter_spec::FilterSpec;
use unet_kernels::error::Result;

/// Applies filters one after the other.
///
/// # Errors
/// As for [`FilterSpec::apply`].
pub fn apply_all(chain: &[FilterSpec], picture: &Picture) -> Result<Picture> {
    chain.iter().try_fold(picture.clone(), |made, filter| filter.apply(&made))
}

/// A filter offered to users.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Offer {
    /// The filter with its usual values.
    pub usual: FilterSpec,
    /// Adjustable options, the most important first; a seed is adjustable in addition.
    pub controls: Vec<Control>,
}

/// An adjustable option.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Control {
    /// A number.
    Range {
        /// Field of [`FilterSpec`], in its unit.
        name: &'static str,
        /// Minimum.
        min: f64,
        /// Maximum.
        max: f64,
        /// Step of a slider.
        step: f64,
    },
    /// One of several names.
    Choice {
        /// Field of [`FilterSpec`].
        name: &'static str,
        /// Values, as in JSON.
        options: &'static [&'static str],
    },
}

pub(super) const fn range(name: &'static str, min: f64, max: f64, step: f64) -> Control {
    Control::Range { name, min, max, step }
}

/// Sigma of a camera's own noise, without which a blur could be inverted arithmetically.
pub const FAINT: f64 = 2.0;
/// Shorter side, in pixels, of the frames whose edges are drawn.
pub const FRAME: u32 = 128;
/// Range of JPEG qualities offered.
const SAVED: Control = range("quality", 8.0, 95.0, 1.0);

/// All degradations, in display order.
pub fn offered() -> Vec<Offer> {
    use FilterSpec::*;
    let (alike, noise, seed) = (false, FAINT, 1);
    let offer = |usual, controls: &[Control]| Offer { usual, controls: controls.to_vec() };
    vec![
        offer(GaussianNoise { sigma: 35.0, alike, seed }, &[range("sigma", 1.0, 75.0, 1.0)]),
        offer(Poisson { peak: 20.0, alike, seed }, &[range("peak", 2.0, 128.0, 1.0)]),
        offer(SaltAndPepper { probability: 0.08, seed }, &[range("probability", 0.01, 0.5, 0.01)]),
        offer(Speckle { sigma: 0.25, alike, seed }, &[range("sigma", 0.01, 0.8, 0.01)]),
        offer(
            Sensor { iso: 3200.0, quality: Some(92), seed },
            &[range("iso", 100.0, 25_600.0, 100.0), SAVED],
        ),
        offer(
            Jpeg { quality: 20, subsampling: Subsampling::Half },
            &[SAVED, Control::Choice { name: "subsampling", options: &["420", "444"] }],
        ),
        offer(
            OldPhoto { wear: 0.4, fading: 0.4, sepia: 0.7, blur: 0.8, grain: 10.0, quality: Some(85), seed },
            &[
                range("wear", 0.0, 1.0, 0.05),
                range("fading", 0.0, 1.0, 0.05),
                range("sepia", 0.0, 1.0, 0.05),
                range("blur", 0.0, 3.0, 0.1),
                range("grain", 0.0, 40.0, 1.0),
                SAVED,
            ],
        ),
        offer(GaussianBlur { sigma: 1.8, noise, seed }, &[range("sigma", 0.5, 6.0, 0.1)]),
        offer(
            Motion { length: 9.0, angle: 0.0, noise, seed },
            &[range("length", 2.0, 30.0, 1.0), range("angle", 0.0, 180.0, 5.0)],
        ),
        offer(Defocus { radius: 3.0, noise, seed }, &[range("radius", 1.0, 10.0, 0.5)]),
        offer(Downscale { scale: 2 }, &[]),
        offer(Gray {}, &[]),
        offer(Edges { side: Some(FRAME) }, &[]),
    ]
}

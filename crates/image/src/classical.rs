//! Classical restoration and interpolation, offered beside the networks for comparison.
//!
//! The page derives its controls from this list (`www/src/generated/classical.json`), and the command its
//! defaults.

use super::degradations::{Control, Offer, range};
use super::filter::{Interpolation, NOISE};
use super::filter_spec::FilterSpec;

/// Denoising strength; if absent, the estimated noise.
const SIGMA: Control = range("sigma", *NOISE.start(), 75.0, 1.0);
const SIDE: Control = range("side", 3.0, 31.0, 2.0);

/// All classical methods, with their usual values.
pub fn classical() -> Vec<Offer> {
    use FilterSpec::*;
    let offer = |usual, controls: &[Control]| Offer { usual, controls: controls.to_vec() };
    let interpolation =
        Control::Choice { name: "interpolation", options: &["nearest", "bilinear", "bicubic", "lanczos3"] };
    vec![
        offer(Mean { side: 3 }, &[SIDE]),
        offer(Median { side: 3 }, &[SIDE]),
        offer(GaussianBlur { sigma: 1.0, noise: 0.0, seed: 0 }, &[range("sigma", 0.5, 6.0, 0.1)]),
        offer(Bilateral { sigma: None }, &[SIGMA]),
        offer(NonLocalMeans { sigma: None }, &[SIGMA]),
        offer(Autocontrast {}, &[]),
        offer(
            Unsharp { sigma: 2.0, amount: 1.5 },
            &[range("sigma", 0.5, 6.0, 0.1), range("amount", 0.0, 5.0, 0.1)],
        ),
        offer(Upscale { scale: 2, interpolation: Interpolation::Bicubic }, &[interpolation]),
        offer(BackProjection { scale: 2 }, &[]),
        offer(MultiFrame { scale: 2, frames: 4, seed: 1 }, &[range("frames", 1.0, 16.0, 1.0)]),
    ]
}

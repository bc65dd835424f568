//! Picture filters without networks: degradations for tests, classical restoration, and adjustments of a
//! result.
//!
//! Every filter can compute any rectangle of its result from the source alone: results are computed tile by
//! tile in bounded memory, and a region equals the same region of the whole. Pictures are reflected at their
//! borders without repeating the edge pixel (`torch.nn.functional.pad(mode="reflect")`, `scipy.ndimage`
//! `mode="mirror"`). Fully transparent pixels have the colors of visible ones nearby ([`Picture::bled`]).

mod autocontrast;
mod back_projection;
mod bilateral;
mod color;
mod convolve;
mod difference;
mod edges;
mod jpeg;
mod kernel;
mod linear;
mod median;
mod mix;
mod non_local_means;
mod old_photo;
mod resize;
mod sensor;
mod weights;
mod window;

pub use autocontrast::Autocontrast;
pub use back_projection::BackProjection;
pub use bilateral::Bilateral;
pub use color::{Gray, Saturation, luma};
pub use convolve::{Blur, Unsharp};
pub(super) use convolve::{add, correlated};
pub use difference::{Difference, Sign};
pub use edges::Edges;
pub use jpeg::Jpeg;
pub use kernel::Kernel;
pub(super) use linear::{Pixel, copied, resampled, weighted, zeros};
pub use median::Median;
pub use mix::Mix;
pub use non_local_means::NonLocalMeans;
pub use old_photo::{Age, OldPhoto};
pub use resize::{Interpolation, Resize};
pub(super) use resize::{Tap, Taps, with_hidden};
pub use sensor::Sensor;
pub use weights::NOISE;
pub use window::reflect;

use std::borrow::Cow;
use std::ops::Deref;

use super::work::{Work, finish};
use super::{Picture, Rect};
use unet_kernels::error::{Error, Result};

/// A function from pictures to pictures.
pub trait Filter {
    /// Size of the result for a source of this size.
    ///
    /// # Errors
    /// `InvalidInput` if the source has no result.
    fn size(&self, width: u32, height: u32) -> Result<(u32, u32)> {
        Ok((width, height))
    }

    /// Row-major RGBA bytes of a rectangle of the result; the caller ensures that it lies inside.
    ///
    /// # Errors
    /// `OutOfMemory`.
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>>;
}

impl<F: Filter + ?Sized> Filter for &F {
    fn size(&self, width: u32, height: u32) -> Result<(u32, u32)> {
        (**self).size(width, height)
    }

    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        (**self).region(source, rect)
    }
}

/// A result in progress, one tile per step.
pub struct Filtered<'a, P> {
    filter: Box<dyn Filter + 'a>,
    source: P,
    /// The source with hidden colors replaced, if it has any.
    bled: Option<Picture>,
    part: Rect,
    result: Picture,
}

impl<'a, P: Deref<Target = Picture>> Filtered<'a, P> {
    /// Prepares the whole result, or a region of it.
    ///
    /// # Errors
    /// `InvalidInput` if the source has no such result or the result no such region; `PictureTooLarge`,
    /// `OutOfMemory`.
    pub fn new(filter: Box<dyn Filter + 'a>, source: P, part: Option<Rect>) -> Result<Self> {
        let (width, height) = filter.size(source.width(), source.height())?;
        let whole = Picture::new(width, height)?;
        let part = part.unwrap_or(whole.rect());
        whole.check_rect(part)?;
        let bled = match source.bled()? {
            Cow::Borrowed(_) => None,
            Cow::Owned(bled) => Some(bled),
        };
        Ok(Self { filter, source, bled, part, result: Picture::new(part.width, part.height)? })
    }

    /// The result so far.
    pub fn into_picture(self) -> Picture {
        self.result
    }
}

impl<P: Deref<Target = Picture>> Work for Filtered<'_, P> {
    fn steps(&self) -> usize {
        self.result.rect().tiles()
    }

    fn step(&mut self, index: usize) -> Result<()> {
        let place = self.result.rect().tile(index);
        let rect = Rect { x: self.part.x + place.x, y: self.part.y + place.y, ..place };
        let source = self.bled.as_ref().unwrap_or(&self.source);
        let rgba = self.filter.region(source, rect)?;
        self.result.write(place, &rgba)
    }
}

/// Computes the whole result.
///
/// # Errors
/// As for [`Filtered::new`], and `OutOfMemory`.
pub fn apply(filter: &dyn Filter, source: &Picture) -> Result<Picture> {
    let mut filtered = Filtered::new(Box::new(filter), source, None)?;
    finish(&mut filtered)?;
    Ok(filtered.into_picture())
}

/// Checks that `value` is in a range.
///
/// # Errors
/// `InvalidInput` naming the value.
// Once in the download, not once in every caller.
#[inline(never)]
pub(super) fn within(name: &str, value: f64, low: f64, high: f64) -> Result<f64> {
    // NaN is in no range.
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(Error::InvalidInput(format!("{name} must be from {low} to {high}, not {value}")))
}

/// A float as a byte, rounded half up and clipped; NaN is 0.
fn byte(value: f32) -> u8 {
    (value + 0.5) as u8
}

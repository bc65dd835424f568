//! Blending of two pictures.

use std::ops::Deref;

use super::{Filter, Interpolation, Resize, byte, within};
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// `original + strength·(result − original)` for each channel but alpha, which is that of the source, the
/// result. An original of another size is resized (bicubic) first.
#[derive(Debug, Clone)]
pub struct Mix<P> {
    original: P,
    strength: f32,
}

impl<P> Mix<P> {
    /// Makes the filter. `strength` is 0 (the original) to 1 (the result).
    ///
    /// # Errors
    /// `InvalidInput` if `strength` is out of range.
    pub fn new(original: P, strength: f64) -> Result<Self> {
        Ok(Self { original, strength: within("the strength", strength, 0.0, 1.0)? as f32 })
    }
}

impl<P: Deref<Target = Picture>> Filter for Mix<P> {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let original = if self.original.rect() == source.rect() {
            self.original.region(rect)?
        } else {
            let (width, height) = source.size();
            Resize::to(width, height, Interpolation::Bicubic).region(&self.original, rect)?
        };
        let mut rgba = source.region(rect)?;
        for (pixel, from) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(original.as_chunks::<RGBA>().0) {
            for channel in 0..3 {
                let (from, to) = (f32::from(from[channel]), f32::from(pixel[channel]));
                pixel[channel] = byte(from + self.strength * (to - from));
            }
        }
        Ok(rgba)
    }
}

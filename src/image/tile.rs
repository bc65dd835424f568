//! One tile of a [`super::Picture`]: kept as small as its content allows.

use super::RGBA;
use crate::error::{Error, Result};

/// Pixels of one tile, row-major. The variant follows from the content alone (see [`Tile::set`]),
/// so that equal pixels are equal tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tile {
    /// Every pixel has this colour.
    Solid([u8; RGBA]),
    /// Opaque: three bytes a pixel.
    Rgb(Vec<u8>),
    /// Four bytes a pixel.
    Rgba(Vec<u8>),
}

/// A zeroed buffer, or `OutOfMemory` where the allocator refuses.
pub(super) fn zeroed(len: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64))?;
    bytes.resize(len, 0);
    Ok(bytes)
}

impl Tile {
    pub(super) fn is_opaque(&self) -> bool {
        match self {
            Tile::Solid(pixel) => pixel[3] == 255,
            Tile::Rgb(_) => true,
            Tile::Rgba(_) => false,
        }
    }

    /// Heap bytes held.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Tile::Solid(_) => 0,
            Tile::Rgb(bytes) | Tile::Rgba(bytes) => bytes.len(),
        }
    }

    /// Copies the pixels from `first` on to `out` (RGBA), as many as `out` holds.
    pub(super) fn read(&self, first: usize, out: &mut [u8]) {
        let (out_pixels, _) = out.as_chunks_mut::<RGBA>();
        match self {
            Tile::Solid(pixel) => out_pixels.fill(*pixel),
            Tile::Rgb(bytes) => {
                let (pixels, _) = bytes.as_chunks::<3>();
                for (to, &[r, g, b]) in out_pixels.iter_mut().zip(&pixels[first..]) {
                    *to = [r, g, b, 255];
                }
            }
            Tile::Rgba(bytes) => out.copy_from_slice(&bytes[first * RGBA..][..out.len()]),
        }
    }

    /// Replaces the whole content, reusing the memory held where the form stays the same.
    pub(super) fn set(&mut self, rgba: &[u8]) -> Result<()> {
        let (pixels, _) = rgba.as_chunks::<RGBA>();
        if pixels.iter().all(|p| *p == pixels[0]) {
            *self = Tile::Solid(pixels[0]);
        } else if pixels.iter().all(|p| p[3] == 255) {
            let mut bytes = match std::mem::replace(self, Tile::Solid([0; RGBA])) {
                Tile::Rgb(bytes) => bytes,
                _ => zeroed(pixels.len() * 3)?,
            };
            let (to, _) = bytes.as_chunks_mut::<3>();
            for (to, &[r, g, b, _]) in to.iter_mut().zip(pixels) {
                *to = [r, g, b];
            }
            *self = Tile::Rgb(bytes);
        } else if let Tile::Rgba(bytes) = self {
            bytes.copy_from_slice(rgba);
        } else {
            let mut bytes = zeroed(rgba.len())?;
            bytes.copy_from_slice(rgba);
            *self = Tile::Rgba(bytes);
        }
        Ok(())
    }
}

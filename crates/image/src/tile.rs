//! A tile of a [`super::Picture`], stored as compactly as its content allows.

use super::{RGBA, pack};
use unet_kernels::error::{Error, Result};

/// Pixels of one tile, row-major.
#[derive(Debug, Clone)]
pub(super) enum Tile {
    /// Every pixel has this color.
    Solid([u8; RGBA]),
    /// Opaque; three bytes per pixel.
    Rgb(Vec<u8>),
    /// Four bytes per pixel.
    Rgba(Vec<u8>),
    /// Opaque; packed by [`pack`].
    Packed(Vec<u8>),
}

/// Source of pixels to copy.
pub(super) enum Pixels<'a> {
    Solid([u8; RGBA]),
    Rgb(&'a [u8]),
    Rgba(&'a [u8]),
}

impl Pixels<'_> {
    /// Copies the pixels from `first` on to `out` (RGBA), as many as `out` holds.
    pub(super) fn copy(&self, first: usize, out: &mut [u8]) {
        let (out_pixels, _) = out.as_chunks_mut::<RGBA>();
        match self {
            Pixels::Solid(pixel) => out_pixels.fill(*pixel),
            Pixels::Rgb(bytes) => {
                let (pixels, _) = bytes.as_chunks::<3>();
                for (to, &[r, g, b]) in out_pixels.iter_mut().zip(&pixels[first..]) {
                    *to = [r, g, b, 255];
                }
            }
            Pixels::Rgba(bytes) => out.copy_from_slice(&bytes[first * RGBA..][..out.len()]),
        }
    }
}

/// A zeroed buffer, or `OutOfMemory` if the allocation fails.
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
            Tile::Rgb(_) | Tile::Packed(_) => true,
            Tile::Rgba(_) => false,
        }
    }

    /// Heap bytes held.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Tile::Solid(_) => 0,
            Tile::Rgb(bytes) | Tile::Rgba(bytes) | Tile::Packed(bytes) => bytes.len(),
        }
    }

    /// The first `rows` rows of `width` pixels; a packed tile is unpacked to `scratch`.
    pub(super) fn pixels<'a>(
        &'a self,
        width: u32,
        rows: u32,
        scratch: &'a mut Vec<u8>,
    ) -> Result<Pixels<'a>> {
        Ok(match self {
            Tile::Solid(pixel) => Pixels::Solid(*pixel),
            Tile::Rgb(bytes) => Pixels::Rgb(bytes),
            Tile::Rgba(bytes) => Pixels::Rgba(bytes),
            Tile::Packed(packed) => {
                *scratch = zeroed(width as usize * rows as usize * RGBA)?;
                pack::unpack(packed, width as usize, scratch);
                Pixels::Rgba(scratch)
            }
        })
    }

    /// Packs an opaque tile if that saves memory.
    pub(super) fn pack(&mut self, width: u32) -> Result<()> {
        if let Tile::Rgb(bytes) = self
            && let Some(packed) = pack::pack(bytes, width as usize)?
        {
            *self = Tile::Packed(packed);
        }
        Ok(())
    }

    /// Replaces the whole content, reusing memory if the representation stays the same.
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

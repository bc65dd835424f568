//! Embedded ICC profiles: pixels of their colour space become sRGB.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::RGBA;

/// Steps per axis of the grid of colours that is tried to see whether a profile changes anything.
const PROBE: usize = 9;

/// From the colour space of a profile to sRGB.
pub(super) enum ToSrgb {
    Rgb(Arc<Transform8BitExecutor>),
    /// A gray picture: the transform maps one value, so 256 of them are the whole transform.
    Gray(Box<[u8; 256]>),
}

impl ToSrgb {
    /// The transform for a picture with gray or RGB pixels. `None` where the profile is sRGB to
    /// within a rounding step, does not fit the pixels, or is broken: the pixels then count as
    /// sRGB, as in browsers.
    pub(super) fn new(icc: &[u8], is_gray: bool) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        let srgb = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        match profile.color_space {
            DataColorSpace::Rgb => {
                let transform = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options).ok()?;
                changes_colours(transform.as_ref()).then_some(ToSrgb::Rgb(transform))
            }
            DataColorSpace::Gray if is_gray => {
                let transform = profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, options).ok()?;
                let grays: Vec<u8> = (0..=255).collect();
                let mut mapped = [0; 3 * 256];
                transform.transform(&grays, &mut mapped).ok()?;
                let mut table = Box::new([0; 256]);
                for (to, rgb) in table.iter_mut().zip(mapped.as_chunks::<3>().0) {
                    *to = rgb[1];
                }
                Some(ToSrgb::Gray(table))
            }
            _ => None,
        }
    }

    /// Converts RGBA pixels in place; alpha stays. `scratch` is kept between calls.
    pub(super) fn apply(&self, rgba: &mut [u8], scratch: &mut Vec<u8>) {
        let (pixels, _) = rgba.as_chunks_mut::<RGBA>();
        match self {
            ToSrgb::Gray(table) => {
                for [r, g, b, _] in pixels {
                    *r = table[usize::from(*r)];
                    (*g, *b) = (*r, *r);
                }
            }
            ToSrgb::Rgb(transform) => {
                // In rows, so that the scratch memory stays small whatever the band is.
                for run in pixels.chunks_mut(4096) {
                    scratch.clear();
                    scratch.extend(run.iter().flat_map(|&[r, g, b, _]| [r, g, b]));
                    let mut out = [0; 3 * 4096];
                    let out = &mut out[..scratch.len()];
                    if transform.transform(scratch, out).is_ok() {
                        for (pixel, rgb) in run.iter_mut().zip(out.as_chunks::<3>().0) {
                            pixel[..3].copy_from_slice(rgb);
                        }
                    }
                }
            }
        }
    }
}

fn changes_colours(transform: &Transform8BitExecutor) -> bool {
    let level = |i: usize| (i * 255 / (PROBE - 1)) as u8;
    let grid: Vec<u8> = (0..PROBE * PROBE * PROBE)
        .flat_map(|i| [level(i % PROBE), level(i / PROBE % PROBE), level(i / PROBE / PROBE)])
        .collect();
    let mut mapped = vec![0; grid.len()];
    transform.transform(&grid, &mut mapped).is_ok() && grid.iter().zip(&mapped).any(|(a, b)| a.abs_diff(*b) > 1)
}

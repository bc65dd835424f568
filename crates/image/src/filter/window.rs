//! Regions that may extend beyond the borders of a picture.

use crate::tile::zeroed;
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Row-major RGBA of `rect` with a margin of `margin` pixels, reflected beyond the picture's borders.
// Once in the download, not once in every caller.
#[inline(never)]
pub(super) fn reflected(source: &Picture, rect: Rect, margin: u32) -> Result<Vec<u8>> {
    let columns = Axis::new(rect.x, rect.width, margin, source.width());
    let rows = Axis::new(rect.y, rect.height, margin, source.height());
    let inside = Rect::new(columns.start, rows.start, columns.len, rows.len);
    let held = source.region(inside)?;
    if columns.is_inside() && rows.is_inside() {
        return Ok(held);
    }
    let (held, _) = held.as_chunks::<RGBA>();
    let mut rgba = zeroed(columns.index.len() * rows.index.len() * RGBA)?;
    let (pixels, _) = rgba.as_chunks_mut::<RGBA>();
    for (to, &y) in pixels.chunks_exact_mut(columns.index.len()).zip(&rows.index) {
        let row = &held[y * inside.width as usize..][..inside.width as usize];
        for (pixel, &x) in to.iter_mut().zip(&columns.index) {
            *pixel = row[x];
        }
    }
    Ok(rgba)
}

/// Source pixels of a window along one axis.
struct Axis {
    start: u32,
    len: u32,
    /// Source position of each position of the window, relative to `start`.
    index: Vec<usize>,
}

impl Axis {
    fn new(first: u32, len: u32, margin: u32, side: u32) -> Self {
        let start = first.saturating_sub(margin);
        let end = (first + len + margin).min(side);
        let window = i64::from(first) - i64::from(margin)..i64::from(first + len + margin);
        let index = window.map(|i| (reflect(i, side) - start) as usize).collect();
        Self { start, len: end - start, index }
    }

    fn is_inside(&self) -> bool {
        self.index.len() == self.len as usize
    }
}

/// Reflects position `i` into an axis of `side` pixels, at least one.
pub fn reflect(i: i64, side: u32) -> u32 {
    let last = i64::from(side) - 1;
    let back = i.rem_euclid((2 * last).max(1));
    // An axis of one pixel repeats it.
    if last == 0 { 0 } else { back.min(2 * last - back) as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reflects_as_torch_does_and_as_often_as_needed() {
        let of = |side: u32| (-5..9).map(|i| reflect(i, side)).collect::<Vec<_>>();
        assert_eq!(of(4), [1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2]);
        assert_eq!(of(2), [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
        assert_eq!(of(1), [0; 14]);
    }

    #[test]
    fn a_window_shows_the_picture_and_its_reflection() {
        let rgba: Vec<u8> = (0..3 * 2).flat_map(|i| [i, i, i, 255]).collect();
        let picture = Picture::from_rgba(3, 2, &rgba).unwrap();
        let window = |rect, margin| -> Vec<u8> {
            reflected(&picture, rect, margin).unwrap().iter().step_by(RGBA).copied().collect()
        };
        assert_eq!(window(Rect::new(1, 0, 1, 2), 0), [1, 4]);
        assert_eq!(window(Rect::new(2, 1, 1, 1), 1), [1, 2, 1, 4, 5, 4, 1, 2, 1],);
        assert_eq!(window(Rect::new(0, 0, 1, 1), 2)[..5], [2, 1, 0, 1, 2]);
    }
}

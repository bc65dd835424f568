//! Layout of tiles along one axis.

use super::ratio::gcd;
use super::{Ratio, ReceptiveField};
use unet_kernels::error::{Error, Result};

/// One axis of a network: the lengths that it accepts, and their output lengths.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// Receptive field of an output position along the axis.
    pub receptive_field: ReceptiveField,
    /// An accepted input length, and the output length for it.
    pub base: (usize, usize),
    /// Whether the model accepts no other length.
    pub fixed: bool,
    /// Minimum accepted length.
    pub least: usize,
}

/// A tile along one axis: `len` input pixels from `start`, whose output is valid from position `skip` on and
/// goes to `output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// First input pixel.
    pub start: usize,
    /// Number of input pixels, an accepted length.
    pub len: usize,
    /// Number of invalid output positions before the first valid one.
    pub skip: usize,
    /// Positions of the whole output that the tile provides.
    pub output: std::ops::Range<usize>,
}

impl Axis {
    /// Smallest accepted length of at least `len`.
    pub fn accept(&self, len: usize) -> usize {
        let base = self.base.0;
        if self.fixed {
            // Larger pictures are covered by tiles, which start at multiples.
            return if len <= base {
                base
            } else {
                base + (len - base).next_multiple_of(self.receptive_field.multiple)
            };
        }
        let least = self.least;
        if len <= least {
            least
        } else {
            least + (len - least).next_multiple_of(self.receptive_field.multiple)
        }
    }

    /// Largest accepted length of at most `len`, or the minimum length.
    pub fn accept_below(&self, len: usize) -> usize {
        let up = self.accept(len);
        if up > len && up > self.least && !self.fixed { up - self.receptive_field.multiple } else { up }
    }

    /// Nearest accepted length.
    pub fn nearest(&self, len: f64) -> usize {
        let len = len.round() as usize;
        let (below, above) = (self.accept_below(len), self.accept(len));
        match self.fixed {
            true => self.base.0,
            false if above.abs_diff(len) <= len.abs_diff(below) => above,
            false => below,
        }
    }

    /// Whether every output position depends on the whole length.
    pub fn sees_all(&self) -> bool {
        self.receptive_field.extent.is_none()
    }

    /// Whether the output covers exactly the input.
    pub fn covers(&self) -> bool {
        self.receptive_field.jump.times(self.base.1 as i64) == Ratio::new(self.base.0 as i64, 1)
    }

    /// Output length for an accepted input length.
    pub fn output_len(&self, len: usize) -> usize {
        let more = per_jump(self.receptive_field.jump, len as i64 - self.base.0 as i64);
        usize::try_from(self.base.1 as i64 + more).unwrap_or(0)
    }

    /// A single tile in a picture of `len` pixels, all of whose output is kept: at most `longest` pixels,
    /// centered on `at` as far as possible. It starts where tiles may start and at a multiple of `step`. An
    /// axis that cannot be tiled is returned whole.
    pub fn around(&self, len: usize, longest: usize, at: usize, step: usize) -> Span {
        let all = self.accept(len);
        let grid = lcm(self.receptive_field.multiple, step);
        let longest = if self.fixed { self.base.0 } else { self.accept_below(longest.max(grid)) };
        if all <= longest || self.sees_all() {
            return Span { start: 0, len: all, skip: 0, output: 0..self.output_len(all) };
        }
        // Round to the nearest, so that the point stays inside; the last tile may extend beyond the picture.
        let last = (all - longest).div_ceil(grid).min((len - 1) / grid);
        let start = ((at.saturating_sub(longest / 2).min(len) + grid / 2) / grid).min(last) * grid;
        let shift = per_jump(self.receptive_field.jump, start as i64) as usize;
        Span { start, len: longest, skip: 0, output: shift..shift + self.output_len(longest) }
    }
}

fn lcm(a: usize, b: usize) -> usize {
    (a / (gcd(a as i64, b as i64).max(1) as usize)).saturating_mul(b)
}

/// Output pixels of `pixels` input pixels; exact for multiples.
fn per_jump(jump: Ratio, pixels: i64) -> i64 {
    (pixels * jump.den).div_euclid(jump.num)
}

/// Splits an accepted length `len` into tiles of at most `longest` pixels, no longer than necessary; into a
/// single tile if the network sees the whole frame.
///
/// # Errors
/// `InvalidInput` if the halo leaves nothing of a tile of `longest` pixels.
pub fn spans(axis: &Axis, len: usize, longest: usize) -> Result<Vec<Span>> {
    let longest = if axis.fixed { axis.base.0 } else { longest };
    if len <= longest || axis.sees_all() {
        let len = axis.accept(len);
        return Ok(vec![Span { start: 0, len, skip: 0, output: 0..axis.output_len(len) }]);
    }
    let nothing_left = || {
        Error::InvalidInput(if axis.fixed {
            format!(
                "the model accepts at most {longest} pixels a side, all within its receptive field; \
                 for larger pictures, export it with dynamic height and width"
            )
        } else {
            format!("tiles of {longest} pixels are too small: the halo leaves nothing of them")
        })
    };
    let mut tile = axis.accept_below(longest);
    let mut best = cover(axis, len, tile).ok_or_else(nothing_left)?;
    while tile > axis.least && !axis.fixed {
        tile -= axis.receptive_field.multiple;
        match cover(axis, len, tile) {
            Some(tighter) if tighter.len() == best.len() => best = tighter,
            _ => break,
        }
    }
    Ok(best)
}

/// Tiles of exactly `tile` pixels from left to right, or `None` if the halo leaves nothing.
fn cover(axis: &Axis, len: usize, tile: usize) -> Option<Vec<Span>> {
    let ReceptiveField { jump, extent, multiple } = axis.receptive_field;
    let (lo, hi) = extent?;
    let outputs = |pixels: Ratio| pixels.checked_mul(Ratio::new(jump.den, jump.num)?);
    let total = axis.output_len(len);
    let per_tile = axis.output_len(tile);
    // The first position of a tile that sees nothing before it, and one past the last that sees nothing after
    // it.
    let first = usize::try_from(outputs(lo.times(-1)?)?.ceil().max(0)).ok()?;
    let last = outputs(Ratio::new(tile as i64 - 1, 1)?.checked_add(hi.times(-1)?)?)?.floor() + 1;
    let last = usize::try_from(last).ok()?.min(per_tile);
    let mut spans = Vec::new();
    let (mut start, mut done) = (0, 0);
    loop {
        let at_end = start + tile >= len;
        let shift = per_jump(jump, start as i64) as usize;
        let end = if at_end { total } else { shift + last };
        if end <= done || done < shift {
            return None;
        }
        spans.push(Span { start, len: tile, skip: done - shift, output: done..end });
        if at_end {
            return Some(spans);
        }
        done = end;
        let room = jump.times(i64::try_from(done).ok()? - i64::try_from(first).ok()?)?.floor();
        let next = usize::try_from(room).ok()? / multiple * multiple;
        let next = next.min(len - tile);
        if next <= start {
            return None;
        }
        start = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(jump: (i64, i64), lo: i64, hi: i64, multiple: usize) -> Axis {
        let whole = |n| Ratio::new(n, 1).unwrap();
        let jump = Ratio::new(jump.0, jump.1).unwrap();
        let base = 16 * multiple;
        let out = (base as i64 * jump.den / jump.num) as usize;
        let receptive_field = ReceptiveField { jump, extent: Some((whole(lo), whole(hi))), multiple };
        Axis { receptive_field, base: (base, out), fixed: false, least: multiple }
    }

    /// Asserts that every output position comes from exactly one tile, which contains its receptive field or
    /// ends where the picture ends.
    fn check(axis: &Axis, len: usize, longest: usize) {
        let spans = spans(axis, len, longest).unwrap();
        let (lo, hi) = axis.receptive_field.extent.unwrap();
        let mut next = 0;
        for span in &spans {
            assert_eq!(span.output.start, next);
            assert!(
                span.len <= longest.max(axis.receptive_field.multiple)
                    && span.start + span.len <= len.max(span.len)
            );
            assert_eq!(span.start % axis.receptive_field.multiple, 0);
            for position in span.output.clone() {
                let place = axis.receptive_field.jump.times(position as i64).unwrap();
                let (first, last) =
                    (place.checked_add(lo).unwrap().floor(), place.checked_add(hi).unwrap().ceil());
                let (start, end) = (span.start as i64, (span.start + span.len) as i64);
                assert!(first >= start || start == 0, "{position} sees {first}, tile starts at {start}");
                assert!(last < end || end >= len as i64, "{position} sees {last}, tile ends at {end}");
            }
            let shift =
                (span.start as i64 * axis.receptive_field.jump.den / axis.receptive_field.jump.num) as usize;
            assert_eq!(span.skip + shift, span.output.start);
            next = span.output.end;
        }
        assert_eq!(next, axis.output_len(len));
    }

    #[test]
    fn tiles_cover_every_position_once_with_its_receptive_field() {
        for jump in [(1, 1), (1, 2), (1, 4), (2, 1), (4, 1)] {
            for (lo, hi) in [(0, 0), (-1, 1), (-7, 8), (-30, 37), (-5, 0)] {
                for multiple in [4, 8, 16] {
                    for blocks in [1, 2, 7, 33] {
                        let axis = axis(jump, lo, hi, multiple);
                        check(&axis, blocks * multiple, 128);
                    }
                }
            }
        }
    }

    #[test]
    fn tiles_are_no_longer_than_necessary() {
        let axis = axis((1, 1), -8, 8, 8);
        let spans = spans(&axis, 200, 128).unwrap();
        assert_eq!(spans.iter().map(|s| s.len).collect::<Vec<_>>(), [112, 112]);
    }

    #[test]
    fn a_halo_that_leaves_nothing_is_refused() {
        let axis = axis((1, 1), -70, 70, 8);
        assert_eq!(spans(&axis, 1000, 128).unwrap_err().code(), "invalid-input");
        assert_eq!(spans(&axis, 128, 128).unwrap().len(), 1);
    }

    #[test]
    fn a_network_that_sees_the_whole_frame_gets_one_tile() {
        let mut axis = axis((1, 2), 0, 0, 8);
        axis.receptive_field.extent = None;
        let spans = spans(&axis, 1000, 64).unwrap();
        assert_eq!(spans, [Span { start: 0, len: 1000, skip: 0, output: 0..2000 }]);
    }

    #[test]
    fn a_single_tile_contains_its_point_and_starts_where_tiles_may() {
        let mut axis = axis((1, 2), -30, 30, 8);
        let part = |axis: &Axis, at, step| {
            let Span { start, len, skip, output } = axis.around(1000, 250, at, step);
            assert_eq!((skip, output), (0, 2 * start..2 * (start + len)));
            (start, len)
        };
        assert_eq!(axis.accept(1000), 1000);
        assert_eq!((part(&axis, 500, 1), part(&axis, 500, 3)), ((376, 248), (384, 248)));
        assert_eq!((part(&axis, 0, 1), part(&axis, 5000, 1)), ((0, 248), (752, 248)));
        assert_eq!(axis.around(100, 250, 90, 1), Span { start: 0, len: 104, skip: 0, output: 0..208 });
        axis.receptive_field.extent = None;
        assert_eq!(part(&axis, 500, 1), (0, 1000));
    }

    #[test]
    fn a_fixed_size_model_runs_larger_pictures_in_tiles_of_that_size() {
        let mut axis = axis((1, 1), -3, 3, 4);
        axis.base = (64, 64);
        axis.fixed = true;
        assert_eq!((axis.accept(10), axis.accept(64), axis.accept(65)), (64, 64, 68));
        let spans = spans(&axis, axis.accept(150), 1024).unwrap();
        assert!(spans.len() == 3 && spans.iter().all(|span| span.len == 64));
    }
}

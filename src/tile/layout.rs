//! Where tiles lie along one axis.

use super::{Ratio, Reach};
use crate::error::{Error, Result};

/// One axis of a network: which lengths it accepts, and what comes out.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    pub reach: Reach,
    /// A length that the network is known to accept, and the output's length for it.
    pub base: (usize, usize),
    /// The model declares this length and no other.
    pub fixed: bool,
}

/// A tile along one axis: run `len` input pixels from `start`; of its output, positions from
/// `skip` on are right, and go to `output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub len: usize,
    pub skip: usize,
    pub output: std::ops::Range<usize>,
}

impl Axis {
    /// Least accepted length that is not below `len`.
    pub fn accept(&self, len: usize) -> usize {
        let base = self.base.0;
        if self.fixed {
            // Larger pictures are covered by tiles, which start at multiples.
            return if len <= base {
                base
            } else {
                base + (len - base).next_multiple_of(self.reach.multiple)
            };
        }
        let m = self.reach.multiple;
        let least = base % m;
        let smallest = if least == 0 { m } else { least };
        if len <= smallest { smallest } else { smallest + (len - smallest).next_multiple_of(m) }
    }

    /// Greatest accepted length that is not above `len`, or the smallest there is.
    pub fn accept_below(&self, len: usize) -> usize {
        let up = self.accept(len);
        if up > len && up > self.reach.multiple && !self.fixed { up - self.reach.multiple } else { up }
    }

    /// Output length for an accepted input length.
    pub fn output_len(&self, len: usize) -> usize {
        let more = per_jump(self.reach.jump, len as i64 - self.base.0 as i64);
        usize::try_from(self.base.1 as i64 + more).unwrap_or(0)
    }

    fn local(&self) -> bool {
        self.reach.extent.is_some()
    }
}

/// Output pixels for input pixels; whole for multiples.
fn per_jump(jump: Ratio, pixels: i64) -> i64 {
    (pixels * jump.den).div_euclid(jump.num)
}

/// Tiles that cover an accepted length `len` with none longer than `longest`, and no longer than
/// they need be. One tile where the network sees the whole frame.
///
/// # Errors
/// `TooLarge` when `longest` leaves nothing after the halo, or the whole frame is needed and is
/// longer than the only length that the model accepts.
pub fn spans(axis: &Axis, len: usize, longest: usize) -> Result<Vec<Span>> {
    let whole = if axis.fixed { axis.base.0 } else { axis.accept(len) };
    if len <= whole && (!axis.local() || len <= longest) {
        return Ok(vec![Span { start: 0, len: whole, skip: 0, output: 0..axis.output_len(len) }]);
    }
    let too_large = |needed: usize, what: &str| Error::TooLarge {
        what: what.into(),
        needed: needed as u64,
        limit: longest as u64,
    };
    if !axis.local() {
        return Err(too_large(len, "this model sees the whole frame at once, which"));
    }
    if axis.fixed {
        return cover(axis, len, axis.base.0).ok_or_else(|| too_large(axis.base.0, "a tile with its halo"));
    }
    let mut tile = axis.accept_below(longest);
    let mut best = cover(axis, len, tile).ok_or_else(|| too_large(tile, "a tile with its halo"))?;
    while tile > axis.reach.multiple {
        tile -= axis.reach.multiple;
        match cover(axis, len, tile) {
            Some(tighter) if tighter.len() == best.len() => best = tighter,
            _ => break,
        }
    }
    Ok(best)
}

/// Tiles of exactly `tile` from left to right, or `None` where the halo leaves nothing.
fn cover(axis: &Axis, len: usize, tile: usize) -> Option<Vec<Span>> {
    let Reach { jump, extent, multiple } = axis.reach;
    let (lo, hi) = extent?;
    let outputs = |pixels: Ratio| pixels.mul(Ratio::new(jump.den, jump.num)?);
    let total = axis.output_len(len);
    let per_tile = axis.output_len(tile);
    // The first position of a tile that sees nothing before it, and one past the last that sees
    // nothing behind it.
    let first = usize::try_from(outputs(lo.times(-1)?)?.ceil().max(0)).ok()?;
    let last = outputs(Ratio::new(tile as i64 - 1, 1)?.add(hi.times(-1)?)?)?.floor() + 1;
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

//! Detection of resampling tables that are periodic except near their ends.

use super::ratio::Ratio;
use crate::AxisTaps;

/// A periodic table: position i + period reads the sources of position i, shifted by a whole number.
pub(super) struct Grid {
    /// Source positions per output position.
    pub step: Ratio,
    /// A position from which the rule holds for a whole period.
    start: usize,
}

/// Number of entries at either end that may break the rule: padding, clamped taps.
const BORDER: usize = 64;
/// Maximum distance, in positions, of their sources from the rule; circular padding exceeds it.
const NEAR: i64 = 2 * BORDER as i64;

/// The grid of a table from `before` to `after` positions, or `None` if its offsets vary with the position
/// (aligned corners), it runs backwards or follows no rule.
pub(super) fn grid_of(taps: &AxisTaps, before: usize, after: usize) -> Option<Grid> {
    let len = taps.index.len() / taps.taps.max(1);
    let middle = len / 2;
    // Candidate steps: the ratio of sizes (resizing), 1 (padding, cropping), the difference of two neighbors
    // (striding).
    let neighbors =
        if middle + 1 < len { entry(taps, middle + 1).0[0] - entry(taps, middle).0[0] } else { 1 };
    let candidates = [(before as i64, after as i64), (1, 1), (i64::from(neighbors), 1)];
    candidates.into_iter().find_map(|(num, den)| {
        let step = Ratio::new(num, den).filter(|r| r.num > 0)?;
        let period = usize::try_from(step.den).ok().filter(|p| middle + p < len)?;
        let moved = i32::try_from(step.num).ok()?;
        let holds = |&i: &usize| same(entry(taps, i), entry(taps, i + period), moved);
        let start = (0..=middle).rev().take_while(holds).last()?;
        let last = (middle..len - period).take_while(holds).last()?;
        // Zeros inserted between pixels have no source.
        let anchor = (start..start + period).find(|&i| entry(taps, i).0[0] >= 0)?;
        let border = BORDER.min(len / 3);
        let ends = (0..start).chain(last + 1..len);
        let offset = i64::from(entry(taps, anchor).0[0]) * step.den - anchor as i64 * step.num;
        let near = |i: usize| {
            let off = |&source: &i32| i64::from(source) * step.den - i as i64 * step.num - offset;
            let most = NEAR * step.den.max(step.num);
            entry(taps, i).0.iter().all(|source| *source < 0 || off(source).abs() <= most)
        };
        (start <= border && len - period - 1 - last <= border && ends.into_iter().all(near))
            .then_some(Grid { step, start })
    })
}

/// Minimum and maximum of `coarse·source − fine·position` over one period: the window of a position around
/// itself, in pixels of the model's input.
pub(super) fn offsets(taps: &AxisTaps, grid: &Grid, coarse: Ratio, fine: Ratio) -> Option<(Ratio, Ratio)> {
    let mut range: Option<(Ratio, Ratio)> = None;
    for i in grid.start..grid.start + usize::try_from(grid.step.den).ok()? {
        let place = fine.times(-i64::try_from(i).ok()?)?;
        for &source in entry(taps, i).0.iter().filter(|&&source| source >= 0) {
            let offset = coarse.times(i64::from(source))?.checked_add(place)?;
            range = Some(range.map_or((offset, offset), |(lo, hi)| (lo.min(offset), hi.max(offset))));
        }
    }
    range
}

fn entry(taps: &AxisTaps, i: usize) -> (&[i32], &[f32]) {
    let at = i * taps.taps..(i + 1) * taps.taps;
    (&taps.index[at.clone()], &taps.weight[at])
}

fn same(a: (&[i32], &[f32]), b: (&[i32], &[f32]), moved: i32) -> bool {
    let index = a.0.iter().zip(b.0).all(|(&a, &b)| {
        (a < 0 && b < 0) || (a >= 0 && b >= 0 && i64::from(a) + i64::from(moved) == i64::from(b))
    });
    index && a.1.iter().zip(b.1).all(|(a, b)| (a - b).abs() < 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(index: impl Iterator<Item = i32>) -> AxisTaps {
        let index: Vec<i32> = index.collect();
        AxisTaps { taps: 1, weight: vec![1.0; index.len()], index }
    }

    #[test]
    fn local_padding_keeps_the_grid() {
        let reflected = table([2, 1].into_iter().chain(0..300).chain([298, 297]));
        let constant = table([-1, -1].into_iter().chain(0..300).chain([-1]));
        let cropped = table((100..200).chain([-1]));
        for (taps, after) in [(reflected, 304), (constant, 303), (cropped, 101)] {
            assert_eq!(grid_of(&taps, 300, after).map(|grid| grid.step), Ratio::new(1, 1));
        }
    }

    #[test]
    fn circular_padding_sees_the_other_end() {
        let circular = table([299].into_iter().chain(0..300).chain([0]));
        assert!(grid_of(&circular, 300, 302).is_none());
    }
}

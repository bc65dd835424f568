//! Spreading of color hints over the objects that they belong to.
//!
//! A hint moves the chroma of its pixel to the hinted color, and that of other pixels according to their
//! geodesic distance, along paths on which lightness hardly changes, as in Yatziv and Sapiro 2006 ("Fast
//! image and video colorization using chrominance blending"), but on top of a network's prediction instead of
//! gray.

use super::box_mean::means;
use std::collections::BinaryHeap;

/// Reach of an unobstructed hint, as a fraction of the shorter side.
const REACH: f32 = 0.3;
/// Difference in lightness that doubles the length of a step.
const CONTRAST: f32 = 2.5;
/// Pixels predicted in another color belong less to a hint: the weight falls to 1/e at this difference in
/// a\*b\*.
const ANOTHER: f32 = 40.0;
/// Distances beyond this multiple of the reach are ignored.
const MOST_REACHES: f32 = 2.5;

/// Index of the cell, of `[height, width]` cells, that contains the center of pixel `[x, y]`; `size` is the
/// picture's width and height.
pub fn cell([x, y]: [u32; 2], size: (u32, u32), [height, width]: [usize; 2]) -> usize {
    let along = |at: u32, of: u32, cells: usize| {
        ((2 * u64::from(at) + 1) * cells as u64 / (2 * u64::from(of)).max(1)).min(cells as u64 - 1) as usize
    };
    along(y, size.1, height) * width + along(x, size.0, width)
}

/// A color hint at a pixel of a small frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hint {
    pub at: usize,
    /// a\* and b\*.
    pub color: [f32; 2],
}

/// Moves a\* and b\* of `lab`, row-major pixels in rows of `width`. Nearer hints count more, and each hint is
/// exact at its own pixel.
pub(super) fn spread(lab: &mut [[f32; 3]], width: usize, hints: &[Hint]) {
    let mut moved = vec![[0f32; 2]; lab.len()];
    let mut weights = vec![0f32; lab.len()];
    let mut most = vec![0f32; lab.len()];
    // Smooths grain away, so that it does not act as an edge.
    let mut calm: Vec<[f32; 1]> = lab.iter().map(|&[lightness, ..]| [lightness]).collect();
    means(&mut calm, [width, lab.len() / width], 1);
    for &Hint { at, color } in hints {
        let [_, a, b] = lab[at];
        let shift = [color[0] - a, color[1] - b];
        for (i, weight) in weights_of(&calm, lab, width, at) {
            // Squared, so that the nearer of two hints dominates; far larger at the hint's own pixel.
            let share = weight * weight / (1.0 + 1e-3 - weight);
            weights[i] += share;
            most[i] = most[i].max(weight);
            for (moved, shift) in moved[i].iter_mut().zip(shift) {
                *moved += share * shift;
            }
        }
    }
    for (i, pixel) in lab.iter_mut().enumerate().filter(|&(i, _)| weights[i] > 0.0) {
        for (value, moved) in pixel[1..].iter_mut().zip(moved[i]) {
            *value = (*value + most[i] * moved / weights[i]).clamp(-128.0, 128.0);
        }
    }
}

/// Weights, 0 to 1, with which pixels belong to the one at `at`; zero weights are omitted.
fn weights_of(lightness: &[[f32; 1]], lab: &[[f32; 3]], width: usize, at: usize) -> Vec<(usize, f32)> {
    let height = lab.len() / width;
    let reach = (REACH * width.min(height) as f32).max(1.0);
    let mut distances = vec![f32::INFINITY; lab.len()];
    distances[at] = 0.0;
    // Keys of a type that is sorted elsewhere too; the greatest comes first, so the key is the distance left
    // to the farthest.
    let key = |distance: f32, i: usize| [u64::from(u32::MAX - distance.to_bits()), i as u64, 0];
    let mut heap = BinaryHeap::from([key(0.0, at)]);
    let mut found = Vec::new();
    while let Some([left, i, _]) = heap.pop() {
        let (distance, i) = (f32::from_bits(u32::MAX - left as u32), i as usize);
        if distance > distances[i] {
            continue;
        }
        let guessed = (lab[i][1] - lab[at][1]).hypot(lab[i][2] - lab[at][2]) / ANOTHER;
        found.push((i, (-(distance / reach).powi(2) - guessed * guessed).exp()));
        let (x, y) = (i % width, i / width);
        for ny in y.saturating_sub(1)..(y + 2).min(height) {
            for nx in x.saturating_sub(1)..(x + 2).min(width) {
                let next = ny * width + nx;
                let contrast = (lightness[next][0] - lightness[i][0]) / CONTRAST;
                let step = if nx == x || ny == y { 1.0 } else { std::f32::consts::SQRT_2 };
                let to = distance + step * (1.0 + contrast * contrast);
                if to < distances[next] && to < MOST_REACHES * reach {
                    distances[next] = to;
                    heap.push(key(to, next));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 40;

    /// A dark disk in the middle of a bright frame, predicted brownish gray everywhere.
    fn disk() -> Vec<[f32; 3]> {
        let inside = |i: usize| ((i % WIDTH) as f32 - 20.0).hypot((i / WIDTH) as f32 - 20.0) < 9.0;
        (0..WIDTH * WIDTH).map(|i| [if inside(i) { 35.0 } else { 75.0 }, 6.0, 10.0]).collect()
    }

    #[test]
    fn a_hint_colors_its_object_and_nothing_behind_the_edge() {
        let mut lab = disk();
        spread(&mut lab, WIDTH, &[Hint { at: 20 * WIDTH + 20, color: [10.0, -50.0] }]);
        assert_eq!(lab[20 * WIDTH + 20], [35.0, 10.0, -50.0]);
        assert!(lab[20 * WIDTH + 25][2] < -20.0, "{:?}", lab[20 * WIDTH + 25]);
        for outside in [20 * WIDTH + 32, 5 * WIDTH + 20, 0] {
            assert!((lab[outside][2] - 10.0).abs() < 3.0, "{:?}", lab[outside]);
        }
    }

    #[test]
    fn each_hint_is_exact_at_its_own_pixel() {
        let mut lab = vec![[50.0, 0.0, 0.0]; WIDTH * WIDTH];
        let [left, right] = [10, 30].map(|x| 20 * WIDTH + x);
        let hints = [Hint { at: left, color: [40.0, 0.0] }, Hint { at: right, color: [-40.0, 0.0] }];
        spread(&mut lab, WIDTH, &hints);
        assert!((lab[left][1] - 40.0).abs() < 0.5 && (lab[right][1] + 40.0).abs() < 0.5);
        assert!(lab[20 * WIDTH + 20][1].abs() < 1.0, "neutral halfway: {:?}", lab[20 * WIDTH + 20]);
        assert!(lab[20 * WIDTH + 13][1] > 15.0 && lab[20 * WIDTH + 27][1] < -15.0);
        // A hint equal to the prediction changes nothing.
        let before = disk();
        let mut same = before.clone();
        spread(&mut same, WIDTH, &[Hint { at: 3, color: [6.0, 10.0] }]);
        assert_eq!(same, before);
    }
}

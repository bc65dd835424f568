//! Colors that people know, spread over what they belong to.
//!
//! A hint moves the chroma of its place to what it says, and that of other places as far as they are near along a way on which
//! lightness hardly changes: a geodesic distance, as in Yatziv and Sapiro 2006 ("Fast image and video colorization using
//! chrominance blending"), upon what a network has guessed in place of gray.

use super::box_mean::means;
use std::collections::BinaryHeap;

/// How far a hint reaches where nothing is in its way, as a part of the shorter side.
const REACH: f32 = 0.3;
/// A step across a difference of lightness of this much is as long as two.
const CONTRAST: f32 = 2.5;
/// What has been guessed another color belongs less to a hint: by 1/e where a\*b\* differ by this much.
const ANOTHER: f32 = 40.0;
/// Distances beyond so many times the reach do not count.
const MOST_REACHES: f32 = 2.5;

/// Index among cells, `[height, width]`, of the one that the middle of a pixel `[x, y]` lies in; `size` is that of the pixel's
/// picture, width and height.
pub fn cell([x, y]: [u32; 2], size: (u32, u32), [height, width]: [usize; 2]) -> usize {
    let along = |at: u32, of: u32, cells: usize| {
        ((2 * u64::from(at) + 1) * cells as u64 / (2 * u64::from(of)).max(1)).min(cells as u64 - 1) as usize
    };
    along(y, size.1, height) * width + along(x, size.0, width)
}

/// A color of a small frame's pixel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hint {
    pub at: usize,
    /// a\* and b\*.
    pub color: [f32; 2],
}

/// Moves a\* and b\* of `lab`, row-major pixels, `width` in a row. Of several hints those that are nearer count more, and each of
/// them all at its own place.
pub(super) fn spread(lab: &mut [[f32; 3]], width: usize, hints: &[Hint]) {
    let mut moved = vec![[0f32; 2]; lab.len()];
    let mut weights = vec![0f32; lab.len()];
    let mut most = vec![0f32; lab.len()];
    // Grain is no edge.
    let mut calm: Vec<[f32; 1]> = lab.iter().map(|&[lightness, ..]| [lightness]).collect();
    means(&mut calm, [width, lab.len() / width], 1);
    for &Hint { at, color } in hints {
        let [_, a, b] = lab[at];
        let shift = [color[0] - a, color[1] - b];
        for (i, weight) in weights_of(&calm, lab, width, at) {
            // Squares, so that between two hints the nearer one rules; far larger where it is its own place.
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

/// How much each pixel belongs to the one `at`, 0 to 1, where that is not nothing.
fn weights_of(lightness: &[[f32; 1]], lab: &[[f32; 3]], width: usize, at: usize) -> Vec<(usize, f32)> {
    let height = lab.len() / width;
    let reach = (REACH * width.min(height) as f32).max(1.0);
    let mut distances = vec![f32::INFINITY; lab.len()];
    distances[at] = 0.0;
    // Keys of the type that is sorted elsewhere; the greatest comes first, so it is what is left to the farthest.
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

    /// A dark disk in the middle of a bright frame, guessed a brownish gray all over.
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
    fn each_hint_has_its_own_place() {
        let mut lab = vec![[50.0, 0.0, 0.0]; WIDTH * WIDTH];
        let [left, right] = [10, 30].map(|x| 20 * WIDTH + x);
        let hints = [Hint { at: left, color: [40.0, 0.0] }, Hint { at: right, color: [-40.0, 0.0] }];
        spread(&mut lab, WIDTH, &hints);
        assert!((lab[left][1] - 40.0).abs() < 0.5 && (lab[right][1] + 40.0).abs() < 0.5);
        assert!(lab[20 * WIDTH + 20][1].abs() < 1.0, "halfway it is neither: {:?}", lab[20 * WIDTH + 20]);
        assert!(lab[20 * WIDTH + 13][1] > 15.0 && lab[20 * WIDTH + 27][1] < -15.0);
        // A hint that says what is there already changes nothing.
        let before = disk();
        let mut same = before.clone();
        spread(&mut same, WIDTH, &[Hint { at: 3, color: [6.0, 10.0] }]);
        assert_eq!(same, before);
    }
}

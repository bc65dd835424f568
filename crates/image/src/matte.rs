//! Refinement of a cut-out's alpha along the picture's edges.
//!
//! A network predicts classes at a fraction of the picture's resolution, so their borders are off by a few
//! pixels and lack hair. The guided filter (He, Sun and Tang 2013) models alpha as a linear function of the
//! picture's colors within each small window, α = a · rgb + b; its fast form (He and Sun 2015) solves for a
//! and b on a reduced picture and applies them to the full one.

use super::box_mean::means;
use super::filter::{Filter, Interpolation, Resize};
use super::scores::tap;
use super::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Maximum longer side of the reduced picture, in pixels.
const SIDE: u32 = 640;
/// Radius of a window as a fraction of the reduced picture's shorter side: about six pixels of a network's
/// frame of 160, the typical border error. Best of 1/16 to 1/80 on portraits.
const REACH: f32 = 1.0 / 25.0;
/// Variance of colors (0–1) below which a window counts as flat, with alpha at its mean.
const FLAT: f32 = 1e-4;

/// Linear model of alpha in a cell of the reduced picture: a for red, green and blue of 0 to 1, and b.
type Line = [f32; 4];

/// Alpha as a function of position and color.
pub(super) struct Matte {
    /// Size of the picture.
    size: (u32, u32),
    /// Size of the reduced picture.
    small: [usize; 2],
    lines: Vec<Line>,
}

impl Matte {
    /// Prepares the matte. `alpha` returns the rough alpha, 0 to 1, of pixel `[x, y]` of the picture.
    ///
    /// # Errors
    /// `OutOfMemory`, and the errors of `alpha`.
    pub(super) fn new(picture: &Picture, mut alpha: impl FnMut(u32, u32) -> Result<f32>) -> Result<Self> {
        let (width, height) = picture.size();
        let scale = (f64::from(SIDE) / f64::from(width.max(height))).min(1.0);
        let [w, h] = [width, height].map(|side| ((f64::from(side) * scale).round() as u32).max(1));
        let reduced = Resize::to(w, h, Interpolation::Bilinear).region(picture, Rect::new(0, 0, w, h))?;
        let len = w as usize * h as usize;
        let mut moments = Vec::new();
        moments.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(len as u64 * 52))?;
        for (at, pixel) in reduced.as_chunks::<RGBA>().0.iter().enumerate() {
            let center = |i: usize, small: u32, of: u32| {
                (((i as f64 + 0.5) * f64::from(of) / f64::from(small)) as u32).min(of - 1)
            };
            let (x, y) = (center(at % w as usize, w, width), center(at / w as usize, h, height));
            moments.push(of_pixel(unit(*pixel), alpha(x, y)?));
        }
        let small = [w as usize, h as usize];
        let reach = ((w.min(h) as f32 * REACH).round() as usize).max(1);
        means(&mut moments, small, reach);
        let mut lines: Vec<Line> = moments.iter().map(solved).collect();
        means(&mut lines, small, reach);
        Ok(Self { size: (width, height), small, lines })
    }

    /// Multiplies the alpha of RGBA bytes of `rect` by `curve` of the refined alpha.
    pub(super) fn apply(&self, rect: Rect, rgba: &mut [u8], curve: impl Fn(f32) -> f32) {
        let [w, h] = self.small;
        let columns: Vec<_> = (rect.x..rect.x + rect.width).map(|x| tap(x, self.size.0, w)).collect();
        let mut row = vec![[0f32; 4]; w];
        for (y, pixels) in (rect.y..).zip(rgba.chunks_exact_mut(rect.width as usize * RGBA)) {
            let (above, below, share) = tap(y, self.size.1, h);
            let lines = self.lines[above * w..][..w].iter().zip(&self.lines[below * w..][..w]);
            for (line, (above, below)) in row.iter_mut().zip(lines) {
                *line = mixed(above, below, share);
            }
            for (pixel, &(left, right, share)) in pixels.as_chunks_mut::<RGBA>().0.iter_mut().zip(&columns) {
                let [a, b, c, d] = mixed(&row[left], &row[right], share);
                let [red, green, blue] = unit(*pixel);
                let alpha = a * red + b * green + c * blue + d;
                pixel[3] = (f32::from(pixel[3]) * curve(alpha) + 0.5) as u8;
            }
        }
    }
}

fn unit([red, green, blue, _]: [u8; RGBA]) -> [f32; 3] {
    [red, green, blue].map(|byte| f32::from(byte) / 255.0)
}

fn mixed(from: &Line, to: &Line, share: f32) -> Line {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share)
}

/// Color, alpha, their products, and the products of colors.
type Moments = [f32; 13];

fn of_pixel([r, g, b]: [f32; 3], alpha: f32) -> Moments {
    [r, g, b, alpha, r * alpha, g * alpha, b * alpha, r * r, r * g, r * b, g * g, g * b, b * b]
}

/// Solves for the linear model of a window with these mean moments: a = (Σ + εU)⁻¹ cov(rgb, α), b = mean α −
/// a · mean rgb.
fn solved(&[r, g, b, alpha, ra, ga, ba, rr, rg, rb, gg, gb, bb]: &Moments) -> Line {
    let [c0, c1, c2] = [ra - r * alpha, ga - g * alpha, ba - b * alpha];
    let [s00, s01, s02] = [rr - r * r + FLAT, rg - r * g, rb - r * b];
    let [s11, s12, s22] = [gg - g * g + FLAT, gb - g * b, bb - b * b + FLAT];
    // Inverse of a symmetric matrix by cofactors.
    let [i00, i01, i02] = [s11 * s22 - s12 * s12, s02 * s12 - s01 * s22, s01 * s12 - s02 * s11];
    let [i11, i12, i22] = [s00 * s22 - s02 * s02, s01 * s02 - s00 * s12, s00 * s11 - s01 * s01];
    let determinant = s00 * i00 + s01 * i01 + s02 * i02;
    let a = [i00 * c0 + i01 * c1 + i02 * c2, i01 * c0 + i11 * c1 + i12 * c2, i02 * c0 + i12 * c1 + i22 * c2]
        .map(|v| v / determinant);
    [a[0], a[1], a[2], alpha - a[0] * r - a[1] * g - a[2] * b]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A border between black and white at column 150 of 320, where the rough alpha is soft and three pixels
    /// off.
    #[test]
    fn alpha_follows_the_edges_of_the_picture() {
        const SIDE: usize = 320;
        let color = |i| if i % SIDE < 150 { [0, 0, 0, 255] } else { [250, 240, 245, 255] };
        let mut rgba: Vec<u8> = (0..SIDE * SIDE).flat_map(color).collect();
        let picture = Picture::from_rgba(320, 320, &rgba).unwrap();
        let matte = Matte::new(&picture, |x, _| Ok(((x as f32 - 151.0) / 4.0).clamp(0.0, 1.0))).unwrap();
        matte.apply(picture.rect(), &mut rgba, |alpha| ((alpha - 0.25) * 2.0).clamp(0.0, 1.0));
        let alpha: Vec<u8> =
            rgba[160 * SIDE * 4..161 * SIDE * 4].iter().skip(3).step_by(4).copied().collect();
        assert!(alpha[..150].iter().all(|&a| a == 0), "{:?}", &alpha[140..165]);
        assert!(
            alpha[150] > 60 && alpha[152] > 120 && alpha[162..].iter().all(|&a| a == 255),
            "{:?}",
            &alpha[140..165]
        );
    }
}

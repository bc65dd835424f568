//! Label pictures: the per-pixel result of a segmentation, and ways to draw it.
//!
//! A pixel of a label picture is
//! * red: the index of its most likely class,
//! * green: that class's probability, 255 is certain,
//! * blue: the index of the most likely class besides it and the background (class 0),
//! * alpha: the background's probability.
//!
//! The remaining probability counts as the third class's. So the probability of everything but the background
//! is exact, and so is that of any other choice of classes except where three classes meet.

use super::matte::Matte;
use super::tile::zeroed;
use super::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};

/// Maximum number of classes in a label picture.
pub const MAX_CLASSES: usize = 255;
/// Number of label values: classes, and 255 for none.
const LABELS: usize = 256;
/// Maximum of [`cross_entropy`]: −ln of 10⁻³⁸, about the smallest positive probability of a float.
pub const MOST_NATS: f32 = 87.5;
/// Number of rows drawn at once: the height of a tile.
const BAND: u32 = 256;
/// Tolerance within which values that sum to 1 count as probabilities.
const ROUNDING: f32 = 1e-3;
/// Probability up to which a pixel is outside the chosen classes; from 1 minus this it is inside.
const OUTSIDE: f32 = 0.25;

/// Ways of drawing labels. `u8`s are class indices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum View {
    /// Chosen classes in their colors, the rest transparent.
    Classes,
    /// The picture, with the chosen classes' colors laid over it; opacity 1 hides the picture.
    Overlay {
        /// Share of the color, 0 to 1.
        opacity: f32,
    },
    /// The picture where a chosen class is, transparent elsewhere. The sum of the chosen classes'
    /// probabilities is refined along the picture's edges (fast guided filter, He and Sun 2015); alpha rises
    /// from 0 to 1 as it goes from a quarter to three quarters.
    Cutout,
}

/// Color of a class: the eight colors of Okabe and Ito, repeated, which people with any color vision can
/// distinguish. The first, black, is usually the background's.
pub fn color(class: u8) -> [u8; 3] {
    const COLORS: [[u8; 3]; 8] = [
        [0, 0, 0],
        [230, 159, 0],
        [86, 180, 233],
        [0, 158, 115],
        [240, 228, 66],
        [0, 114, 178],
        [213, 94, 0],
        [204, 121, 167],
    ];
    COLORS[usize::from(class) % COLORS.len()]
}

/// Label of a pixel from one value per class: probabilities if none is negative and they sum to 1, else
/// logits. At most [`MAX_CLASSES`] values; ties go to the first.
pub fn label(values: &[f32]) -> [u8; RGBA] {
    let mut first = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[first] {
            first = i;
        }
    }
    let mut next = first;
    for (i, value) in values.iter().enumerate().skip(1) {
        if i != first && (next == first || *value > values[next]) {
            next = i;
        }
    }
    let [top, background] = [first, 0].map(|class| values.get(class).copied().unwrap_or(0.0));
    let (top, background) = if probable(values) {
        (top, background)
    } else {
        let sum = exponentials(values, top);
        (1.0 / sum, (background - top).exp() / sum)
    };
    let byte = |probability: f32| (probability * 255.0 + 0.5) as u8;
    [first as u8, byte(top), next as u8, byte(background)]
}

/// −ln of the probability of `class`, from values as in [`label`]: `torch.nn.functional.nll_loss` for
/// log-probabilities, `cross_entropy` for logits. In nats, capped at [`MOST_NATS`], also for NaN.
pub fn cross_entropy(values: &[f32], class: usize) -> f32 {
    let nats = if probable(values) {
        -values[class].ln()
    } else {
        let top = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        exponentials(values, top).ln() + top - values[class]
    };
    nats.min(MOST_NATS)
}

/// Whether the values are probabilities.
fn probable(values: &[f32]) -> bool {
    let sum: f32 = values.iter().sum();
    (sum - 1.0).abs() <= ROUNDING && values.iter().all(|&v| v >= 0.0)
}

/// ∑ exp(v − top)
fn exponentials(values: &[f32], top: f32) -> f32 {
    values.iter().map(|v| (v - top).exp()).sum()
}

/// Draws a label picture over its picture. `chosen` are class indices.
///
/// # Errors
/// `InvalidInput` if the sizes differ or the opacity is outside 0 to 1, `OutOfMemory`.
pub fn draw(picture: &Picture, labels: &Picture, view: View, chosen: &[u8]) -> Result<Picture> {
    if (picture.width(), picture.height()) != (labels.width(), labels.height()) {
        return Err(Error::InvalidInput(format!(
            "labels of {} × {} pixels do not belong to a picture of {} × {}",
            labels.width(),
            labels.height(),
            picture.width(),
            picture.height()
        )));
    }
    if matches!(view, View::Overlay { opacity } if !(0.0..=1.0).contains(&opacity)) {
        return Err(Error::InvalidInput("the opacity must be from 0 to 1".into()));
    }
    let mut is_chosen = [false; LABELS];
    for &class in chosen {
        is_chosen[usize::from(class)] = true;
    }
    match view {
        View::Cutout => {
            let matte = matte(picture, labels, &is_chosen)?;
            in_bands(picture, &mut |band, rgba| {
                matte.apply(band, rgba, ramp);
                Ok(())
            })
        }
        View::Classes => in_bands(picture, &mut |band, rgba| {
            each(labels, band, rgba, &|pixel, label| {
                let is_chosen = is_chosen[usize::from(label[0])];
                *pixel = if is_chosen { opaque(color(label[0])) } else { [0; RGBA] };
            })
        }),
        View::Overlay { opacity } => in_bands(picture, &mut |band, rgba| {
            each(labels, band, rgba, &|pixel, label| {
                let (class, sum) = belonging(label, &is_chosen);
                let share = opacity * ramp(sum);
                for (value, over) in pixel.iter_mut().zip(color(class)) {
                    *value = mix(*value, over, share);
                }
            })
        }),
    }
}

/// Copies a picture, with each band of RGBA bytes changed by `draw`.
fn in_bands(picture: &Picture, draw: &mut dyn FnMut(Rect, &mut [u8]) -> Result<()>) -> Result<Picture> {
    let mut drawn = Picture::new(picture.width(), picture.height())?;
    for y in (0..picture.height()).step_by(BAND as usize) {
        let band = Rect::new(0, y, picture.width(), BAND.min(picture.height() - y));
        let mut rgba = picture.region(band)?;
        draw(band, &mut rgba)?;
        drawn.write(band, &rgba)?;
    }
    Ok(drawn)
}

/// Changes every pixel of a band according to its label.
fn each(
    labels: &Picture,
    band: Rect,
    rgba: &mut [u8],
    paint: &dyn Fn(&mut [u8; RGBA], [u8; RGBA]),
) -> Result<()> {
    let mut of_band = zeroed(rgba.len())?;
    labels.read(band, &mut of_band)?;
    for (pixel, label) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(of_band.as_chunks().0) {
        paint(pixel, *label);
    }
    Ok(())
}

fn opaque([red, green, blue]: [u8; 3]) -> [u8; RGBA] {
    [red, green, blue, 255]
}

/// Matte of the chosen classes, refined along the picture's edges.
fn matte(picture: &Picture, labels: &Picture, chosen: &[bool; LABELS]) -> Result<Matte> {
    // Pixels are requested row by row.
    let (mut row, mut of) = (zeroed(picture.width() as usize * RGBA)?, None);
    Matte::new(picture, |x, y| {
        if of.replace(y) != Some(y) {
            labels.read(Rect::new(0, y, labels.width(), 1), &mut row)?;
        }
        let at = x as usize * RGBA;
        Ok(belonging([row[at], row[at + 1], row[at + 2], row[at + 3]], chosen).1)
    })
}

/// Rises from 0 to 1 as a probability goes from a quarter to three quarters.
fn ramp(probability: f32) -> f32 {
    ((probability - OUTSIDE) / (1.0 - 2.0 * OUTSIDE)).clamp(0.0, 1.0)
}

/// Most likely of the chosen classes, and the sum of their probabilities.
fn belonging([first, probability, next, background]: [u8; RGBA], chosen: &[bool; LABELS]) -> (u8, f32) {
    let [top, background] = [probability, background].map(|byte| f32::from(byte) / 255.0);
    let background = if first == 0 { 0.0 } else { background };
    let rest = if next == first { 0.0 } else { (1.0 - top - background).max(0.0) };
    let mut most = (first, 0.0);
    let mut sum = 0.0;
    for (class, probability) in [(first, top), (0, background), (next, rest)] {
        if chosen[usize::from(class)] {
            sum += probability;
            if probability > most.1 {
                most = (class, probability);
            }
        }
    }
    (most.0, sum)
}

fn mix(from: u8, to: u8, share: f32) -> u8 {
    let (from, to) = (f32::from(from), f32::from(to));
    (from + (to - from) * share + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equivalent_probabilities_and_logits_have_the_same_label() {
        assert_eq!(label(&[0.25, 0.6, 0.15]), [1, 153, 2, 64]);
        assert_eq!(label(&[0.25f32.ln(), 0.6f32.ln(), 0.15f32.ln()]), [1, 153, 2, 64]);
        assert_eq!(label(&[0.6, 0.15, 0.25]), [0, 153, 2, 153]);
        assert_eq!(label(&[1000.0, -1000.0]), [0, 255, 1, 255]);
        assert_eq!(label(&[0.2, 0.8]), [1, 204, 1, 51]);
        // Not probabilities, though they sum to 1.
        assert_eq!(label(&[2.0, -1.0]), [0, 243, 1, 243]);
        assert_eq!(label(&[0.5, 0.5]), [0, 128, 1, 128]);
        assert_eq!(label(&[f32::NAN, f32::NAN])[1], 0);
        assert_eq!(label(&[]), [0, 0, 0, 0]);
    }

    /// At a border, background and object share the probability; where a third class meets them, the object
    /// has neither holes nor seams.
    #[test]
    fn cutouts_sum_the_probabilities_of_all_chosen_classes() {
        let alpha = |values: &[f32], chosen: &[u8]| drawn(label(values), View::Cutout, chosen)[3];
        let wanted = |sum: f32| (200.0 * ((sum - 0.25) / 0.5).clamp(0.0, 1.0)).round() as i32;
        let [all, pet] = [&[1, 2, 3][..], &[2]];
        for (values, chosen, sum) in [
            ([0.35, 0.40, 0.20, 0.05], all, 0.65),
            ([0.35, 0.15, 0.40, 0.10], all, 0.65),
            ([0.40, 0.30, 0.20, 0.10], all, 0.60),
            ([0.90, 0.05, 0.03, 0.02], all, 0.10),
            ([0.30, 0.00, 0.60, 0.10], pet, 0.60),
            ([0.00, 0.60, 0.40, 0.00], pet, 0.40),
        ] {
            let told = i32::from(alpha(&values, chosen));
            assert!((told - wanted(sum)).abs() <= 3, "{values:?}: alpha {told}, not {}", wanted(sum));
        }
    }

    fn drawn(label: [u8; 4], view: View, chosen: &[u8]) -> [u8; 4] {
        let picture = Picture::from_rgba(1, 1, &[100, 200, 40, 200]).unwrap();
        let labels = Picture::from_rgba(1, 1, &label).unwrap();
        let drawn = draw(&picture, &labels, view, chosen).unwrap();
        drawn.region(drawn.rect()).unwrap().try_into().unwrap()
    }

    #[test]
    fn cutouts_are_soft_where_the_network_is_unsure() {
        let cutout = |label, chosen: &[u8]| drawn(label, View::Cutout, chosen)[3];
        assert_eq!(cutout([3, 255, 1, 0], &[3]), 200);
        assert_eq!(cutout([0, 255, 3, 255], &[3]), 0);
        // A probability of 50 % is at the middle of the edge, whichever class comes first.
        assert_eq!(cutout([3, 128, 1, 127], &[3]), 101);
        assert_eq!(cutout([0, 128, 3, 128], &[3]), 99);
        assert_eq!(cutout([2, 128, 3, 0], &[2, 3]), 200);
        assert_eq!(cutout([0, 230, 3, 230], &[3]), 0);
        assert_eq!(drawn([3, 255, 1, 0], View::Cutout, &[3])[..3], [100, 200, 40]);
    }

    #[test]
    fn overlays_mix_and_classes_are_plain() {
        let overlay = |opacity, label| drawn(label, View::Overlay { opacity }, &[1]);
        assert_eq!(overlay(0.0, [1, 255, 2, 0]), [100, 200, 40, 200]);
        assert_eq!(overlay(1.0, [1, 255, 2, 0]), [230, 159, 0, 200]);
        assert_eq!(overlay(0.5, [1, 255, 2, 0]), [165, 180, 20, 200]);
        assert_eq!(overlay(0.5, [0, 255, 1, 255]), [100, 200, 40, 200]);
        assert_eq!(drawn([1, 130, 2, 125], View::Classes, &[0, 1]), [230, 159, 0, 255]);
        assert_eq!(drawn([2, 130, 1, 125], View::Classes, &[0, 1]), [0; 4]);
    }

    #[test]
    fn mismatched_sizes_are_refused() {
        let (picture, labels) = (Picture::new(2, 2).unwrap(), Picture::new(2, 3).unwrap());
        assert_eq!(draw(&picture, &labels, View::Cutout, &[]).unwrap_err().code(), "invalid-input");
        for opacity in [-0.1, 1.5, f32::NAN] {
            let error = draw(&picture, &picture, View::Overlay { opacity }, &[]).unwrap_err();
            assert_eq!(error.code(), "invalid-input");
        }
    }
}

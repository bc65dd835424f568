//! Masks: the true class of every pixel, as a picture file tells it, and how well labels agree with it.

use super::labels::color;
use super::{Picture, RGBA, Rect};
use crate::confusion::Confusion;
use unet_kernels::error::{Error, Result};

/// Gray level of pixels without a known class (the convention of Pascal VOC and Cityscapes).
const UNKNOWN: u8 = 255;
/// Number of rows read at once: the height of a tile.
const BAND: u32 = 256;
/// Number of classes with distinct colors.
const COLORS: u8 = 8;

/// Reads a mask as a label picture (see [`super::labels`]). The mask's pixels are
/// * gray levels: class indices, or 255 for an unknown class; or
/// * the colors that [`super::labels::View::Classes`] draws; transparent is class 0.
///
/// Every probability is 1. Unknown classes get the label 255, which is not a class.
///
/// # Errors
/// `InvalidInput` naming the first pixel that is neither, and for a mask of only black and white, in which
/// the meaning of white is ambiguous; `OutOfMemory`.
pub fn labels(mask: &Picture, classes: u8) -> Result<Picture> {
    let mut labels = Picture::new(mask.width(), mask.height())?;
    let mut seen = [false; 256];
    for y in (0..mask.height()).step_by(BAND as usize) {
        let band = Rect::new(0, y, mask.width(), BAND.min(mask.height() - y));
        let mut rgba = mask.region(band)?;
        for (i, pixel) in (0..).zip(rgba.as_chunks_mut::<RGBA>().0) {
            let Some(class) = class(*pixel, classes) else {
                let (x, y) = (i % band.width, y + i / band.width);
                return Err(Error::InvalidInput(format!(
                    "the pixel at {x}, {y} of the mask is {pixel:?}, which is none of {classes} classes: use \
                     gray levels from 0 on (255 = ignore), or the display colors"
                )));
            };
            seen[usize::from(class)] = true;
            *pixel = [class, 255, if class == 0 { 1 } else { class }, if class == 0 { 255 } else { 0 }];
        }
        labels.write(band, &rgba)?;
    }
    if seen[usize::from(UNKNOWN)] && classes < UNKNOWN && !seen[1..usize::from(UNKNOWN)].contains(&true) {
        return Err(Error::InvalidInput(
            "the mask is black and white only, but 255 means that a class is unknown: use the gray \
             levels from 0 on for classes"
                .into(),
        ));
    }
    Ok(labels)
}

/// Compares a label picture with the ground truth. Pixels whose true label is not a class are ignored.
///
/// # Errors
/// `InvalidInput` if the sizes differ or a label is not a class, `OutOfMemory`.
pub fn agreement(labels: &Picture, truth: &Picture, classes: u8) -> Result<Confusion> {
    if labels.size() != truth.size() {
        let ((w, h), (tw, th)) = (labels.size(), truth.size());
        return Err(Error::InvalidInput(format!("labels of {w} × {h} pixels, but a mask of {tw} × {th}")));
    }
    let mut confusion = Confusion::new(classes);
    for y in (0..labels.height()).step_by(BAND as usize) {
        let band = Rect::new(0, y, labels.width(), BAND.min(labels.height() - y));
        let (predicted, truth) = (labels.region(band)?, truth.region(band)?);
        for (p, t) in predicted.as_chunks::<RGBA>().0.iter().zip(truth.as_chunks::<RGBA>().0) {
            if !confusion.count(p[0], t[0]) {
                return Err(Error::InvalidInput(format!("label {} is none of {classes} classes", p[0])));
            }
        }
    }
    Ok(confusion)
}

fn class([r, g, b, alpha]: [u8; RGBA], classes: u8) -> Option<u8> {
    match alpha {
        0 => Some(0),
        255 if r == g && g == b && (r < classes || r == UNKNOWN) => Some(r),
        255 => (0..classes.min(COLORS)).find(|&class| color(class) == [r, g, b]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::{View, draw};

    fn gray(levels: &[u8]) -> Picture {
        let rgba: Vec<u8> = levels.iter().flat_map(|&l| [l, l, l, 255]).collect();
        Picture::from_rgba(levels.len() as u32, 1, &rgba).unwrap()
    }

    #[test]
    fn gray_levels_are_classes() {
        let labels = labels(&gray(&[0, 3, 255, 1]), 4).unwrap();
        let expected = [[0, 255, 1, 255], [3, 255, 3, 0], [255, 255, 255, 0], [1, 255, 1, 0]];
        assert_eq!(labels.region(labels.rect()).unwrap(), expected.concat());
    }

    #[test]
    fn a_drawing_of_classes_reads_as_a_mask() {
        let truth = labels(&gray(&[0, 1, 2, 3, 3]), 4).unwrap();
        let drawn = draw(&truth, &truth, View::Classes, &[1, 2, 3]).unwrap();
        assert_eq!(labels(&drawn, 4).unwrap(), truth);
    }

    #[test]
    fn pixels_without_a_class_are_named() {
        let said = |picture: &Picture| labels(picture, 4).unwrap_err().to_string();
        assert!(said(&gray(&[0, 3, 4])).starts_with("the pixel at 2, 0 of the mask is [4, 4, 4, 255],"));
        for odd in [[10, 20, 30, 255], [0, 0, 0, 90]] {
            let picture = Picture::from_rgba(1, 1, &odd).unwrap();
            assert!(said(&picture).contains(&format!("{odd:?}, which is none of 4 classes")));
        }
        assert!(said(&gray(&[0, 255, 0])).contains("black and white only"));
        assert!(said(&gray(&[255])).contains("black and white only"));
        assert!(labels(&gray(&[7, 255]), 0).is_err());
    }

    #[test]
    fn agreement_ignores_unknown_classes() {
        let truth = labels(&gray(&[0, 1, 2, 255]), 3).unwrap();
        let said = labels(&gray(&[0, 1, 1, 0]), 3).unwrap();
        let agreement = agreement(&said, &truth, 3).unwrap();
        assert!((agreement.pixel_accuracy() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!([0, 1, 2].map(|class| agreement.iou(class)), [Some(1.0), Some(0.5), Some(0.0)]);
        let wide = Picture::new(9, 1).unwrap();
        assert_eq!(super::agreement(&wide, &truth, 3).unwrap_err().code(), "invalid-input");
        assert!(super::agreement(&truth, &said, 3).unwrap_err().to_string().contains("label 255"));
    }
}

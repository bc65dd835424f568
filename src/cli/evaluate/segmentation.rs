//! Comparison of labels with masks.

use super::{Method, Subject, Truth};
use crate::cli::{Outcome, files};
use serde::Serialize;
use unet_playground::image::confusion::Confusion;
use unet_playground::image::{Picture, mask};
use unet_playground::task::Description;

/// Scores of one model for all pictures with a mask.
#[derive(Debug, Serialize)]
pub(super) struct Segmented {
    pixel_accuracy: f64,
    mean_iou: Option<f64>,
    /// Per class, in order; null if neither the masks nor the results contain it.
    iou: Vec<(String, Option<f64>)>,
    pictures: usize,
}

impl Segmented {
    /// A table row, and its header.
    pub(super) fn cells(&self) -> (Vec<String>, Vec<String>) {
        let share = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.3}"));
        let mut head: Vec<String> = ["pictures", "accuracy", "mean IoU"].map(String::from).into();
        head.extend(self.iou.iter().map(|(class, _)| class.clone()));
        let mut cells =
            vec![self.pictures.to_string(), share(Some(self.pixel_accuracy)), share(self.mean_iou)];
        cells.extend(self.iou.iter().map(|(_, iou)| share(*iou)));
        (head, cells)
    }
}

/// Labels every picture and compares it with its mask.
pub(super) fn segmented(
    subject: &Subject,
    told: &Description,
    Truth { photos, masks }: &Truth,
    values: &[u8],
) -> Outcome<(Option<Segmented>, usize)> {
    let name = subject.name;
    let Method::Model { model, tile, .. } = subject.method else {
        return Err(format!("{name}: filters do not produce labels"));
    };
    let masks = masks.as_ref().ok_or_else(|| {
        format!("{name}: a segmentation is measured against masks; name their folder with --masks")
    })?;
    let classes = told.classes.len();
    if !values.is_empty() && values.len() != classes {
        return Err(format!("{name} has {classes} classes, but --mask-values are {}", values.len()));
    }
    let count = u8::try_from(classes).map_err(|_| format!("{name}: at most 255 classes are measured"))?;
    let (terminal, mut confusion) = (subject.terminal(photos.len()), Confusion::new(count));
    let (mut counted, mut failed) = (0, 0);
    for path in photos {
        terminal.begin(&format!("{name}: {}", path.display()));
        let mut compare = || -> Outcome<()> {
            let mask = masks.mask(path);
            let mask = mask.ok_or_else(|| format!("{}: there is no mask of this name", path.display()))?;
            let (picture, truth) = (files::read_whole(path)?, files::read_whole(mask)?);
            let named = |e: unet_playground::Error| format!("{}: {e}", path.display());
            let labels =
                pollster::block_on(model.process(&picture, tile, &terminal, |_| {})).map_err(named)?.picture;
            let of_mask = |e: unet_playground::Error| format!("{}: {e}", mask.display());
            let truth = if values.is_empty() {
                mask::labels(&truth, count).map_err(of_mask)?
            } else {
                let truth = labels_of(&truth, values).map_err(of_mask)?;
                truth.ok_or_else(|| format!("{}: it is not gray", mask.display()))?
            };
            confusion.merge(&mask::agreement(&labels, &truth, count).map_err(of_mask)?);
            Ok(())
        };
        match compare() {
            Ok(()) => counted += 1,
            Err(message) => {
                terminal.complain(&message);
                failed += 1;
            }
        }
        terminal.finish_one();
    }
    terminal.finish();
    let iou =
        told.classes.iter().enumerate().map(|(i, class)| (class.name.clone(), confusion.iou(i))).collect();
    let found = Segmented {
        pixel_accuracy: confusion.pixel_accuracy(),
        mean_iou: confusion.mean_iou(),
        iou,
        pictures: counted,
    };
    Ok(((counted > 0).then_some(found), failed))
}

/// Labels of a gray mask, whose levels are the values of classes in order; `None` if it has colors.
fn labels_of(mask: &Picture, values: &[u8]) -> unet_playground::Result<Option<Picture>> {
    let mut rgba = mask.region(mask.rect())?;
    for pixel in rgba.as_chunks_mut::<4>().0 {
        let [r, g, b, _] = *pixel;
        if r != g || g != b {
            return Ok(None);
        }
        let class = values.iter().position(|&value| value == r).map_or(255, |i| i as u8);
        *pixel = [class, 255, 0, 255];
    }
    Picture::from_rgba(mask.width(), mask.height(), &rgba).map(Some)
}

//! Scores of segmentation, as numbers to show beside a result.

use crate::error::{Error, Result};

/// How often each true class was predicted as each: `sklearn.metrics.confusion_matrix`, grown
/// picture by picture.
#[derive(Debug, Clone)]
pub struct Confusion {
    classes: usize,
    /// `counts[truth·classes + predicted]`
    counts: Vec<u64>,
}

impl Confusion {
    /// Of classes 0 to `classes` − 1.
    pub fn new(classes: u8) -> Self {
        let classes = usize::from(classes);
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts the pixels of a label map; those whose true label is no class are left out, as are
    /// those that the truth does not know (255 by custom).
    ///
    /// # Errors
    /// `InvalidInput` when the lengths differ, or a predicted label is no class.
    pub fn add(&mut self, predicted: &[u8], truth: &[u8]) -> Result<()> {
        if predicted.len() != truth.len() {
            let (p, t) = (predicted.len(), truth.len());
            return Err(Error::InvalidInput(format!("{p} predicted labels cannot be compared with {t}")));
        }
        if let Some(label) = predicted.iter().find(|&&label| usize::from(label) >= self.classes) {
            return Err(Error::InvalidInput(format!("label {label} is none of {} classes", self.classes)));
        }
        for (&p, &t) in predicted.iter().zip(truth) {
            self.count(p, t);
        }
        Ok(())
    }

    /// Counts one pixel as [`Confusion::add`] does. Whether the predicted label was a class.
    pub(crate) fn count(&mut self, predicted: u8, truth: u8) -> bool {
        let [p, t] = [predicted, truth].map(usize::from);
        if p < self.classes && t < self.classes {
            self.counts[t * self.classes + p] += 1;
        }
        p < self.classes
    }

    /// The share of pixels that are right, 0–1 (`accuracy_score`); NaN before any is counted.
    pub fn pixel_accuracy(&self) -> f64 {
        let right: u64 = self.counts.iter().step_by(self.classes + 1).sum();
        right as f64 / self.counts.iter().sum::<u64>() as f64
    }

    /// Intersection over union of one class, 0–1 (`jaccard_score`); `None` where it is neither true
    /// nor predicted anywhere, or no class.
    pub fn iou(&self, class: usize) -> Option<f64> {
        if class >= self.classes {
            return None;
        }
        let row = &self.counts[class * self.classes..][..self.classes];
        let column = self.counts.iter().skip(class).step_by(self.classes);
        let both = row[class];
        let either = row.iter().sum::<u64>() + column.sum::<u64>() - both;
        (either > 0).then(|| both as f64 / either as f64)
    }

    /// Mean of [`Confusion::iou`] over the classes that have one.
    pub fn mean_iou(&self) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0.0);
        for iou in (0..self.classes).filter_map(|class| self.iou(class)) {
            (sum, count) = (sum + iou, count + 1.0);
        }
        (count > 0.0).then(|| sum / count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracy_and_iou_are_shares_of_pixels() {
        let truth = [0, 0, 1, 1, 2, 2, 2, 0, 1, 2];
        let predicted = [0, 1, 1, 1, 2, 0, 2, 0, 2, 2];
        let mut confusion = Confusion::new(4);
        confusion.add(&predicted[..4], &truth[..4]).unwrap();
        confusion.add(&predicted[4..], &truth[4..]).unwrap();
        confusion.add(&[3, 0], &[255, 4]).unwrap();
        assert_eq!(confusion.pixel_accuracy(), 0.7);
        let iou: Vec<_> = (0..5).map(|class| confusion.iou(class)).collect();
        assert_eq!(iou, [Some(0.5), Some(0.5), Some(0.6), None, None]);
        assert!((confusion.mean_iou().unwrap() - 1.6 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn labels_that_are_no_classes_are_refused() {
        let mut confusion = Confusion::new(2);
        assert_eq!(confusion.add(&[2], &[0]).unwrap_err().code(), "invalid-input");
        assert_eq!(confusion.add(&[0], &[0, 1]).unwrap_err().code(), "invalid-input");
        assert_eq!((confusion.mean_iou(), confusion.iou(0)), (None, None));
    }
}

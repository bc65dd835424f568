//! Segmentation scores.

/// Confusion matrix, accumulated picture by picture: `sklearn.metrics.confusion_matrix`.
#[derive(Debug, Clone)]
pub struct Confusion {
    classes: usize,
    /// `counts[truth·classes + predicted]`
    counts: Vec<u64>,
}

impl Confusion {
    /// An empty matrix for classes 0 to `classes` − 1.
    pub fn new(classes: u8) -> Self {
        let classes = usize::from(classes);
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Adds the counts of another matrix for the same number of classes.
    pub fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.classes, other.classes);
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    /// Counts one pixel; skips pixels whose true label is out of range (255 = ignore). Returns whether the
    /// predicted label was a class.
    pub(crate) fn count(&mut self, predicted: u8, truth: u8) -> bool {
        let [p, t] = [predicted, truth].map(usize::from);
        if p < self.classes && t < self.classes {
            self.counts[t * self.classes + p] += 1;
        }
        p < self.classes
    }

    /// Share of correct pixels, 0–1 (`accuracy_score`); NaN before any is counted.
    pub fn pixel_accuracy(&self) -> f64 {
        let right: u64 = self.counts.iter().step_by(self.classes + 1).sum();
        right as f64 / self.counts.iter().sum::<u64>() as f64
    }

    /// Intersection over union of one class, 0–1 (`jaccard_score`); `None` if the class is neither true nor
    /// predicted anywhere, or out of range.
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

    fn counted(classes: u8, predicted: &[u8], truth: &[u8]) -> Confusion {
        let mut confusion = Confusion::new(classes);
        for (&p, &t) in predicted.iter().zip(truth) {
            assert!(confusion.count(p, t), "{p} is a class");
        }
        confusion
    }

    #[test]
    fn accuracy_and_iou_are_shares_of_pixels() {
        let truth = [0, 0, 1, 1, 2, 2, 2, 0, 1, 2];
        let predicted = [0, 1, 1, 1, 2, 0, 2, 0, 2, 2];
        let mut confusion = counted(4, &predicted[..4], &truth[..4]);
        confusion.merge(&counted(4, &predicted[4..], &truth[4..]));
        confusion.merge(&counted(4, &[3, 0], &[255, 4]));
        assert_eq!(confusion.pixel_accuracy(), 0.7);
        let iou: Vec<_> = (0..5).map(|class| confusion.iou(class)).collect();
        assert_eq!(iou, [Some(0.5), Some(0.5), Some(0.6), None, None]);
        assert!((confusion.mean_iou().unwrap() - 1.6 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn labels_out_of_range_are_reported_and_not_counted() {
        let mut confusion = Confusion::new(2);
        assert!(!confusion.count(2, 0));
        assert_eq!((confusion.mean_iou(), confusion.iou(0)), (None, None));
    }
}

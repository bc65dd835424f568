//! Losses of the training, as numbers to show beside a result.

/// Cross-entropy `−Σ yᵢ·ln(ŷᵢ)` in nats between a predicted distribution and the true one;
/// classes of true probability 0 do not count. `torch.nn.functional.cross_entropy` of the
/// logarithms of `predicted`. Infinite where a true class is predicted with probability 0.
///
/// `None` if the lengths differ.
pub fn cross_entropy(predicted: &[f32], target: &[f32]) -> Option<f64> {
    let terms = predicted.iter().zip(target).filter(|&(_, &y)| y != 0.0);
    (predicted.len() == target.len()).then(|| terms.map(|(&p, &y)| -f64::from(y) * f64::from(p).ln()).sum())
}

/// Mean of [`cross_entropy`] over pixels: both `[C, H·W]`, class after class, as `torch` keeps
/// pictures.
///
/// `None` if the lengths differ, do not make `classes` planes, or are 0.
pub fn mean_cross_entropy(predicted: &[f32], target: &[f32], classes: usize) -> Option<f64> {
    let pixels = predicted.len().checked_div(classes).filter(|&n| n > 0 && n * classes == predicted.len())?;
    // The sum over pixels and classes, in whatever order, is the sum of the pixels' entropies.
    Some(cross_entropy(predicted, target)? / pixels as f64)
}

/// Mean absolute difference, `torch.nn.functional.l1_loss`.
///
/// `None` if the lengths differ or are 0.
pub fn l1(a: &[f32], b: &[f32]) -> Option<f64> {
    let sum: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).abs()).sum();
    (a.len() == b.len() && !a.is_empty()).then(|| sum / a.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cross_entropy_of_the_lecture() {
        // −ln 0.60 = 0.5108; the slide cuts it to 0.5.
        let loss = cross_entropy(&[0.60, 0.13, 0.27], &[1.0, 0.0, 0.0]).unwrap();
        assert!((loss - 0.5108).abs() < 5e-5, "{loss}");
    }

    #[test]
    fn cross_entropy_of_pixels_is_the_mean() {
        let (predicted, target) = ([0.6, 0.5, 0.4, 0.5], [1.0, 0.0, 0.0, 1.0]);
        let loss = mean_cross_entropy(&predicted, &target, 2).unwrap();
        let expected = -(0.6f64.ln() + 0.5f64.ln()) / 2.0;
        assert!((loss - expected).abs() < 1e-7, "{loss}");
        assert_eq!(mean_cross_entropy(&predicted, &target, 3), None);
        assert_eq!(mean_cross_entropy(&predicted, &target, 0), None);
    }

    #[test]
    fn a_class_that_is_ruled_out_but_true_costs_infinitely_much() {
        assert_eq!(cross_entropy(&[0.0, 1.0], &[1.0, 0.0]), Some(f64::INFINITY));
        assert_eq!(cross_entropy(&[0.0, 1.0], &[0.0, 1.0]), Some(0.0));
        assert_eq!(cross_entropy(&[1.0], &[]), None);
    }

    #[test]
    fn l1_is_the_mean_absolute_difference() {
        assert_eq!(l1(&[1.0, 5.0, -4.0, 8.0], &[0.0, 7.0, -4.0, 3.0]), Some(2.0));
        assert_eq!(l1(&[1.0], &[1.0, 2.0]), None);
        assert_eq!(l1(&[], &[]), None);
    }
}

//! Statistics of a network's weights.

use super::model::Model;
use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// Number of bins of a histogram.
const BINS: usize = 64;

/// Statistics of one initializer, ignoring values that are not finite.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Weights {
    /// Name of the initializer in the file.
    pub name: String,
    /// Shape as read by the node.
    pub shape: Vec<usize>,
    /// Minimum.
    pub min: f32,
    /// Maximum.
    pub max: f32,
    /// Arithmetic mean.
    pub mean: f32,
    /// `torch.std(correction=0)`
    pub std: f32,
    /// Number of values in each of 64 equal bins from `min` to `max`, counted like `numpy.histogram`; all in
    /// the first bin if they are equal.
    pub counts: Vec<u32>,
}

impl Model {
    /// Weights that a node reads, in the order of its inputs; empty for most nodes. If several nodes share
    /// the name, the first counts.
    ///
    /// # Errors
    /// `InvalidInput` if there is no such node.
    pub fn weights(&self, node: &str) -> Result<Vec<Weights>> {
        let graph = self.graph();
        let found = graph.nodes.iter().find(|candidate| candidate.name == node);
        let found =
            found.ok_or_else(|| Error::InvalidInput(format!("the model has no node named {node:?}")))?;
        Ok(graph.weights(found).map(|(name, tensor)| Weights::of(name, tensor)).collect())
    }
}

impl Weights {
    fn of(name: &str, tensor: &Tensor) -> Self {
        let finite = || tensor.as_f32().unwrap_or(&[]).iter().copied().filter(|value| value.is_finite());
        let (mut count, mut sum) = (0u32, 0.0);
        let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
        for value in finite() {
            (min, max) = (min.min(value), max.max(value));
            sum += f64::from(value);
            count += 1;
        }
        if count == 0 {
            (min, max) = (0.0, 0.0);
        }
        let n = f64::from(count.max(1));
        let mean = sum / n;
        let (least, span) = (f64::from(min), f64::from(max) - f64::from(min));
        let (mut squares, mut counts) = (0.0, vec![0; BINS]);
        for value in finite() {
            let value = f64::from(value);
            squares += (value - mean) * (value - mean);
            // The last bin includes the maximum; the cast maps 0 / 0 to 0.
            counts[(((value - least) / span * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        Self {
            name: name.into(),
            shape: tensor.shape().to_vec(),
            min,
            max,
            mean: mean as f32,
            std: (squares / n).sqrt() as f32,
            counts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_equal_numpys() {
        let values = vec![-1.0, 0.0, 0.25, 1.0, f32::NAN, f32::INFINITY, -0.5, 1.0];
        let told = Weights::of("w", &Tensor::f32([2, 4], values).unwrap());
        assert_eq!((told.min, told.max, &told.shape[..]), (-1.0, 1.0, &[2, 4][..]));
        assert!((told.mean - 0.125).abs() < 1e-7);
        // numpy.std([-1, 0, .25, 1, -.5, 1])
        assert!((told.std - 0.732_433_16).abs() < 1e-6, "{}", told.std);
        let bins: Vec<(usize, u32)> =
            told.counts.iter().copied().enumerate().filter(|(_, n)| *n > 0).collect();
        assert_eq!(bins, [(0, 1), (16, 1), (32, 1), (40, 1), (63, 2)]);
        assert_eq!(told.counts.len(), 64);
    }

    #[test]
    fn equal_values_and_none_have_a_histogram() {
        let equal = Weights::of("b", &Tensor::f32([3], [0.5; 3]).unwrap());
        assert_eq!((equal.mean, equal.std, equal.counts[0]), (0.5, 0.0, 3));
        let none = Weights::of("n", &Tensor::f32([1], [f32::NAN]).unwrap());
        assert_eq!((none.min, none.max, none.mean, none.std), (0.0, 0.0, 0.0, 0.0));
        assert_eq!(none.counts, [0; 64]);
    }
}

//! Per-pixel loss of a network's output.

use super::filter::Sign;
use super::labels::cross_entropy;
use super::tile::zeroed;
use super::{Picture, RGBA, Rect};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Number of colors in a heat map.
const COLORS: usize = 256;

/// Loss of every pixel.
#[derive(Debug, Clone)]
pub struct Loss {
    width: u32,
    /// Values row by row; NaN for ignored pixels.
    values: Vec<f32>,
    /// Mean over the pixels that count.
    pub mean: f64,
    /// Maximum over the pixels that count.
    pub max: f32,
}

impl Loss {
    /// Absolute error, 0 to 1: the mean over red, green and blue. `picture` is compared with the region
    /// `rect` of `reference`. The mean equals [`super::metrics::Scores::mae`] / 255.
    ///
    /// # Errors
    /// `InvalidInput` if the sizes differ or `rect` leaves the reference, `OutOfMemory`.
    pub fn absolute(picture: &Picture, reference: &Picture, rect: Rect) -> Result<Self> {
        let (all, wanted) = (picture.region(picture.rect())?, reference.region(rect)?);
        if picture.size() != (rect.width, rect.height) {
            return Err(Error::InvalidInput(
                "a picture and its region of the reference differ in size".into(),
            ));
        }
        let mut values = room(rect.pixels())?;
        for (a, b) in all.as_chunks::<RGBA>().0.iter().zip(wanted.as_chunks::<RGBA>().0) {
            let sum: u32 = [0, 1, 2].map(|i| u32::from(a[i].abs_diff(b[i]))).iter().sum();
            values.push(sum as f32 / (3.0 * 255.0));
        }
        Ok(Self::of(rect.width, values))
    }

    /// [`cross_entropy`] in nats. The region `within` of `scores`, `[1, C, H, W]` of probabilities or logits,
    /// shows the region `rect` of a picture whose `labels` are in red, as in [`super::labels`]; if sizes
    /// differ, the nearest label counts (`torch.nn.functional.interpolate(mode="nearest-exact")`). Labels
    /// from C on, and 255, are ignored.
    ///
    /// # Errors
    /// `InvalidInput` if the regions do not fit or no label counts, `OutOfMemory`.
    pub fn cross_entropy(scores: &Tensor, within: Rect, labels: &Picture, rect: Rect) -> Result<Self> {
        let (&[1, classes, height, width], Some(scores)) = (scores.shape(), scores.as_f32()) else {
            return Err(Error::InvalidInput(format!("scores are [1, C, H, W], not {:?}", scores.shape())));
        };
        let inside = |start: u32, len: u32, limit: usize| u64::from(start) + u64::from(len) <= limit as u64;
        if !inside(within.x, within.width, width) || !inside(within.y, within.height, height) {
            return Err(Error::InvalidInput("the region leaves the scores".into()));
        }
        labels.check_rect(rect)?;
        let nearest = |i: u32, from: u32, to: u32| {
            ((2 * u64::from(i) + 1) * u64::from(to) / (2 * u64::from(from))) as u32
        };
        let mut values = room(within.pixels())?;
        let mut line = zeroed(rect.width as usize * RGBA)?;
        let mut of_classes = vec![0.0; classes];
        for y in 0..within.height {
            let row = rect.y + nearest(y, within.height, rect.height);
            labels.read(Rect::new(rect.x, row, rect.width, 1), &mut line)?;
            for x in 0..within.width {
                let label = line[nearest(x, within.width, rect.width) as usize * RGBA];
                let class = usize::from(label);
                if class >= classes || label == u8::MAX {
                    values.push(f32::NAN);
                    continue;
                }
                let at = (within.y + y) as usize * width + (within.x + x) as usize;
                for (i, value) in of_classes.iter_mut().enumerate() {
                    *value = scores[i * height * width + at];
                }
                values.push(cross_entropy(&of_classes, class));
            }
        }
        if values.iter().all(|value| value.is_nan()) {
            return Err(Error::InvalidInput(format!(
                "no pixel of the label picture belongs to one of the model's {classes} classes"
            )));
        }
        Ok(Self::of(within.width, values))
    }

    fn of(width: u32, values: Vec<f32>) -> Self {
        let (mut sum, mut count, mut max) = (0.0, 0u32, 0f32);
        for value in values.iter().filter(|value| !value.is_nan()) {
            sum += f64::from(*value);
            count += 1;
            max = max.max(*value);
        }
        Self { width, values, mean: sum / f64::from(count.max(1)), max }
    }

    /// Heat map in the colors of [`Sign::Absolute`]; a loss of `scale` or more has the last color. Ignored
    /// pixels are transparent.
    ///
    /// # Errors
    /// `InvalidInput` if `scale` is negative or NaN, `OutOfMemory`.
    pub fn map(&self, scale: f32) -> Result<Picture> {
        if !(scale >= 0.0 && scale.is_finite()) {
            return Err(Error::InvalidInput(format!("the scale must be a number from 0, not {scale}")));
        }
        let last = (COLORS - 1) as f32;
        let colors: Vec<[u8; 3]> = (0..COLORS).map(|i| Sign::Absolute.color(i as f32 / last)).collect();
        let mut rgba = zeroed(self.values.len() * RGBA)?;
        for (pixel, value) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(&self.values) {
            if !value.is_nan() {
                let unit = if *value < scale { value / scale } else { f32::from(*value > 0.0) };
                let [r, g, b] = colors[(unit * last + 0.5) as usize];
                *pixel = [r, g, b, 255];
            }
        }
        Picture::from_rgba(self.width, (self.values.len() / self.width as usize) as u32, &rgba)
    }
}

fn room(len: u64) -> Result<Vec<f32>> {
    let mut values = Vec::new();
    values.try_reserve_exact(len as usize).map_err(|_| Error::OutOfMemory(4 * len))?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(width: u32, bytes: &[u8]) -> Picture {
        let rgba: Vec<u8> = bytes.iter().flat_map(|&v| [v, v, v, 255]).collect();
        Picture::from_rgba(width, bytes.len() as u32 / width, &rgba).unwrap()
    }

    #[test]
    fn absolute_error_is_the_mean_over_channels() {
        let picture = Picture::from_rgba(2, 1, &[10, 20, 30, 255, 0, 0, 0, 0]).unwrap();
        let reference =
            Picture::from_rgba(2, 2, &[&[9; 8][..], &[13, 20, 24, 255, 255, 255, 255, 255]].concat())
                .unwrap();
        let loss = Loss::absolute(&picture, &reference, Rect::new(0, 1, 2, 1)).unwrap();
        // 3 + 0 + 6 and 3 · 255 of 765.
        assert_eq!((loss.values[0], loss.values[1]), (9.0 / 765.0, 1.0));
        assert!((loss.mean - (9.0 / 765.0 + 1.0) / 2.0).abs() < 1e-7);
        assert_eq!(loss.max, 1.0);
        for rect in [Rect::new(0, 0, 2, 2), Rect::new(1, 1, 2, 1)] {
            assert_eq!(Loss::absolute(&picture, &reference, rect).unwrap_err().code(), "invalid-input");
        }
    }

    #[test]
    fn cross_entropy_is_in_nats_and_ignores_pixels_without_a_class() {
        // Two classes on 2 × 1 pixels, of a label picture twice as large.
        let scores = Tensor::f32([1, 2, 1, 2], [0.25, 0.9, 0.75, 0.1]).unwrap();
        let within = Rect::new(0, 0, 2, 1);
        // The nearest labels are those at the centers' lower right.
        let labels = gray(4, &[7, 7, 7, 7, 7, 1, 7, 0]);
        let loss = Loss::cross_entropy(&scores, within, &labels, labels.rect()).unwrap();
        assert!((loss.values[0] - 0.287_682_07).abs() < 1e-6 && (loss.values[1] - 0.105_360_52).abs() < 1e-6);
        assert!((loss.mean - 0.196_521_3).abs() < 1e-6, "{}", loss.mean);
        let labels = gray(2, &[255, 1]);
        let loss = Loss::cross_entropy(&scores, within, &labels, labels.rect()).unwrap();
        assert!(
            loss.values[0].is_nan()
                && (loss.mean - std::f64::consts::LN_10).abs() < 1e-6
                && loss.max as f64 == loss.mean
        );
        let logits = Tensor::f32([1, 2, 1, 2], [2.0, 0.0, 0.0, 1e5]).unwrap();
        let labels = gray(2, &[0, 0]);
        let loss = Loss::cross_entropy(&logits, within, &labels, labels.rect()).unwrap();
        // ln(1 + e⁻²)
        assert!((loss.values[0] - 0.126_928).abs() < 1e-6 && loss.max == crate::labels::MOST_NATS);
        for labels in [gray(2, &[2, 255]), gray(1, &[0])] {
            let error = Loss::cross_entropy(&scores, within, &labels, Rect::new(0, 0, 2, 1)).unwrap_err();
            assert_eq!(error.code(), "invalid-input");
        }
    }

    #[test]
    fn maps_use_the_colors_of_differences() {
        let loss = Loss::of(2, vec![0.0, 0.5, 1.0, f32::NAN]);
        let drawn = |scale| loss.map(scale).unwrap().region(Rect::new(0, 0, 2, 2)).unwrap();
        let color = |unit| [&Sign::Absolute.color(unit)[..], &[255]].concat();
        assert_eq!(drawn(1.0), [color(0.0), color(128.0 / 255.0), color(1.0), vec![0; 4]].concat());
        assert_eq!(drawn(0.5)[4..8], color(1.0));
        assert_eq!(drawn(0.0)[..8], [color(0.0), color(1.0)].concat());
        for scale in [-1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(loss.map(scale).unwrap_err().code(), "invalid-input");
        }
    }
}

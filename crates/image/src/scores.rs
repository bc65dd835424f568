//! Upsampling of a small frame's class scores to full size.

use super::labels;
use super::{RGBA, Rect};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Class probabilities or logits, interpolated bilinearly with half-pixel centers
/// (`torch.nn.functional.interpolate(mode="bilinear", align_corners=False)`).
#[derive(Debug)]
pub struct ClassScores {
    /// `[1, C, H, W]`
    tensor: Tensor,
}

/// Two neighbors of a full-size position, and the weight of the second.
type Tap = (usize, usize, f32);

impl ClassScores {
    /// Takes a network's output, with a score per class and pixel.
    ///
    /// # Errors
    /// `InvalidInput` if the tensor is not a nonempty float tensor `[1, C, H, W]`.
    pub fn new(tensor: Tensor) -> Result<Self> {
        if !matches!(tensor.shape(), &[1, _, _, _]) || tensor.as_f32().is_none_or(<[f32]>::is_empty) {
            return Err(Error::InvalidInput(format!("scores are [1, C, H, W], not {:?}", tensor.shape())));
        }
        Ok(Self { tensor })
    }

    /// Writes labels for the region `rect` of a picture of `width × height` (see [`labels`]) into RGBA bytes.
    pub fn label(&self, (width, height): (u32, u32), rect: Rect, rgba: &mut [u8]) {
        let (&[_, classes, h, w], Some(values)) = (self.tensor.shape(), self.tensor.as_f32()) else { return };
        let columns: Vec<Tap> = taps(rect.x, rect.width, width, w).collect();
        let rows = taps(rect.y, rect.height, height, h);
        let mut lines = vec![0f32; classes * w];
        let mut at = vec![0f32; classes];
        for ((above, below, share), row) in rows.zip(rgba.chunks_exact_mut(rect.width as usize * RGBA)) {
            for (line, plane) in lines.chunks_exact_mut(w).zip(values.chunks_exact(h * w)) {
                let (above, below) = (&plane[above * w..][..w], &plane[below * w..][..w]);
                for ((value, above), below) in line.iter_mut().zip(above).zip(below) {
                    *value = above + (below - above) * share;
                }
            }
            for (pixel, &(left, right, share)) in row.as_chunks_mut::<RGBA>().0.iter_mut().zip(&columns) {
                for (value, line) in at.iter_mut().zip(lines.chunks_exact(w)) {
                    *value = line[left] + (line[right] - line[left]) * share;
                }
                *pixel = labels::label(&at);
            }
        }
    }
}

/// Neighbors among `small` positions of a position among `size`.
pub(super) fn tap(at: u32, size: u32, small: usize) -> Tap {
    let center = ((at as f32 + 0.5) * small as f32 / size as f32 - 0.5).max(0.0);
    let low = (center as usize).min(small - 1);
    (low, (low + 1).min(small - 1), center - low as f32)
}

fn taps(from: u32, len: u32, size: u32, small: usize) -> impl Iterator<Item = Tap> {
    (from..from + len).map(move |i| tap(i, size, small))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_linear_between_centers() {
        // Two classes: certain of the first on the left, of the second on the right.
        let scores = ClassScores::new(Tensor::f32([1, 2, 1, 2], [1.0, 0.0, 0.0, 1.0]).unwrap()).unwrap();
        let mut rgba = [0; 32];
        scores.label((8, 1), Rect::new(0, 0, 8, 1), &mut rgba);
        let told: Vec<(u8, u8)> = rgba.chunks(4).map(|p| (p[0], p[1])).collect();
        // Centers at 2 and 6 of 8: ¹⁄₈, ³⁄₈, … of the way in between.
        let wanted = [(0, 255), (0, 255), (0, 223), (0, 159), (1, 159), (1, 223), (1, 255), (1, 255)];
        assert_eq!(told, wanted);
        let mut part = [0; 8];
        scores.label((8, 1), Rect::new(3, 0, 2, 1), &mut part);
        assert_eq!(part, rgba[12..20]);
    }

    #[test]
    fn other_shapes_are_refused() {
        for shape in [vec![1, 2, 0, 3], vec![2, 3]] {
            let len = shape.iter().product();
            let tensor = Tensor::f32(shape, vec![0.0; len]).unwrap();
            assert_eq!(ClassScores::new(tensor).unwrap_err().code(), "invalid-input");
        }
    }
}

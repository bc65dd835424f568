//! Sampling positions and weights of [`Kernel::GridSample`](super::Kernel::GridSample).

/// Interpolation between pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interpolation {
    /// Nearest pixel; halves round to even.
    Nearest,
    /// Bilinear over the 2×2 pixels around the position.
    Linear,
    /// Bicubic, Keys' kernel with a = −0.75, as in PyTorch.
    Cubic,
}

/// Padding mode: the value of positions outside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutsideGrid {
    /// 0 in every channel.
    Zeros,
    /// The nearest pixel.
    Border,
    /// Reflection about the centers of the outermost pixels if corners align, else about their outer edges.
    Reflection,
}

/// Attributes of [`Kernel::GridSample`](super::Kernel::GridSample).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GridSample {
    /// Interpolation between pixels.
    pub mode: Interpolation,
    /// Padding beyond the picture's border.
    pub outside: OutsideGrid,
    /// Whether −1 and 1 are the centers of the outermost pixels rather than their outer edges.
    pub align_corners: bool,
}

/// Source positions along an axis (`None` reads zero) and their weights.
pub type GridTaps = [(Option<usize>, f64); 4];

impl GridSample {
    /// Number of taps along an axis.
    fn taps_used(&self) -> usize {
        match self.mode {
            Interpolation::Nearest => 1,
            Interpolation::Linear => 2,
            Interpolation::Cubic => 4,
        }
    }

    /// Number of source pixels per output value.
    pub fn points(&self) -> u64 {
        (self.taps_used() * self.taps_used()) as u64
    }

    /// Maps position `x`, in pixels, into the picture according to `outside`.
    fn inside(&self, x: f64, len: usize) -> f64 {
        let last = len as f64 - 1.0;
        match self.outside {
            OutsideGrid::Zeros => x,
            OutsideGrid::Border => x.clamp(0.0, last),
            OutsideGrid::Reflection => {
                let (low, span) = if self.align_corners { (0.0, last) } else { (-0.5, len as f64) };
                if span <= 0.0 {
                    return 0.0;
                }
                let within = (x - low).abs().rem_euclid(2.0 * span);
                (low + within.min(2.0 * span - within)).clamp(0.0, last)
            }
        }
    }

    /// Taps for `position`, −1 to 1, along an axis of length `len`.
    pub fn taps(&self, position: f64, len: usize) -> GridTaps {
        let x = match self.align_corners {
            true => (position + 1.0) / 2.0 * (len as f64 - 1.0),
            false => ((position + 1.0) * len as f64 - 1.0) / 2.0,
        };
        let at = |x: f64| (x >= 0.0 && x < len as f64).then_some(x as usize);
        let none = (None, 0.0);
        match self.mode {
            Interpolation::Nearest => [(at(self.inside(x, len).round_ties_even()), 1.0), none, none, none],
            Interpolation::Linear => {
                let x = self.inside(x, len);
                let (first, rest) = (x.floor(), x - x.floor());
                [(at(first), 1.0 - rest), (at(first + 1.0), rest), none, none]
            }
            Interpolation::Cubic => {
                let (first, rest) = (x.floor() - 1.0, x - x.floor());
                let near = |d: f64| (1.25 * d - 2.25) * d * d + 1.0;
                let far = |d: f64| ((-0.75 * d + 3.75) * d - 6.0) * d + 3.0;
                let weights = [far(rest + 1.0), near(rest), near(1.0 - rest), far(2.0 - rest)];
                std::array::from_fn(|i| (at(self.inside(first + i as f64, len)), weights[i]))
            }
        }
    }
}

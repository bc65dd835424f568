//! Median filter by a histogram that slides along each row (Huang et al. 1979).

use super::Filter;
use super::kernel::reach_of;
use super::window::reflected;
use crate::{Picture, RGBA, Rect};
use unet_kernels::error::Result;

/// Median of `side` × `side` pixels, channel by channel (`scipy.ndimage.median_filter`). Alpha is unchanged.
#[derive(Debug, Clone)]
pub struct Median {
    reach: u32,
}

impl Median {
    /// Makes the filter. `side` is odd, 1 to 31.
    ///
    /// # Errors
    /// `InvalidInput` otherwise.
    pub fn new(side: u32) -> Result<Self> {
        Ok(Self { reach: reach_of(side)? })
    }
}

impl Filter for Median {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let window = reflected(source, rect, self.reach)?;
        let mut rgba = source.region(rect)?;
        let side = 2 * self.reach as usize + 1;
        let (width, stride) = (rect.width as usize, rect.width as usize + side - 1);
        let (window, _) = window.as_chunks::<RGBA>();
        let rows = window.windows(side * stride).step_by(stride);
        for (row, lines) in rgba.as_chunks_mut::<RGBA>().0.chunks_exact_mut(width).zip(rows) {
            for channel in 0..3 {
                let column = |x: usize| lines[x..].iter().step_by(stride).map(move |p| p[channel]);
                let mut seen = Histogram::new(side * side / 2);
                (0..side).flat_map(column).for_each(|byte| seen.add(byte));
                for (x, pixel) in row.iter_mut().enumerate() {
                    if x > 0 {
                        column(x - 1).for_each(|byte| seen.remove(byte));
                        column(x + side - 1).for_each(|byte| seen.add(byte));
                    }
                    pixel[channel] = seen.median();
                }
            }
        }
        Ok(rgba)
    }
}

/// Histogram of bytes, and the previous median.
struct Histogram {
    count: [u16; 256],
    /// Number of bytes that must precede the median.
    half: usize,
    guess: u8,
    below_guess: usize,
}

impl Histogram {
    fn new(half: usize) -> Self {
        Self { count: [0; 256], half, guess: 0, below_guess: 0 }
    }

    fn add(&mut self, byte: u8) {
        self.count[usize::from(byte)] += 1;
        self.below_guess += usize::from(byte < self.guess);
    }

    fn remove(&mut self, byte: u8) {
        self.count[usize::from(byte)] -= 1;
        self.below_guess -= usize::from(byte < self.guess);
    }

    /// Moves the previous median, since neighboring medians differ little.
    fn median(&mut self) -> u8 {
        while self.below_guess > self.half {
            self.guess -= 1;
            self.below_guess -= usize::from(self.count[usize::from(self.guess)]);
        }
        loop {
            let here = usize::from(self.count[usize::from(self.guess)]);
            if self.below_guess + here > self.half {
                return self.guess;
            }
            self.below_guess += here;
            self.guess += 1;
        }
    }
}

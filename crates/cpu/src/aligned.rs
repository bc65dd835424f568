//! Floats aligned to cache lines, so that no vector crosses a line.

use std::ops::{Deref, DerefMut};
use unet_kernels::error::{Error, Result};

/// Floats per cache line of 64 bytes.
const LINE: usize = 16;

/// A fixed number of floats, the first at a multiple of 64 bytes.
#[derive(Default)]
pub(super) struct Aligned {
    /// Never grows, so its address is stable.
    floats: Vec<f32>,
    start: usize,
    len: usize,
}

impl Aligned {
    /// Allocates zeros.
    ///
    /// # Errors
    /// `OutOfMemory` if the allocator refuses.
    pub(crate) fn zeros(len: usize) -> Result<Self> {
        let refused = || Error::OutOfMemory((len as u64).saturating_mul(4));
        let mut floats: Vec<f32> = Vec::new();
        floats.try_reserve_exact(len.checked_add(LINE).ok_or_else(refused)?).map_err(|_| refused())?;
        let start = floats.as_ptr().align_offset(4 * LINE).min(LINE);
        floats.resize(start + len, 0.0);
        Ok(Self { floats, start, len })
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.floats[self.start..self.start + self.len]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.floats[self.start..self.start + self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_length_begins_on_a_cache_line() {
        for len in [0, 1, 15, 16, 1000] {
            let floats = Aligned::zeros(len).unwrap();
            assert_eq!(*floats, vec![0.0; len]);
            assert_eq!(floats.as_ptr() as usize % 64, 0);
        }
        assert!(Aligned::zeros(usize::MAX).is_err());
        assert!(Aligned::zeros(usize::MAX / 8).is_err());
    }
}

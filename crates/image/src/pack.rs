//! Lossless packing of RGB pixels at rest: photos shrink to about 40 % of their bytes, at the speed of a
//! disk.
//!
//! Green, red − green and blue − green of every pixel are predicted from their neighbors (the median
//! predictor of JPEG-LS), and the residuals are Rice-coded with a parameter that follows from the neighbors'
//! residuals. Nothing is adapted, so the only state is one row.

use unet_kernels::error::{Error, Result};

/// Channels per pixel.
const N: usize = 3;
/// Unary length from which the value follows uncoded.
const ESCAPE: u32 = 16;
/// Maximum row length: rows of tiles are no longer.
const MAX_WIDTH: usize = 256;
/// Bytes after the last code, so that reading may look ahead.
const AHEAD: usize = 8;

/// Per column: the coded pixel above, and its prediction error.
struct Row {
    /// With one extra column on the left.
    values: [[u8; N]; MAX_WIDTH + 1],
    /// With one extra column at either end.
    misses: [[u8; N]; MAX_WIDTH + 2],
}

impl Row {
    fn new() -> Self {
        Self { values: [[0; N]; MAX_WIDTH + 1], misses: [[0; N]; MAX_WIDTH + 2] }
    }

    /// Processes the next pixel of a row. `residual` codes one value: it gets the prediction and the Rice
    /// parameter and returns the value and its prediction error.
    #[inline(always)]
    fn pixel(
        &mut self,
        x: usize,
        above_left: [u8; N],
        mut residual: impl FnMut(usize, u8, u32) -> (u8, u8),
    ) -> [u8; N] {
        let (left, above) = (self.values[x], self.values[x + 1]);
        for i in 0..N {
            let predicted = median(left[i], above[i], above_left[i]);
            let misses = [self.misses[x][i], self.misses[x + 1][i], self.misses[x + 2][i]];
            let sum: u32 = misses.iter().map(|&miss| u32::from(miss)).sum();
            let (value, miss) = residual(i, predicted, (sum * 3 / 8 + 1).ilog2());
            self.values[x + 1][i] = value;
            self.misses[x + 1][i] = miss;
        }
        above
    }
}

/// Packs pixels, three bytes each, in rows of `width`; `None` if that saves nothing.
///
/// # Errors
/// `OutOfMemory`.
pub(super) fn pack(rgb: &[u8], width: usize) -> Result<Option<Vec<u8>>> {
    let mut bits = Writer::new(rgb.len())?;
    let mut row = Row::new();
    for line in rgb.as_chunks::<N>().0.chunks(width) {
        row.values[0] = row.values[1];
        let mut above_left = row.values[0];
        for (x, &[r, g, b]) in line.iter().enumerate() {
            let wanted = [g, r.wrapping_sub(g).wrapping_add(128), b.wrapping_sub(g).wrapping_add(128)];
            above_left = row.pixel(x, above_left, |i, predicted, k| {
                let off = wanted[i].wrapping_sub(predicted) as i8;
                let miss = ((off << 1) ^ (off >> 7)) as u8;
                bits.rice(miss, k);
                (wanted[i], miss)
            });
        }
        if bits.bytes.len() + AHEAD >= rgb.len() {
            return Ok(None);
        }
    }
    Ok(Some(bits.finish()?))
}

/// Unpacks pixels from the first on, as many as `rgba` holds; they are opaque.
pub(super) fn unpack(packed: &[u8], width: usize, rgba: &mut [u8]) {
    let mut bits = Reader { bytes: packed, at: 0, held: 0, count: 0 };
    let mut row = Row::new();
    for line in rgba.as_chunks_mut::<4>().0.chunks_mut(width) {
        row.values[0] = row.values[1];
        let mut above_left = row.values[0];
        for (x, pixel) in line.iter_mut().enumerate() {
            above_left = row.pixel(x, above_left, |_, predicted, k| {
                let miss = bits.rice(k);
                let off = (miss >> 1) ^ 0u8.wrapping_sub(miss & 1);
                (predicted.wrapping_add(off), miss)
            });
            let [g, r, b] = row.values[x + 1];
            let chroma = |value: u8| value.wrapping_sub(128).wrapping_add(g);
            *pixel = [chroma(r), g, chroma(b), 255];
        }
    }
}

/// Median of left, above and left + above − above left.
#[inline(always)]
fn median(left: u8, above: u8, above_left: u8) -> u8 {
    let (low, high) = (left.min(above), left.max(above));
    let plane = i32::from(left) + i32::from(above) - i32::from(above_left);
    plane.clamp(low.into(), high.into()) as u8
}

/// Bit writer, lowest bit of a byte first.
struct Writer {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Writer {
    fn new(most: usize) -> Result<Self> {
        let mut bytes = Vec::new();
        let most = most + MAX_WIDTH * N * 4 + AHEAD;
        bytes.try_reserve_exact(most).map_err(|_| Error::OutOfMemory(most as u64))?;
        Ok(Self { bytes, held: 0, count: 0 })
    }

    #[inline(always)]
    fn rice(&mut self, value: u8, k: u32) {
        let ones = u32::from(value) >> k;
        if ones < ESCAPE {
            let rest = u64::from(value) & ((1 << k) - 1);
            self.put(((1 << ones) - 1) | (rest << (ones + 1)), ones + 1 + k);
        } else {
            self.put(((1 << ESCAPE) - 1) | (u64::from(value) << ESCAPE), ESCAPE + 8);
        }
    }

    #[inline(always)]
    fn put(&mut self, bits: u64, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        self.bytes.extend_from_slice(&self.held.to_le_bytes());
        self.bytes.extend_from_slice(&[0; AHEAD]);
        // Copies to the right size: shrinking in place would fragment memory.
        let mut packed = Vec::new();
        packed
            .try_reserve_exact(self.bytes.len())
            .map_err(|_| Error::OutOfMemory(self.bytes.len() as u64))?;
        packed.extend_from_slice(&self.bytes);
        Ok(packed)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl Reader<'_> {
    #[inline(always)]
    fn rice(&mut self, k: u32) -> u8 {
        if self.count < 32 {
            let next = self.bytes.get(self.at..self.at + 4).and_then(|next| next.try_into().ok());
            self.held |= u64::from(next.map_or(0, u32::from_le_bytes)) << self.count;
            self.at += 4;
            self.count += 32;
        }
        let ones = self.held.trailing_ones();
        if ones < ESCAPE {
            let rest = (self.held >> (ones + 1)) as u32 & ((1 << k) - 1);
            self.skip(ones + 1 + k);
            ((ones << k) | rest) as u8
        } else {
            let value = (self.held >> ESCAPE) as u8;
            self.skip(ESCAPE + 8);
            value
        }
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.held >>= count;
        self.count -= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(len: usize) -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    fn opaque(rgb: &[u8]) -> Vec<u8> {
        rgb.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect()
    }

    #[test]
    fn smooth_pixels_take_fewer_bytes_and_round_trip() {
        for (width, height) in [(256, 256), (1, 300), (37, 5), (200, 1)] {
            let noise = random(width * height * 3);
            let rgb: Vec<u8> = (0..width * height * 3)
                .map(|i| ((i / 3 % width) + (i / 3 / width) * 2 + i % 3 * 40) as u8 ^ (noise[i] & 3))
                .collect();
            let packed = pack(&rgb, width).unwrap().unwrap();
            assert!(packed.len() < rgb.len() * 3 / 4 + 100, "{} of {}", packed.len(), rgb.len());
            assert_eq!(packed.len(), packed.capacity());
            let mut rgba = vec![0; width * height * 4];
            unpack(&packed, width, &mut rgba);
            assert_eq!(rgba, opaque(&rgb));
            let some = &mut vec![0; width * (height / 2) * 4][..];
            unpack(&packed, width, some);
            assert_eq!(some, &opaque(&rgb)[..some.len()]);
        }
    }

    #[test]
    fn jumps_of_every_size_round_trip() {
        let mut rgb = vec![0; 256 * 256 * 3];
        for (i, at) in (0..rgb.len()).step_by(97).enumerate() {
            rgb[at] = i as u8;
        }
        let packed = pack(&rgb, 256).unwrap().unwrap();
        let mut rgba = vec![0; 256 * 256 * 4];
        unpack(&packed, 256, &mut rgba);
        assert_eq!(rgba, opaque(&rgb));
    }

    #[test]
    fn noise_is_not_packed() {
        assert_eq!(pack(&random(256 * 256 * 3), 256).unwrap(), None);
        assert_eq!(pack(&[1, 2, 3], 1).unwrap(), None);
    }
}

//! Window pooling and its reverse. A unit is a row of one block of the output.

use super::planes::{Planes, pixels, pixels_mut, plane};
use super::task::{Buffers, Task};
use crate::simd::{F32x4, Px};
use std::ops::Range;
use unet_plan::{TIE_EPSILON, Window};

/// First input position of a window along one axis, and the range of taps that lie inside the image.
fn inside(window: &Window, axis: usize, at: usize, len: usize) -> (isize, Range<usize>) {
    let start = (at * window.stride[axis]) as isize - window.pad_begin[axis];
    let position = |k: usize| start + (k * window.dilation[axis]) as isize;
    let fits = |k: &usize| (0..len as isize).contains(&position(*k));
    let begin = (0..window.kernel[axis]).find(fits).unwrap_or(0);
    let end = (0..window.kernel[axis]).rev().find(fits).map_or(begin, |last| last + 1);
    (start, begin..end)
}

/// Pixels of a window inside the image, in row-major order, with their positions y·W + x.
fn visible(
    window: Window,
    [rows, columns]: [(isize, Range<usize>); 2],
    width: usize,
) -> impl Iterator<Item = usize> + Clone {
    let [(top, ys), (left, xs)] = [rows, columns];
    ys.flat_map(move |ky| {
        let y = (top + (ky * window.dilation[0]) as isize) as usize;
        xs.clone().map(move |kx| y * width + (left + (kx * window.dilation[1]) as isize) as usize)
    })
}

/// [`Kernel::MaxPool`](unet_plan::Kernel::MaxPool)
pub(super) struct MaxPool {
    pub x: Planes,
    pub y: Planes,
    pub window: Window,
}

/// Tie tolerance for a window with this maximum magnitude, kept finite so that it can be subtracted from an
/// infinite maximum.
fn slack(magnitude: f32) -> F32x4 {
    F32x4::splat((TIE_EPSILON * magnitude).min(f32::MAX))
}

/// The maximum, and the position of the first value that ties with it; see [`TIE_EPSILON`].
#[inline(always)]
fn maximum(values: impl Iterator<Item = (usize, F32x4)> + Clone, slack: F32x4) -> (F32x4, F32x4) {
    let lowest = F32x4::splat(f32::NEG_INFINITY);
    let max = values.clone().fold(lowest, |max, (_, v)| v.max(max));
    let least = max - slack;
    let mut index = F32x4::zero();
    // Marks lanes whose position is not found yet; iterating backwards would need a reversible iterator.
    let mut found = F32x4::zero();
    for (position, v) in values {
        let position = F32x4::splat(f32::from_bits(position as u32));
        let ties = least.le(v);
        index = ties.select(F32x4::zero().lt(found).select(index, position), index);
        found = ties.select(F32x4::splat(1.0), found);
    }
    (max, index)
}

impl MaxPool {
    fn is_two_by_two(&self) -> bool {
        let Window { kernel, stride, dilation, pad_begin } = self.window;
        let fits = 2 * self.y.h <= self.x.h && 2 * self.y.w <= self.x.w;
        kernel == [2, 2] && stride == [2, 2] && dilation == [1, 1] && pad_begin == [0, 0] && fits
    }

    fn row(
        &self,
        from: &[Px],
        magnitudes: Option<&[Px]>,
        line: usize,
        values: &mut [Px],
        mut positions: Option<&mut [Px]>,
    ) {
        let rows = inside(&self.window, 0, line, self.x.h);
        for x in 0..values.len() {
            let columns = inside(&self.window, 1, x, self.x.w);
            let seen = visible(self.window, [rows.clone(), columns], self.x.w);
            let magnitude =
                magnitudes.map_or(0.0, |all| seen.clone().fold(0.0, |a: f32, p| a.max(all[p][0])));
            let seen = seen.map(|p| (p, F32x4::load(&from[p])));
            match &mut positions {
                None => {
                    let lowest = F32x4::splat(f32::NEG_INFINITY);
                    seen.fold(lowest, |max, (_, v)| v.max(max)).store(&mut values[x]);
                }
                Some(positions) => {
                    let (max, index) = maximum(seen, slack(magnitude));
                    max.store(&mut values[x]);
                    index.store(&mut positions[x]);
                }
            }
        }
    }

    fn row_two_by_two(
        &self,
        from: &[Px],
        magnitudes: Option<&[Px]>,
        line: usize,
        values: &mut [Px],
        positions: Option<&mut [Px]>,
    ) {
        let w = self.x.w;
        let start = 2 * line * w;
        let top = from[start..start + w].as_chunks::<2>().0;
        let bottom = from[start + w..start + 2 * w].as_chunks::<2>().0;
        let windows = top.iter().zip(bottom).map(|([a, b], [c, d])| [a, b, c, d].map(F32x4::load));
        match positions {
            None => {
                for ([a, b, c, d], value) in windows.zip(values) {
                    d.max(c).max(b.max(a)).store(value);
                }
            }
            Some(positions) => {
                for (x, ((window, value), position)) in windows.zip(values).zip(positions).enumerate() {
                    let [a, b, c, d] = window;
                    let max = d.max(c).max(b.max(a));
                    let corner = start + 2 * x;
                    let four = [0, 1, w, w + 1];
                    let magnitude = magnitudes
                        .map_or(0.0, |all| four.iter().fold(0.0, |a: f32, p| a.max(all[corner + p][0])));
                    let least = max - slack(magnitude);
                    let at = |p: usize| F32x4::splat(f32::from_bits((corner + p) as u32));
                    let ties = |v: F32x4| least.le(v);
                    let index = ties(d).select(at(w + 1), F32x4::zero());
                    let index = ties(c).select(at(w), index);
                    let index = ties(b).select(at(1), index);
                    max.store(value);
                    ties(a).select(at(0), index).store(position);
                }
            }
        }
    }
}

impl Task for MaxPool {
    fn units(&self) -> usize {
        self.y.all_blocks() * self.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let source = pixels(buffers.inputs[0]);
        let magnitudes = buffers.inputs.get(1).map(|m| pixels(m));
        let (w, fast) = (self.y.w, self.is_two_by_two());
        let mut outputs = buffers.outputs.iter_mut().map(|y| pixels_mut(y));
        let (Some(values), mut positions) = (outputs.next(), outputs.next()) else { return };
        for unit in units {
            let at = unit / self.y.h;
            let from = plane(source, self.x.plane(), at);
            let magnitudes = magnitudes.map(|all| plane(all, self.x.plane(), at / self.x.blocks()));
            let values = &mut values[unit * w..][..w];
            let positions = positions.as_mut().map(|p| &mut p[unit * w..][..w]);
            if fast {
                self.row_two_by_two(from, magnitudes, unit % self.y.h, values, positions);
            } else {
                self.row(from, magnitudes, unit % self.y.h, values, positions);
            }
        }
    }
}

/// [`Kernel::AveragePool`](unet_plan::Kernel::AveragePool)
pub(super) struct AveragePool {
    pub x: Planes,
    pub y: Planes,
    pub window: Window,
    pub count_include_pad: bool,
    pub pad_end: [usize; 2],
}

impl AveragePool {
    /// Number of window positions along one axis that count.
    fn counted(&self, axis: usize, at: usize, len: usize) -> usize {
        let (start, visible) = inside(&self.window, axis, at, len);
        if !self.count_include_pad {
            return visible.len();
        }
        let end = (len + self.pad_end[axis]) as isize;
        let padded = -self.window.pad_begin[axis]..end;
        let position = |k: usize| start + (k * self.window.dilation[axis]) as isize;
        (0..self.window.kernel[axis]).filter(|&k| padded.contains(&position(k))).count()
    }
}

impl Task for AveragePool {
    fn units(&self) -> usize {
        self.y.all_blocks() * self.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, target) = (pixels(buffers.inputs[0]), pixels_mut(buffers.outputs[0]));
        for unit in units {
            let from = plane(source, self.x.plane(), unit / self.y.h);
            let line = unit % self.y.h;
            let rows = inside(&self.window, 0, line, self.x.h);
            let counted = self.counted(0, line, self.x.h);
            for (x, to) in target[unit * self.y.w..][..self.y.w].iter_mut().enumerate() {
                let columns = inside(&self.window, 1, x, self.x.w);
                let seen = visible(self.window, [rows.clone(), columns], self.x.w);
                let sum = seen.fold(F32x4::zero(), |sum, p| sum + F32x4::load(&from[p]));
                let count = counted * self.counted(1, x, self.x.w);
                (sum / F32x4::splat(count.max(1) as f32)).store(to);
            }
        }
    }
}

/// [`Kernel::MaxUnpool`](unet_plan::Kernel::MaxUnpool); a unit is one block.
pub(super) struct MaxUnpool {
    pub x: Planes,
    pub y: Planes,
}

impl Task for MaxUnpool {
    fn units(&self) -> usize {
        self.y.all_blocks()
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (source, positions) = (pixels(buffers.inputs[0]), pixels(buffers.inputs[1]));
        let target = pixels_mut(buffers.outputs[0]);
        for unit in units {
            let to = super::planes::plane_mut(target, self.y.plane(), unit);
            to.fill([0.0; 4]);
            let from = plane(source, self.x.plane(), unit).iter();
            for (values, positions) in from.zip(plane(positions, self.x.plane(), unit)) {
                for lane in 0..4 {
                    // Negative positions wrap to huge values and fail the bounds check.
                    if let Some(px) = to.get_mut(positions[lane].to_bits() as usize) {
                        px[lane] = values[lane];
                    }
                }
            }
        }
    }
}

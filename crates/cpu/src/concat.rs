//! Concatenation; operands written in place by their producers are left alone.

use super::planes::{Planes, pixels, pixels_mut, plane, plane_mut};
use super::task::{Buffers, Task};
use std::ops::Range;

/// Location of an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a buffer of its own.
    Separate,
    /// In the output's buffer, from this element on.
    Inside(usize),
}

/// Concatenation of operands in the `Nchwc4` layout.
pub(super) struct ConcatPlanes {
    pub axis: usize,
    pub operands: Vec<(Planes, Place)>,
    pub y: Planes,
}

impl ConcatPlanes {
    /// Start of each operand along the axis.
    fn starts(&self) -> impl Iterator<Item = usize> {
        self.operands.iter().scan(0, |next, (x, _)| {
            let start = *next;
            *next += [x.n, x.c, x.h, x.w][self.axis];
            Some(start)
        })
    }

    fn channels(&self, x: Planes, start: usize, from: &[f32], y: &mut [f32]) {
        let len = self.y.plane();
        for n in 0..x.n {
            for block in 0..x.blocks() {
                let from = plane(pixels(from), len, n * x.blocks() + block);
                let first = start + 4 * block;
                let at = n * self.y.blocks() + first / 4;
                if start.is_multiple_of(4) {
                    plane_mut(pixels_mut(y), len, at).copy_from_slice(from);
                    continue;
                }
                for lane in 0..x.lanes(block) {
                    let at = n * self.y.blocks() + (first + lane) / 4;
                    let to = plane_mut(pixels_mut(y), len, at);
                    to.iter_mut().zip(from).for_each(|(to, px)| to[(first + lane) % 4] = px[lane]);
                }
            }
        }
    }

    /// Moves an operand inside the output's buffer; such operands are channels of a single image.
    fn inside(&self, x: Planes, at: usize, start: usize, y: &mut [f32]) {
        if at == self.y.element(0, start, 0) {
            return;
        }
        for c in 0..x.c {
            for p in 0..x.plane() {
                y[self.y.element(0, start + c, p)] = y[at + x.element(0, c, p)];
            }
        }
    }

    fn pixels(&self, x: Planes, start: usize, from: &[f32], y: &mut [f32]) {
        // Sizes of one run in operand and output, in elements.
        let ([run, stride], offset) = match self.axis {
            0 => ([x.all_blocks() * x.plane(), self.y.all_blocks() * self.y.plane()], x.blocks() * x.plane()),
            2 => ([x.plane(), self.y.plane()], x.w),
            _ => ([x.w, self.y.w], 1),
        };
        if run == 0 {
            return;
        }
        let targets = y.chunks_exact_mut(4 * stride);
        for (from, to) in from.chunks_exact(4 * run).zip(targets) {
            to[4 * start * offset..][..4 * run].copy_from_slice(from);
        }
    }
}

impl Task for ConcatPlanes {
    fn units(&self) -> usize {
        self.operands.len()
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let y = &mut *buffers.outputs[0];
        let operands = self.operands.iter().zip(self.starts()).zip(buffers.inputs);
        for (((x, place), start), from) in operands.skip(units.start).take(units.len()) {
            match place {
                Place::Inside(at) => self.inside(*x, *at, start, y),
                Place::Separate if self.axis == 1 => self.channels(*x, start, from, y),
                Place::Separate => self.pixels(*x, start, from, y),
            }
        }
    }
}

/// Concatenation of plain operands, each a run of this many elements per outer position.
pub(super) struct ConcatPlain {
    pub runs: Vec<usize>,
}

impl Task for ConcatPlain {
    fn units(&self) -> usize {
        1
    }

    fn run(&self, _: Range<usize>, buffers: Buffers) {
        let mut y = &mut *buffers.outputs[0];
        for outer in 0.. {
            if y.is_empty() {
                break;
            }
            for (from, &run) in buffers.inputs.iter().zip(&self.runs) {
                let (now, later) = y.split_at_mut(run);
                now.copy_from_slice(&from[outer * run..][..run]);
                y = later;
            }
        }
    }
}

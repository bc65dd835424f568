//! Tensors in and out of buffers, and [`Kernel::Reshape`](unet_plan::Kernel::Reshape).

use super::planes::Planes;
use super::task::{Buffers, Task};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};
use unet_plan::Layout;

/// Writes a tensor into a zeroed or used buffer of this layout.
pub(super) fn write_tensor(tensor: &Tensor, layout: Layout, buffer: &mut [f32]) {
    match tensor.data() {
        Data::F32(v) => write(layout, tensor.shape(), buffer, |i| v[i]),
        Data::I64(v) => write(layout, tensor.shape(), buffer, |i| {
            f32::from_bits(v[i].clamp(i32::MIN.into(), i32::MAX.into()) as i32 as u32)
        }),
    }
}

/// The row-major elements of a buffer.
pub(super) fn to_data(buffer: &[f32], layout: Layout, shape: &[usize], dtype: DType) -> Data {
    let floats: Vec<f32> = match layout {
        Layout::Plain => buffer.to_vec(),
        Layout::Planes => {
            let planes = Planes::new(shape);
            let mut out = Vec::with_capacity(planes.n * planes.c * planes.plane());
            for n in 0..planes.n {
                for c in 0..planes.c {
                    let from = &buffer[planes.element(n, c, 0)..];
                    out.extend(from.iter().step_by(4).take(planes.plane()));
                }
            }
            out
        }
    };
    match dtype {
        DType::F32 => Data::F32(floats),
        DType::I64 => Data::I64(floats.iter().map(|x| i64::from(x.to_bits() as i32)).collect()),
    }
}

/// Fills a buffer from elements by their logical row-major position; unused lanes become zero.
fn write(layout: Layout, shape: &[usize], buffer: &mut [f32], at: impl Fn(usize) -> f32) {
    match layout {
        Layout::Plain => buffer.iter_mut().enumerate().for_each(|(i, y)| *y = at(i)),
        Layout::Planes => {
            let planes = Planes::new(shape);
            (0..planes.all_blocks()).for_each(|unit| write_block(planes, unit, buffer, &at));
        }
    }
}

fn write_block(planes: Planes, unit: usize, buffer: &mut [f32], at: &impl Fn(usize) -> f32) {
    let (n, block, len) = (unit / planes.blocks(), unit % planes.blocks(), planes.plane());
    let lanes = planes.lanes(block);
    let first = (n * planes.c + 4 * block) * len;
    let to = super::planes::plane_mut(super::planes::pixels_mut(buffer), len, unit);
    for (p, px) in to.iter_mut().enumerate() {
        for (lane, y) in px.iter_mut().enumerate() {
            *y = if lane < lanes { at(first + lane * len + p) } else { 0.0 };
        }
    }
}

/// Same elements in logical order, other shape or layout.
pub(super) struct Reshape {
    pub from: (Layout, Vec<usize>),
    pub to: (Layout, Vec<usize>),
}

impl Reshape {
    fn same(&self) -> bool {
        self.from == self.to || (self.from.0 == Layout::Plain && self.to.0 == Layout::Plain)
    }
}

impl Task for Reshape {
    fn units(&self) -> usize {
        match self.to.0 {
            Layout::Planes if !self.same() => Planes::new(&self.to.1).all_blocks(),
            _ => 1,
        }
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (x, y) = (buffers.inputs[0], &mut *buffers.outputs[0]);
        if self.same() {
            y.copy_from_slice(x);
            return;
        }
        let (source, target) = (Planes::new(&self.from.1), Planes::new(&self.to.1));
        match (self.from.0, self.to.0) {
            (Layout::Plain, Layout::Planes) => {
                units.for_each(|unit| write_block(target, unit, y, &|i| x[i]));
            }
            (Layout::Planes, Layout::Planes) => {
                let len = source.plane();
                let at = |i: usize| x[source.element(i / len / source.c, i / len % source.c, i % len)];
                units.for_each(|unit| write_block(target, unit, y, &at));
            }
            (_, Layout::Plain) => {
                for (channel, to) in y.chunks_exact_mut(source.plane().max(1)).enumerate() {
                    let from = &x[source.element(channel / source.c, channel % source.c, 0)..];
                    to.iter_mut().zip(from.iter().step_by(4)).for_each(|(y, x)| *y = *x);
                }
            }
        }
    }
}

//! Conversion between tensors and buffers, and [`Kernel::Reshape`](unet_plan::Kernel::Reshape).

use super::planes::{Planes, pixels, pixels_mut, plane, plane_mut};
use super::task::{Buffers, Task};
use crate::simd::F32x4;
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};
use unet_plan::Layout;

/// Writes a tensor into a buffer of this layout, which may have been used before.
pub(super) fn write_tensor(tensor: &Tensor, layout: Layout, buffer: &mut [f32]) {
    match tensor.data() {
        Data::F32(v) if layout == Layout::Nchwc4 => {
            let planes = Planes::new(tensor.shape());
            (0..planes.all_blocks()).for_each(|unit| fill_block(planes, unit, v, buffer));
        }
        Data::F32(v) => write(layout, tensor.shape(), buffer, |i| v[i]),
        Data::I64(v) => write(layout, tensor.shape(), buffer, |i| {
            f32::from_bits(v[i].clamp(i32::MIN.into(), i32::MAX.into()) as i32 as u32)
        }),
    }
}

/// Row-major elements of a buffer.
pub(super) fn to_data(buffer: &[f32], layout: Layout, shape: &[usize], dtype: DType) -> Data {
    let floats: Vec<f32> = match layout {
        Layout::RowMajor => buffer.to_vec(),
        Layout::Nchwc4 => {
            let planes = Planes::new(shape);
            let mut out = vec![0.0; planes.n * planes.c * planes.plane()];
            (0..planes.all_blocks()).for_each(|unit| read_block(planes, unit, buffer, &mut out));
            out
        }
    };
    match dtype {
        DType::F32 => Data::F32(floats),
        DType::I64 => Data::I64(floats.iter().map(|x| i64::from(x.to_bits() as i32)).collect()),
    }
}

/// Fills a buffer with the elements at logical row-major positions; unused lanes become zero.
fn write(layout: Layout, shape: &[usize], buffer: &mut [f32], at: impl Fn(usize) -> f32) {
    match layout {
        Layout::RowMajor => buffer.iter_mut().enumerate().for_each(|(i, y)| *y = at(i)),
        Layout::Nchwc4 => {
            let planes = Planes::new(shape);
            (0..planes.all_blocks()).for_each(|unit| write_block(planes, unit, buffer, &at));
        }
    }
}

fn write_block(planes: Planes, unit: usize, buffer: &mut [f32], at: &impl Fn(usize) -> f32) {
    let (len, (first, lanes)) = (planes.plane(), rows_of(planes, unit));
    let to = plane_mut(pixels_mut(buffer), len, unit);
    for (p, px) in to.iter_mut().enumerate() {
        for (lane, y) in px.iter_mut().enumerate() {
            *y = if lane < lanes { at(first + lane * len + p) } else { 0.0 };
        }
    }
}

/// Start of the first row of a block's channels in a plain value, and their number.
fn rows_of(planes: Planes, unit: usize) -> (usize, usize) {
    let (n, block) = (unit / planes.blocks(), unit % planes.blocks());
    ((n * planes.c + 4 * block) * planes.plane(), planes.lanes(block))
}

/// Fills block `unit` of planes from a plain value; unused lanes become zero.
fn fill_block(planes: Planes, unit: usize, x: &[f32], y: &mut [f32]) {
    let (len, (first, lanes)) = (planes.plane(), rows_of(planes, unit));
    let to = plane_mut(pixels_mut(y), len, unit);
    let rows: [&[f32]; 4] =
        std::array::from_fn(|lane| if lane < lanes { &x[first + lane * len..][..len] } else { &[] });
    let (quads, rest) = to.as_chunks_mut::<4>();
    for (i, quad) in quads.iter_mut().enumerate() {
        let lanes = rows.map(|row| {
            let four = row.get(4 * i..).and_then(|row| row.first_chunk());
            four.map_or(F32x4::zero(), F32x4::load)
        });
        F32x4::transpose(lanes).into_iter().zip(quad).for_each(|(px, to)| px.store(to));
    }
    for (i, px) in rest.iter_mut().enumerate() {
        *px = rows.map(|row| row.get(4 * quads.len() + i).copied().unwrap_or(0.0));
    }
}

/// Writes block `unit` of planes to a plain value.
fn read_block(planes: Planes, unit: usize, x: &[f32], y: &mut [f32]) {
    let (len, (first, lanes)) = (planes.plane(), rows_of(planes, unit));
    let (quads, rest) = plane(pixels(x), len, unit).as_chunks::<4>();
    let to = &mut y[first..][..lanes * len];
    for (i, quad) in quads.iter().enumerate() {
        let rows = F32x4::transpose(quad.each_ref().map(F32x4::load));
        for (row, to) in rows.into_iter().zip(to.chunks_exact_mut(len)) {
            if let Some(to) = to[4 * i..].first_chunk_mut() {
                row.store(to);
            }
        }
    }
    for (i, px) in rest.iter().enumerate() {
        for (value, to) in px.iter().zip(to.chunks_exact_mut(len)) {
            to[4 * quads.len() + i] = *value;
        }
    }
}

/// Same elements in logical order, in another shape or layout.
pub(super) struct Reshape {
    pub from: (Layout, Vec<usize>),
    pub to: (Layout, Vec<usize>),
    /// First element to copy from a plain value.
    pub first: usize,
    /// Whether the result shares the operand's memory.
    pub in_place: bool,
}

impl Reshape {
    fn same(&self) -> bool {
        self.from == self.to || (self.from.0 == Layout::RowMajor && self.to.0 == Layout::RowMajor)
    }
}

impl Task for Reshape {
    fn units(&self) -> usize {
        match self.to.0 {
            _ if self.in_place => 0,
            _ if self.same() => 1,
            Layout::Nchwc4 => Planes::new(&self.to.1).all_blocks(),
            Layout::RowMajor => Planes::new(&self.from.1).all_blocks(),
        }
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (x, y) = (buffers.inputs[0], &mut *buffers.outputs[0]);
        if self.same() {
            y.copy_from_slice(&x[self.first..][..y.len()]);
            return;
        }
        let (source, target) = (Planes::new(&self.from.1), Planes::new(&self.to.1));
        match (self.from.0, self.to.0) {
            (Layout::RowMajor, Layout::Nchwc4) => units.for_each(|unit| fill_block(target, unit, x, y)),
            (Layout::Nchwc4, Layout::Nchwc4) => {
                let len = source.plane();
                let at = |i: usize| x[source.element(i / len / source.c, i / len % source.c, i % len)];
                units.for_each(|unit| write_block(target, unit, y, &at));
            }
            (_, Layout::RowMajor) => units.for_each(|unit| read_block(source, unit, x, y)),
        }
    }
}

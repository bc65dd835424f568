//! Functions of one and of two elements.

use super::axes::{self, Axis};
use super::math;
use super::planes::{Planes, pixels};
use super::task::{Buffers, Task};
use crate::simd::{F32x4, Px};
use std::ops::Range;
use unet_plan::{Binary, Layout, Unary};

/// Pixels per unit.
const RUN: usize = 1 << 14;

/// Applies a function in place.
pub(super) fn map(function: Unary, pixels: &mut [Px]) {
    #[inline(always)]
    fn lanes(pixels: &mut [Px], f: impl Fn(F32x4) -> F32x4) {
        for px in pixels {
            f(F32x4::load(px)).store(px);
        }
    }
    fn each(pixels: &mut [Px], f: impl Fn(f32) -> f32) {
        pixels.as_flattened_mut().iter_mut().for_each(|x| *x = f(*x));
    }
    let (zero, one, half) = (F32x4::zero(), F32x4::splat(1.0), F32x4::splat(0.5));
    match function {
        Unary::Identity => {}
        Unary::Relu => lanes(pixels, |x| x.max(zero)),
        Unary::LeakyRelu { alpha } => lanes(pixels, |x| x.lt(zero).select(x * F32x4::splat(alpha), x)),
        Unary::Clip { min, max } => lanes(pixels, |x| x.max(F32x4::splat(min)).min(F32x4::splat(max))),
        Unary::Sigmoid => lanes(pixels, math::sigmoid),
        Unary::Tanh => lanes(pixels, math::tanh),
        Unary::HardSwish => {
            lanes(pixels, |x| x * x.mul_add(F32x4::splat(1.0 / 6.0), half).min(one).max(zero));
        }
        Unary::HardSigmoid { alpha, beta } => {
            lanes(pixels, |x| x.mul_add(F32x4::splat(alpha), F32x4::splat(beta)).min(one).max(zero));
        }
        Unary::Gelu => {
            let scale = F32x4::splat(std::f32::consts::FRAC_1_SQRT_2);
            lanes(pixels, |x| x * half * (one + math::erf(x * scale)));
        }
        Unary::GeluTanh => {
            let (cubic, scale) = (F32x4::splat(0.044715), F32x4::splat(0.797_884_6));
            lanes(pixels, |x| x * half * (one + math::tanh(scale * (x * x * x).mul_add(cubic, x))));
        }
        Unary::Erf => lanes(pixels, math::erf),
        Unary::Silu => lanes(pixels, |x| x * math::sigmoid(x)),
        // tanh(ln(1 + e)) = n / (n + 2), where n = e (e + 2) and e = exp(x); 1 above x = 20.
        Unary::Mish => lanes(pixels, |x| {
            let (e, two) = (math::exp(x.min(F32x4::splat(20.0))), F32x4::splat(2.0));
            let n = e * (e + two);
            x * (n / (n + two))
        }),
        Unary::Elu { alpha } => {
            lanes(pixels, |x| x.lt(zero).select(F32x4::splat(alpha) * math::exp_m1(x), x));
        }
        Unary::Softplus => each(pixels, |x| x.max(0.0) + (-x.abs()).exp().ln_1p()),
        Unary::Exp => lanes(pixels, math::exp),
        Unary::Log => each(pixels, f32::ln),
        Unary::Sqrt => lanes(pixels, F32x4::sqrt),
        Unary::Reciprocal => lanes(pixels, |x| one / x),
        Unary::Abs => lanes(pixels, F32x4::abs),
        Unary::Neg => lanes(pixels, |x| -x),
        Unary::Floor => lanes(pixels, F32x4::floor),
        Unary::Ceil => lanes(pixels, F32x4::ceil),
        Unary::Round => lanes(pixels, F32x4::round),
        Unary::Sin => lanes(pixels, math::sin),
        Unary::Cos => lanes(pixels, math::cos),
        Unary::Sign => lanes(pixels, |x| zero.lt(x).select(one, x.lt(zero).select(-one, x))),
        Unary::Softsign => lanes(pixels, |x| x / (one + x.abs())),
        Unary::ThresholdedRelu { alpha } => lanes(pixels, |x| F32x4::splat(alpha).lt(x).select(x, zero)),
        Unary::IsNan => lanes(pixels, |x| x.le(x).select(zero, one)),
        Unary::IsInf { negative, positive } => {
            let [below, above] = [negative, positive].map(|asked| if asked { one } else { zero });
            let most = F32x4::splat(f32::MAX);
            lanes(pixels, |x| most.lt(x).select(above, x.lt(-most).select(below, zero)));
        }
        Unary::Affine { scale, shift } => {
            lanes(pixels, |x| x.mul_add(F32x4::splat(scale), F32x4::splat(shift)));
        }
        Unary::IntToFloat => each(pixels, |x| x.to_bits() as i32 as f32),
        Unary::FloatToInt => each(pixels, |x| f32::from_bits(x as i32 as u32)),
    }
}

/// Applies a function to any number of elements in place.
fn map_floats(function: Unary, floats: &mut [f32]) {
    let (pixels, rest) = floats.as_chunks_mut();
    map(function, pixels);
    let mut last = [[0.0; 4]];
    last[0][..rest.len()].copy_from_slice(rest);
    map(function, &mut last);
    rest.copy_from_slice(&last[0][..rest.len()]);
}

/// [`Kernel::Unary`](unet_plan::Kernel::Unary)
pub(super) struct Map {
    pub function: Unary,
    pub len: usize,
}

impl Task for Map {
    fn units(&self) -> usize {
        self.len.div_ceil(4 * RUN)
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let elements = units.start * 4 * RUN..(units.end * 4 * RUN).min(self.len);
        let y = &mut buffers.outputs[0][elements.clone()];
        y.copy_from_slice(&buffers.inputs[0][elements]);
        map_floats(self.function, y);
    }
}

fn scalar(op: Binary, a: f32, b: f32) -> f32 {
    match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Pow => a.powf(b),
        Binary::Min => {
            if b < a {
                b
            } else {
                a
            }
        }
        Binary::Max => {
            if a < b {
                b
            } else {
                a
            }
        }
        Binary::PRelu => {
            if a < 0.0 {
                a * b
            } else {
                a
            }
        }
        Binary::Mod => {
            let rest = a % b;
            if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
        }
        Binary::Fmod => a % b,
        Binary::Less => f32::from(u8::from(a < b)),
        Binary::LessOrEqual => f32::from(u8::from(a <= b)),
        Binary::Equal => f32::from(u8::from(a == b)),
        Binary::Mask => {
            if b != 0.0 {
                a
            } else {
                0.0
            }
        }
    }
}

/// Combines one row; `b` is as long as `a`, or one pixel to broadcast.
fn combine(op: Binary, a: &[Px], b: &[Px], y: &mut [Px]) {
    #[inline(always)]
    fn lanes(a: &[Px], b: &[Px], y: &mut [Px], f: impl Fn(F32x4, F32x4) -> F32x4) {
        match (a, b) {
            (a, [b]) => {
                let b = F32x4::load(b);
                a.iter().zip(y).for_each(|(a, y)| f(F32x4::load(a), b).store(y));
            }
            ([a], b) => {
                let a = F32x4::load(a);
                b.iter().zip(y).for_each(|(b, y)| f(a, F32x4::load(b)).store(y));
            }
            (a, b) => {
                let pairs = a.iter().zip(b);
                pairs.zip(y).for_each(|((a, b), y)| f(F32x4::load(a), F32x4::load(b)).store(y));
            }
        }
    }
    match op {
        Binary::Add => lanes(a, b, y, |a, b| a + b),
        Binary::Sub => lanes(a, b, y, |a, b| a - b),
        Binary::Mul => lanes(a, b, y, |a, b| a * b),
        Binary::Div => lanes(a, b, y, |a, b| a / b),
        Binary::Min => lanes(a, b, y, F32x4::min),
        Binary::Max => lanes(a, b, y, F32x4::max),
        Binary::PRelu => lanes(a, b, y, |a, b| a.lt(F32x4::zero()).select(a * b, a)),
        Binary::Less => lanes(a, b, y, |a, b| a.lt(b).select(F32x4::splat(1.0), F32x4::zero())),
        Binary::LessOrEqual => lanes(a, b, y, |a, b| a.le(b).select(F32x4::splat(1.0), F32x4::zero())),
        Binary::Equal | Binary::Mask | Binary::Pow | Binary::Mod | Binary::Fmod => lanes(a, b, y, |a, b| {
            let (a, b) = (a.to_array(), b.to_array());
            F32x4::from(std::array::from_fn(|i| scalar(op, a[i], b[i])))
        }),
    }
}

/// [`Kernel::Binary`](unet_plan::Kernel::Binary) on planes; a unit is a row of one block.
pub(super) struct BinaryPlanes {
    pub op: Binary,
    pub activation: Unary,
    pub a: Planes,
    pub b: Planes,
    pub y: Planes,
}

/// Pixels of an operand for row `row` of the output, broadcast along missing axes.
fn row<'a>(operand: Planes, x: &'a [Px], [n, block, row]: [usize; 3], spread: &'a mut Vec<Px>) -> &'a [Px] {
    let at = |size: usize, i: usize| if size == 1 { 0 } else { i };
    let (n, row) = (at(operand.n, n), at(operand.h, row));
    let start = ((n * operand.blocks() + at(operand.c, block)) * operand.h + row) * operand.w;
    let pixels = &x[start..start + operand.w];
    if operand.c != 1 {
        return pixels;
    }
    spread.clear();
    spread.extend(pixels.iter().map(|px| [px[0]; 4]));
    spread
}

impl Task for BinaryPlanes {
    fn units(&self) -> usize {
        self.y.all_blocks() * self.y.h
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let (a, b) = (pixels(buffers.inputs[0]), pixels(buffers.inputs[1]));
        let target = super::planes::pixels_mut(buffers.outputs[0]);
        let w = self.y.w;
        if self.a == self.y && self.b == self.y {
            let run = units.start * w..units.end * w;
            combine_runs(self.op, self.activation, &a[run.clone()], &b[run.clone()], &mut target[run]);
            return;
        }
        let (mut spread_a, mut spread_b) = (Vec::new(), Vec::new());
        for unit in units {
            let (block, line) = (unit / self.y.h, unit % self.y.h);
            let at = [block / self.y.blocks(), block % self.y.blocks(), line];
            let y = &mut target[unit * w..][..w];
            combine(self.op, row(self.a, a, at, &mut spread_a), row(self.b, b, at, &mut spread_b), y);
            map(self.activation, y);
        }
    }
}

/// Combines in runs that stay in the cache between the two passes.
fn combine_runs(op: Binary, activation: Unary, a: &[Px], b: &[Px], y: &mut [Px]) {
    let operands = a.chunks(1024).zip(b.chunks(1024));
    for ((a, b), y) in operands.zip(y.chunks_mut(1024)) {
        combine(op, a, b, y);
        map(activation, y);
    }
}

/// Maximum length of a row that merges several axes, in elements.
const ROW: usize = 1 << 16;

/// [`Kernel::Binary`](unet_plan::Kernel::Binary) on plain values; a unit is a row along the last axis. Axes
/// that both operands traverse alike are merged.
pub(super) struct BinaryPlain {
    pub op: Binary,
    pub activation: Unary,
    axes: Vec<Axis>,
    row: Axis,
}

impl BinaryPlain {
    pub(crate) fn new(op: Binary, activation: Unary, [a, b, y]: [&[usize]; 3]) -> Self {
        let strides = [a, b].map(|operand| {
            let mut full = vec![1; y.len() - operand.len().min(y.len())];
            full.extend_from_slice(operand);
            let strides = unet_kernels::tensor::strides(&full);
            strides.iter().zip(&full).map(|(&stride, &n)| if n == 1 { 0 } else { stride }).collect::<Vec<_>>()
        });
        let along = |(i, &len): (usize, &usize)| Axis { len, strides: [strides[0][i], strides[1][i]] };
        let mut axes = axes::joined(y.iter().enumerate().map(along), ROW);
        let row = axes.pop().unwrap_or(Axis { len: 1, strides: [0, 0] });
        Self { op, activation, axes, row }
    }

    /// Combines one row; an operand is as long as the row, or one element to broadcast.
    fn combine(&self, a: &[f32], b: &[f32], y: &mut [f32]) {
        let wide = |x: &f32| [[*x; 4]];
        let (spread_a, spread_b) = (a.first().map_or([[0.0; 4]], wide), b.first().map_or([[0.0; 4]], wide));
        let alone = self.row.strides.map(|stride| stride == 0);
        let ((a_px, a_rest), (b_px, b_rest)) = (a.as_chunks(), b.as_chunks());
        let (y_px, y_rest) = y.as_chunks_mut();
        let a_px = if alone[0] { &spread_a } else { a_px };
        combine(self.op, a_px, if alone[1] { &spread_b } else { b_px }, y_px);
        for (i, y) in y_rest.iter_mut().enumerate() {
            let a = if alone[0] { spread_a[0][0] } else { a_rest[i] };
            *y = scalar(self.op, a, if alone[1] { spread_b[0][0] } else { b_rest[i] });
        }
    }
}

impl Task for BinaryPlain {
    fn units(&self) -> usize {
        axes::count(&self.axes)
    }

    fn run(&self, units: Range<usize>, buffers: Buffers) {
        let w = self.row.len;
        for unit in units {
            let starts = axes::offsets(&self.axes, unit);
            let y = &mut buffers.outputs[0][unit * w..][..w];
            let row = |i: usize| {
                let len = if self.row.strides[i] == 0 { 1 } else { w };
                &buffers.inputs[i][starts[i]..][..len]
            };
            self.combine(row(0), row(1), y);
            map_floats(self.activation, y);
        }
    }
}

/// The task for [`Kernel::Binary`](unet_plan::Kernel::Binary).
pub(super) fn binary(op: Binary, activation: Unary, layout: Layout, shapes: [&[usize]; 3]) -> Box<dyn Task> {
    match layout {
        Layout::Nchwc4 => {
            let [a, b, y] = shapes.map(Planes::new);
            Box::new(BinaryPlanes { op, activation, a, b, y })
        }
        Layout::RowMajor => Box::new(BinaryPlain::new(op, activation, shapes)),
    }
}

//! Row-major values: matrix products and transpositions.

use super::files::GRID;
use super::wgsl::wgsl;
use crate::program::{Binding, Builder, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_kernels::tensor::strides;
use unet_plan::MatMul;

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&MATMUL, &TRANSPOSE];

static MATMUL: Shader = Shader {
    name: "matmul",
    files: &[GRID, wgsl!("matmul.wgsl")],
    reads: 3,
    writes: 1,
    params: size_of::<MatMulParams>(),
};
static TRANSPOSE: Shader = Shader {
    name: "transpose",
    files: &[GRID, wgsl!("transpose.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<TransposeParams>(),
};

/// Side of the tile that a workgroup of [`MATMUL`] computes.
const TILE: u64 = 16;

/// One number per axis of a value with up to 8 axes; the last axis is always the eighth.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct Axes([[u32; 4]; 2]);

impl Axes {
    /// Fills missing leading axes with `fill`.
    ///
    /// # Errors
    /// `Gpu` for more than 8 axes.
    pub(super) fn new(b: &Builder, axes: &[usize], fill: u32) -> Result<Self> {
        let missing = 8_usize.checked_sub(axes.len()).ok_or_else(|| b.defect("more than 8 axes"))?;
        let mut numbers = [[fill; 4]; 2];
        for (i, &axis) in axes.iter().enumerate() {
            numbers[(missing + i) / 4][(missing + i) % 4] = axis as u32;
        }
        Ok(Self(numbers))
    }
}

/// Row-major strides; 0 along axes of size 1, which are broadcast.
pub(super) fn broadcast_strides(shape: &[usize]) -> Vec<usize> {
    strides(shape).iter().zip(shape).map(|(&s, &size)| if size == 1 { 0 } else { s }).collect()
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct MatMulParams {
    m: u32,
    k: u32,
    n: u32,
    batch: u32,
    a_matrices: u32,
    b_matrices: u32,
    c_rows: u32,
    c_columns: u32,
    alpha: f32,
    beta: f32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct TransposeParams {
    size: Axes,
    stride: Axes,
    count: u32,
    padding: [u32; 3],
}

pub(super) fn matmul(builder: &mut Builder, matmul: &MatMul) -> Result<()> {
    let MatMul { batch, m, k, n, trans_a, trans_b, alpha, beta } = *matmul;
    let (a, b, y) = (builder.plain(0)?, builder.plain(1)?, builder.output(0)?);
    let c = if builder.step.inputs.len() > 2 { Some(builder.plain(2)?) } else { None };
    // c has up to two axes.
    let c_shape = c.as_ref().map_or(&[][..], |c| &c.shape);
    let c_size = |from_end: usize| c_shape.len().checked_sub(from_end).map_or(1, |axis| c_shape[axis] as u32);
    let flag = |on: bool| f64::from(u8::from(on));
    let constants =
        vec![("TRANSPOSE_A", flag(trans_a)), ("TRANSPOSE_B", flag(trans_b)), ("HAS_C", flag(c.is_some()))];
    let params = MatMulParams {
        m: m as u32,
        k: k as u32,
        n: n as u32,
        batch: batch as u32,
        // An empty operand is never read, but the shader divides by its number of matrices.
        a_matrices: (a.elements() as usize / (m * k).max(1)).max(1) as u32,
        b_matrices: (b.elements() as usize / (k * n).max(1)).max(1) as u32,
        c_rows: c_size(2),
        c_columns: c_size(1),
        alpha,
        beta,
    };
    let c = c.map_or(Binding::Unread, |c| c.binding);
    let bindings = vec![a.binding, b.binding, c, y.binding];
    let tiles = (m as u64).div_ceil(TILE) * (n as u64).div_ceil(TILE) * batch as u64;
    builder.dispatch(&MATMUL, constants, &params, bindings, tiles, builder.step.flops);
    Ok(())
}

pub(super) fn transpose(b: &mut Builder, perm: &[usize]) -> Result<()> {
    let (x, y) = (b.plain(0)?, b.output(0)?);
    let from = strides(&x.shape);
    let stride: Vec<usize> = perm.iter().map(|&axis| from[axis]).collect();
    let params = TransposeParams {
        size: Axes::new(b, &y.shape, 1)?,
        stride: Axes::new(b, &stride, 0)?,
        count: y.elements(),
        padding: [0; 3],
    };
    let bindings = vec![x.binding, y.binding];
    b.dispatch(&TRANSPOSE, vec![], &params, bindings, workgroups(y.elements()), b.step.flops);
    Ok(())
}

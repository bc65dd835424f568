//! Pooling, and unpooling by positions.

use super::files::{GRID, PLANES, WINDOW};
use super::wgsl::wgsl;
use crate::program::{Binding, Builder, Planes, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_plan::{TIE_EPSILON, Window};

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&MAX_POOL, &AVERAGE_POOL, &MAX_UNPOOL];

static MAX_POOL: Shader = Shader {
    name: "max_pool",
    files: &[GRID, PLANES, WINDOW, wgsl!("max_pool.wgsl")],
    reads: 2,
    writes: 2,
    params: size_of::<MaxPoolParams>(),
};
static AVERAGE_POOL: Shader = Shader {
    name: "average_pool",
    files: &[GRID, PLANES, WINDOW, wgsl!("average_pool.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<AverageParams>(),
};
static MAX_UNPOOL: Shader = Shader {
    name: "max_unpool",
    files: &[GRID, PLANES, WINDOW, wgsl!("max_unpool.wgsl")],
    reads: 2,
    writes: 1,
    params: size_of::<PositionParams>(),
};

/// `Window` in the shaders.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct WindowParams {
    kernel: [u32; 2],
    stride: [u32; 2],
    dilation: [u32; 2],
    pad_begin: [i32; 2],
}

impl WindowParams {
    /// Converts a window.
    ///
    /// # Errors
    /// `InvalidNode` if positions do not fit the shaders' 32-bit integers.
    pub(super) fn new(b: &Builder, window: &Window) -> Result<Self> {
        let Window { kernel, stride, dilation, pad_begin } = *window;
        let limit = 1_usize << 28;
        let sizes = [kernel, stride, dilation, pad_begin.map(isize::unsigned_abs)];
        let reach = |i: usize| kernel[i].saturating_mul(dilation[i]);
        if sizes.iter().flatten().any(|&s| s > limit) || reach(0).max(reach(1)) > limit {
            return Err(b.defect("its window is too large"));
        }
        Ok(Self {
            kernel: kernel.map(|k| k as u32),
            stride: stride.map(|s| s as u32),
            dilation: dilation.map(|d| d as u32),
            pad_begin: pad_begin.map(|p| p as i32),
        })
    }
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct MaxPoolParams {
    x: Planes,
    y: Planes,
    window: WindowParams,
    magnitude_base: u32,
    positions_base: u32,
    count: u32,
    padding: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct PositionParams {
    x: Planes,
    y: Planes,
    window: WindowParams,
    positions_base: u32,
    count: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct AverageParams {
    x: Planes,
    y: Planes,
    window: WindowParams,
    pad_end: [u32; 2],
    count: u32,
    padding: u32,
}

pub(super) fn max_pool(b: &mut Builder, window: &Window) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    let positions = if b.step.outputs.len() > 1 { Some(b.output(1)?) } else { None };
    let magnitude = if b.step.inputs.len() > 1 { Some(b.planes(1)?) } else { None };
    let with_positions = f64::from(u8::from(positions.is_some()));
    // Without magnitudes, only equal values tie.
    let epsilon = if magnitude.is_some() { TIE_EPSILON.into() } else { 0.0 };
    let params = MaxPoolParams {
        x: x.planes,
        y: y.planes,
        window: WindowParams::new(b, window)?,
        magnitude_base: magnitude.as_ref().map_or(0, |m| m.planes.base),
        positions_base: positions.as_ref().map_or(0, |p| p.planes.base),
        count: y.vectors(),
        padding: 0,
    };
    let constants = vec![("WITH_POSITIONS", with_positions), ("TIE_EPSILON", epsilon)];
    let positions = positions.map_or(Binding::Unwritten, |p| p.binding);
    let magnitude = magnitude.map_or(Binding::Unread, |m| m.binding);
    let bindings = vec![x.binding, magnitude, y.binding, positions];
    b.dispatch(&MAX_POOL, constants, &params, bindings, workgroups(y.vectors()), b.step.flops);
    Ok(())
}

pub(super) fn average_pool(
    b: &mut Builder,
    window: &Window,
    count_include_pad: bool,
    pad_end: [usize; 2],
) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    let params = AverageParams {
        x: x.planes,
        y: y.planes,
        window: WindowParams::new(b, window)?,
        pad_end: pad_end.map(|p| p.min(1 << 28) as u32),
        count: y.vectors(),
        padding: 0,
    };
    let constants = vec![("COUNT_PAD", f64::from(u8::from(count_include_pad)))];
    let bindings = vec![x.binding, y.binding];
    b.dispatch(&AVERAGE_POOL, constants, &params, bindings, workgroups(y.vectors()), b.step.flops);
    Ok(())
}

pub(super) fn max_unpool(b: &mut Builder, window: &Window) -> Result<()> {
    let (x, positions, y) = (b.planes(0)?, b.planes(1)?, b.output(0)?);
    let params = PositionParams {
        x: x.planes,
        y: y.planes,
        window: WindowParams::new(b, window)?,
        positions_base: positions.planes.base,
        count: y.vectors(),
    };
    let bindings = vec![x.binding, positions.binding, y.binding];
    b.dispatch(&MAX_UNPOOL, vec![], &params, bindings, workgroups(y.vectors()), b.step.flops);
    Ok(())
}

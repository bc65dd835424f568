//! Grid sampling, and top-k along an axis.

use super::files::{GRID, PLANES};
use super::wgsl::wgsl;
use crate::program::{Binding, Builder, Planes, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_plan::{GridSample, Interpolation, OutsideGrid};

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&GRID_SAMPLE, &TOP_K_AXIS];

static GRID_SAMPLE: Shader = Shader {
    name: "grid_sample",
    files: &[GRID, PLANES, wgsl!("grid_sample.wgsl")],
    reads: 2,
    writes: 1,
    params: size_of::<SampleParams>(),
};
static TOP_K_AXIS: Shader = Shader {
    name: "top_k_axis",
    files: &[GRID, wgsl!("top_k_axis.wgsl")],
    reads: 1,
    writes: 2,
    params: size_of::<TopKParams>(),
};

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct SampleParams {
    x: Planes,
    y: Planes,
    count: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct TopKParams {
    axis: u32,
    inner: u32,
    k: u32,
    count: u32,
}

pub(super) fn grid_sample(b: &mut Builder, sample: GridSample) -> Result<()> {
    let (x, positions, y) = (b.planes(0)?, b.plain(1)?, b.output(0)?);
    let mode = match sample.mode {
        Interpolation::Nearest => 0,
        Interpolation::Linear => 1,
        Interpolation::Cubic => 2,
    };
    let outside = match sample.outside {
        OutsideGrid::Zeros => 0,
        OutsideGrid::Border => 1,
        OutsideGrid::Reflection => 2,
    };
    let constants = vec![
        ("MODE", f64::from(mode)),
        ("OUTSIDE", f64::from(outside)),
        ("ALIGN_CORNERS", f64::from(u8::from(sample.align_corners))),
    ];
    let params = SampleParams { x: x.planes, y: y.planes, count: y.vectors() };
    let bindings = vec![x.binding, positions.binding, y.binding];
    b.dispatch(&GRID_SAMPLE, constants, &params, bindings, workgroups(y.vectors()), b.step.flops);
    Ok(())
}

pub(super) fn top_k_axis(
    b: &mut Builder,
    [outer, axis, inner]: [usize; 3],
    k: usize,
    largest: bool,
) -> Result<()> {
    let (x, y) = (b.plain(0)?, b.output(0)?);
    let positions = if b.step.outputs.len() > 1 { Some(b.output(1)?) } else { None };
    let flag = |on: bool| f64::from(u8::from(on));
    let constants = vec![("LARGEST", flag(largest)), ("WITH_POSITIONS", flag(positions.is_some()))];
    let count = (outer * inner) as u32;
    let params = TopKParams { axis: axis as u32, inner: inner as u32, k: k as u32, count };
    let bindings = vec![x.binding, y.binding, positions.map_or(Binding::Unwritten, |p| p.binding)];
    b.dispatch(&TOP_K_AXIS, constants, &params, bindings, workgroups(count), b.step.flops);
    Ok(())
}

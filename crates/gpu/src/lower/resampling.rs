//! Kernels that change height and width without weights.

use super::files::{GRID, PLANES};
use super::wgsl::wgsl;
use crate::program::{Binding, Builder, Planes, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_plan::{AxisTaps, DepthMode};

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&RESAMPLE, &DEPTH_TO_SPACE, &SPACE_TO_DEPTH];

static RESAMPLE: Shader = Shader {
    name: "resample",
    files: &[GRID, PLANES, wgsl!("resample.wgsl")],
    reads: 2,
    writes: 1,
    params: size_of::<ResampleParams>(),
};
static DEPTH_TO_SPACE: Shader = Shader {
    name: "depth_to_space",
    files: &[GRID, PLANES, wgsl!("depth_to_space.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<BlockParams>(),
};
static SPACE_TO_DEPTH: Shader = Shader {
    name: "space_to_depth",
    files: &[GRID, PLANES, wgsl!("space_to_depth.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<BlockParams>(),
};

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct ResampleParams {
    x: Planes,
    y: Planes,
    taps: [u32; 2],
    index: [u32; 2],
    weight: [u32; 2],
    count: u32,
    padding: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct BlockParams {
    x: Planes,
    y: Planes,
    block: [u32; 2],
    skip: [u32; 2],
    count: u32,
    padding: u32,
}

pub(super) fn resample(b: &mut Builder, rows: &AxisTaps, columns: &AxisTaps) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    let params = ResampleParams {
        x: x.planes,
        y: y.planes,
        taps: [rows.taps as u32, columns.taps as u32],
        index: [b.table(&rows.index), b.table(&columns.index)],
        weight: [b.table(&rows.weight), b.table(&columns.weight)],
        count: y.vectors(),
        padding: 0,
    };
    let bindings = vec![x.binding, Binding::Tables, y.binding];
    b.dispatch(&RESAMPLE, vec![], &params, bindings, workgroups(y.vectors()), b.step.flops);
    Ok(())
}

pub(super) fn depth_to_space(
    b: &mut Builder,
    block: [usize; 2],
    mode: DepthMode,
    skip: [usize; 2],
) -> Result<()> {
    let column_first = f64::from(u8::from(mode == DepthMode::Crd));
    rearrange(b, &DEPTH_TO_SPACE, vec![("COLUMN_FIRST", column_first)], block, skip)
}

pub(super) fn space_to_depth(b: &mut Builder, block: usize) -> Result<()> {
    rearrange(b, &SPACE_TO_DEPTH, vec![], [block; 2], [0; 2])
}

fn rearrange(
    b: &mut Builder,
    shader: &'static Shader,
    constants: Vec<(&'static str, f64)>,
    block: [usize; 2],
    skip: [usize; 2],
) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    let count = y.vectors();
    let [block, skip] = [block, skip].map(|pair| pair.map(|n| n as u32));
    let params = BlockParams { x: x.planes, y: y.planes, block, skip, count, padding: 0 };
    b.dispatch(shader, constants, &params, vec![x.binding, y.binding], workgroups(count), 0);
    Ok(())
}

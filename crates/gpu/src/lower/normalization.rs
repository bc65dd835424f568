//! Normalization by the input's own statistics.

use super::files::{GRID, PLANES, TOTAL};
use super::wgsl::wgsl;
use crate::pack::Packing;
use crate::program::{Binding, Builder, Planes, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_plan::{ConstId, Layout};

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&GROUP_STATISTICS, &GROUP_NORM, &CHANNEL_NORM, &LAYER_NORM];

static GROUP_STATISTICS: Shader = Shader {
    name: "group_statistics",
    files: &[GRID, PLANES, TOTAL, wgsl!("group_statistics.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<StatisticsParams>(),
};
static GROUP_NORM: Shader = Shader {
    name: "group_norm",
    files: &[GRID, PLANES, wgsl!("group_norm.wgsl")],
    reads: 4,
    writes: 1,
    params: size_of::<GroupParams>(),
};
static CHANNEL_NORM: Shader = Shader {
    name: "channel_norm",
    files: &[GRID, PLANES, wgsl!("channel_norm.wgsl")],
    reads: 3,
    writes: 1,
    params: size_of::<ChannelParams>(),
};
static LAYER_NORM: Shader = Shader {
    name: "layer_norm",
    files: &[GRID, TOTAL, wgsl!("layer_norm.wgsl")],
    reads: 3,
    writes: 1,
    params: size_of::<LayerParams>(),
};

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct StatisticsParams {
    x: Planes,
    groups: u32,
    count: u32,
    epsilon: f32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct GroupParams {
    x: Planes,
    y: Planes,
    groups: u32,
    count: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct ChannelParams {
    x: Planes,
    y: Planes,
    count: u32,
    epsilon: f32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct LayerParams {
    inner: u32,
    rows: u32,
    epsilon: f32,
}

fn vector(id: Option<ConstId>) -> Binding {
    id.map_or(Binding::Unread, |id| Binding::Constant(id, Packing::Layout(Layout::RowMajor)))
}

fn flags(scale: Option<ConstId>, shift: Option<ConstId>) -> Vec<(&'static str, f64)> {
    let flag = |on: bool| f64::from(u8::from(on));
    vec![("HAS_SCALE", flag(scale.is_some())), ("HAS_SHIFT", flag(shift.is_some()))]
}

pub(super) fn group_norm(
    b: &mut Builder,
    groups: usize,
    epsilon: f32,
    scale: Option<ConstId>,
    shift: Option<ConstId>,
) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    if y.vectors() == 0 {
        return Ok(());
    }
    if groups == 0 || x.shape[1] % groups != 0 {
        return Err(b.defect("its channels do not divide into its groups"));
    }
    // A workgroup, and two floats, per group of each sample.
    let count = x.samples * groups as u32;
    let groups = groups as u32;
    let statistics = b.scratch(8 * u64::from(count));
    let params = StatisticsParams { x: x.planes, groups, count, epsilon };
    let bindings = vec![x.binding, statistics];
    b.dispatch(&GROUP_STATISTICS, vec![], &params, bindings, count.into(), b.step.flops / 2);
    let params = GroupParams { x: x.planes, y: y.planes, groups, count: y.vectors() };
    let bindings = vec![x.binding, statistics, vector(scale), vector(shift), y.binding];
    let items = workgroups(y.vectors());
    b.dispatch(&GROUP_NORM, flags(scale, shift), &params, bindings, items, b.step.flops / 2);
    Ok(())
}

pub(super) fn channel_norm(
    b: &mut Builder,
    epsilon: f32,
    scale: Option<ConstId>,
    shift: Option<ConstId>,
) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    // One invocation per pixel of each sample.
    let count = x.samples * x.planes.height * x.planes.width;
    let params = ChannelParams { x: x.planes, y: y.planes, count, epsilon };
    let bindings = vec![x.binding, vector(scale), vector(shift), y.binding];
    b.dispatch(&CHANNEL_NORM, flags(scale, shift), &params, bindings, workgroups(count), b.step.flops);
    Ok(())
}

pub(super) fn layer_norm(
    b: &mut Builder,
    inner: usize,
    epsilon: f32,
    scale: Option<ConstId>,
    shift: Option<ConstId>,
) -> Result<()> {
    let (x, y) = (b.plain(0)?, b.output(0)?);
    let rows = if inner == 0 { 0 } else { y.elements() / inner as u32 };
    let params = LayerParams { inner: inner as u32, rows, epsilon };
    let bindings = vec![x.binding, vector(scale), vector(shift), y.binding];
    b.dispatch(&LAYER_NORM, flags(scale, shift), &params, bindings, rows.into(), b.step.flops);
    Ok(())
}

//! Kernels along one or more axes: sums, extrema, softmax, arg-max.

use super::files::{AXIS, GRID, PLANES, REDUCTION};
use super::wgsl::wgsl;
use crate::program::{Builder, Planes, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_plan::ReduceKind;

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[
    &REDUCE_SPATIAL,
    &REDUCE_CHANNELS,
    &ARGMAX_CHANNELS,
    &SOFTMAX_CHANNELS,
    &REDUCE_AXIS,
    &ARGMAX_AXIS,
    &SOFTMAX_AXIS,
];

const fn shader(name: &'static str, files: &'static [&'static str], params: usize) -> Shader {
    Shader { name, files, reads: 1, writes: 1, params }
}

static REDUCE_SPATIAL: Shader = shader(
    "reduce_spatial",
    &[GRID, PLANES, REDUCTION, wgsl!("reduce_spatial.wgsl")],
    size_of::<PlanesParams>(),
);
static REDUCE_CHANNELS: Shader = shader(
    "reduce_channels",
    &[GRID, PLANES, REDUCTION, wgsl!("reduce_channels.wgsl")],
    size_of::<PlanesParams>(),
);
static ARGMAX_CHANNELS: Shader =
    shader("argmax_channels", &[GRID, PLANES, wgsl!("argmax_channels.wgsl")], size_of::<PlanesParams>());
static SOFTMAX_CHANNELS: Shader =
    shader("softmax_channels", &[GRID, PLANES, wgsl!("softmax_channels.wgsl")], size_of::<PlanesParams>());
static REDUCE_AXIS: Shader =
    shader("reduce_axis", &[GRID, REDUCTION, AXIS, wgsl!("reduce_axis.wgsl")], size_of::<AxisParams>());
static ARGMAX_AXIS: Shader =
    shader("argmax_axis", &[GRID, AXIS, wgsl!("argmax_axis.wgsl")], size_of::<AxisParams>());
static SOFTMAX_AXIS: Shader =
    shader("softmax_axis", &[GRID, AXIS, wgsl!("softmax_axis.wgsl")], size_of::<AxisParams>());

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct PlanesParams {
    x: Planes,
    y: Planes,
    count: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct AxisParams {
    axis: u32,
    inner: u32,
    count: u32,
}

fn reduction(kind: ReduceKind) -> Vec<(&'static str, f64)> {
    let number = match kind {
        ReduceKind::Mean => 0,
        ReduceKind::Max => 1,
        ReduceKind::Min => 2,
        ReduceKind::Sum => 3,
        ReduceKind::MaxAbs => 4,
    };
    vec![("REDUCTION", f64::from(number))]
}

fn last_wins(last: bool) -> Vec<(&'static str, f64)> {
    vec![("LAST", f64::from(u8::from(last)))]
}

pub(super) fn spatial(b: &mut Builder, kind: ReduceKind) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    // One workgroup per plane.
    let count = x.samples * x.blocks();
    let params = PlanesParams { x: x.planes, y: y.planes, count };
    let bindings = vec![x.binding, y.binding];
    b.dispatch(&REDUCE_SPATIAL, reduction(kind), &params, bindings, count.into(), b.step.flops);
    Ok(())
}

pub(super) fn channels(b: &mut Builder, kind: ReduceKind) -> Result<()> {
    over_channels(b, &REDUCE_CHANNELS, reduction(kind))
}

pub(super) fn argmax_channels(b: &mut Builder, last: bool) -> Result<()> {
    over_channels(b, &ARGMAX_CHANNELS, last_wins(last))
}

pub(super) fn softmax_channels(b: &mut Builder) -> Result<()> {
    over_channels(b, &SOFTMAX_CHANNELS, vec![])
}

/// Dispatches one invocation per pixel of each sample.
fn over_channels(
    b: &mut Builder,
    shader: &'static Shader,
    constants: Vec<(&'static str, f64)>,
) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    let count = x.samples * x.planes.height * x.planes.width;
    let params = PlanesParams { x: x.planes, y: y.planes, count };
    let bindings = vec![x.binding, y.binding];
    b.dispatch(shader, constants, &params, bindings, workgroups(count), b.step.flops);
    Ok(())
}

pub(super) fn axis(b: &mut Builder, kind: ReduceKind, view: [usize; 3]) -> Result<()> {
    along_axis(b, &REDUCE_AXIS, reduction(kind), view)
}

pub(super) fn softmax_axis(b: &mut Builder, view: [usize; 3]) -> Result<()> {
    along_axis(b, &SOFTMAX_AXIS, vec![], view)
}

pub(super) fn argmax_axis(b: &mut Builder, view: [usize; 3], last: bool) -> Result<()> {
    along_axis(b, &ARGMAX_AXIS, last_wins(last), view)
}

fn along_axis(
    b: &mut Builder,
    shader: &'static Shader,
    constants: Vec<(&'static str, f64)>,
    [outer, axis, inner]: [usize; 3],
) -> Result<()> {
    let (x, y) = (b.plain(0)?, b.output(0)?);
    let count = (outer * inner) as u32;
    let params = AxisParams { axis: axis as u32, inner: inner as u32, count };
    let bindings = vec![x.binding, y.binding];
    b.dispatch(shader, constants, &params, bindings, workgroups(count), b.step.flops);
    Ok(())
}

//! Convolution: four shaders for the different groups and windows.

use super::elementwise::activation;
use super::files::{ACTIVATION, CONVOLUTION, GRID, PLANES, WINDOW};
use super::pooling::WindowParams;
use super::wgsl::wgsl;
use crate::pack::Packing;
use crate::program::{Binding, Builder, Planes, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_plan::{ConstId, Epilogue, Layout, Window};

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&CONV, &CONV3X3, &CONV_DEPTHWISE, &CONV_GROUPED];

const fn shader(name: &'static str, files: &'static [&'static str]) -> Shader {
    Shader { name, files, reads: 6, writes: 1, params: size_of::<Params>() }
}

static CONV: Shader = shader("conv", &[GRID, PLANES, WINDOW, ACTIVATION, CONVOLUTION, wgsl!("conv.wgsl")]);
static CONV3X3: Shader =
    shader("conv3x3", &[GRID, PLANES, WINDOW, ACTIVATION, CONVOLUTION, wgsl!("conv3x3.wgsl")]);
static CONV_DEPTHWISE: Shader =
    shader("conv_depthwise", &[GRID, PLANES, WINDOW, ACTIVATION, CONVOLUTION, wgsl!("conv_depthwise.wgsl")]);
static CONV_GROUPED: Shader =
    shader("conv_grouped", &[GRID, PLANES, WINDOW, ACTIVATION, CONVOLUTION, wgsl!("conv_grouped.wgsl")]);

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Params {
    x: Planes,
    y: Planes,
    window: WindowParams,
    residual_base: u32,
    first: u32,
    plane_workgroups: u32,
    group_in: u32,
    group_out: u32,
    alpha: f32,
    beta: f32,
    samples: u32,
}

/// Neighboring pixels per invocation of the block shaders.
const STRIP: u32 = 4;

pub(super) fn conv(
    b: &mut Builder,
    window: &Window,
    groups: usize,
    weight: ConstId,
    epilogue: &Epilogue,
) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    let residual = if epilogue.residual { Some(b.planes(1)?) } else { None };
    if groups == 0 {
        return Err(b.defect("it has no groups"));
    }
    let (group_in, group_out) = (x.shape[1] / groups, y.shape[1] / groups);
    let whole_blocks = groups == 1 || (group_in % 4 == 0 && group_out % 4 == 0);
    let same = window.kernel == [3, 3] && window.stride == [1, 1] && window.dilation == [1, 1];
    let (shader, packing) = if whole_blocks {
        (if same { &CONV3X3 } else { &CONV }, Packing::Blocks)
    } else if group_in == 1 && group_out == 1 {
        (&CONV_DEPTHWISE, Packing::Depthwise)
    } else {
        (&CONV_GROUPED, Packing::Layout(Layout::RowMajor))
    };
    let in_blocks = |channels: usize| if whole_blocks { channels.div_ceil(4) } else { channels };
    let (group_in, group_out) = (in_blocks(group_in), in_blocks(group_out));
    // Two output blocks of one group share their input loads.
    let blocks = if whole_blocks && group_out % 2 == 0 { 2 } else { 1 };
    let columns = if whole_blocks { y.planes.width.div_ceil(STRIP) } else { y.planes.width };
    let plane_workgroups = workgroups(columns * y.planes.height);

    let (function, alpha, beta) = activation(b, epilogue.activation)?;
    let flag = |on: bool| f64::from(u8::from(on));
    let constants = vec![
        ("BLOCKS", f64::from(blocks)),
        ("ACTIVATION", f64::from(function)),
        ("HAS_BIAS", flag(epilogue.bias.is_some())),
        ("HAS_RESIDUAL", flag(epilogue.residual)),
        ("HAS_SCALE_SHIFT", flag(epilogue.scale_shift.is_some())),
    ];
    let vector = |id: Option<ConstId>| match id {
        Some(id) => Binding::Constant(id, Packing::Layout(Layout::RowMajor)),
        None => Binding::Unread,
    };
    let bindings = vec![
        x.binding,
        Binding::Constant(weight, packing),
        vector(epilogue.bias),
        vector(epilogue.scale_shift.map(|s| s.0)),
        vector(epilogue.scale_shift.map(|s| s.1)),
        residual.as_ref().map_or(Binding::Unread, |r| r.binding),
        y.binding,
    ];
    let mut params = Params {
        x: x.planes,
        y: y.planes,
        window: WindowParams::new(b, window)?,
        residual_base: residual.map_or(0, |r| r.planes.base),
        first: 0,
        plane_workgroups: plane_workgroups as u32,
        group_in: group_in as u32,
        group_out: group_out as u32,
        alpha,
        beta,
        samples: y.samples,
    };
    // A layer above the limit is split into dispatches that go into separate submissions.
    let total = plane_workgroups * u64::from(y.samples * y.blocks() / blocks);
    let flops = b.step.flops;
    let pieces = flops.div_ceil(b.flops_limit.max(1)).clamp(1, total.max(1));
    let size = total.div_ceil(pieces).max(1);
    for first in (0..total).step_by(size as usize) {
        params.first = first as u32;
        let count = size.min(total - first);
        let share = (u128::from(flops) * u128::from(count) / u128::from(total)) as u64;
        b.dispatch(shader, constants.clone(), &params, bindings.clone(), count, share);
    }
    Ok(())
}

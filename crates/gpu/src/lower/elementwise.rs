//! Functions of one and two elements.

use super::files::{ACTIVATION, BINARY, GRID, PLANES};
use super::matrix::{Axes, broadcast_strides};
use super::wgsl::wgsl;
use crate::program::{Builder, Planes, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_plan::{Binary, Layout, Unary};

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&UNARY, &BINARY_PLANES, &BINARY_PLAIN];

static UNARY: Shader = Shader {
    name: "unary",
    files: &[GRID, PLANES, ACTIVATION, wgsl!("unary.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<UnaryParams>(),
};
static BINARY_PLANES: Shader = Shader {
    name: "binary_planes",
    files: &[GRID, PLANES, ACTIVATION, BINARY, wgsl!("binary_planes.wgsl")],
    reads: 2,
    writes: 1,
    params: size_of::<PlanesParams>(),
};
static BINARY_PLAIN: Shader = Shader {
    name: "binary_plain",
    files: &[GRID, ACTIVATION, BINARY, wgsl!("binary_plain.wgsl")],
    reads: 2,
    writes: 1,
    params: size_of::<PlainParams>(),
};

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct UnaryParams {
    y: Planes,
    x_base: u32,
    count: u32,
    alpha: f32,
    beta: f32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct PlanesParams {
    y: Planes,
    a: Planes,
    b: Planes,
    a_samples: u32,
    b_samples: u32,
    alpha: f32,
    beta: f32,
    count: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct PlainParams {
    size: Axes,
    a_stride: Axes,
    b_stride: Axes,
    alpha: f32,
    beta: f32,
    count: u32,
    padding: u32,
}

/// `ACTIVATION` of the shaders, and the function's two parameters. Conversions between floats and integers
/// are not activations; see [`unary`].
///
/// # Errors
/// `Gpu` if `activation.wgsl` lacks the function.
pub(super) fn activation(b: &Builder, function: Unary) -> Result<(u32, f32, f32)> {
    let (name, parameters) = function.parts();
    // WGSL implementations may not preserve infinities.
    let [alpha, beta] = parameters.map(|x| x.clamp(f32::MIN, f32::MAX));
    Ok((number(b, ACTIVATION, name)?, alpha, beta))
}

/// Number of a function in a shader file.
fn number(b: &Builder, file: &str, name: &str) -> Result<u32> {
    let numbered = file.lines().find_map(|line| {
        let (known, value) = line.strip_prefix("const ")?.split_once(" = ")?;
        if known == name { value.strip_suffix("u;")?.parse().ok() } else { None }
    });
    numbered.ok_or_else(|| b.defect(name))
}

pub(super) fn unary(b: &mut Builder, function: Unary) -> Result<()> {
    let (x, y) = (b.input(0)?, b.output(0)?);
    if x.layout != y.layout || x.vectors() != y.vectors() {
        return Err(b.defect("operand and result differ in layout"));
    }
    let (number, alpha, beta) = activation(b, function)?;
    let convert = match function {
        Unary::IntToFloat => 1,
        Unary::FloatToInt => 2,
        _ => 0,
    };
    let constants = vec![("ACTIVATION", f64::from(number)), ("CONVERT", f64::from(convert))];
    let count = y.vectors();
    let params = UnaryParams { y: y.planes, x_base: x.planes.base, count, alpha, beta };
    let bindings = vec![x.binding, y.binding];
    b.dispatch(&UNARY, constants, &params, bindings, workgroups(count), b.step.flops);
    Ok(())
}

pub(super) fn binary(builder: &mut Builder, op: Binary, function: Unary) -> Result<()> {
    let (a, b, y) = (builder.input(0)?, builder.input(1)?, builder.output(0)?);
    if a.layout != y.layout || b.layout != y.layout {
        return Err(builder.defect("operands and result differ in layout"));
    }
    let (number, alpha, beta) = activation(builder, function)?;
    let operation = self::number(builder, BINARY, op.name())?;
    let constants = vec![("ACTIVATION", f64::from(number)), ("OPERATION", f64::from(operation))];
    let bindings = vec![a.binding, b.binding, y.binding];
    let flops = builder.step.flops;
    match y.layout {
        Layout::Nchwc4 => {
            let params = PlanesParams {
                y: y.planes,
                a: a.planes,
                b: b.planes,
                a_samples: a.samples,
                b_samples: b.samples,
                alpha,
                beta,
                count: y.vectors(),
            };
            let items = workgroups(y.vectors());
            builder.dispatch(&BINARY_PLANES, constants, &params, bindings, items, flops);
        }
        Layout::RowMajor => {
            let params = PlainParams {
                size: Axes::new(builder, &y.shape, 1)?,
                a_stride: Axes::new(builder, &broadcast_strides(&a.shape), 0)?,
                b_stride: Axes::new(builder, &broadcast_strides(&b.shape), 0)?,
                alpha,
                beta,
                count: y.elements(),
                padding: 0,
            };
            let items = workgroups(y.elements());
            builder.dispatch(&BINARY_PLAIN, constants, &params, bindings, items, flops);
        }
    }
    Ok(())
}

//! Kernels that only move elements.

use super::files::{GRID, PLANES};
use super::wgsl::wgsl;
use crate::program::{Binding, Builder, Planes, View, workgroups};
use crate::shader::Shader;
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::Result;
use unet_kernels::tensor::DType;
use unet_plan::{AxisIndex, Gather, Layout};

#[cfg(test)]
pub(super) static SHADERS: &[&Shader] = &[&GATHER, &CONCAT_PLANES, &CONCAT_PLAIN, &RESHAPE];

static GATHER: Shader = Shader {
    name: "gather",
    files: &[GRID, PLANES, wgsl!("gather.wgsl")],
    reads: 2,
    writes: 1,
    params: size_of::<GatherParams>(),
};
static CONCAT_PLANES: Shader = Shader {
    name: "concat_planes",
    files: &[GRID, PLANES, wgsl!("concat_planes.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<ConcatPlanesParams>(),
};
static CONCAT_PLAIN: Shader = Shader {
    name: "concat_plain",
    files: &[GRID, wgsl!("concat_plain.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<ConcatPlainParams>(),
};
static RESHAPE: Shader = Shader {
    name: "reshape",
    files: &[GRID, PLANES, wgsl!("reshape.wgsl")],
    reads: 1,
    writes: 1,
    params: size_of::<ReshapeParams>(),
};

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct GatherParams {
    x: Planes,
    y: Planes,
    table: [u32; 4],
    fill: u32,
    count: u32,
    padding: [u32; 2],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct ConcatPlanesParams {
    x: Planes,
    y: Planes,
    offset: [u32; 4],
    count: u32,
    padding: [u32; 3],
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct ConcatPlainParams {
    x_axis: u32,
    y_axis: u32,
    inner: u32,
    offset: u32,
    count: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct ReshapeParams {
    x: Planes,
    y: Planes,
    count: u32,
    elements: u32,
}

/// Table entry for identical positions.
const SAME: u32 = u32::MAX;

/// A table of whole blocks equivalent to a table of channels, if it exists.
fn by_block(channels: &AxisIndex) -> Option<AxisIndex> {
    let AxisIndex::Table(table) = channels else { return Some(AxisIndex::Same) };
    let block = |entries: &[i32]| {
        let first = entries[0];
        let outside = first == -1 && entries.iter().all(|&e| e == -1);
        let whole = first % 4 == 0 && entries.iter().zip(first..).all(|(&e, want)| e == want);
        match (outside, whole) {
            (true, _) => Some(-1),
            (_, true) => Some(first / 4),
            _ => None,
        }
    };
    table.chunks(4).map(block).collect::<Option<Vec<_>>>().map(AxisIndex::Table)
}

pub(super) fn gather(b: &mut Builder, gather: &Gather) -> Result<()> {
    let (x, y) = (b.planes(0)?, b.output(0)?);
    let [n, c, h, w] = &gather.index;
    let blockwise = by_block(c);
    let channels = blockwise.as_ref().unwrap_or(c);
    let table = [n, channels, h, w].map(|axis| match axis {
        AxisIndex::Same => SAME,
        AxisIndex::Table(table) => b.table(table),
    });
    let fill = match y.dtype {
        DType::F32 => gather.fill.to_bits(),
        DType::I64 => gather.fill as i32 as u32,
    };
    let params = GatherParams { x: x.planes, y: y.planes, table, fill, count: y.vectors(), padding: [0; 2] };
    let constants = vec![("BY_BLOCK", f64::from(u8::from(blockwise.is_some())))];
    let bindings = vec![x.binding, Binding::Tables, y.binding];
    b.dispatch(&GATHER, constants, &params, bindings, workgroups(y.vectors()), b.step.flops);
    Ok(())
}

/// Dispatches once per operand that is not in place already.
pub(super) fn concat(b: &mut Builder, axis: usize) -> Result<()> {
    let y = b.output(0)?;
    let mut offset = 0;
    for i in 0..b.step.inputs.len() {
        let x = b.input(i)?;
        if x.layout != y.layout || axis >= x.shape.len() {
            return Err(b.defect("operands and result differ in layout"));
        }
        let begins_block = y.layout == Layout::Nchwc4 && axis == 1 && offset % 4 == 0;
        let base = y.planes.base + offset as u32 / 4 * y.planes.height * y.planes.width;
        if begins_block && x.binding == y.binding && x.planes.base == base {
            offset += x.shape[axis];
            continue;
        }
        let x = b.apart(x, &y);
        let bindings = vec![x.binding, y.binding];
        match y.layout {
            Layout::Nchwc4 => {
                let mut begin = [0; 4];
                begin[axis] = offset as u32;
                let count = x.vectors();
                let params =
                    ConcatPlanesParams { x: x.planes, y: y.planes, offset: begin, count, padding: [0; 3] };
                b.dispatch(&CONCAT_PLANES, vec![], &params, bindings, workgroups(count), 0);
            }
            Layout::RowMajor => {
                let params = ConcatPlainParams {
                    x_axis: x.shape[axis] as u32,
                    y_axis: y.shape[axis] as u32,
                    inner: x.shape[axis + 1..].iter().product::<usize>() as u32,
                    offset: offset as u32,
                    count: x.elements(),
                };
                let items = workgroups(x.elements());
                b.dispatch(&CONCAT_PLAIN, vec![], &params, bindings, items, 0);
            }
        }
        offset += x.shape[axis];
    }
    Ok(())
}

pub(super) fn reshape(b: &mut Builder, first: usize) -> Result<()> {
    let (x, y) = (b.input(0)?, b.output(0)?);
    if first > 0 {
        return b.copy(&x, 4 * first as u64, &y);
    }
    let planes = |view: &View| f64::from(u8::from(view.layout == Layout::Nchwc4));
    let constants = vec![("FROM_PLANES", planes(&x)), ("TO_PLANES", planes(&y))];
    let count = y.vectors();
    let params = ReshapeParams { x: x.planes, y: y.planes, count, elements: y.elements() };
    b.dispatch(&RESHAPE, constants, &params, vec![x.binding, y.binding], workgroups(count), 0);
    Ok(())
}

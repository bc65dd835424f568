//! Operators that move elements without arithmetic, and resizing.

use super::super::builder::Builder;
use super::super::{AxisIndex, Gather as Kernel4, Kernel, Layout, Operand};
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::graph::Node;
use unet_onnx::ops::{
    Concat, DepthToSpace, Expand, Gather, OpError, Pad, Reshape, Resize, ResizeAxis, ResizeMode, Slice,
    SliceRange, SpaceToDepth, Split, Tile, Transpose, axis,
};

/// Maximum length of an axis with an index table, in elements.
const LONGEST: usize = 1 << 24;

/// Checks table lengths, since tables are built before their value is found to be too large.
pub(super) fn check_lengths(lengths: impl IntoIterator<Item = usize>) -> Result<(), OpError> {
    match lengths.into_iter().find(|&length| length > LONGEST) {
        Some(length) => Err(OpError(format!("an axis of length {length}; at most {LONGEST} is supported"))),
        None => Ok(()),
    }
}

/// Lengths and index tables of axes, with neighboring axes without tables merged.
fn joined(axes: Vec<(usize, Option<Vec<i32>>)>) -> Vec<(usize, Option<Vec<i32>>)> {
    let mut joined: Vec<(usize, Option<Vec<i32>>)> = Vec::new();
    for (n, table) in axes {
        match (joined.last_mut(), &table) {
            (Some((len, None)), None) => *len *= n,
            _ => joined.push((n, table)),
        }
    }
    joined
}

/// First element of a contiguous run, if that is all that the tables select.
fn first_of_run(shape: &[usize], tables: &[Option<Vec<i32>>]) -> Option<usize> {
    let at = shape.iter().position(|&len| len != 1).unwrap_or(0);
    if tables.iter().enumerate().any(|(axis, table)| axis != at && table.is_some()) {
        return None;
    }
    let table = tables.get(at)?.as_ref()?;
    let first = usize::try_from(*table.first()?).ok()?;
    let run = table.iter().zip(first..).all(|(&i, next)| usize::try_from(i) == Ok(next) && next < shape[at]);
    run.then(|| first * shape[at + 1..].iter().product::<usize>())
}

impl Lowering<'_> {
    /// Gathers output positions from source positions by one table per axis of `x` (`None`: unchanged).
    pub(super) fn gather(&mut self, x: Operand, tables: Vec<Option<Vec<i32>>>, fill: f32) -> Lowered {
        if tables.iter().all(Option::is_none) {
            return Ok(x);
        }
        let dtype = self.dtype(x);
        let length = |(n, table): (usize, &Option<Vec<i32>>)| table.as_ref().map_or(n, Vec::len);
        let shape: Vec<usize> = self.b.shape(x).iter().copied().zip(&tables).map(length).collect();
        if let Some(first) = first_of_run(self.b.shape(x), &tables)
            && self.b.layout(x) == Layout::RowMajor
        {
            return Ok(self.b.push(Kernel::Reshape { first }, vec![x], dtype, &shape, Layout::RowMajor)?);
        }
        let axes = self.b.shape(x).iter().copied().zip(tables).collect();
        let axes = if shape.len() > 4 { joined(axes) } else { axes };
        let mut output = vec![1; 4usize.saturating_sub(axes.len())];
        let view: Vec<usize> = output.iter().copied().chain(axes.iter().map(|&(n, _)| n)).collect();
        let x = self.b.reshape(x, &view, Builder::natural(&view))?;
        let x = self.b.planes(x)?;
        let mut index = [AxisIndex::Same, AxisIndex::Same, AxisIndex::Same, AxisIndex::Same];
        for (n, table) in axes {
            let at = output.len();
            output.push(length((n, &table)));
            index[at] = table.map_or(AxisIndex::Same, AxisIndex::Table);
        }
        let kernel = Kernel::Gather(Kernel4 { index, fill });
        let y = self.b.push(kernel, vec![x], dtype, &output, Layout::Nchwc4)?;
        Ok(self.b.reshape(y, &shape, Builder::natural(&shape))?)
    }

    /// Gathers elements of input 0 into output `i` by one table per axis.
    fn moved(&mut self, node: &Node, i: usize, tables: Vec<Option<Vec<i32>>>, fill: f32) -> Lowered<()> {
        let tables = match (self.turned(node, 0), <[_; 4]>::try_from(tables)) {
            (Some(x), Ok(tables)) => {
                let [n, h, w, c] = tables;
                let y = self.gather(x, vec![n, c, h, w], fill)?;
                self.set_turned(node, i, y);
                return Ok(());
            }
            (_, Ok(tables)) => tables.into(),
            (_, Err(tables)) => tables,
        };
        let x = self.arg(node, 0)?;
        let y = self.gather(x, tables, fill)?;
        self.set(node, i, y);
        Ok(())
    }

    /// Shape of input 0.
    fn shape(&self, node: &Node) -> Lowered<Vec<usize>> {
        let edge = node.inputs.first().copied().flatten();
        let fact = edge.and_then(|edge| self.facts[edge.0].as_ref());
        Ok(fact.ok_or_else(|| OpError("input 0 is missing".into()))?.shape.clone())
    }

    pub(super) fn slice(&mut self, node: &Node, op: &Slice) -> Lowered<()> {
        let ranges = op.resolve(&self.facts(node))?;
        let shape = self.shape(node)?;
        let whole = |axis: &(&SliceRange, &usize)| *axis.0 == SliceRange { start: 0, step: 1, len: *axis.1 };
        let cut = ranges.iter().zip(&shape).filter(|axis| !whole(axis));
        check_lengths(cut.map(|(range, _)| range.len))?;
        let table = |axis: (&SliceRange, &usize)| (!whole(&axis)).then(|| axis.0.index());
        let tables = ranges.iter().zip(&shape).map(table).collect();
        self.moved(node, 0, tables, 0.0)
    }

    pub(super) fn split(&mut self, node: &Node, op: &Split) -> Lowered<()> {
        let (at, lengths) = op.resolve(&self.facts(node))?;
        check_lengths(lengths.iter().copied())?;
        let rank = self.shape(node)?.len();
        let mut start = 0i32;
        for (i, &len) in lengths.iter().enumerate() {
            let mut tables = vec![None; rank];
            tables[at] = Some((start..start + len as i32).collect());
            start += len as i32;
            self.moved(node, i, tables, 0.0)?;
        }
        Ok(())
    }

    pub(super) fn pad(&mut self, node: &Node, op: &Pad) -> Lowered<()> {
        let padding = op.resolve(&self.facts(node))?;
        check_lengths(self.output_shape(node, 0)?)?;
        let shape = self.shape(node)?;
        let tables = shape.iter().zip(&padding.pads);
        let tables = tables.map(|(&len, &pads)| (pads != [0, 0]).then(|| op.index(len, pads))).collect();
        self.moved(node, 0, tables, padding.value)
    }

    pub(super) fn tile(&mut self, node: &Node, op: &Tile) -> Lowered<()> {
        let target = op.resolve(&self.facts(node))?;
        check_lengths(target.iter().copied())?;
        let shape = self.shape(node)?;
        let wrap =
            |(&len, &to): (&usize, &usize)| (len != to).then(|| (0..to).map(|i| (i % len) as i32).collect());
        let tables = shape.iter().zip(&target).map(wrap).collect();
        self.moved(node, 0, tables, 0.0)
    }

    pub(super) fn expand_node(&mut self, node: &Node, op: &Expand) -> Lowered {
        let target = op.resolve(&self.facts(node))?;
        let x = self.arg(node, 0)?;
        self.expand(x, &target)
    }

    /// Broadcasts like NumPy's `broadcast_to`.
    pub(super) fn expand(&mut self, x: Operand, target: &[usize]) -> Lowered {
        check_lengths(target.iter().copied())?;
        let shape = self.b.shape(x);
        let full = [vec![1; target.len().saturating_sub(shape.len())], shape.to_vec()].concat();
        let x = self.b.reshape(x, &full, Builder::natural(&full))?;
        let repeat = |(&len, &to): (&usize, &usize)| (len != to).then(|| vec![0; to]);
        let tables = full.iter().zip(target).map(repeat).collect();
        self.gather(x, tables, 0.0)
    }

    /// Lowers `Gather` with constant indices, `torch.index_select`.
    pub(super) fn gather_node(&mut self, node: &Node, op: &Gather) -> Lowered {
        let indices =
            self.constant(node, 1, "indices")?.ok_or_else(|| OpError("indices are missing".into()))?;
        let x = self.arg(node, 0)?;
        let shape = self.b.shape(x).to_vec();
        let at = axis(op.axis, shape.len())?;
        let len = shape[at] as i64;
        let wanted = indices.as_i64().ok_or_else(|| OpError("indices must be integer".into()))?;
        let position = |&i: &i64| {
            let from_front = if i < 0 { i + len } else { i };
            let fits = (0..len).contains(&from_front);
            fits.then_some(from_front as i32)
                .ok_or_else(|| OpError(format!("index {i} of an axis of length {len}")))
        };
        let table = wanted.iter().map(position).collect::<Result<Vec<i32>, _>>()?;
        let mut tables = vec![None; shape.len()];
        tables[at] = Some(table);
        let y = self.gather(x, tables, 0.0)?;
        let output = self.output_shape(node, 0)?;
        Ok(self.b.reshape(y, &output, self.b.kept(y, &output))?)
    }

    pub(super) fn resize(&mut self, node: &Node, op: &Resize) -> Lowered<()> {
        let axes = op.resolve(&self.facts(node))?;
        check_lengths(axes.iter().map(|axis| axis.output))?;
        if op.mode == ResizeMode::Nearest {
            let tables = axes.iter().map(|&axis| (!axis.is_same()).then(|| op.nearest_index(axis))).collect();
            return self.moved(node, 0, tables, 0.0);
        }
        let x = self.arg(node, 0)?;
        let axes = <[ResizeAxis; 4]>::try_from(axes)
            .map_err(|axes| OpError(format!("rank {} is not supported; 4 is", axes.len())))?;
        let y = self.resample(op, x, axes)?;
        self.set(node, 0, y);
        Ok(())
    }

    /// Resizes height and width with a linear or cubic filter.
    pub(super) fn resample(&mut self, op: &Resize, x: Operand, [n, c, h, w]: [ResizeAxis; 4]) -> Lowered {
        if !n.is_same() || !c.is_same() {
            return Err(OpError("only height and width can be resized".into()).into());
        }
        let x = self.b.to(x, Layout::Nchwc4)?;
        let kernel = Kernel::Resample { y: op.axis_taps(h), x: op.axis_taps(w) };
        let shape = [n.output, c.output, h.output, w.output];
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Nchwc4)?)
    }

    pub(super) fn concat(&mut self, node: &Node, op: &Concat) -> Lowered {
        let shape = self.output_shape(node, 0)?;
        let layout = Builder::natural(&shape);
        let operands =
            (0..node.inputs.len()).map(|i| self.arg(node, i)).collect::<Result<Vec<Operand>, _>>()?;
        // Compares 32-bit integers of kernels with integers of the file.
        let mixed = operands.iter().any(|&x| self.dtype(x) != self.dtype(operands[0]));
        let operands = match mixed {
            true => operands.into_iter().map(|x| self.number(x)).collect::<Result<Vec<Operand>, _>>()?,
            false => operands,
        };
        let dtype = self.dtype(operands[0]);
        let operands =
            operands.into_iter().map(|x| self.b.to(x, layout)).collect::<Result<Vec<Operand>, _>>()?;
        let axis = axis(op.axis, shape.len())?;
        Ok(self.b.push(Kernel::Concat { axis }, operands, dtype, &shape, layout)?)
    }

    pub(super) fn depth_to_space(&mut self, node: &Node, op: &DepthToSpace) -> Lowered {
        let kernel = Kernel::DepthToSpace { block: [op.blocksize; 2], mode: op.mode, skip: [0; 2] };
        self.rearrange(node, kernel)
    }

    pub(super) fn space_to_depth(&mut self, node: &Node, op: &SpaceToDepth) -> Lowered {
        self.rearrange(node, Kernel::SpaceToDepth { block: op.blocksize })
    }

    fn rearrange(&mut self, node: &Node, kernel: Kernel) -> Lowered {
        let (x, _) = self.picture(node, 0)?;
        let (dtype, shape) = (self.dtype(x), self.output_shape(node, 0)?);
        Ok(self.b.push(kernel, vec![x], dtype, &shape, Layout::Nchwc4)?)
    }

    pub(super) fn reshape(&mut self, node: &Node, op: &Reshape) -> Lowered {
        let shape = op.resolve(&self.facts(node))?;
        let x = self.arg(node, 0)?;
        Ok(self.b.reshape(x, &shape, self.b.kept(x, &shape))?)
    }

    pub(super) fn transpose(&mut self, node: &Node, op: &Transpose) -> Lowered {
        let x = self.arg(node, 0)?;
        let perm = op.resolve(self.b.shape(x).len())?;
        self.permute(x, &perm)
    }
}

//! Indexing and sampling: `GatherND`, `GatherElements`, `ScatterND`, `TopK`, `GridSample`.

use super::super::builder::Builder;
use super::super::{Kernel, Layout, Operand};
use super::move_data::check_lengths;
use super::{Lowered, Lowering};
use std::sync::Arc;
use unet_kernels::tensor::{DType, Tensor};
use unet_onnx::graph::Node;
use unet_onnx::ops::{GatherElements, GatherNd, GridSample, OpError, ScatterNd, TopK};

/// One index table per axis, if the tuples are all combinations of positions along the axes, as from `x[:, :,
/// ::2, ::2]`.
fn grid(indices: &Tensor, data: &[usize]) -> Option<Vec<Vec<i32>>> {
    let (&depth, lead) = indices.shape().split_last()?;
    let ints = indices.as_i64()?;
    if lead.len() != depth || depth > data.len() || ints.is_empty() {
        return None;
    }
    let steps = unet_kernels::tensor::strides(lead);
    let entry = |axis: usize, i: usize| ints[i * steps[axis] * depth + axis];
    let tables: Vec<Vec<i64>> =
        (0..depth).map(|axis| (0..lead[axis]).map(|i| entry(axis, i)).collect()).collect();
    let combined = ints.chunks_exact(depth).enumerate().all(|(i, tuple)| {
        tuple.iter().enumerate().all(|(axis, &at)| at == tables[axis][i / steps[axis] % lead[axis]])
    });
    let table = |(table, &len): (Vec<i64>, &usize)| {
        let place = |at: i64| i32::try_from(if at < 0 { at + len as i64 } else { at }).ok();
        table.into_iter().map(place).collect()
    };
    if combined { tables.into_iter().zip(data).map(table).collect() } else { None }
}

/// Whether a table lists every position in order.
fn is_whole(table: &[i32], len: usize) -> bool {
    table.len() == len && table.iter().zip(0..).all(|(&at, i)| at == i)
}

fn to_table(rows: &[usize]) -> Result<Vec<i32>, OpError> {
    rows.iter()
        .map(|&row| i32::try_from(row).map_err(|_| OpError("an index table is too long".into())))
        .collect()
}

impl Lowering<'_> {
    /// Constant indices, input 1.
    fn indices(&self, node: &Node) -> Lowered<Arc<Tensor>> {
        Ok(self.constant(node, 1, "indices")?.ok_or_else(|| OpError("indices are missing".into()))?)
    }

    /// The value that `x` is a transposition of, and the permutation; `x` itself if none.
    pub(super) fn unpermuted(&self, x: Operand) -> (Operand, Vec<usize>) {
        let known = match x {
            Operand::Value(v) => self.permuted.get(&v).cloned(),
            Operand::Const(_) => None,
        };
        known.unwrap_or_else(|| (x, (0..self.b.shape(x).len()).collect()))
    }

    /// Picks rows by `table`, with x seen as rows of `inner` elements.
    pub(super) fn rows(&mut self, x: Operand, inner: usize, table: &[usize], shape: &[usize]) -> Lowered {
        check_lengths([table.len()])?;
        let rows = self.b.shape(x).iter().product::<usize>() / inner.max(1);
        // Rows as channels, so that four lie in a block.
        let view = self.b.reshape(x, &[1, rows, 1, inner], Layout::Nchwc4)?;
        let y = self.gather(view, vec![None, Some(to_table(table)?), None, None], 0.0)?;
        Ok(self.b.reshape(y, shape, Builder::natural(shape))?)
    }

    pub(super) fn gather_nd(&mut self, node: &Node, op: &GatherNd) -> Lowered {
        let indices = self.indices(node)?;
        let output = self.output_shape(node, 0)?;
        let x = self.arg(node, 0)?;
        let shape = self.b.shape(x).to_vec();
        let rows = op.rows(&shape, &indices)?;
        if let Some(tables) = grid(&indices, &shape).filter(|_| op.batch_dims == 0) {
            check_lengths(tables.iter().map(Vec::len))?;
            // If a transposition brought the indexed axes to the front, index them in the original order.
            let (source, perm) = self.unpermuted(x);
            let mut by_axis = vec![None; shape.len()];
            for (axis, table) in tables.into_iter().enumerate() {
                by_axis[perm[axis]] = (!is_whole(&table, shape[axis])).then_some(table);
            }
            let y = self.gather(source, by_axis, 0.0)?;
            return self.permute(y, &perm);
        }
        let inner = output.iter().product::<usize>() / rows.len().max(1);
        self.rows(x, inner, &rows, &output)
    }

    pub(super) fn gather_elements(&mut self, node: &Node, op: &GatherElements) -> Lowered {
        let indices = self.indices(node)?;
        let output = self.output_shape(node, 0)?;
        let x = self.arg(node, 0)?;
        let places = op.places(self.b.shape(x), &indices)?;
        self.rows(x, 1, &places, &output)
    }

    /// Concatenates data and updates, and picks each row of the result from them.
    pub(super) fn scatter_nd(&mut self, node: &Node, op: &ScatterNd) -> Lowered {
        let indices = self.indices(node)?;
        let (data, updates) = (self.arg(node, 0)?, self.arg(node, 2)?);
        let (data, updates) = match self.dtype(data) == self.dtype(updates) {
            true => (data, updates),
            false => (self.number(data)?, self.number(updates)?),
        };
        let shape = self.b.shape(data).to_vec();
        let rows = op.rows(&shape, &indices)?;
        if let Some(y) = self.assign_slice([data, updates], &shape, &indices)? {
            return Ok(y);
        }
        let inner = self.b.shape(updates).iter().product::<usize>() / rows.len().max(1);
        let count = shape.iter().product::<usize>() / inner.max(1);
        let mut table: Vec<usize> = (0..count).collect();
        rows.iter().enumerate().for_each(|(update, &row)| table[row] = count + update);
        let dtype = self.dtype(data);
        let data = self.b.reshape(data, &[1, count, 1, inner], Layout::Nchwc4)?;
        let updates = self.b.reshape(updates, &[1, rows.len(), 1, inner], Layout::Nchwc4)?;
        let all = [1, count + rows.len(), 1, inner];
        let kernel = Kernel::Concat { axis: 1 };
        let joined = self.b.push(kernel, vec![data, updates], dtype, &all, Layout::Nchwc4)?;
        self.rows(joined, inner, &table, &shape)
    }

    /// An assignment to a slice along one axis, `x[:, :k] = y`, which leaves the pixel grid intact.
    fn assign_slice(
        &mut self,
        [data, updates]: [Operand; 2],
        shape: &[usize],
        indices: &Tensor,
    ) -> Lowered<Option<Operand>> {
        let Some(tables) = grid(indices, shape) else { return Ok(None) };
        let mut partial = (0..tables.len()).filter(|&axis| !is_whole(&tables[axis], shape[axis]));
        let (Some(axis), None) = (partial.next(), partial.next()) else { return Ok(None) };
        let ((from, perm), (new, updates_perm)) = (self.unpermuted(data), self.unpermuted(updates));
        let (from, new, perm) = match perm == updates_perm {
            true => (from, new, perm),
            false => (data, updates, (0..shape.len()).collect()),
        };
        let axis_there = perm[axis];
        let dtype = self.dtype(from);
        let mut joined = self.b.shape(from).to_vec();
        let layout = Builder::natural(&joined);
        let len = shape[axis];
        joined[axis_there] += tables[axis].len();
        let (from, new) = (self.b.to(from, layout)?, self.b.to(new, layout)?);
        let kernel = Kernel::Concat { axis: axis_there };
        let both = self.b.push(kernel, vec![from, new], dtype, &joined, layout)?;
        let mut table: Vec<i32> = (0..len as i32).collect();
        for (update, &at) in tables[axis].iter().enumerate() {
            table[at as usize] = (len + update) as i32;
        }
        let mut by_axis = vec![None; joined.len()];
        by_axis[axis_there] = Some(table);
        let y = self.gather(both, by_axis, 0.0)?;
        self.permute(y, &perm).map(Some)
    }

    pub(super) fn top_k(&mut self, node: &Node, op: &TopK) -> Lowered<()> {
        let (at, k) = op.resolve(&self.facts(node))?;
        let output = self.output_shape(node, 0)?;
        let x = self.arg(node, 0)?;
        let x = self.number(x)?;
        let x = self.b.to(x, Layout::RowMajor)?;
        let shape = self.b.shape(x).to_vec();
        let (outer, inner) = (shape[..at].iter().product(), shape[at + 1..].iter().product());
        let values = self.b.value(&node.name, DType::F32, &output, Layout::RowMajor)?;
        let mut outputs = vec![values];
        if node.outputs.get(1).copied().flatten().is_some() {
            outputs.push(self.b.value(&node.name, DType::I64, &output, Layout::RowMajor)?);
        }
        let kernel = Kernel::TopKAxis { outer, axis: shape[at], inner, k, largest: op.largest };
        self.b.step(kernel, vec![x], outputs.clone());
        for (i, &value) in outputs.iter().enumerate() {
            self.set(node, i, Operand::Value(value));
        }
        Ok(())
    }

    pub(super) fn grid_sample(&mut self, node: &Node, op: &GridSample) -> Lowered {
        let (x, _) = self.picture(node, 0)?;
        let positions = self.arg(node, 1)?;
        let positions = self.b.to(positions, Layout::RowMajor)?;
        let shape = self.output_shape(node, 0)?;
        let kernel = Kernel::GridSample(op.0);
        Ok(self.b.push(kernel, vec![x, positions], DType::F32, &shape, Layout::Nchwc4)?)
    }
}

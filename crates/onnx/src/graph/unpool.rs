//! Recognition of PyTorch's exported max-pooling with indices, and max-unpooling.
//! `MaxPool2d(return_indices=True)` becomes two MaxPools, the second of which has kernel 1 and returns every
//! pixel's own position, to make positions relative to their plane; `MaxUnpool2d` adds the offset of each
//! plane in the output, and scatters into zeros:
//!
//! ```text
//! values, flat = MaxPool(x)            _, own = MaxPool 1×1 (x)
//! within = flat − own[:, :, :1, :1]    place = within + offset of the plane in the output
//! y = Reshape(ScatterND(zeros, Unsqueeze(Reshape(place, −1)), Reshape(values', −1)), shape)
//! ```
//!
//! These become `values, within = MaxPool(x)` with [`Indices::Plane`], and
//! `y = MaxUnpool(values', within, shape, offset)`.

use super::{EdgeId, Graph, Node};
use crate::ops::{BinaryKind, Indices, MaxPool, MaxUnpool, Op, Reshape};
use unet_kernels::Unary;
use unet_kernels::tensor::{Data, Tensor};

impl Graph {
    /// Replaces every such group by a single node; leftovers are removed by [`Graph::remove_unused`].
    pub(crate) fn recognize_unpooling(&mut self) {
        let view = View::new(self);
        let found: Vec<(usize, usize)> =
            (0..self.nodes.len()).filter_map(|i| view.relative(i).map(|pool| (i, pool))).collect();
        for &(sub, pool) in &found {
            let within = self.nodes[sub].outputs[0];
            self.nodes[pool].outputs[1] = within;
            if let Op::MaxPool(op) = &mut self.nodes[pool].op {
                op.indices = Indices::Plane;
            }
        }
        let mut i = 0;
        self.nodes.retain(|_| {
            i += 1;
            found.iter().all(|&(sub, _)| sub + 1 != i)
        });
        let view = View::new(self);
        let found: Vec<(usize, Node)> =
            (0..self.nodes.len()).filter_map(|i| view.unpooling(i).map(|node| (i, node))).collect();
        for (i, node) in found {
            self.nodes[i] = node;
        }
    }
}

/// Detection of max-pooling on rounded values, in which ties must be expected.
impl Graph {
    pub(crate) fn mark_rounded(&mut self) {
        let mut rounded = vec![false; self.edges.len()];
        for node in &mut self.nodes {
            let mut of_inputs = node.inputs.iter().flatten().any(|edge| rounded[edge.0]);
            if let Op::MaxPool(op) = &mut node.op {
                op.rounded = of_inputs;
            } else {
                of_inputs |= !node.op.is_exact();
            }
            node.outputs.iter().flatten().for_each(|edge| rounded[edge.0] = of_inputs);
        }
    }
}

impl Op {
    /// Whether every value of the result is an input's value, a constant, or the negative of one.
    fn is_exact(&self) -> bool {
        match self {
            Self::Unary(op) => op.functions.iter().all(|function| {
                matches!(
                    function,
                    Unary::Identity
                        | Unary::Relu
                        | Unary::Abs
                        | Unary::Neg
                        | Unary::Clip { .. }
                        | Unary::Round
                )
            }),
            Self::Cast(_)
            | Self::Clip(_)
            | Self::Concat(_)
            | Self::DepthToSpace(_)
            | Self::Expand(_)
            | Self::Gather(_)
            | Self::MaxPool(_)
            | Self::MaxUnpool(_)
            | Self::Pad(_)
            | Self::Reshape(_)
            | Self::ScatterNd(_)
            | Self::Slice(_)
            | Self::SpaceToDepth(_)
            | Self::Split(_)
            | Self::Tile(_)
            | Self::Transpose(_)
            | Self::Where(_) => true,
            _ => false,
        }
    }
}

struct View<'a> {
    graph: &'a Graph,
    made_by: Vec<Option<usize>>,
    /// Number of nodes and outputs that read each edge.
    readers: Vec<usize>,
}

impl<'a> View<'a> {
    fn new(graph: &'a Graph) -> Self {
        let mut view =
            Self { graph, made_by: vec![None; graph.edges.len()], readers: vec![0; graph.edges.len()] };
        for (i, node) in graph.nodes.iter().enumerate() {
            node.outputs.iter().flatten().for_each(|edge| view.made_by[edge.0] = Some(i));
            node.inputs.iter().flatten().for_each(|edge| view.readers[edge.0] += 1);
        }
        graph.outputs.iter().for_each(|port| view.readers[port.edge.0] += 1);
        view
    }

    fn node(&self, edge: EdgeId) -> Option<&Node> {
        self.made_by[edge.0].map(|i| &self.graph.nodes[i])
    }

    /// The max-unpooling that ends in node `i`, a Reshape.
    fn unpooling(&self, i: usize) -> Option<Node> {
        let last = &self.graph.nodes[i];
        let (Op::Reshape(Reshape::Reshape { .. }), &[Some(scattered), Some(shape)]) =
            (&last.op, &last.inputs[..])
        else {
            return None;
        };
        let scatter = self.node(scattered)?;
        let (Op::ScatterNd(_), &[Some(zeros), Some(places), Some(values)]) =
            (&scatter.op, &scatter.inputs[..])
        else {
            return None;
        };
        if !self.is_zero(zeros) {
            return None;
        }
        let add = self.node(self.before_reshapes(places))?;
        let &[Some(a), Some(b)] = &add.inputs[..] else { return None };
        if !is_binary(add, BinaryKind::Add) {
            return None;
        }
        let (pool, within, offset) = match (self.indices_of(a), self.indices_of(b)) {
            (Some(pool), _) => (pool, a, b),
            (_, Some(pool)) => (pool, b, a),
            _ => return None,
        };
        let Op::MaxPool(MaxPool { windowed, indices: Indices::Plane, .. }) = &self.graph.nodes[pool].op
        else {
            return None;
        };
        let mut windowed = windowed.clone();
        windowed.ceil_mode = false;
        if windowed.dilations != [1, 1] {
            return None;
        }
        let inputs = [self.before_reshapes(values), within, shape, offset];
        Some(Node {
            name: last.name.clone(),
            op: Op::MaxUnpool(MaxUnpool { windowed, pytorch: true }),
            inputs: inputs.map(Some).to_vec(),
            outputs: last.outputs.clone(),
        })
    }

    /// The pooling whose flat indices node `i` makes relative to their plane, if nothing else reads them.
    fn relative(&self, i: usize) -> Option<usize> {
        let sub = &self.graph.nodes[i];
        let (true, &[Some(flat), Some(first)], &[Some(_)]) =
            (is_binary(sub, BinaryKind::Sub), &sub.inputs[..], &sub.outputs[..])
        else {
            return None;
        };
        let pool = self.indices_of(flat)?;
        let slice = self.node(first)?;
        let (Op::Slice(_), &[Some(own), Some(starts), Some(ends), Some(axes)]) =
            (&slice.op, &slice.inputs[..])
        else {
            return None;
        };
        let is = |edge: EdgeId, expected: [i64; 2]| {
            self.graph.initializers.get(&edge).and_then(|t| t.as_i64()) == Some(&expected[..])
        };
        let is_first = is(starts, [0, 0]) && is(ends, [1, 1]) && is(axes, [2, 3]);
        let (pool_node, single) = (&self.graph.nodes[pool], &self.graph.nodes[self.indices_of(own)?]);
        let (Op::MaxPool(op), Op::MaxPool(MaxPool { windowed, indices: Indices::Rows, .. })) =
            (&pool_node.op, &single.op)
        else {
            return None;
        };
        let is_own = windowed.kernel_shape == Some([1, 1])
            && windowed.strides == [1, 1]
            && windowed.pads_begin == [0, 0]
            && windowed.pads_end == [0, 0]
            && single.inputs == pool_node.inputs;
        let alone = self.readers[flat.0] == 1 && op.indices == Indices::Rows;
        (is_first && is_own && alone && pool < i).then_some(pool)
    }

    /// The max-pooling that outputs the edge as Indices.
    fn indices_of(&self, edge: EdgeId) -> Option<usize> {
        self.made_by[edge.0].filter(|&i| {
            let node = &self.graph.nodes[i];
            matches!(node.op, Op::MaxPool(_)) && node.outputs.get(1) == Some(&Some(edge))
        })
    }

    /// The value before any Reshape, Squeeze and Unsqueeze.
    fn before_reshapes(&self, mut edge: EdgeId) -> EdgeId {
        while let Some(Node { op: Op::Reshape(_), inputs, .. }) = self.node(edge)
            && let Some(&Some(before)) = inputs.first()
        {
            edge = before;
        }
        edge
    }

    fn is_zero(&self, edge: EdgeId) -> bool {
        let all_zero = |tensor: &Tensor| match tensor.data() {
            Data::F32(v) => v.iter().all(|&v| v == 0.0),
            Data::I64(_) => false,
        };
        let edge = self.before_reshapes(edge);
        match self.node(edge).map(|node| &node.op) {
            Some(Op::ConstantOfShape(op)) => all_zero(&op.value),
            Some(_) => false,
            None => self.graph.initializers.get(&edge).is_some_and(|tensor| all_zero(tensor)),
        }
    }
}

fn is_binary(node: &Node, kind: BinaryKind) -> bool {
    matches!(&node.op, Op::Binary(op) if op.kind == kind)
}

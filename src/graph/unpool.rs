//! Recognises max-unpooling as PyTorch exports it: `MaxPool2d(return_indices=True)` becomes a pair
//! of MaxPools (the second of kernel 1 gives every pixel's own position, to make positions relative
//! to their plane), and `MaxUnpool2d` adds each plane's offset and scatters into zeros:
//!
//! ```text
//! values, flat = MaxPool(x)            own = MaxPool 1×1 (x), output Indices
//! within = flat − own[:, :, :1, :1]    place = within + offset of the plane in the output
//! y = Reshape(ScatterND(zeros, Unsqueeze(Reshape(place, −1)), Reshape(values', −1)), shape)
//! ```
//!
//! It becomes `y = MaxUnpool(values', flat, shape, x, offset)`.

use super::{EdgeId, Graph, Node};
use crate::ops::{BinaryKind, MaxPool, MaxUnpool, Op, Reshape};
use crate::tensor::{Data, Tensor};

impl Graph {
    /// Replaces every such group by a node; what it leaves unused is for
    /// [`Graph::remove_unused`].
    pub(crate) fn recognise_unpooling(&mut self) {
        let mut made_by = vec![None; self.edges.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            node.outputs.iter().flatten().for_each(|edge| made_by[edge.0] = Some(i));
        }
        let view = View { graph: self, made_by };
        let found: Vec<(usize, Node)> =
            (0..self.nodes.len()).filter_map(|i| view.unpooling(i).map(|node| (i, node))).collect();
        for (i, node) in found {
            self.nodes[i] = node;
        }
    }
}

struct View<'a> {
    graph: &'a Graph,
    made_by: Vec<Option<usize>>,
}

impl View<'_> {
    fn node(&self, edge: EdgeId) -> Option<&Node> {
        self.made_by[edge.0].map(|i| &self.graph.nodes[i])
    }

    /// The max-unpooling whose last node, a Reshape, is node `i`.
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
        let ((pool, indices), offset) = match (self.within(a), self.within(b)) {
            (Some(within), _) => (within, b),
            (_, Some(within)) => (within, a),
            _ => return None,
        };
        let Op::MaxPool(MaxPool { sliding, column_major: false }) = &pool.op else { return None };
        let mut sliding = sliding.clone();
        sliding.ceil_mode = false;
        if sliding.dilations != [1, 1] {
            return None;
        }
        let inputs = vec![
            Some(self.before_reshapes(values)),
            Some(indices),
            Some(shape),
            pool.inputs[0],
            Some(offset),
        ];
        let op = Op::MaxUnpool(MaxUnpool { sliding, pytorch: true });
        Some(Node { name: last.name.clone(), op, inputs, outputs: last.outputs.clone() })
    }

    /// The pooling and its flat indices, where the edge is those relative to their plane.
    fn within(&self, edge: EdgeId) -> Option<(&Node, EdgeId)> {
        let sub = self.node(edge).filter(|node| is_binary(node, BinaryKind::Sub))?;
        let &[Some(flat), Some(first)] = &sub.inputs[..] else { return None };
        let pool = self.indices_of(flat)?;
        let slice = self.node(first)?;
        let (Op::Slice(_), Some(&Some(own))) = (&slice.op, slice.inputs.first()) else { return None };
        let parameters = |i: usize| {
            let edge = (*slice.inputs.get(i)?)?;
            self.graph.initializers.get(&edge)?.as_i64()
        };
        let is_first = parameters(1)? == [0, 0] && parameters(2)? == [1, 1] && parameters(3)? == [2, 3];
        let single = self.indices_of(own)?;
        let Op::MaxPool(MaxPool { sliding, .. }) = &single.op else { return None };
        let is_own = sliding.kernel_shape == Some([1, 1])
            && sliding.strides == [1, 1]
            && sliding.pads_begin == [0, 0]
            && sliding.pads_end == [0, 0]
            && single.inputs.first() == pool.inputs.first();
        (is_first && is_own && slice.inputs.len() == 4).then_some((pool, flat))
    }

    /// The max-pooling whose Indices the edge is.
    fn indices_of(&self, edge: EdgeId) -> Option<&Node> {
        self.node(edge).filter(|node| {
            matches!(node.op, Op::MaxPool(_))
                && node.outputs.get(1) == Some(&Some(edge))
                && matches!(node.inputs[..], [Some(_)])
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

//! Channel order of a graph's pictures: N×C×H×W, as exported by PyTorch, or N×H×W×C, as by Keras and tf2onnx.

use super::{EdgeId, Graph, Node, Port};
use crate::ops::{Op, Reshape};
use std::collections::VecDeque;

/// Order of the four dimensions of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelOrder {
    /// N×C×H×W
    First,
    /// N×H×W×C
    Last,
}

impl ChannelOrder {
    /// Order of an output `made` for a picture of `[height, width]`, detected by which two of its dimensions
    /// have the picture's proportions; `None` if both pairs have, or neither.
    pub fn of_made(made: [usize; 4], [h, w]: [usize; 2]) -> Option<Self> {
        let proportional = |y: usize, x: usize| y.checked_mul(w) == x.checked_mul(h);
        match (proportional(made[2], made[3]), proportional(made[1], made[2])) {
            (true, false) => Some(Self::First),
            (false, true) => Some(Self::Last),
            _ => None,
        }
    }
}

/// Permutation from N×H×W×C to N×C×H×W: axis i of the result is axis `TO_FIRST[i]`.
pub const TO_FIRST: [usize; 4] = [0, 3, 1, 2];
/// Permutation from N×C×H×W to N×H×W×C.
pub const TO_LAST: [usize; 4] = [0, 2, 3, 1];

/// Permutes the axes of `shape`.
pub fn permuted<T: Copy>(shape: [T; 4], perm: [usize; 4]) -> [T; 4] {
    perm.map(|i| shape[i])
}

impl Graph {
    /// Order of a picture input: the axis with 1 or 3 channels in its shape or, if that is inconclusive, by
    /// the first operators that read it. `None` if neither is conclusive.
    pub fn input_order(&self, port: &Port) -> Option<ChannelOrder> {
        let is_channels = |d: Option<usize>| matches!(d, Some(1 | 3));
        let seen = || self.order_around(port.edge, Direction::Forward);
        let declared = port.shape.as_deref().map(|shape| <[Option<usize>; 4]>::try_from(shape).ok());
        match declared {
            Some(None) => None,
            Some(Some([_, second, _, last])) => match (is_channels(second), is_channels(last)) {
                (true, false) => Some(ChannelOrder::First),
                // A convolution reads the second axis as channels, whatever the last looks like.
                (false, true) => Some(seen().unwrap_or(ChannelOrder::Last)),
                (true, true) => seen(),
                // A known dimension other than 1 and 3 is not the channels.
                (false, false) => seen().or(match (second, last) {
                    (None, Some(_)) => Some(ChannelOrder::First),
                    (Some(_), None) => Some(ChannelOrder::Last),
                    _ => None,
                }),
            },
            None => seen(),
        }
    }

    /// Order of an output according to the operators that produce it, if they are conclusive.
    pub fn made_order(&self, port: &Port) -> Option<ChannelOrder> {
        self.order_around(port.edge, Direction::Backward)
    }

    /// Order of a value according to the nearest operators that depend on it.
    fn order_around(&self, edge: EdgeId, direction: Direction) -> Option<ChannelOrder> {
        let mut waiting = VecDeque::from([edge]);
        let mut seen = vec![false; self.edges.len()];
        while let Some(edge) = waiting.pop_front() {
            if std::mem::replace(&mut seen[edge.0], true) {
                continue;
            }
            for node in self.nodes.iter().filter(|node| direction.near(node).contains(&Some(edge))) {
                match direction.tells(node) {
                    Tells::Order(order) => return Some(order),
                    Tells::Same => waiting.extend(direction.far(node).iter().flatten()),
                    Tells::Nothing => {}
                }
            }
        }
        None
    }

    /// The graph as a function of N×C×H×W pictures: the inputs and outputs at these indices, N×H×W×C in the
    /// file, are converted.
    pub fn with_channels_first(&self, inputs: &[usize], outputs: &[usize]) -> Self {
        let mut graph = self.clone();
        inputs.iter().for_each(|&i| graph.inputs[i].turn());
        outputs.iter().for_each(|&i| graph.outputs[i].turn());
        graph
    }
}

impl Port {
    fn turn(&mut self) {
        self.channels_last = true;
        if let Some(shape) = &mut self.shape
            && let Ok(four) = <[Option<usize>; 4]>::try_from(&shape[..])
        {
            *shape = permuted(four, TO_FIRST).to_vec();
        }
    }
}

#[derive(Clone, Copy)]
enum Direction {
    /// Toward the readers of a value.
    Forward,
    /// Toward its producer.
    Backward,
}

enum Tells {
    Order(ChannelOrder),
    /// The output has the order of the input.
    Same,
    Nothing,
}

impl Direction {
    fn near(self, node: &Node) -> &[Option<EdgeId>] {
        match self {
            Self::Forward => &node.inputs,
            Self::Backward => &node.outputs,
        }
    }

    fn far(self, node: &Node) -> &[Option<EdgeId>] {
        match self {
            Self::Forward => &node.outputs,
            Self::Backward => &node.inputs,
        }
    }

    fn tells(self, node: &Node) -> Tells {
        match &node.op {
            Op::Transpose(op) => match (op.resolve(4), self) {
                (Ok(perm), Self::Forward) if perm == TO_FIRST => Tells::Order(ChannelOrder::Last),
                (Ok(perm), Self::Backward) if perm == TO_LAST => Tells::Order(ChannelOrder::Last),
                (Ok(perm), Self::Forward) if perm == TO_LAST => Tells::Order(ChannelOrder::First),
                (Ok(perm), Self::Backward) if perm == TO_FIRST => Tells::Order(ChannelOrder::First),
                _ => Tells::Nothing,
            },
            Op::AveragePool(_)
            | Op::BatchNormalization(_)
            | Op::Conv(_)
            | Op::ConvTranspose(_)
            | Op::DepthToSpace(_)
            | Op::GroupNormalization(_)
            | Op::InstanceNormalization(_)
            | Op::MaxPool(_)
            | Op::MaxUnpool(_)
            | Op::SpaceToDepth(_) => Tells::Order(ChannelOrder::First),
            Op::Binary(_)
            | Op::Cast(_)
            | Op::Clip(_)
            | Op::Concat(_)
            | Op::PRelu(_)
            | Op::Pad(_)
            | Op::Reshape(Reshape::Dropout)
            | Op::Resize(_)
            | Op::Slice(_)
            | Op::Softmax(_)
            | Op::Split(_)
            | Op::Unary(_)
            | Op::Where(_) => Tells::Same,
            _ => Tells::Nothing,
        }
    }
}

//! One-dimensional convolution and pooling, as from `torch.nn.Conv1d`, computed on pictures of one row.

use super::proto::AttributeProto;

/// Operators with a sliding window.
const SLIDING: [&str; 4] = ["Conv", "ConvTranspose", "MaxPool", "AveragePool"];

/// Attributes with a value per spatial axis, and the value for the added axis.
const BY_AXIS: [(&str, i64); 5] =
    [("kernel_shape", 1), ("strides", 1), ("dilations", 1), ("output_padding", 0), ("output_shape", 1)];

/// Whether the node's window slides along one axis, according to its attributes or its weight's rank.
pub(super) fn is_line(op: &str, attributes: &[AttributeProto], weight_rank: Option<usize>) -> bool {
    let entries = |name: &str, count: usize| {
        attributes.iter().any(|attribute| attribute.name == name && attribute.ints.len() == count)
    };
    let by_axis = || BY_AXIS.iter().any(|(name, _)| *name != "output_shape" && entries(name, 1));
    SLIDING.contains(&op) && (weight_rank == Some(3) || entries("pads", 2) || by_axis())
}

/// Extends an attribute of such a node to two axes.
pub(super) fn widen(attribute: &mut AttributeProto) {
    if attribute.name == "pads"
        && let [begin, end] = attribute.ints[..]
    {
        attribute.ints = vec![0, begin, 0, end];
    }
    let row = BY_AXIS.iter().find(|(name, _)| *name == attribute.name);
    if let (Some(&(_, row)), 1) = (row, attribute.ints.len()) {
        attribute.ints.insert(0, row);
    }
}

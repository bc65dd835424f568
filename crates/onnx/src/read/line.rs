//! Convolution and pooling along a line, as `torch.nn.Conv1d`: done in a picture of one row.

use super::proto::AttributeProto;

/// Operators that slide a window.
const SLIDING: [&str; 4] = ["Conv", "ConvTranspose", "MaxPool", "AveragePool"];

/// Attributes with a number for each spatial axis, and what the axis of the one row gets.
const BY_AXIS: [(&str, i64); 5] =
    [("kernel_shape", 1), ("strides", 1), ("dilations", 1), ("output_padding", 0), ("output_shape", 1)];

/// Whether the node slides its window along one axis, as its attributes or its weight (of this rank) say.
pub(super) fn is_line(op: &str, attributes: &[AttributeProto], weight_rank: Option<usize>) -> bool {
    let entries = |name: &str, count: usize| {
        attributes.iter().any(|attribute| attribute.name == name && attribute.ints.len() == count)
    };
    let by_axis = || BY_AXIS.iter().any(|(name, _)| *name != "output_shape" && entries(name, 1));
    SLIDING.contains(&op) && (weight_rank == Some(3) || entries("pads", 2) || by_axis())
}

/// An attribute of such a node for a picture of one row.
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

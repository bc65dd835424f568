//! N×C×H×W pictures for a channels-last network.

use crate::error::{Error, Result};
use crate::graph::{ChannelOrder, Graph, Port, TO_FIRST, TO_LAST, permuted};
use crate::tensor::DType;

/// Heights at which a network of dynamic size is tried, with twice the width.
const HEIGHTS: [usize; 6] = [256, 240, 188, 572, 224, 64];

/// The graph converted to take and return N×C×H×W pictures; `None` if it already does, or has no single input
/// that could be a picture.
///
/// # Errors
/// `InvalidInput` if the channel dimension is ambiguous.
pub fn channels_first(graph: &Graph) -> Result<Option<Graph>> {
    let pictures: Vec<usize> =
        (0..graph.inputs.len()).filter(|&i| may_be_picture(&graph.inputs[i])).collect();
    let [port] = pictures[..] else { return Ok(None) };
    let input = &graph.inputs[port];
    let order = graph.input_order(input).ok_or_else(|| {
        let (name, shape) = (&input.name, shape_text(input));
        Error::InvalidInput(format!(
            "it is unclear whether this model takes its pictures as N×C×H×W or as N×H×W×C (NHWC): its input \
             {name:?} is {shape}; export it with 1 or 3 channels in its shape"
        ))
    })?;
    let outputs: &[usize] = match output_order(graph, port, order) {
        ChannelOrder::First => &[],
        ChannelOrder::Last => &[0],
    };
    let inputs: &[usize] = match order {
        ChannelOrder::First => &[],
        ChannelOrder::Last => &[port],
    };
    Ok((inputs.len() + outputs.len() > 0).then(|| graph.with_channels_first(inputs, outputs)))
}

/// Whether a port is a float input of four or of unknown dimensions.
pub(super) fn may_be_picture(port: &Port) -> bool {
    port.dtype == DType::F32 && port.shape.as_deref().is_none_or(|shape| shape.len() == 4)
}

/// A shape in readable form, `[1, ?, ?, 3]`.
pub(super) fn shape_text(port: &Port) -> String {
    let dims = |shape: &[Option<usize>]| -> Vec<String> {
        shape.iter().map(|d| d.map_or("?".into(), |d| d.to_string())).collect()
    };
    port.shape.as_deref().map_or("of unknown shape".into(), |shape| format!("[{}]", dims(shape).join(", ")))
}

/// Channel order of the first output; that of the input if the output is not a picture.
fn output_order(graph: &Graph, port: usize, input: ChannelOrder) -> ChannelOrder {
    let output = &graph.outputs[0];
    if let Some(order) = graph.made_order(output) {
        return order;
    }
    let declared =
        graph.inputs[port].shape.as_deref().and_then(|shape| <[Option<usize>; 4]>::try_from(shape).ok());
    let [n, c, h, w] = match (declared, input) {
        (None, _) => [None; 4],
        (Some(shape), ChannelOrder::First) => shape,
        (Some(shape), ChannelOrder::Last) => permuted(shape, TO_FIRST),
    };
    let made = HEIGHTS.iter().flat_map(|&side| [3, 1].map(|channels| (side, channels))).find_map(
        |(side, channels)| {
            let size = [h.unwrap_or(side), w.unwrap_or(2 * side)];
            let picture = [n.unwrap_or(1), c.unwrap_or(channels), size[0], size[1]];
            let shape = match input {
                ChannelOrder::First => picture,
                ChannelOrder::Last => permuted(picture, TO_LAST),
            };
            let facts = graph.facts(&graph.input_shapes(port, shape)).ok()?;
            let made = <[usize; 4]>::try_from(&facts[output.edge.0].as_ref()?.shape[..]).ok()?;
            Some((made, size))
        },
    );
    made.map_or(input, |(made, size)| ChannelOrder::of_made(made, size).unwrap_or(input))
}

//! Bytes of an ONNX file to a [`Graph`]. The input is hostile: whatever the bytes, the result is a
//! graph or an error, and memory stays within a small multiple of the file's size.

mod build;
mod external;
mod line;
mod node;
mod nodes;
mod proto;
mod sort;
mod tensor;

use crate::graph::Graph;
use external::External;
pub use external::is_copy;
use prost::Message;
use prost::bytes::Bytes;
use proto::ModelProto;
use std::collections::BTreeMap;
use unet_kernels::error::{Error, Result};

/// Versions of the default operator set that are understood.
pub const OPSETS: std::ops::RangeInclusive<i64> = 11..=25;

/// Reads a model as `torch.onnx.export` writes it. `external` holds the files in which it keeps its
/// weights, by name or by path from the model's folder; a file in another folder than the model says, or one that a
/// browser has numbered (`weights (1).bin`), is found too.
///
/// # Errors
/// `InvalidModel` where the format is broken, `MissingExternalData` with the name of the file that
/// is needed, `UnsupportedOperator` and `InvalidNode` with the name of the node.
pub fn load(bytes: &[u8], external: &BTreeMap<String, &[u8]>) -> Result<Graph> {
    let model = ModelProto::decode(Bytes::copy_from_slice(bytes))
        .map_err(|e| Error::InvalidModel(format!("the bytes cannot be decoded ({e})")))?;
    let is_default = |domain: &str| matches!(domain, "" | "ai.onnx");
    let opset = model.opset_import.iter().find(|o| is_default(&o.domain)).map(|o| o.version);
    let graph = model.graph.ok_or_else(|| Error::InvalidModel("it holds no graph".into()))?;
    let opset = opset.ok_or_else(|| Error::InvalidModel("it names no operator set".into()))?;
    if !OPSETS.contains(&opset) {
        return Err(Error::InvalidModel(format!(
            "it uses operator set {opset}; {} to {} are supported",
            OPSETS.start(),
            OPSETS.end()
        )));
    }
    let metadata = unet_kernels::order::map(model.metadata_props.into_iter().map(|p| (p.key, p.value)));
    let functions = model.functions.iter().map(|bytes| build::message(bytes, "a function"));
    let functions = functions.collect::<Result<_>>()?;
    let mut graph = build::graph(&graph, functions, opset, metadata, &External::new(external))?;
    graph.recognise_unpooling();
    graph.fold_constants()?;
    graph.remove_unused();
    graph.mark_rounded();
    Ok(graph)
}

//! Reading an ONNX file into a [`Graph`]. The input is untrusted: for any bytes the result is a graph or an
//! error, and memory stays within a small multiple of the file's size.

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

/// Supported versions of the default operator set.
pub const OPSETS: std::ops::RangeInclusive<i64> = 11..=25;

/// Reads a model as exported by `torch.onnx.export`. `external` contains its weight files, by name or by path
/// from the model's folder; a file in another folder than declared, or numbered by a browser (`weights
/// (1).bin`), is found too.
///
/// # Errors
/// `InvalidModel` if the format is broken, `MissingExternalData` with the name of a missing file,
/// `UnsupportedOperator` and `InvalidNode` with the name of the node.
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
    graph.recognize_unpooling();
    graph.fold_constants()?;
    graph.remove_unused();
    graph.mark_rounded();
    Ok(graph)
}

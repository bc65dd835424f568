//! A node's attributes, and its operator.

use super::External;
use super::proto::{AttributeProto, NodeProto};
use super::tensor::decode;
use crate::ops::{Attribute, Attributes, Op, OpError, never};
use prost::bytes::Bytes;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{Data, Tensor};

/// A parsed node.
pub(super) enum Parsed {
    Op(Op),
    /// A `Constant` node.
    Constant(Tensor),
}

/// Name of the node in errors: its own, or that of its first output.
pub(super) fn label(node: &NodeProto, position: usize) -> String {
    let first = || node.output.iter().find(|name| !name.is_empty());
    match (node.name.is_empty(), first()) {
        (false, _) => node.name.clone(),
        (true, Some(output)) => output.clone(),
        (true, None) => format!("#{position}"),
    }
}

/// Parses a node. `protos` are its attributes after substitution, `input_types` the known types of its
/// inputs.
pub(super) fn parse(
    node: &NodeProto,
    label: &str,
    protos: &[AttributeProto],
    input_types: Vec<Option<i32>>,
    opset: i64,
    external: &External,
) -> Result<Parsed> {
    if !matches!(node.domain.as_str(), "" | "ai.onnx") {
        let op = format!("{}.{}", node.domain, node.op_type);
        return Err(Error::UnsupportedOperator { node: label.into(), op, reason: None });
    }
    let unsupported = || Error::UnsupportedOperator {
        node: label.into(),
        op: node.op_type.clone(),
        reason: never(&node.op_type),
    };
    let invalid =
        |e: OpError| Error::InvalidNode { node: label.into(), op: node.op_type.clone(), reason: e.0 };
    let mut attributes =
        Attributes { opset, outputs: node.output.len(), input_types, ..Attributes::default() };
    for proto in protos {
        let value = attribute(proto, label, external)?.ok_or_else(|| {
            invalid(OpError(format!("attribute {:?} has a type that is not supported", proto.name)))
        })?;
        if attributes.values.insert(proto.name.clone(), value).is_some() {
            return Err(invalid(OpError(format!("attribute {:?} is given twice", proto.name))));
        }
    }
    if node.op_type == "Constant" {
        return Ok(Parsed::Constant(constant(&attributes).map_err(invalid)?));
    }
    match Op::new(&node.op_type, &attributes) {
        Ok(Some(op)) => Ok(Parsed::Op(op)),
        Ok(None) => Err(unsupported()),
        Err(e) => Err(invalid(e)),
    }
}

fn attribute(proto: &AttributeProto, label: &str, external: &External) -> Result<Option<Attribute>> {
    if !proto.ref_attr_name.is_empty() {
        return Ok(None);
    }
    let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).ok();
    Ok(match proto.r#type {
        // AttributeProto.AttributeType
        1 => Some(Attribute::Float(proto.f.unwrap_or_default())),
        2 => Some(Attribute::Int(proto.i.unwrap_or_default())),
        3 => text(proto.s.as_ref().unwrap_or(&Bytes::new())).map(Attribute::Text),
        4 => match &proto.t {
            Some(t) => {
                let what = format!("attribute {:?} of node {label:?}", proto.name);
                Some(Attribute::Tensor(decode(t, &what, external)?.into()))
            }
            None => None,
        },
        6 => Some(Attribute::Floats(proto.floats.clone())),
        7 => Some(Attribute::Ints(proto.ints.clone())),
        8 => proto.strings.iter().map(text).collect::<Option<_>>().map(Attribute::Texts),
        _ => None,
    })
}

fn constant(attributes: &Attributes) -> Result<Tensor, OpError> {
    let mut values = attributes.values.iter();
    let (Some((name, value)), None) = (values.next(), values.next()) else {
        return Err(OpError("a constant has exactly one value".into()));
    };
    match (name.as_str(), value) {
        ("value", Attribute::Tensor(tensor)) => Ok(tensor.as_ref().clone()),
        ("value_float", Attribute::Float(v)) => Ok(Tensor::scalar(*v)),
        ("value_floats", Attribute::Floats(v)) => tensor(vec![v.len()], Data::F32(v.clone())),
        ("value_int", Attribute::Int(v)) => tensor(Vec::new(), Data::I64(vec![*v])),
        ("value_ints", Attribute::Ints(v)) => Ok(Tensor::vector(v.clone())),
        _ => Err(OpError(format!("attribute {name} is not supported"))),
    }
}

fn tensor(shape: Vec<usize>, data: Data) -> Result<Tensor, OpError> {
    Tensor::new(shape, data).map_err(|e| OpError(e.to_string()))
}

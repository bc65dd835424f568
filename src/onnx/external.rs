//! Data files that stand beside the ONNX file.

use super::proto::TensorProto;
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// The files that the caller brought, by name without folders.
pub struct External<'a> {
    files: BTreeMap<&'a str, &'a [u8]>,
}

impl<'a> External<'a> {
    pub fn new(files: &'a BTreeMap<String, &'a [u8]>) -> Self {
        Self { files: crate::order::map(files.iter().map(|(name, bytes)| (file_name(name), *bytes))) }
    }

    /// The bytes of a tensor that is kept in one of the files.
    pub fn slice(&self, proto: &TensorProto, what: &str) -> Result<&'a [u8]> {
        let entry = |key| proto.external_data.iter().find(|e| e.key == key).map(|e| e.value.as_str());
        let invalid = |reason: String| Error::InvalidModel(format!("{what}: {reason}"));
        let location =
            entry("location").ok_or_else(|| invalid("it names no file for its external data".into()))?;
        let name = file_name(location);
        let bytes = *self.files.get(name).ok_or_else(|| Error::MissingExternalData(name.into()))?;
        let number = |key| {
            let parse = |text: &str| {
                text.parse::<usize>().map_err(|_| invalid(format!("{key} {text:?} of its external data")))
            };
            entry(key).map(parse).transpose()
        };
        let start = number("offset")?.unwrap_or(0);
        let len = match number("length")? {
            Some(len) => len,
            None => bytes.len().saturating_sub(start),
        };
        let slice = start.checked_add(len).and_then(|end| bytes.get(start..end));
        slice.ok_or_else(|| {
            invalid(format!("bytes {start} to {start}+{len} of {name:?}, which has {}", bytes.len()))
        })
    }
}

/// The last part of a path. The browser gives file names alone, and a path is not for us to follow.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

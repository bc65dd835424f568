//! Data files beside the ONNX file.

use super::proto::TensorProto;
use std::collections::BTreeMap;
use unet_kernels::error::{Error, Result};

/// Files from the caller, by name.
pub(super) struct External<'a> {
    files: &'a BTreeMap<String, &'a [u8]>,
}

impl<'a> External<'a> {
    pub(super) fn new(files: &'a BTreeMap<String, &'a [u8]>) -> Self {
        Self { files }
    }

    /// Bytes of a tensor stored in one of the files.
    pub(super) fn slice(&self, proto: &TensorProto, what: &str) -> Result<&'a [u8]> {
        let entry = |key| proto.external_data.iter().find(|e| e.key == key).map(|e| e.value.as_str());
        let invalid = |reason: String| Error::InvalidModel(format!("{what}: {reason}"));
        let location = entry("location")
            .ok_or_else(|| invalid("it does not name a file for its external data".into()))?;
        let bytes = self.find(location).ok_or_else(|| Error::MissingExternalData(location.into()))?;
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
            invalid(format!("bytes {start} to {start}+{len} of {location:?}, which has {}", bytes.len()))
        })
    }

    /// File of a location: by path, by name in any folder, or a single file that a browser may have renamed
    /// because the name was taken.
    fn find(&self, location: &str) -> Option<&'a [u8]> {
        let named = |fits: &dyn Fn(&str) -> bool| self.files.iter().filter(|(name, _)| fits(name)).count();
        let pick =
            |fits: &dyn Fn(&str) -> bool| self.files.iter().find(|(name, _)| fits(name)).map(|(_, b)| *b);
        let path = |name: &str| parts(name).eq(parts(location));
        let name = |name: &str| file_name(name) == file_name(location);
        let copy = |name: &str| is_copy(file_name(name), file_name(location));
        pick(&path).or_else(|| pick(&name)).or_else(|| if named(&copy) == 1 { pick(&copy) } else { None })
    }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "."))
}

/// Last component of a path: browsers only give file names.
fn file_name(path: &str) -> &str {
    parts(path).last().unwrap_or(path)
}

/// Whether `found` is a browser's name for a second download of `name`: `weights (1).bin`, or
/// `weights(1).bin`.
pub fn is_copy(found: &str, name: &str) -> bool {
    let mut from = 0;
    while let Some(open) = found[from..].find('(').map(|at| from + at) {
        let number = found[open + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let rest = found[open + 1 + number..].strip_prefix(')').filter(|rest| number > 0 && is_ending(rest));
        let before = found[..open].strip_suffix(' ').unwrap_or(&found[..open]);
        let is = |rest: &str| name.strip_prefix(before) == Some(rest);
        if rest.is_some_and(is) {
            return true;
        }
        from = open + 1;
    }
    false
}

fn is_ending(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_recognized() {
        for found in ["model (1).bin", "model(12).bin"] {
            assert!(is_copy(found, "model.bin"), "{found}");
        }
        assert!(
            is_copy("net.onnx (2).data", "net.onnx.data") && is_copy("net (1).onnx.data", "net.onnx.data")
        );
        assert!(is_copy("weights (1)", "weights") && is_copy("a (b) (1).bin", "a (b).bin"));
        for found in ["model.bin", "model (a).bin", "model ().bin", "model (1)x.bin", "other (1).bin", "(1"] {
            assert!(!is_copy(found, "model.bin"), "{found}");
        }
    }

    #[test]
    fn files_are_found_by_path_then_by_name_then_as_copies() {
        let files = |names: &[&str]| -> BTreeMap<String, &'static [u8]> {
            names.iter().map(|name| (name.to_string(), name.to_string().leak().as_bytes())).collect()
        };
        let found = |names: &[&str], location: &str| {
            let files = files(names);
            External::new(&files).find(location).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let several = ["a/model.bin", "b/model.bin", "model (1).bin"];
        assert_eq!(found(&several, "./b/model.bin").as_deref(), Some("b/model.bin"));
        assert_eq!(found(&several, "b\\model.bin").as_deref(), Some("b/model.bin"));
        assert_eq!(found(&["model.bin"], "weights/model.bin").as_deref(), Some("model.bin"));
        assert_eq!(found(&["model (1).bin"], "weights/model.bin").as_deref(), Some("model (1).bin"));
        // With two candidates the choice is ambiguous.
        assert_eq!(found(&["model (1).bin", "model (2).bin"], "model.bin"), None);
    }
}

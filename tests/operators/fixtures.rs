//! Cases from `tests/fixtures`, as `training/fixtures.py` writes them.

use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use unet_playground::tensor::{Data, Tensor};

/// A model, its data files, and one run for each input size.
#[derive(Default)]
pub(crate) struct Case {
    pub name: String,
    pub model: Vec<u8>,
    pub external: BTreeMap<String, Vec<u8>>,
    pub runs: BTreeMap<String, Run>,
}

/// Inputs and expected outputs by name.
#[derive(Default)]
pub(crate) struct Run {
    pub inputs: BTreeMap<String, Tensor>,
    pub outputs: BTreeMap<String, Tensor>,
}

/// The cases of one file.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Vec<Case> {
    let file = SafeTensors::deserialize(bytes).unwrap_or_else(|e| panic!("{file}: {e}"));
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for (key, view) in file.tensors() {
        let (name, part) = key.split_once('/').unwrap_or_else(|| panic!("key {key:?}"));
        let case = cases.entry(name.into()).or_default();
        case.name = name.into();
        match part.split_once('/') {
            None if part == "model" => case.model = view.data().to_vec(),
            Some(("external", file)) => {
                case.external.insert(file.into(), view.data().to_vec());
            }
            Some((kind, tensor)) => {
                let (kind, size) = kind.split_once('@').unwrap_or((kind, ""));
                let run = case.runs.entry(size.into()).or_default();
                let side = match kind {
                    "in" => &mut run.inputs,
                    "out" => &mut run.outputs,
                    _ => panic!("key {key:?}"),
                };
                side.insert(tensor.into(), read_tensor(view.dtype(), view.shape(), view.data()));
            }
            None => panic!("key {key:?}"),
        }
    }
    cases.into_values().collect()
}

fn read_tensor(dtype: Dtype, shape: &[usize], bytes: &[u8]) -> Tensor {
    let data = match dtype {
        Dtype::F32 => Data::F32(each(bytes, f32::from_le_bytes)),
        Dtype::F16 => Data::F32(each(bytes, |b| half::f16::from_le_bytes(b).to_f32())),
        Dtype::I64 => Data::I64(each(bytes, i64::from_le_bytes)),
        Dtype::I32 => Data::I64(each(bytes, |b| i32::from_le_bytes(b).into())),
        Dtype::U8 | Dtype::BOOL => Data::I64(each(bytes, |[b]: [u8; 1]| b.into())),
        other => panic!("fixtures of type {other:?}"),
    };
    Tensor::new(shape.to_vec(), data).unwrap()
}

fn each<const N: usize, T>(bytes: &[u8], convert: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|&b| convert(b)).collect()
}

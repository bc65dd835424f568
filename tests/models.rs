//! The shipped models: `models/manifest.json` says of each file what the file says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use unet_playground::onnx;
use unet_playground::task::Task;

const MEGABYTE: usize = 1_000_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

fn manifest() -> Vec<serde_json::Map<String, Value>> {
    let text = fs::read_to_string(folder().join("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn text<'a>(entry: &'a serde_json::Map<String, Value>, key: &str) -> &'a str {
    entry[key].as_str().unwrap_or_else(|| panic!("{key} of {entry:?}"))
}

#[test]
fn the_manifest_lists_the_files_that_are_there() {
    let listed: BTreeSet<String> = manifest().iter().map(|entry| text(entry, "file").to_owned()).collect();
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".onnx"))
        .collect();
    assert_eq!(listed, there, "run training/manifest.py");
    assert!(!there.is_empty());
}

#[test]
fn the_manifest_repeats_what_is_in_the_files() {
    for entry in manifest() {
        let file = text(&entry, "file");
        let bytes = fs::read(folder().join(file)).unwrap();
        assert_eq!(entry["bytes"], bytes.len(), "{file}");
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text(&entry, "sha256"), hash, "{file}");

        let graph = onnx::load(&bytes, &BTreeMap::new()).unwrap();
        Task::of(&graph).unwrap();
        assert!(file.starts_with(text(&entry, "task")), "{file}");
        for (key, value) in
            entry.iter().filter(|(key, _)| !["file", "bytes", "sha256"].contains(&key.as_str()))
        {
            let stated = &graph.metadata[key];
            let stated = serde_json::from_str(stated).unwrap_or_else(|_| Value::String(stated.clone()));
            assert_eq!(*value, stated, "{key} of {file}");
        }
    }
}

#[test]
fn the_files_are_small() {
    let sizes: Vec<u64> = manifest().iter().map(|entry| entry["bytes"].as_u64().unwrap()).collect();
    assert!(sizes.iter().all(|&bytes| bytes <= 3 * MEGABYTE as u64), "{sizes:?}");
    assert!(sizes.iter().sum::<u64>() <= 40 * MEGABYTE as u64, "{sizes:?}");
}

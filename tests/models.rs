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
        for (key, stated) in &graph.metadata {
            let stated = serde_json::from_str(stated).unwrap_or_else(|_| Value::String(stated.clone()));
            assert_eq!(entry.get(key), Some(&stated), "{key} of {file}");
        }
        assert_eq!(entry.len(), graph.metadata.len() + 3, "{file}");
    }
}

/// What is left of a PSNR once the picture has 8 bits, which adds a twelfth of a level squared to the error. Luma is measured of
/// 8 bits already.
fn rounded(score: &str, psnr: f64) -> f64 {
    let squared = 10f64.powf(-psnr / 10.0) + 1.0 / 12.0 / 255f64.powi(2);
    if score.contains("luma") { psnr } else { -10.0 * squared.log10() }
}

/// The engine has measured the files that are there, and agrees with onnxruntime.
#[test]
fn the_engine_scores_as_the_files_say() {
    let json = fs::read_to_string(folder().join("engine.json")).unwrap();
    let measured: BTreeMap<String, BTreeMap<String, f64>> = serde_json::from_str(&json).unwrap();
    const SAME: [&str; 4] = ["denoise", "deblur", "super-resolve-x2", "super-resolve-x4"];
    for entry in manifest() {
        if !SAME.contains(&text(&entry, "task")) {
            continue;
        }
        let file = text(&entry, "file");
        // What a network has no part in is not measured again.
        let stated = entry["scores"].as_object().unwrap().iter().filter(|(name, _)| !name.contains(", "));
        let mut count = 0;
        for (name, stated) in stated {
            let measured = measured.get(file).and_then(|scores| scores.get(name));
            let measured = measured.unwrap_or_else(|| panic!("{file}: {name}: run training/engine.py"));
            let stated = rounded(name, stated.as_f64().unwrap());
            assert!((measured - stated).abs() <= 0.02, "{file}: {name}: {measured} and {stated} dB");
            count += 1;
        }
        assert!(count > 1, "{file}");
    }
}

#[test]
fn the_files_are_small() {
    let sizes: Vec<u64> = manifest().iter().map(|entry| entry["bytes"].as_u64().unwrap()).collect();
    assert!(sizes.iter().all(|&bytes| bytes <= 3 * MEGABYTE as u64), "{sizes:?}");
    assert!(sizes.iter().sum::<u64>() <= 40 * MEGABYTE as u64, "{sizes:?}");
}

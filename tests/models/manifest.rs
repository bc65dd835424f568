//! `models/manifest.json` says of each file what the file says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::zoo::{
    bytes, color, data, data_files, engine, folder, made, manifest, opened, photo, tasks, text,
};
use pollster::block_on;
use serde_json::Value;
use sha2::{Digest, Sha256};
use unet_playground::image::{FilterSpec, Picture, Rect, classical, lab, offered};
use unet_playground::onnx;
use unet_playground::session::{ColorHint, OptionalValues, Unhurried};
use unet_playground::task::Task;

const MEGABYTE: usize = 1_000_000;

fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
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
        let bytes = bytes(file);
        assert_eq!(entry["bytes"], bytes.len(), "{file}");
        assert_eq!(text(&entry, "sha256"), hash_of(&bytes), "{file}");

        let (listed, data) = (data_files(&entry), data(&entry));
        for (name, bytes) in &data {
            assert_eq!(listed[name]["bytes"], bytes.len(), "{name}");
            assert_eq!(listed[name]["sha256"].as_str(), Some(&hash_of(bytes)[..]), "{name}");
        }
        let external = data.iter().map(|(name, bytes)| (name.clone(), &bytes[..])).collect();
        let graph = onnx::load(&bytes, &external).unwrap();
        Task::of(&graph).unwrap();
        assert!(file.starts_with(text(&entry, "task")), "{file}");
        for (key, stated) in &graph.metadata {
            let stated = serde_json::from_str(stated).unwrap_or_else(|_| Value::String(stated.clone()));
            assert_eq!(entry.get(key), Some(&stated), "{key} of {file}");
        }
        let of_the_file = 3 + usize::from(!data.is_empty());
        assert_eq!(entry.len(), graph.metadata.len() + of_the_file, "{file}");
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
    // What the recipes say is compared: a score on a set of pictures.
    let compared = |task: &str| -> BTreeSet<String> {
        let found = tasks().into_iter().find(|entry| text(entry, "id") == task);
        let protocols =
            found.and_then(|entry| entry.get("protocols")?.as_array().cloned()).unwrap_or_default();
        let named = |protocol: &Value| -> Vec<String> {
            let sets = protocol["sets"].as_array().cloned().unwrap_or_default();
            let score = protocol["score"].as_str().unwrap_or_default();
            sets.iter().map(|set| format!("{} {score}", set.as_str().unwrap())).collect()
        };
        protocols.iter().flat_map(named).collect()
    };
    for entry in manifest() {
        let compared = compared(text(&entry, "task"));
        if compared.is_empty() {
            continue;
        }
        let file = text(&entry, "file");
        // Surveys, which take hours, are measured where somebody asks for it; they run in `floors` all the same.
        if entry.contains_key("survey") && !measured.contains_key(file) {
            continue;
        }
        let stated = entry["scores"].as_object().unwrap().iter().filter(|(name, _)| compared.contains(*name));
        let mut count = 0;
        for (name, stated) in stated {
            let measured = measured.get(file).and_then(|scores| scores.get(name));
            let measured = measured.unwrap_or_else(|| panic!("{file}: {name}: run training/engine.py"));
            let stated = rounded(name, stated.as_f64().unwrap());
            // Where noise left pixels alone, rounding brings a result that is nearly right to the pixel itself.
            assert!((measured - stated).abs() <= 0.03, "{file}: {name}: {measured} and {stated} dB");
            count += 1;
        }
        assert!(count > 0, "{file} has none of the scores {compared:?}, which its recipe compares");
    }
}

/// Mean b\* around a pixel.
fn blueness(picture: &Picture, [x, y]: [u32; 2]) -> f32 {
    let rgba = picture.region(Rect::new(x - 4, y - 4, 8, 8)).unwrap();
    rgba.chunks_exact(4).map(|p| -lab::from_srgb([p[0], p[1], p[2]])[2]).sum::<f32>() / 64.0
}

#[test]
fn networks_that_color_follow_hints_and_say_what_is_likely() {
    let (engine, photo) = (engine(), photo("coffee.jpg", 200));
    let mut count = 0;
    for entry in manifest().into_iter().filter(|entry| color(entry, "output") == "lab-ab") {
        let (file, model) = (text(&entry, "file"), opened(&engine, &entry));
        let place = [140, 70];
        let run = |values: OptionalValues| made(&model, &photo, values);
        let hint = ColorHint { x: place[0], y: place[1], a: 10.0, b: -60.0 };
        let (usual, told) =
            (run(Default::default()), run(OptionalValues { hints: vec![hint], ..Default::default() }));
        let (was, is) = (blueness(&usual, place), blueness(&told, place));
        assert!(is > was + 15.0, "{file}: b* was {} and is {}", -was, -is);
        let careful =
            run(OptionalValues { numbers: [("temperature".to_string(), 1.0)].into(), hints: vec![] });
        assert_ne!(usual.region(usual.rect()).unwrap(), careful.region(careful.rect()).unwrap(), "{file}");
        let none = OptionalValues::default();
        let likely = block_on(model.likely_colors(&photo, place, &none, &Unhurried::default())).unwrap();
        let sum: f32 = likely.iter().map(|color| color.probability).sum();
        assert!(likely.len() > 1 && (0.3..1.001).contains(&sum), "{file}: {likely:?}");
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn the_files_are_small() {
    let shared: BTreeMap<String, Value> = manifest().iter().flat_map(data_files).collect();
    let of = |file: &Value| file["bytes"].as_u64().unwrap();
    // A task's best network is one of its own, though it is named by its design.
    let (surveyed, zoo): (Vec<_>, Vec<_>) =
        manifest().into_iter().partition(|entry| !matches!(text(entry, "survey"), "" | "best-quality"));
    let mut sizes: Vec<u64> = zoo.iter().map(|entry| entry["bytes"].as_u64().unwrap()).collect();
    sizes.extend(shared.values().map(of));
    let of_surveys: Vec<u64> = surveyed.iter().map(|entry| entry["bytes"].as_u64().unwrap()).collect();
    assert!(sizes.iter().chain(&of_surveys).all(|&bytes| bytes <= 3 * MEGABYTE as u64), "{sizes:?}");
    assert!(sizes.iter().sum::<u64>() <= 60 * MEGABYTE as u64, "{sizes:?}");
    assert!(of_surveys.iter().sum::<u64>() <= 8 * MEGABYTE as u64, "{of_surveys:?}");
}

/// A recipe may name only what there is: other names would be silently missing from the page.
#[test]
fn the_tasks_name_what_there_is() {
    let kind = |spec: &FilterSpec| serde_json::to_value(spec).unwrap()["kind"].as_str().unwrap().to_owned();
    let kinds: BTreeSet<String> = offered().iter().map(|offer| kind(&offer.usual)).collect();
    let filters: BTreeSet<String> = classical().iter().map(|offer| kind(&offer.usual)).collect();
    let tasks = tasks();
    let ids: BTreeSet<&str> = tasks.iter().map(|task| text(task, "id")).collect();
    assert_eq!(ids.len(), tasks.len());
    let of_files: BTreeSet<String> = manifest().iter().map(|entry| text(entry, "task").to_owned()).collect();
    for task in &tasks {
        let id = text(task, "id");
        let names = |key: &str| -> Vec<String> {
            let listed = task.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
            listed.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let besides = ["before", "after"].iter().filter_map(|key| task.get(*key)?.as_str());
        for name in names("kinds").iter().map(String::as_str).chain(besides) {
            assert!(kinds.contains(name), "{id}: there is no damage {name}");
        }
        let chain = names("chain");
        let known = |step: &String| ids.contains(&step[..]) || filters.contains(step);
        assert!(chain.iter().all(known), "{id}: {chain:?}");
        assert_eq!(of_files.contains(id), chain.is_empty(), "{id} has files, or is a chain");
    }
    for id in &of_files {
        assert!(ids.contains(&id[..]), "{id}: run training/manifest.py");
    }
}

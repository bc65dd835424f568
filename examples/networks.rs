//! Runs the networks of `training/public_networks.py` or `training/parity.py`, and writes their errors.
//!
//!     cargo run --release --example networks -- FOLDER [cpu|webgpu] > table.tsv
//!
//! One line per case: file, case, and the largest difference relative to the largest value, or the error message.

#[path = "../tests/operators/fixtures.rs"]
mod fixtures;

use fixtures::{Case, Run};
use std::collections::BTreeMap;
use std::path::PathBuf;
use unet_playground::plan::Selection;
use unet_playground::session::{BackendChoice, Engine, Unhurried};

async fn largest_difference(engine: &Engine, case: &Case, run: &Run) -> Result<f64, String> {
    let external = case.external.iter().map(|(name, bytes)| (name.clone(), &bytes[..])).collect();
    let model = engine.load(&case.model, &external).map_err(|e| e.to_string())?;
    let (selection, host) = (Selection::default(), Unhurried::default());
    let outputs = model.run(run.inputs.clone(), &selection, &host).await.map_err(|e| e.to_string())?;
    let made: BTreeMap<&str, _> =
        model.graph().outputs.iter().map(|port| port.name.as_str()).zip(&outputs).collect();
    let mut worst = 0.0f64;
    for (name, wanted) in &run.outputs {
        let found = made.get(name.as_str()).ok_or_else(|| format!("{name:?} is no output"))?;
        let (Some(found), Some(wanted)) = (found.as_f32(), wanted.as_f32()) else {
            return Err(format!("{name:?} is not float"));
        };
        if found.len() != wanted.len() {
            return Err(format!("{name:?} has {} values, not {}", found.len(), wanted.len()));
        }
        let largest = wanted.iter().fold(f64::MIN_POSITIVE, |a, v| a.max(f64::from(v.abs())));
        for (a, b) in found.iter().zip(wanted) {
            let off = (f64::from(*a) - f64::from(*b)).abs() / largest;
            // NaN counts as an error.
            worst = if off.is_nan() { f64::INFINITY } else { worst.max(off) };
        }
    }
    Ok(worst)
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder of .safetensors files"));
    let choice = match std::env::args().nth(2).as_deref() {
        None | Some("cpu") => BackendChoice::Cpu,
        Some("webgpu") => BackendChoice::WebGpu,
        Some(other) => panic!("{other:?} is no backend: cpu or webgpu"),
    };
    let engine = pollster::block_on(Engine::create(choice, &Unhurried::default())).expect("the backend");
    let entries = std::fs::read_dir(&folder).expect("the folder can be read");
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "safetensors"));
    files.sort();
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for case in fixtures::read(&name, &std::fs::read(&path).expect("the file can be read")) {
            for run in case.runs.values() {
                let told = match pollster::block_on(largest_difference(&engine, &case, run)) {
                    Ok(difference) => format!("{difference:.1e}"),
                    Err(why) => why,
                };
                println!("{name}\t{}\t{told}", case.name);
            }
        }
    }
}

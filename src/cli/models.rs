//! Model files: finding, loading, listing.

use super::Outcome;
use super::args::{Args, Backend};
use super::host::Terminal;
use super::report;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use unet_playground::session::{BackendChoice, Engine, Model};
use unet_playground::task::Description;
use unet_playground::{Error, onnx, tensor};

/// Maximum edit distance for suggesting a name.
const TYPOS: usize = 3;

pub(super) fn engine(args: &Args) -> Outcome<Engine> {
    let choice = match args.backend {
        Backend::Auto => BackendChoice::Auto,
        Backend::Cpu => BackendChoice::Cpu,
        Backend::Webgpu => BackendChoice::WebGpu,
    };
    let engine = pollster::block_on(Engine::create(choice, &Terminal::new(0, 1)));
    let engine = engine.map_err(|e| e.to_string())?;
    engine.set_threads(args.threads());
    Ok(engine)
}

/// `--models`, else `models` here, else `models` beside Cargo.toml when run by cargo.
pub(super) fn folder(args: &Args) -> Outcome<PathBuf> {
    if let Some(folder) = &args.models {
        return if folder.is_dir() {
            Ok(folder.clone())
        } else {
            Err(format!("{}: no such folder", folder.display()))
        };
    }
    let beside = std::env::var_os("CARGO_MANIFEST_DIR").map(|manifest| Path::new(&manifest).join("models"));
    let found = [Some(PathBuf::from("models")), beside].into_iter().flatten().find(|folder| folder.is_dir());
    found.ok_or_else(|| "there is no folder \"models\" here; specify one with --models".into())
}

/// ONNX files of the folder, by name.
pub(super) fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "onnx")).collect();
    found.sort();
    if found.is_empty() {
        Err(format!("{}: there are no ONNX files in this folder", folder.display()))
    } else {
        Ok(found)
    }
}

/// Path of `<task>-<strategy>.onnx`, or an error with the nearest name.
pub(super) fn of_task(args: &Args, task: &str, strategy: &str) -> Outcome<PathBuf> {
    let folder = folder(args)?;
    let wanted = format!("{task}-{strategy}");
    let path = folder.join(format!("{wanted}.onnx"));
    if path.is_file() {
        return Ok(path);
    }
    let there = names(&folder)?;
    Err(format!(
        "{}: there is no model \"{wanted}\"; {}",
        folder.display(),
        suggestion(&wanted, task, &there)
    ))
}

/// Variant of this model, in the same folder, for compressed pictures.
pub(super) fn for_compressed(model: &Path) -> Option<PathBuf> {
    let name = format!("{}-compressed.onnx", model.file_stem()?.to_string_lossy());
    Some(model.with_file_name(name)).filter(|path| path.is_file())
}

/// Names of the models, without extension.
pub(super) fn names(folder: &Path) -> Outcome<Vec<String>> {
    let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok(files(folder)?.iter().filter_map(stem).collect())
}

fn suggestion(wanted: &str, task: &str, there: &[String]) -> String {
    let of_task: Vec<&str> = there.iter().map(String::as_str).filter(|name| name.starts_with(task)).collect();
    match nearest(wanted, there) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None if of_task.is_empty() => format!("there are {}", there.join(", ")),
        None => format!("for this task there are {}", of_task.join(", ")),
    }
}

/// The name with the smallest edit distance, if that is small.
pub(super) fn nearest<'a>(wanted: &str, names: &'a [String]) -> Option<&'a str> {
    let best = names.iter().map(|name| (distance(wanted, name), name)).min()?;
    (best.0 <= TYPOS).then_some(best.1.as_str())
}

/// Levenshtein distance: letters to add, remove or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

/// Bytes of a model's weight file in `folder`: at the location that the model names, else beside it, else
/// under a name that a browser has numbered. Never outside the folder, because the location is untrusted.
fn data_file(folder: &Path, location: &str) -> std::io::Result<Vec<u8>> {
    let location = location.replace('\\', "/");
    let inside = Path::new(&location)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let wanted = folder.join(if inside { &location } else { "" });
    let name = Path::new(&location).file_name().unwrap_or_default();
    let places = [wanted.parent().unwrap_or(folder), folder];
    let exact = places.iter().map(|place| place.join(name));
    let copies = places.iter().filter_map(|place| {
        let entries = fs::read_dir(place).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let is_copy = |path: &PathBuf| {
            let found = path.file_name().unwrap_or_default().to_string_lossy();
            onnx::is_copy(&found, &name.to_string_lossy())
        };
        let mut copies = entries.filter(is_copy);
        copies.next().filter(|_| copies.next().is_none())
    });
    let found = exact.chain(copies).find(|path| path.is_file());
    fs::read(found.unwrap_or_else(|| folder.join(name)))
}

/// Loads an ONNX file with its weight files.
pub(super) fn load(engine: &Engine, path: &Path) -> Outcome<Model> {
    let named = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    let bytes = fs::read(path).map_err(|e| named(&e))?;
    let mut external: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    loop {
        let given = external.iter().map(|(name, bytes)| (name.clone(), &bytes[..])).collect();
        match engine.load(&bytes, &given) {
            Ok(model) => return Ok(model),
            Err(Error::MissingExternalData(location)) if !external.contains_key(&location) => {
                let folder =
                    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
                let data = data_file(folder, &location)
                    .map_err(|e| named(&format!("its weights, {location:?}: {e}")))?;
                external.insert(location, data);
            }
            Err(error) => return Err(named(&error)),
        }
    }
}

/// A loaded model and its description.
pub(super) fn described(engine: &Engine, path: &Path) -> Outcome<(Model, Description)> {
    let model = load(engine, path)?;
    let told = model.describe().map_err(|e| format!("{}: {e}", path.display()))?;
    Ok((model, told))
}

/// Number of trained parameters, from the file's metadata or counted.
fn parameters(model: &Model) -> u64 {
    let told = model.graph().metadata.get("parameters").and_then(|text| text.parse().ok());
    let weights = model.graph().initializers.values().filter_map(|tensor| match tensor.dtype() {
        tensor::DType::F32 => Some(tensor.shape().iter().map(|&d| d as u64).product::<u64>()),
        tensor::DType::I64 => None,
    });
    told.unwrap_or_else(|| weights.sum())
}

/// Prints a table of the models.
pub(super) fn list(args: &Args) -> Outcome<()> {
    let (engine, folder) = (engine(args)?, folder(args)?);
    let mut table = vec![
        ["model", "task", "upsampling", "parameters", "kFLOP/pixel", "KB", "title"]
            .map(String::from)
            .to_vec(),
    ];
    let mut broken = vec![];
    for path in files(&folder)? {
        let (model, told) = match described(&engine, &path) {
            Ok(described) => described,
            Err(message) => {
                broken.push(message);
                continue;
            }
        };
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let flops = model.graph().metadata.get("flops_per_pixel").and_then(|flops| flops.parse::<f64>().ok());
        let bytes = fs::metadata(&path).map_or(0, |data| data.len());
        table.push(vec![
            path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            text(told.task),
            text(told.strategy),
            parameters(&model).to_string(),
            text(flops.map(|flops| format!("{:.0}", flops / 1000.0))),
            (bytes / 1000).to_string(),
            text(told.title),
        ]);
    }
    broken.extend(report::print(&table).err());
    report::all(&broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_understood() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        let names = ["denoise".to_string(), "deblur".to_string()];
        assert_eq!(nearest("denoize", &names), Some("denoise"));
        assert_eq!(nearest("deblurr", &names), Some("deblur"));
        assert_eq!(nearest("segmentation", &names), None);
    }
}

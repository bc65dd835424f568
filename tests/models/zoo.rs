//! The manifest, and the files that it lists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pollster::block_on;
use serde_json::{Map, Value};
use unet_playground::image::{Picture, read};
use unet_playground::session::{BackendChoice, Engine, Model, OptionalValues, ProcessOptions, Unhurried};

pub(super) type Entry = Map<String, Value>;

pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

fn listed(file: &str) -> Vec<Entry> {
    serde_json::from_str(&fs::read_to_string(folder().join(file)).unwrap()).unwrap()
}

/// The entries of `manifest.json`, one a file.
pub(super) fn manifest() -> Vec<Entry> {
    listed("manifest.json")
}

/// The entries of `tasks.json`, one a task.
pub(super) fn tasks() -> Vec<Entry> {
    listed("tasks.json")
}

/// A text of an entry; empty where it has none.
pub(super) fn text<'a>(entry: &'a Entry, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or("")
}

/// `color` of an entry's `input` or `output`.
pub(super) fn color<'a>(entry: &'a Entry, end: &str) -> &'a str {
    entry[end]["color"].as_str().unwrap_or("")
}

/// Whether an entry is that of a segmentation, which names its classes.
pub(super) fn tells_classes(entry: &Entry) -> bool {
    entry["output"].get("classes").is_some()
}

/// The bytes of a file of the folder.
pub(super) fn bytes(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap()
}

/// The external data files of an entry by name, as `data` lists them; files without any lack it.
pub(super) fn data_files(entry: &Entry) -> BTreeMap<String, Value> {
    let listed = entry.get("data").map_or(&[][..], |data| data.as_array().expect("a list of files"));
    listed.iter().map(|file| (file["file"].as_str().expect("a name").to_owned(), file.clone())).collect()
}

/// The contents of the external data files of an entry, by name.
pub(super) fn data(entry: &Entry) -> BTreeMap<String, Vec<u8>> {
    data_files(entry).into_keys().map(|name| (name.clone(), bytes(&name))).collect()
}

pub(super) fn engine() -> Engine {
    block_on(Engine::create(BackendChoice::Cpu, &Unhurried::default())).unwrap()
}

pub(super) fn opened(engine: &Engine, entry: &Entry) -> Model {
    let data = data(entry);
    let external = data.iter().map(|(name, bytes)| (name.clone(), &bytes[..])).collect();
    engine.load(&bytes(text(entry, "file")), &external).unwrap()
}

/// One of the page's sample photos, its longer side at most this long.
pub(super) fn photo(name: &str, side: u32) -> Picture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/public/samples").join(name);
    read(&fs::read(path).unwrap()).unwrap().picture.thumbnail(side).unwrap()
}

pub(super) fn made(model: &Model, picture: &Picture, values: OptionalValues) -> Picture {
    let options = ProcessOptions { values, ..Default::default() };
    block_on(model.process(picture, options, &Unhurried::default(), |_| {})).unwrap().picture
}

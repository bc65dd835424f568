//! Pictures on disk: which are read, and where results go.

use super::Outcome;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use unet_playground::image::{self, Picture};

const ENDINGS: [&str; 9] = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "jfif"];

/// A picture to read, and the file its result goes to.
#[derive(Debug)]
pub struct Job {
    pub input: PathBuf,
    pub output: PathBuf,
}

fn named(path: &Path, what: impl std::fmt::Display) -> String {
    format!("{}: {what}", path.display())
}

/// The pictures of a folder by name, not of the folders in it.
pub fn pictures_in(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|e| named(folder, e))?;
    let mut found = vec![];
    for entry in entries {
        let path = entry.map_err(|e| named(folder, e))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_lowercase();
        if path.is_file() && ENDINGS.contains(&ending.as_str()) {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(named(folder, "there are no pictures in this folder"));
    }
    Ok(found)
}

/// Jobs for pictures and folders of pictures; the folder of the results is made. No result goes over
/// an input or another result.
pub fn jobs(inputs: &[PathBuf], output: &Path) -> Outcome<Vec<Job>> {
    let mut pictures = vec![];
    for input in inputs {
        if input.is_dir() { pictures.extend(pictures_in(input)?) } else { pictures.push(input.clone()) }
    }
    let into_file = pictures.len() == 1 && !inputs[0].is_dir() && !output.is_dir() && is_png(output);
    if !into_file && (output.is_file() || (is_png(output) && !output.is_dir())) {
        return Err(named(output, "several results need a folder, and this names a file"));
    }
    if !into_file && output.extension().is_some() && !output.is_dir() {
        return Err(named(output, "results are PNG files; end the name in .png, or name a folder"));
    }
    let folder = if into_file { output.parent().unwrap_or(Path::new("")) } else { output };
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(|e| named(folder, e))?;
    }
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let read: BTreeSet<PathBuf> = pictures.iter().map(|path| real(path)).collect();
    let mut written = BTreeSet::new();
    let mut jobs = vec![];
    for input in pictures {
        let target = if into_file {
            output.to_path_buf()
        } else {
            let stem = input.file_stem().unwrap_or_default();
            // Behind the whole stem: "a.b.jpg" becomes "a.b.png".
            let mut name = stem.to_os_string();
            name.push(".png");
            folder.join(name)
        };
        if read.contains(&real(&target)) {
            return Err(named(&target, "this is an input and would be overwritten; choose another output"));
        }
        if !written.insert(target.clone()) {
            return Err(named(&target, "two inputs of one name would both go there"));
        }
        jobs.push(Job { input, output: target });
    }
    Ok(jobs)
}

fn is_png(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"))
}

pub fn read(path: &Path) -> Outcome<Picture> {
    let bytes = fs::read(path).map_err(|e| named(path, e))?;
    image::decode(&bytes).map_err(|e| named(path, e))
}

pub fn write(path: &Path, picture: &Picture) -> Outcome<()> {
    let bytes = image::encode_png(picture).map_err(|e| named(path, e))?;
    fs::write(path, bytes).map_err(|e| named(path, e))
}

//! Pictures on disk: which are read, and where results go.

use super::Outcome;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{self, Path, PathBuf};
use unet_playground::image::{self, Decoded, Picture};

/// Endings of pictures that are read.
const JPEG: [&str; 4] = ["jpg", "jpeg", "jpe", "jfif"];
const OTHERS: [&str; 7] = ["png", "apng", "webp", "gif", "bmp", "tif", "tiff"];
/// Of pictures from phones and cameras that are not read: the decoder says of each what it is.
const FOREIGN: [&str; 15] = [
    "heic", "heif", "hif", "avif", "jxl", "jp2", "dng", "nef", "arw", "cr2", "cr3", "raf", "orf", "rw2",
    "pef",
];

/// A picture to read, and the file its result goes to.
#[derive(Debug)]
pub struct Job {
    pub input: PathBuf,
    pub output: PathBuf,
}

fn named(path: &Path, what: impl std::fmt::Display) -> String {
    format!("{}: {what}", path.display())
}

/// The pictures of a folder by name, not of the folders in it. A foreign one beside one of its name that can be
/// read is the same photo, and is left out.
pub fn pictures_in(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|e| named(folder, e))?;
    let mut found = vec![];
    for entry in entries {
        let path = entry.map_err(|e| named(folder, e))?.path();
        if path.is_file() && is_picture(&path) {
            found.push(path);
        }
    }
    let name = |path: &PathBuf| path.file_stem().unwrap_or_default().to_os_string();
    let is_foreign = |path: &PathBuf| ends_in(path, &FOREIGN);
    let read: BTreeSet<OsString> = found.iter().filter(|path| !is_foreign(path)).map(name).collect();
    found.retain(|path| !is_foreign(path) || !read.contains(&name(path)));
    found.sort();
    if found.is_empty() {
        return Err(named(folder, "there are no pictures in this folder"));
    }
    Ok(found)
}

/// Pictures, and the pictures of folders.
pub fn pictures(inputs: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut pictures = vec![];
    for input in inputs {
        if input.is_dir() { pictures.extend(pictures_in(input)?) } else { pictures.push(input.clone()) }
    }
    Ok(pictures)
}

/// Jobs for pictures and folders of pictures; the folder of the results is made. No result goes over
/// an input or another result.
pub fn jobs(inputs: &[PathBuf], output: &Path) -> Outcome<Vec<Job>> {
    let pictures = pictures(inputs)?;
    let is_folder = output.is_dir() || output.as_os_str().to_string_lossy().ends_with(path::is_separator);
    let into_file = pictures.len() == 1 && !inputs[0].is_dir() && !is_folder && is_png(output);
    if !into_file && !is_folder && (output.is_file() || is_png(output)) {
        return Err(named(output, "several results need a folder, and this names a file"));
    }
    if !into_file && !is_folder && is_picture(output) {
        return Err(named(output, "results are PNG files; end the name in .png, or name a folder"));
    }
    let folder = if into_file { output.parent().unwrap_or(Path::new("")) } else { output };
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(|e| named(folder, e))?;
    }
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

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|of| endings.iter().any(|ending| of.eq_ignore_ascii_case(ending)))
}

fn is_picture(path: &Path) -> bool {
    [&JPEG[..], &OTHERS, &FOREIGN].iter().any(|endings| ends_in(path, endings))
}

pub fn is_png(path: &Path) -> bool {
    ends_in(path, &["png"])
}

pub fn is_jpeg(path: &Path) -> bool {
    ends_in(path, &JPEG)
}

/// The file that a path means, to tell whether two mean the same.
pub fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The picture of a file, and what a person should know of it.
pub fn read(path: &Path) -> Outcome<(Picture, Vec<String>)> {
    let bytes = fs::read(path).map_err(|e| named(path, e))?;
    let Decoded { picture, notices } = image::read(&bytes).map_err(|e| named(path, e))?;
    Ok((picture, notices.iter().map(|notice| named(path, notice)).collect()))
}

/// A picture to measure by, which is to be whole.
pub fn read_whole(path: &Path) -> Outcome<Picture> {
    let (picture, notices) = read(path)?;
    if notices.is_empty() { Ok(picture) } else { Err(notices.join("\n")) }
}

pub fn write(path: &Path, picture: &Picture) -> Outcome<()> {
    let bytes = image::encode_png(picture).map_err(|e| named(path, e))?;
    fs::write(path, bytes).map_err(|e| named(path, e))
}

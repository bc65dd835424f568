//! Picture files: names, reading and writing.

use super::Outcome;
use std::fs;
use std::path::{Path, PathBuf};
use unet_playground::image::{self, Decoded, Metadata, Notice, Picture};

/// Extensions of pictures that are read.
const JPEG: [&str; 4] = ["jpg", "jpeg", "jpe", "jfif"];
const OTHERS: [&str; 7] = ["png", "apng", "webp", "gif", "bmp", "tif", "tiff"];
/// Extensions of phones' and cameras' pictures that are not read; the decoder names their format.
const FOREIGN: [&str; 15] = [
    "heic", "heif", "hif", "avif", "jxl", "jp2", "dng", "nef", "arw", "cr2", "cr3", "raf", "orf", "rw2",
    "pef",
];

pub(super) fn named(path: &Path, what: impl std::fmt::Display) -> String {
    format!("{}: {what}", path.display())
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|of| endings.iter().any(|ending| of.eq_ignore_ascii_case(ending)))
}

/// Whether the file name is that of a picture.
pub(super) fn is_picture(path: &Path) -> bool {
    [&JPEG[..], &OTHERS, &FOREIGN].iter().any(|endings| ends_in(path, endings))
}

pub(super) fn is_png(path: &Path) -> bool {
    ends_in(path, &["png"])
}

pub(super) fn is_jpeg(path: &Path) -> bool {
    ends_in(path, &JPEG)
}

/// Canonical path, to compare paths.
pub(super) fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

pub(super) fn read(path: &Path) -> Outcome<Decoded> {
    let bytes = fs::read(path).map_err(|e| named(path, e))?;
    image::read(&bytes).map_err(|e| named(path, e))
}

/// Warnings about a file, with its name.
pub(super) fn told(path: &Path, notices: &[Notice]) -> Vec<String> {
    notices.iter().map(|notice| named(path, notice)).collect()
}

/// Reads a reference picture, whose file must be complete.
pub(super) fn read_whole(path: &Path) -> Outcome<Picture> {
    let Decoded { picture, notices, .. } = read(path)?;
    if notices.is_empty() { Ok(picture) } else { Err(told(path, &notices).join("\n")) }
}

pub(super) fn write(path: &Path, picture: &Picture, metadata: &Metadata) -> Outcome<()> {
    let bytes = image::encode_png_with(picture, metadata).map_err(|e| named(path, e))?;
    fs::write(path, bytes).map_err(|e| named(path, e))
}

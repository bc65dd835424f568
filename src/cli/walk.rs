//! Search for pictures in files and folders.

use super::Outcome;
use super::files::{is_picture, named};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use unet_playground::image::{Look, look};

/// Files that operating systems put beside pictures.
const SIDECARS: [&str; 3] = ["Thumbs.db", "desktop.ini", ".DS_Store"];
/// Number of bytes that identify a file's format.
const HEAD: u64 = 1024;
/// Maximum number of names in one sentence.
const NAMED: usize = 3;

/// A picture, and its folder relative to the searched one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    pub within: PathBuf,
    pub path: PathBuf,
}

/// Pictures found, and notices about the rest.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub sources: Vec<Source>,
    pub notices: Vec<String>,
}

impl Found {
    pub(super) fn paths(self) -> Vec<PathBuf> {
        self.sources.into_iter().map(|source| source.path).collect()
    }
}

/// Searches folders, and subfolders with `recursive`; skips `apart`.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub recursive: bool,
    pub apart: Option<PathBuf>,
}

impl Walk {
    /// The named files, whatever their format, and the pictures of the folders, sorted by name.
    pub(super) fn pictures(&self, inputs: &[PathBuf]) -> Outcome<Found> {
        let mut found = Found::default();
        for input in inputs {
            if !input.is_dir() {
                found.sources.push(Source { within: PathBuf::new(), path: input.clone() });
                continue;
            }
            let before = found.sources.len();
            self.folder(input, Path::new(""), &mut found)?;
            if found.sources.len() == before {
                found.notices.insert(0, named(input, "there are no pictures in this folder"));
                return Err(found.notices.join("\n"));
            }
        }
        Ok(found)
    }

    fn folder(&self, folder: &Path, within: &Path, found: &mut Found) -> Outcome<()> {
        let mut entries = vec![];
        for entry in fs::read_dir(folder).map_err(|e| named(folder, e))? {
            entries.push(entry.map_err(|e| named(folder, e))?.path());
        }
        entries.sort();
        let (mut pictures, mut foreign, mut others, mut folders) = (vec![], vec![], vec![], vec![]);
        for path in entries {
            if is_sidecar(&path) {
                continue;
            }
            if path.is_dir() {
                // A link to a parent folder would loop forever.
                if self.apart.as_ref() != fs::canonicalize(&path).ok().as_ref() && !path.is_symlink() {
                    folders.push(path);
                }
                continue;
            }
            match head(&path).map(|head| look(&head)) {
                Ok(Look::Decoded) => pictures.push(path),
                Ok(Look::Foreign) => foreign.push(path),
                // Its decoding error names the format.
                Ok(Look::Other) | Err(_) if is_picture(&path) => pictures.push(path),
                Ok(Look::Other) | Err(_) => others.push(path),
            }
        }
        // Phones save photos in two formats.
        let stem = |path: &PathBuf| path.file_stem().unwrap_or_default().to_os_string();
        let stems: BTreeSet<OsString> = pictures.iter().map(stem).collect();
        let (twice, alone): (Vec<_>, Vec<_>) =
            foreign.into_iter().partition(|path| stems.contains(&stem(path)));
        pictures.extend(alone);
        found.sources.extend(pictures.into_iter().map(|path| Source { within: within.to_path_buf(), path }));
        let mut tell = |paths: &[PathBuf], why: &str| {
            if !paths.is_empty() {
                found.notices.push(named(folder, format_args!("{}: {why}", listed(paths))));
            }
        };
        tell(&others, "not pictures, left out");
        tell(&twice, "left out, for the photo of the same name beside it");
        if !self.recursive {
            tell(&folders, "folders, left out; --recursive takes their pictures too");
            return Ok(());
        }
        for path in folders {
            self.folder(&path, &within.join(path.file_name().unwrap_or_default()), found)?;
        }
        Ok(())
    }
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = vec![];
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

fn is_sidecar(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b"._")
        || SIDECARS.iter().any(|sidecar| name.eq_ignore_ascii_case(sidecar))
}

/// The first names, and the number of further ones.
fn listed(paths: &[PathBuf]) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<String> = paths.iter().take(NAMED).map(name).collect();
    let more = paths.len().saturating_sub(NAMED);
    if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) }
}

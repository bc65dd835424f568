//! Output files of results.

use super::Outcome;
use super::files::{is_picture, is_png, named, real};
use super::walk::{Found, Source, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{self, Path, PathBuf};

/// A picture to read, and the file for its result.
#[derive(Debug)]
pub(super) struct Job {
    pub input: PathBuf,
    pub output: PathBuf,
}

/// Jobs for pictures and folders of pictures, and notices about omitted files; creates the folders of the
/// results. No result overwrites an input or another result.
pub(super) fn jobs(inputs: &[PathBuf], output: &Path, recursive: bool) -> Outcome<(Vec<Job>, Vec<String>)> {
    let walk = Walk { recursive, apart: fs::canonicalize(output).ok() };
    let Found { sources, notices } = walk.pictures(inputs)?;
    let is_folder = output.is_dir() || output.as_os_str().to_string_lossy().ends_with(path::is_separator);
    let into_file = sources.len() == 1 && !inputs[0].is_dir() && !is_folder && is_png(output);
    if !into_file && !is_folder && (output.is_file() || is_png(output)) {
        return Err(named(output, "several results need a folder, but this is a file"));
    }
    if !into_file && !is_folder && is_picture(output) {
        return Err(named(output, "results are PNG files; end the name in .png, or name a folder"));
    }
    let targets = if into_file {
        vec![output.to_path_buf()]
    } else {
        names(&sources).into_iter().map(|name| output.join(name)).collect()
    };
    let read: BTreeSet<PathBuf> = sources.iter().map(|source| real(&source.path)).collect();
    if let Some(target) = targets.iter().find(|target| read.contains(&real(target))) {
        return Err(named(target, "this is an input and would be overwritten; choose another output"));
    }
    let folders: BTreeSet<&Path> = targets.iter().filter_map(|target| target.parent()).collect();
    for folder in folders.into_iter().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|e| named(folder, e))?;
    }
    let jobs = sources.into_iter().zip(targets).map(|(source, output)| Job { input: source.path, output });
    Ok((jobs.collect(), notices))
}

/// Name of a PNG file for each source, in its folder: the source's name with another ending; if several would
/// collide, the full name with the ending appended ("a.jpg.png"), and numbered if that is not enough. Names
/// that differ only in case collide on many file systems.
fn names(sources: &[Source]) -> Vec<PathBuf> {
    let alike = |path: &Path| path.to_string_lossy().to_lowercase();
    let short = |source: &Source| source.within.join(source.path.file_stem().unwrap_or_default());
    let mut often: BTreeMap<String, usize> = BTreeMap::new();
    for source in sources {
        *often.entry(alike(&short(source))).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    let mut free = |name: &Path| {
        let ended = |number: usize| {
            let mut ended = OsString::from(name);
            ended.push(if number == 1 { ".png".into() } else { format!(" ({number}).png") });
            PathBuf::from(ended)
        };
        let mut numbers = 1..;
        loop {
            let ended = ended(numbers.next().unwrap_or_default());
            if taken.insert(alike(&ended)) {
                return ended;
            }
        }
    };
    let whole = |source: &Source| source.within.join(source.path.file_name().unwrap_or_default());
    let name = |source: &Source| {
        let short = short(source);
        if often[&alike(&short)] == 1 { short } else { whole(source) }
    };
    sources.iter().map(|source| free(&name(source))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_a_name_of_its_own() {
        let sources = [
            ("", "x/a.jpg"),
            ("", "x/a.png"),
            ("", "x/b.jpg"),
            ("", "y/B.jpg"),
            ("", "z/b.JPG"),
            ("sub", "x/sub/a.jpg"),
            ("", "x/c.d.jpg"),
            ("", "x/e"),
        ];
        let sources = sources.map(|(within, path)| Source { within: within.into(), path: path.into() });
        let expected = [
            "a.jpg.png",
            "a.png.png",
            "b.jpg.png",
            "B.jpg (2).png",
            "b.JPG (3).png",
            "sub/a.png",
            "c.d.png",
            "e.png",
        ];
        assert_eq!(names(&sources), expected.map(PathBuf::from));
    }
}

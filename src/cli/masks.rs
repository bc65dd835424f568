//! Masks on disk, matched with their pictures.

use super::files;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Masks by the names of their pictures, without extension.
pub(super) struct Masks(BTreeMap<OsString, PathBuf>);

impl Masks {
    /// Finds masks among files that may be photos as well: JPEG would blur classes, and of two other files
    /// with the same name the PNG is the mask.
    pub(super) fn of(pictures: &[PathBuf]) -> Self {
        let mut masks = BTreeMap::new();
        for path in pictures.iter().filter(|path| !files::is_jpeg(path)) {
            let name = path.file_stem().unwrap_or_default().to_os_string();
            if files::is_png(path) {
                masks.insert(name, path.clone());
            } else {
                masks.entry(name).or_insert_with(|| path.clone());
            }
        }
        Self(masks)
    }

    /// Mask of a photo, never the photo itself.
    pub(super) fn mask(&self, photo: &Path) -> Option<&Path> {
        let mask = self.0.get(photo.file_stem()?)?;
        (files::real(mask) != files::real(photo)).then_some(mask)
    }

    /// Pictures that are not the mask of another.
    pub(super) fn photos(&self, mut pictures: Vec<PathBuf>) -> Vec<PathBuf> {
        let masks: BTreeSet<PathBuf> =
            pictures.iter().filter_map(|path| self.mask(path)).map(files::real).collect();
        pictures.retain(|path| !masks.contains(&files::real(path)));
        pictures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_pictures_with_the_same_name_the_png_is_the_mask() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let side_by_side =
            paths(&["a.jpg", "a.png", "b.png", "b.webp", "c.bmp", "c.jpeg", "d.png", "e.jfif"]);
        let masks = Masks::of(&side_by_side);
        assert_eq!(masks.photos(side_by_side), paths(&["a.jpg", "b.webp", "c.jpeg", "d.png", "e.jfif"]));
        let of = |photo: &str| masks.mask(Path::new(photo)).map(Path::to_path_buf);
        assert_eq!(
            ["a.jpg", "b.webp", "c.jpeg"].map(of),
            ["a.png", "b.png", "c.bmp"].map(|mask| Some(mask.into()))
        );
        assert_eq!(["d.png", "e.jfif"].map(of), [None, None]);
        // Photos in a folder of their own.
        assert_eq!(of("photos/d.png"), Some("d.png".into()));
        assert_eq!(masks.photos(paths(&["photos/a.png"])), paths(&["photos/a.png"]));
    }
}

//! Noise estimation of pictures.

use super::walk::Walk;
use super::{Outcome, files, report};
use std::path::PathBuf;
use unet_playground::image::noise_level;

/// Prints a table of the noise of pictures and folders. A picture that fails is reported, and the others
/// continue.
pub(super) fn noise(inputs: &[PathBuf], recursive: bool) -> Outcome<()> {
    let head = ["picture", "sigma", "luma sigma", "chroma sigma"];
    let (mut table, mut failed) = (vec![head.map(String::from).to_vec()], vec![]);
    let found = Walk { recursive, apart: None }.pictures(inputs)?;
    report::remarks(&found.notices);
    for path in found.paths() {
        let level = files::read_whole(&path)
            .and_then(|picture| noise_level(&picture).map_err(|e| format!("{}: {e}", path.display())));
        match level {
            Ok(level) => {
                let sigmas = [level.sigma, level.luma, level.chroma].map(|sigma| format!("{sigma:.1}"));
                table.push([vec![path.display().to_string()], sigmas.to_vec()].concat());
            }
            Err(message) => failed.push(message),
        }
    }
    failed.extend(report::print(&table).err());
    report::all(&failed)
}

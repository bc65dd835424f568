//! Restoration protocols: pictures are degraded, restored, and compared with the originals.

use super::{Method, Subject, file_name};
use crate::cli::protocol::Protocol;
use crate::cli::{Outcome, files};
use serde::{Serialize, Serializer};
use std::path::PathBuf;
use unet_playground::image::{Picture, lab, metrics};

/// Similarity of one picture to its reference.
#[derive(Debug, Clone, Copy, Serialize)]
struct Scores {
    psnr: f64,
    psnr_luma: f64,
    ssim: Option<f64>,
    /// 0–255.
    mae: f64,
    /// Mean of √(a*² + b*²) of the picture and the reference; over several pictures, the means of theirs.
    /// JSON contains their ratio.
    #[serde(rename = "chroma", serialize_with = "as_share")]
    chromas: [f64; 2],
}

/// A ratio of means: nearly gray pictures would dominate a mean of ratios.
fn share([made, wanted]: &[f64; 2]) -> f64 {
    made / wanted
}

fn as_share<S: Serializer>(chromas: &[f64; 2], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(share(chromas))
}

#[derive(Debug, Serialize)]
struct Measured {
    picture: String,
    /// Scores without a network; absent for noise that no picture can represent.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Scores>,
    after: Scores,
}

/// Scores of one model for all pictures under one protocol.
#[derive(Debug, Serialize)]
pub(super) struct Restored {
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Scores>,
    after: Scores,
    pictures: Vec<Measured>,
}

impl Restored {
    /// A table row, and its header.
    pub(super) fn cells(&self, protocol: &str) -> (Vec<String>, Vec<String>) {
        let head = [
            "protocol",
            "pictures",
            "before dB",
            "PSNR dB",
            "before luma dB",
            "luma dB",
            "SSIM",
            "MAE",
            "chroma",
        ];
        let two = |value: f64| format!("{value:.2}");
        let before = |of: fn(&Scores) -> f64| self.before.as_ref().map_or("-".into(), |s| two(of(s)));
        let after = &self.after;
        let cells = [
            protocol.into(),
            self.pictures.len().to_string(),
            before(|s| s.psnr),
            two(after.psnr),
            before(|s| s.psnr_luma),
            two(after.psnr_luma),
            after.ssim.map_or("-".into(), |ssim| format!("{ssim:.4}")),
            two(after.mae),
            two(share(&after.chromas)),
        ];
        (head.map(String::from).into(), cells.into())
    }
}

/// Degrades, restores and scores every picture; failures are reported and counted.
pub(super) fn restored(
    subject: &Subject,
    protocol: &Protocol,
    pictures: &[PathBuf],
    seed: u32,
) -> (Option<Restored>, usize) {
    let name = subject.name;
    let terminal = subject.terminal(pictures.len());
    let (mut measured, mut failed) = (vec![], 0);
    for (path, seed) in pictures.iter().zip(seed..) {
        terminal.begin(&format!("{name}, {}: {}", protocol.name, path.display()));
        let measure = || -> Outcome<Measured> {
            let clean = files::read_whole(path)?;
            let score = || -> unet_playground::Result<(Option<Scores>, Scores)> {
                let clean = protocol.reference(clean)?;
                let degraded = protocol.degrade(&clean, seed)?;
                let made = match subject.method {
                    Method::Model { model, tile, .. } => {
                        let restore = protocol.restore(model, &clean, &degraded, seed, tile, &terminal);
                        pollster::block_on(restore)?
                    }
                    Method::Filter(filter) => {
                        let mut filter = filter.clone();
                        filter.seed_mut().into_iter().for_each(|of_filter| *of_filter = seed);
                        filter.apply(if filter.sees_original() { &clean } else { &degraded })?
                    }
                };
                let after = scores(&clean, &made, protocol.border())?;
                let baseline = protocol.baseline(&degraded)?;
                let before =
                    baseline.map(|picture| scores(&clean, &picture, protocol.border())).transpose()?;
                Ok((before, after))
            };
            let (before, after) = score().map_err(|e| format!("{}: {e}", path.display()))?;
            Ok(Measured { picture: file_name(path), before, after })
        };
        match measure() {
            Ok(one) => measured.push(one),
            Err(message) => {
                terminal.complain(&message);
                failed += 1;
            }
        }
        terminal.finish_one();
    }
    terminal.finish();
    let mean =
        |of: fn(&Measured) -> Option<Scores>| mean(&measured.iter().filter_map(of).collect::<Vec<_>>());
    let (before, after) = (mean(|m| m.before), mean(|m| Some(m.after)));
    (after.map(|after| Restored { before, after, pictures: measured }), failed)
}

fn scores(reference: &Picture, picture: &Picture, border: u32) -> unet_playground::Result<Scores> {
    let metrics::Scores { psnr, psnr_luma, ssim, mae } = metrics::compare(reference, picture, border)?;
    Ok(Scores { psnr, psnr_luma, ssim, mae, chromas: [chroma(picture)?, chroma(reference)?] })
}

/// Mean of √(a*² + b*²).
fn chroma(picture: &Picture) -> unet_playground::Result<f64> {
    let rgba = picture.region(picture.rect())?;
    let pixels = rgba.as_chunks::<4>().0;
    let sum: f64 = pixels
        .iter()
        .map(|&[r, g, b, _]| {
            let [_, a, b] = lab::from_srgb([r, g, b]);
            f64::from(a.hypot(b))
        })
        .sum();
    Ok(sum / pixels.len() as f64)
}

/// Mean over pictures (of decibels too, as in papers); `None` if there are none.
fn mean(all: &[Scores]) -> Option<Scores> {
    if all.is_empty() {
        return None;
    }
    let of = |value: fn(&Scores) -> f64| all.iter().map(value).sum::<f64>() / all.len() as f64;
    let similar: Vec<f64> = all.iter().filter_map(|scores| scores.ssim).collect();
    Some(Scores {
        psnr: of(|s| s.psnr),
        psnr_luma: of(|s| s.psnr_luma),
        ssim: (!similar.is_empty()).then(|| similar.iter().sum::<f64>() / similar.len() as f64),
        mae: of(|s| s.mae),
        chromas: [of(|s| s.chromas[0]), of(|s| s.chromas[1])],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_gray_pictures_do_not_dominate_the_chroma() {
        let of = |chromas: [f64; 2]| Scores { psnr: 30.0, psnr_luma: 30.0, ssim: None, mae: 1.0, chromas };
        let both = mean(&[of([6.0, 12.0]), of([2.0, 0.1])]).unwrap();
        let told = serde_json::to_value(both).unwrap();
        assert!((told["chroma"].as_f64().unwrap() - 8.0 / 12.1).abs() < 1e-9, "{told}");
        assert!(told.get("chromas").is_none());
        assert!(mean(&[]).is_none());
    }
}

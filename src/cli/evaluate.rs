//! How well models do on reference pictures.

use super::Outcome;
use super::args::{Args, Evaluate};
use super::host::Terminal;
use super::masks::Masks;
use super::protocol::Protocol;
use super::{files, models, report};
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};
use unet_playground::image::{Picture, lab, mask, metrics};
use unet_playground::metrics::Confusion;
use unet_playground::session::{Engine, Model};
use unet_playground::task::Description;

/// How close one picture is to its reference.
#[derive(Debug, Clone, Copy, Serialize)]
struct Scores {
    psnr: f64,
    psnr_luma: f64,
    ssim: Option<f64>,
    /// 0–255.
    mae: f64,
    /// Mean of √(a*² + b*²), and the reference's; over several pictures, the means of theirs. JSON has their ratio.
    #[serde(rename = "chroma", serialize_with = "as_share")]
    chromas: [f64; 2],
}

/// A ratio of means: pictures that are nearly gray would rule a mean of ratios.
fn share([made, wanted]: &[f64; 2]) -> f64 {
    made / wanted
}

fn as_share<S: Serializer>(chromas: &[f64; 2], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(share(chromas))
}

#[derive(Debug, Serialize)]
struct Measured {
    picture: String,
    /// Of what there is without a network; of noise that no picture can hold, nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Scores>,
    after: Scores,
}

/// One model under one protocol; JSON has an array of these.
#[derive(Debug, Serialize)]
struct Row {
    model: String,
    protocol: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Scores>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Scores>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segmentation: Option<Segmentation>,
    pictures: Vec<Measured>,
}

#[derive(Debug, Serialize)]
struct Segmentation {
    pixel_accuracy: f64,
    mean_iou: Option<f64>,
    /// By class, in order; null where neither the masks nor the results have it.
    iou: Vec<(String, Option<f64>)>,
    pictures: usize,
}

/// Measures, prints a table, and writes JSON where it is asked for.
pub fn evaluate(args: &Args, options: &Evaluate) -> Outcome<()> {
    let engine = models::engine(args)?;
    let (models, mut refused) = wanted(&engine, args, &options.what)?;
    let truth = truth(options)?;
    let json = options.json.as_deref().map(report::Json::open).transpose()?;
    let (mut rows, mut failed) = (vec![], 0);
    for path in &models {
        match measured(&engine, path, &truth, args, options) {
            Ok((more, failures)) => {
                failed += failures;
                rows.extend(more);
            }
            // What the others have scored is not lost.
            Err(message) => refused.push(message),
        }
    }
    refused.extend(report::print(&table(&rows)).err());
    refused.extend(json.and_then(|json| json.write(&rows).err()));
    if failed > 0 {
        refused.push(format!("{failed} pictures failed"));
    }
    report::all(&refused)
}

/// What is measured against.
struct Truth {
    photos: Vec<PathBuf>,
    masks: Option<Masks>,
}

fn truth(options: &Evaluate) -> Outcome<Truth> {
    let masks = options.masks.as_deref().map(files::pictures_in).transpose()?;
    let masks = masks.map(|pictures| Masks::of(&pictures));
    let pictures = files::pictures_in(&options.data)?;
    let mut photos = if let Some(masks) = &masks { masks.photos(pictures) } else { pictures };
    photos.truncate(options.limit.unwrap_or(usize::MAX));
    Ok(Truth { photos, masks })
}

/// The rows of one file, and how many pictures failed.
fn measured(
    engine: &Engine,
    path: &Path,
    truth: &Truth,
    args: &Args,
    options: &Evaluate,
) -> Outcome<(Vec<Row>, usize)> {
    let (model, told) = models::described(engine, path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let subject = Subject { model: &model, name: &name, tile: args.tile };
    if !told.classes.is_empty() {
        let (row, failed) = segmented(&subject, &told, truth, &options.mask_values)?;
        return Ok((row.into_iter().collect(), failed));
    }
    let task = options.protocol.as_deref().or(told.task.as_deref()).unwrap_or("");
    let (mut rows, mut failed) = (vec![], 0);
    let protocols = Protocol::of(task, options.sigma).map_err(|e| format!("{}: {e}", path.display()))?;
    for protocol in protocols {
        let (row, failures) = restored(&subject, protocol, &truth.photos, options.seed);
        failed += failures;
        rows.extend(row);
    }
    Ok((rows, failed))
}

/// What is measured: a model, its file's name, and the longest side of its tiles where that is asked for.
struct Subject<'a> {
    model: &'a Model,
    name: &'a str,
    tile: Option<usize>,
}

/// The files that the names mean: a file, a model of the folder, or all that say they are of a task. Beside
/// them, why others of the folder cannot say of which task they are: they may be of the one that is asked for.
fn wanted(engine: &Engine, args: &Args, what: &[String]) -> Outcome<(Vec<PathBuf>, Vec<String>)> {
    let (mut found, mut broken) = (vec![], vec![]);
    for name in what {
        if Path::new(name).is_file() {
            found.push(PathBuf::from(name));
            continue;
        }
        let folder = models::folder(args)?;
        let named = folder.join(format!("{name}.onnx"));
        if named.is_file() {
            found.push(named);
            continue;
        }
        // The folder is the same for every name.
        broken.clear();
        let (mut of_task, mut tasks) = (vec![], vec![]);
        for path in models::files(&folder)? {
            match models::described(engine, &path) {
                Ok((_, told)) => {
                    if told.task.as_ref() == Some(name) {
                        of_task.push(path);
                    }
                    tasks.extend(told.task);
                }
                Err(message) => broken.push(message),
            }
        }
        if of_task.is_empty() {
            tasks.dedup();
            let hint = models::nearest(name, &tasks).map(|near| format!("did you mean \"{near}\"?"));
            let hint = hint.unwrap_or_else(|| match &tasks[..] {
                [] => "no model of the folder names its task".into(),
                tasks => format!("there are {}", tasks.join(", ")),
            });
            broken.insert(0, format!("there is neither a task nor a file \"{name}\"; {hint}"));
            return Err(report::lines(&broken));
        }
        found.extend(of_task);
    }
    Ok((found, broken))
}

/// Degrades, restores and scores every picture; those that fail are named and counted.
fn restored(
    &Subject { model, name, tile }: &Subject,
    protocol: Protocol,
    pictures: &[PathBuf],
    seed: u32,
) -> (Option<Row>, usize) {
    let terminal = Terminal::new(pictures.len());
    let (mut measured, mut failed) = (vec![], 0);
    for (path, seed) in pictures.iter().zip(seed..) {
        terminal.begin(&format!("{name}, {}: {}", protocol.name(), path.display()));
        let measure = || -> Outcome<Measured> {
            let clean = files::read(path)?;
            let score = || -> unet_playground::Result<(Option<Scores>, Scores)> {
                let clean = protocol.reference(clean)?;
                let degraded = protocol.degrade(&clean, seed)?;
                let restore = protocol.restore(model, &clean, &degraded, seed, tile, &terminal);
                let after = scores(&clean, &pollster::block_on(restore)?, protocol.border())?;
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
    if measured.is_empty() {
        return (None, failed);
    }
    let mean =
        |of: fn(&Measured) -> Option<Scores>| mean(&measured.iter().filter_map(of).collect::<Vec<_>>());
    let (before, after) = (mean(|m| m.before), mean(|m| Some(m.after)));
    let (model, protocol) = (name.into(), protocol.name());
    (Some(Row { model, protocol, before, after, segmentation: None, pictures: measured }), failed)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
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

/// The mean over pictures, as papers report decibels as well; `None` of nothing.
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

/// Labels every picture and compares with its mask.
fn segmented(
    &Subject { model, name, tile }: &Subject,
    told: &Description,
    Truth { photos, masks }: &Truth,
    values: &[u8],
) -> Outcome<(Option<Row>, usize)> {
    let masks = masks.as_ref().ok_or_else(|| {
        format!("{name}: a segmentation is measured against masks; name their folder with --masks")
    })?;
    let classes = told.classes.len();
    if !values.is_empty() && values.len() != classes {
        return Err(format!("{name} has {classes} classes, but --mask-values are {}", values.len()));
    }
    let count = u8::try_from(classes).map_err(|_| format!("{name}: at most 255 classes are measured"))?;
    let (terminal, mut confusion) = (Terminal::new(photos.len()), Confusion::new(count));
    let (mut counted, mut failed) = (0, 0);
    for path in photos {
        terminal.begin(&format!("{name}: {}", path.display()));
        let mut compare = || -> Outcome<()> {
            let mask = masks.mask(path);
            let mask = mask.ok_or_else(|| format!("{}: there is no mask of this name", path.display()))?;
            let (picture, truth) = (files::read(path)?, files::read(mask)?);
            let named = |e: unet_playground::Error| format!("{}: {e}", path.display());
            let labels =
                pollster::block_on(model.process(&picture, tile, &terminal, |_| {})).map_err(named)?.picture;
            let of_mask = |e: unet_playground::Error| format!("{}: {e}", mask.display());
            let truth = if values.is_empty() {
                mask::labels(&truth, count).map_err(of_mask)?
            } else {
                let truth = labels_of(&truth, values).map_err(of_mask)?;
                truth.ok_or_else(|| format!("{}: it is not gray", mask.display()))?
            };
            confusion.merge(&mask::agreement(&labels, &truth, count).map_err(of_mask)?);
            Ok(())
        };
        match compare() {
            Ok(()) => counted += 1,
            Err(message) => {
                terminal.complain(&message);
                failed += 1;
            }
        }
        terminal.finish_one();
    }
    terminal.finish();
    let iou =
        told.classes.iter().enumerate().map(|(i, class)| (class.name.clone(), confusion.iou(i))).collect();
    let segmentation = Segmentation {
        pixel_accuracy: confusion.pixel_accuracy(),
        mean_iou: confusion.mean_iou(),
        iou,
        pictures: counted,
    };
    let row = Row {
        model: name.into(),
        protocol: "masks".into(),
        before: None,
        after: None,
        segmentation: Some(segmentation),
        pictures: vec![],
    };
    Ok(((counted > 0).then_some(row), failed))
}

/// Labels of a gray mask, whose levels are the values of classes in order; `None` where it has colours.
fn labels_of(mask: &Picture, values: &[u8]) -> unet_playground::Result<Option<Picture>> {
    let mut rgba = mask.region(mask.rect())?;
    for pixel in rgba.as_chunks_mut::<4>().0 {
        let [r, g, b, _] = *pixel;
        if r != g || g != b {
            return Ok(None);
        }
        let class = values.iter().position(|&value| value == r).map_or(255, |i| i as u8);
        *pixel = [class, 255, 0, 255];
    }
    Picture::from_rgba(mask.width(), mask.height(), &rgba).map(Some)
}

fn table(rows: &[Row]) -> Vec<Vec<String>> {
    let mut table = vec![];
    let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<String>>();
    if rows.iter().any(|row| row.after.is_some()) {
        table.push(words(&[
            "model",
            "protocol",
            "pictures",
            "before dB",
            "PSNR dB",
            "before luma dB",
            "luma dB",
            "SSIM",
            "MAE",
            "chroma",
        ]));
    }
    for row in rows {
        if let Some(after) = &row.after {
            let mut cells = vec![row.model.clone(), row.protocol.clone(), row.pictures.len().to_string()];
            let was =
                |of: fn(&Scores) -> f64| row.before.as_ref().map_or("-".into(), |s| format!("{:.2}", of(s)));
            cells.extend([was(|s| s.psnr), format!("{:.2}", after.psnr)]);
            cells.extend([was(|s| s.psnr_luma), format!("{:.2}", after.psnr_luma)]);
            cells.push(after.ssim.map_or("-".into(), |ssim| format!("{ssim:.4}")));
            cells.extend([after.mae, share(&after.chromas)].map(|value| format!("{value:.2}")));
            table.push(cells);
        }
        if let Some(found) = &row.segmentation {
            let share = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.3}"));
            let mut head = words(&["model", "pictures", "accuracy", "mean IoU"]);
            head.extend(found.iou.iter().map(|(class, _)| class.clone()));
            table.push(head);
            let mut cells = vec![
                row.model.clone(),
                found.pictures.to_string(),
                share(Some(found.pixel_accuracy)),
                share(found.mean_iou),
            ];
            cells.extend(found.iou.iter().map(|(_, iou)| share(*iou)));
            table.push(cells);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_that_are_nearly_gray_do_not_rule_the_chroma() {
        let of = |chromas: [f64; 2]| Scores { psnr: 30.0, psnr_luma: 30.0, ssim: None, mae: 1.0, chromas };
        let both = mean(&[of([6.0, 12.0]), of([2.0, 0.1])]).unwrap();
        let told = serde_json::to_value(both).unwrap();
        assert!((told["chroma"].as_f64().unwrap() - 8.0 / 12.1).abs() < 1e-9, "{told}");
        assert!(told.get("chromas").is_none());
        assert!(mean(&[]).is_none());
    }
}

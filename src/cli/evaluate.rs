//! Evaluation of models on reference pictures.

mod restoration;
mod segmentation;

use super::Outcome;
use super::args::{Args, Chroma, Evaluate};
use super::host::Terminal;
use super::masks::Masks;
use super::protocol::{Damage, Protocol};
use super::walk::Walk;
use super::{damage, models, report};
use restoration::{Restored, restored};
use segmentation::{Segmented, segmented};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::slice;
use unet_playground::image::{FilterSpec, Subsampling};
use unet_playground::session::{Engine, Model};

/// Scores of one model under one protocol; JSON contains an array of these.
#[derive(Debug, Serialize)]
struct Row {
    model: String,
    protocol: String,
    #[serde(flatten)]
    found: Found,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Found {
    Restored(Restored),
    Segmented { segmentation: Segmented },
}

/// Evaluates, prints a table, and writes JSON if requested.
pub(super) fn evaluate(args: &Args, options: &Evaluate) -> Outcome<()> {
    let (filters, names): (Vec<&String>, Vec<&String>) =
        options.what.iter().partition(|name| damage::is_classical(name) && !Path::new(name).is_file());
    let filters: Vec<FilterSpec> =
        filters.into_iter().map(|text| damage::parse_filter(text)).collect::<Outcome<_>>()?;
    let engine = if names.is_empty() { None } else { Some(models::engine(args)?) };
    let (models, mut refused) = match &engine {
        Some(engine) => wanted(engine, args, &names)?,
        None => (vec![], vec![]),
    };
    let truth = truth(options)?;
    let json = options.json.as_deref().map(report::Json::open).transpose()?;
    let (mut rows, mut failed) = (vec![], 0);
    let mut take = |measured: Outcome<(Vec<Row>, usize)>| match measured {
        Ok((more, failures)) => {
            failed += failures;
            rows.extend(more);
            None
        }
        // A failure must not lose the other scores.
        Err(message) => Some(message),
    };
    for filter in &filters {
        refused.extend(take(filtered(filter, &truth, args, options)));
    }
    for (engine, path) in engine.iter().flat_map(|engine| models.iter().map(move |path| (engine, path))) {
        refused.extend(take(measured(engine, path, &truth, args, options)));
    }
    refused.extend(report::print(&table(&rows)).err());
    refused.extend(json.and_then(|json| json.write(&rows).err()));
    if failed > 0 {
        refused.push(format!("{failed} pictures failed"));
    }
    report::all(&refused)
}

/// Reference of the evaluation.
struct Truth {
    photos: Vec<PathBuf>,
    masks: Option<Masks>,
}

fn truth(options: &Evaluate) -> Outcome<Truth> {
    let masks = options.masks.as_ref().map(pictures_in).transpose()?;
    let masks = masks.map(|pictures| Masks::of(&pictures));
    let pictures = pictures_in(&options.data)?;
    let mut photos = if let Some(masks) = &masks { masks.photos(pictures) } else { pictures };
    photos.truncate(options.limit.unwrap_or(usize::MAX));
    Ok(Truth { photos, masks })
}

fn pictures_in(folder: &PathBuf) -> Outcome<Vec<PathBuf>> {
    let found = Walk::default().pictures(slice::from_ref(folder))?;
    report::remarks(&found.notices);
    Ok(found.paths())
}

/// Rows of one file, and the number of failed pictures.
fn measured(
    engine: &Engine,
    path: &Path,
    truth: &Truth,
    args: &Args,
    options: &Evaluate,
) -> Outcome<(Vec<Row>, usize)> {
    let (model, told) = models::described(engine, path)?;
    let name = file_name(path);
    let threads = args.threads();
    let method = Method::Model { model: &model, path, tile: args.tile };
    let subject = Subject { method, name: &name, threads };
    let row = |protocol: String, found| Row { model: name.clone(), protocol, found };
    if !told.classes.is_empty() {
        let (found, failed) = segmented(&subject, &told, truth, &options.mask_values)?;
        let found = found.map(|segmentation| Found::Segmented { segmentation });
        return Ok((found.into_iter().map(|found| row("masks".into(), found)).collect(), failed));
    }
    let task = options.protocol.as_deref().or(told.task.as_deref()).unwrap_or("");
    let protocols = protocols(task, options).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(restorations(&subject, &protocols, truth, options))
}

/// Rows of a filter. Unrounded noise is for networks only.
fn filtered(
    filter: &FilterSpec,
    truth: &Truth,
    args: &Args,
    options: &Evaluate,
) -> Outcome<(Vec<Row>, usize)> {
    let name = damage::label(filter);
    let task = options.protocol.as_deref().unwrap_or("");
    let mut protocols = protocols(task, options).map_err(|e| format!("{name}: {e}"))?;
    protocols.retain(Protocol::has_picture);
    if filter.sees_original() && !protocols.iter().all(Protocol::only_reduces) {
        return Err(format!(
            "{name}: it makes its small pictures itself; measure it with --protocol super-resolve-x2"
        ));
    }
    let subject = Subject { method: Method::Filter(filter), name: &name, threads: args.threads() };
    Ok(restorations(&subject, &protocols, truth, options))
}

/// One row per protocol, and the number of failed pictures.
fn restorations(
    subject: &Subject,
    protocols: &[Protocol],
    truth: &Truth,
    options: &Evaluate,
) -> (Vec<Row>, usize) {
    let (mut rows, mut failed) = (vec![], 0);
    for protocol in protocols {
        let (found, failures) = restored(subject, protocol, &truth.photos, options.seed);
        failed += failures;
        rows.extend(found.map(|found| Row {
            model: subject.name.into(),
            protocol: protocol.name.clone(),
            found: Found::Restored(found),
        }));
    }
    (rows, failed)
}

fn protocols(task: &str, options: &Evaluate) -> Outcome<Vec<Protocol>> {
    Protocol::of(task, &wanted_damage(options))
}

fn wanted_damage(options: &Evaluate) -> Damage {
    Damage {
        sigma: options.sigma,
        instead: options.degrade.clone(),
        gray: options.gray,
        saved: options.jpeg.clone(),
        subsampling: match options.subsampling {
            Chroma::Half => Subsampling::Half,
            Chroma::Full => Subsampling::None,
        },
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Subject of an evaluation, with its name in the table.
struct Subject<'a> {
    method: Method<'a>,
    name: &'a str,
    threads: usize,
}

#[derive(Clone, Copy)]
enum Method<'a> {
    /// `tile`: maximum side of its tiles, if given.
    Model {
        model: &'a Model,
        path: &'a Path,
        tile: Option<usize>,
    },
    Filter(&'a FilterSpec),
}

impl Subject<'_> {
    /// A progress bar for this many pictures, which also helps with their tiles.
    fn terminal(&self, pictures: usize) -> Terminal {
        let terminal = Terminal::new(pictures, self.threads);
        if let Method::Model { path, .. } = self.method {
            terminal.take(path);
        }
        terminal
    }
}

/// Files that the names refer to: a file, a model of the folder, or all models that declare a task. Also
/// returns why others in the folder do not declare a readable task, since they may belong to the requested
/// one.
fn wanted(engine: &Engine, args: &Args, what: &[&String]) -> Outcome<(Vec<PathBuf>, Vec<String>)> {
    let (mut found, mut broken) = (vec![], vec![]);
    for &name in what {
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
                [] => "no model in the folder declares its task".into(),
                tasks => format!("there are {}", tasks.join(", ")),
            });
            broken.insert(0, format!("no task or file is named \"{name}\"; {hint}"));
            return Err(report::lines(&broken));
        }
        found.extend(of_task);
    }
    Ok((found, broken))
}

fn table(rows: &[Row]) -> Vec<Vec<String>> {
    let mut table: Vec<Vec<String>> = vec![];
    let mut head = vec![];
    for Row { model, protocol, found } in rows {
        let (names, cells) = match found {
            Found::Restored(found) => found.cells(protocol),
            Found::Segmented { segmentation } => segmentation.cells(),
        };
        // One header for all rows that share it.
        if names != head {
            table.push([vec!["model".into()], names.clone()].concat());
            head = names;
        }
        table.push([vec![model.clone()], cells].concat());
    }
    table
}

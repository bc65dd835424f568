//! Running models on pictures.

use super::Outcome;
use super::args::{Args, Command, Files, Mode, Source, View};
use super::host::Terminal;
use super::jobs::{self, Job};
use super::tasks::{self, TaskCommand};
use super::{damage, files, models, report};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use unet_playground::image::filter::Edges;
use unet_playground::image::{Decoded, FilterSpec, Picture, apply_all, labels};
use unet_playground::session::{Engine, Model, OptionalValues, ProcessOptions};
use unet_playground::task::OptionalDescription;

/// A command in its general form.
struct Order<'a> {
    files: &'a Files,
    steps: Vec<Step>,
    view: Option<&'a View>,
    from_photo: bool,
    optional: OptionalValues,
}

/// One processing step of a picture.
enum Step {
    Filter(FilterSpec),
    Network {
        model: PathBuf,
        /// Variant for compressed pictures, if it may be used.
        for_compressed: Option<PathBuf>,
        source: Source,
    },
}

fn order<'a>(args: &Args, command: &'a Command) -> Outcome<Order<'a>> {
    match command {
        Command::Task(TaskCommand { steps, task, from_photo, view }) => {
            // Until the first network that produces a new picture.
            let mut source = task.source;
            let mut step = |id: &String| -> Outcome<Step> {
                if damage::is_classical(id) {
                    return Ok(Step::Filter(damage::parse_filter(id)?));
                }
                let step = network(args, id, &task.upsampling, source)?;
                if !tasks::find(id).is_some_and(tasks::Facts::keeps_compression) {
                    source = Source::Clean;
                }
                Ok(step)
            };
            let steps = steps.iter().map(&mut step).collect::<Outcome<Vec<_>>>()?;
            let has_other = |step: &Step| matches!(step, Step::Network { for_compressed: Some(_), .. });
            if task.source == Source::Compressed && !steps.iter().any(has_other) {
                let named = |step: &Step| match step {
                    Step::Network { model, .. } => Some(model.display().to_string()),
                    Step::Filter(_) => None,
                };
                let name = steps.iter().rev().find_map(named).unwrap_or_else(|| "a filter".into());
                return Err(format!("{name}: there is no network beside it for compressed pictures"));
            }
            Ok(Order {
                files: &task.files,
                steps,
                view: view.as_ref(),
                from_photo: *from_photo,
                optional: task.optional.values(),
            })
        }
        Command::Run { files, model: Some(model), view, optional, .. } => Ok(Order {
            files,
            steps: vec![Step::Network { model: model.clone(), for_compressed: None, source: Source::Clean }],
            view: Some(view),
            from_photo: false,
            optional: optional.values(),
        }),
        Command::Run { model: None, .. }
        | Command::List
        | Command::Noise { .. }
        | Command::Evaluate(_)
        | Command::Profile(_) => Err("this command does not run a network on pictures".into()),
    }
}

fn network(args: &Args, task: &str, strategy: &str, source: Source) -> Outcome<Step> {
    let model = models::of_task(args, task, strategy)?;
    let for_compressed = match source {
        Source::Auto | Source::Compressed => models::for_compressed(&model),
        Source::Clean => None,
    };
    Ok(Step::Network { model, for_compressed, source })
}

/// Runs a task's command. A picture that fails is reported, and the others continue.
pub(super) fn run(args: &Args, command: &Command) -> Outcome<()> {
    if let Command::Run { files, filter, model: None, .. } = command {
        return filtered(args, files, filter);
    }
    let order = order(args, command)?;
    let (jobs, notices) = jobs::jobs(&order.files.inputs, &order.files.output, order.files.recursive)?;
    report::remarks(&notices);
    let engine = models::engine(args)?;
    let works = order.steps.iter().map(|step| loaded(&engine, step)).collect::<Outcome<Vec<_>>>()?;
    let last = works.last().and_then(|work| match work {
        Work::Networks(networks) => Some(&networks.classes),
        Work::Filter(_) => None,
    });
    let chosen = match (order.view, last) {
        (Some(view), Some(names)) if !names.is_empty() => chosen(names, &view.classes)?,
        _ => vec![],
    };
    nobody_unheard(&works, &order.optional)?;
    each(args, &jobs, |job, terminal| one(args, &order, &works, &chosen, job, terminal))
}

fn loaded<'a>(engine: &Engine, step: &'a Step) -> Outcome<Work<'a>> {
    let (model, for_compressed, source) = match step {
        Step::Filter(filter) => return Ok(Work::Filter(filter)),
        Step::Network { model, for_compressed, source } => (model, for_compressed, *source),
    };
    let (network, told) = models::described(engine, model)?;
    let compressed = for_compressed.as_deref();
    let compressed =
        compressed.map(|path| models::load(engine, path).map(|model| (path, model))).transpose()?;
    let classes = told.classes.into_iter().map(|class| class.name).collect();
    let optional = told.optional;
    Ok(Work::Networks(Box::new(Networks { usual: (model, network), compressed, source, classes, optional })))
}

/// Runs pictures through filters alone.
fn filtered(args: &Args, files: &Files, chain: &[FilterSpec]) -> Outcome<()> {
    let (jobs, notices) = jobs::jobs(&files.inputs, &files.output, files.recursive)?;
    report::remarks(&notices);
    each(args, &jobs, |job, terminal| {
        let Decoded { picture, notices, metadata, .. } = files::read(&job.input)?;
        files::told(&job.input, &notices).iter().for_each(|notice| terminal.remark(notice));
        let made = apply_all(chain, &picture).map_err(|e| format!("{}: {e}", job.input.display()))?;
        files::write(&job.output, &made, &metadata.with_location(files.gps))
    })
}

/// Runs every job; a failure is reported, and the others continue.
fn each(args: &Args, jobs: &[Job], one: impl Fn(&Job, &Terminal) -> Outcome<()>) -> Outcome<()> {
    let terminal = Terminal::new(jobs.len(), args.threads());
    let mut failed = 0;
    for job in jobs {
        terminal.begin(&job.input.display().to_string());
        if let Err(message) = one(job, &terminal) {
            terminal.complain(&message);
            failed += 1;
        }
        terminal.finish_one();
    }
    terminal.finish();
    if failed > 0 { Err(format!("{failed} of {} pictures failed", jobs.len())) } else { Ok(()) }
}

/// A prepared step.
enum Work<'a> {
    Filter(&'a FilterSpec),
    Networks(Box<Networks<'a>>),
}

/// Networks of a step, each with its file.
struct Networks<'a> {
    usual: (&'a Path, Model),
    compressed: Option<(&'a Path, Model)>,
    source: Source,
    /// Names of its classes.
    classes: Vec<String>,
    /// Its optional inputs, by name.
    optional: BTreeMap<String, OptionalDescription>,
}

impl Networks<'_> {
    /// The network for a picture; `lossy`: whether the picture's file is lossy.
    fn of(&self, lossy: bool) -> &(&Path, Model) {
        let compressed = self.compressed.as_ref().filter(|_| lossy || self.source == Source::Compressed);
        compressed.unwrap_or(&self.usual)
    }

    fn takes_hints(&self) -> bool {
        self.optional.values().any(|input| matches!(input, OptionalDescription::ColorHints { .. }))
    }

    /// Those of the values that belong to this step, of several steps.
    fn values(&self, all: &OptionalValues) -> OptionalValues {
        let mut own = all.clone();
        own.numbers.retain(|name, _| self.optional.contains_key(name));
        if !self.takes_hints() {
            own.hints.clear();
        }
        own
    }
}

/// Checks that each value belongs to one of several steps; a single network reports unknown values itself.
fn nobody_unheard(works: &[Work], values: &OptionalValues) -> Outcome<()> {
    if let [Work::Networks(_)] = works {
        return Ok(());
    }
    let networks = || {
        works.iter().filter_map(|work| match work {
            Work::Networks(networks) => Some(networks),
            Work::Filter(_) => None,
        })
    };
    if !values.hints.is_empty() && !networks().any(|one| one.takes_hints()) {
        return Err("none of the steps takes color hints".into());
    }
    let unknown = values.numbers.keys().find(|&name| !networks().any(|one| one.optional.contains_key(name)));
    unknown.map_or(Ok(()), |name| Err(format!("none of the steps has an optional number named {name:?}")))
}

fn one(args: &Args, order: &Order, works: &[Work], chosen: &[u8], job: &Job, host: &Terminal) -> Outcome<()> {
    let named = |e: unet_playground::Error| format!("{}: {e}", job.input.display());
    let Decoded { mut picture, notices, metadata, lossy } = files::read(&job.input)?;
    files::told(&job.input, &notices).iter().for_each(|notice| host.remark(notice));
    for (index, work) in works.iter().enumerate() {
        host.step(index, works.len());
        picture = match work {
            Work::Filter(filter) => filter.apply(&picture).map_err(named)?,
            Work::Networks(networks) => through(args, order, networks, chosen, (job, lossy), picture, host)?,
        };
    }
    files::write(&job.output, &picture, &metadata.with_location(order.files.gps))
}

/// Runs a picture through the network of a step.
fn through(
    args: &Args,
    order: &Order,
    networks: &Networks,
    chosen: &[u8],
    (job, lossy): (&Job, bool),
    mut picture: Picture,
    host: &Terminal,
) -> Outcome<Picture> {
    let named = |e: unet_playground::Error| format!("{}: {e}", job.input.display());
    let (file, model) = networks.of(lossy);
    host.take(file);
    if order.from_photo {
        let side = model.task().map_err(named)?.side().unwrap_or(u32::MAX);
        picture = Edges::of_photo(&picture, side).map_err(named)?;
    }
    if let Some([height, width]) = fixed_frame(model, &picture).map_err(named)? {
        host.remark(&format!(
            "{}: this model takes only pictures of {width} × {height} pixels and sees each as a whole: the picture is \
             resized for it, and the result is resized back",
            job.input.display()
        ));
    }
    let values =
        if order.steps.len() == 1 { order.optional.clone() } else { networks.values(&order.optional) };
    let options = ProcessOptions { tile: args.tile, near: None, values };
    let run = model.process(&picture, options, host, |_| {});
    let processed = pollster::block_on(run).map_err(named)?;
    if let Some(error) = processed.fallback {
        host.remark(&format!("{error}; continuing on the CPU"));
    }
    match order.view {
        Some(view) if !chosen.is_empty() => draw(&picture, processed.picture, view, chosen).map_err(named),
        _ => Ok(processed.picture),
    }
}

/// Height and width to which a picture is resized because the model accepts no other.
fn fixed_frame(model: &Model, picture: &Picture) -> unet_playground::Result<Option<[usize; 2]>> {
    if model.task()?.side().is_some() {
        return Ok(None);
    }
    model.frame([picture.height(), picture.width()])
}

fn draw(picture: &Picture, made: Picture, view: &View, chosen: &[u8]) -> unet_playground::Result<Picture> {
    let how = match view.view {
        Mode::Labels => return opaque(&made),
        Mode::Classes => labels::View::Classes,
        Mode::Overlay => labels::View::Overlay { opacity: view.opacity },
        Mode::Cutout => labels::View::Cutout,
    };
    labels::draw(picture, &made, how, chosen)
}

/// Labels without the background's probability, which other programs would display as transparency.
fn opaque(labels: &Picture) -> unet_playground::Result<Picture> {
    let mut rgba = labels.region(labels.rect())?;
    for pixel in rgba.as_chunks_mut::<4>().0 {
        pixel[3] = 255;
    }
    Picture::from_rgba(labels.width(), labels.height(), &rgba)
}

/// Indices of the wanted classes; if none are named, all but the background.
fn chosen(names: &[String], wanted: &[String]) -> Outcome<Vec<u8>> {
    let index = |name: &String| names.iter().position(|known| known == name).map(|i| i as u8);
    if wanted.is_empty() {
        let shown = names.iter().filter(|name| *name != "background");
        return Ok(shown.filter_map(index).collect());
    }
    let known = |name: &String| {
        index(name).ok_or_else(|| {
            let hint = models::nearest(name, names).map(|near| format!("did you mean \"{near}\"?"));
            let hint = hint.unwrap_or_else(|| format!("there are {}", names.join(", ")));
            format!("there is no class \"{name}\"; {hint}")
        })
    };
    wanted.iter().map(known).collect()
}

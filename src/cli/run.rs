//! Pictures through a model.

use super::Outcome;
use super::args::{Args, Command, Files, Mode, Source, View};
use super::host::Terminal;
use super::jobs::{self, Job};
use super::tasks::TaskCommand;
use super::{files, models, report};
use std::path::{Path, PathBuf};
use unet_playground::image::filter::Edges;
use unet_playground::image::{Decoded, FilterSpec, Picture, apply_all, labels};
use unet_playground::session::{Model, OptionalValues, ProcessOptions};

/// What a command comes down to.
struct Order<'a> {
    files: &'a Files,
    model: PathBuf,
    /// Of the same, for compressed pictures, where it may be used.
    for_compressed: Option<PathBuf>,
    source: Source,
    view: Option<&'a View>,
    from_photo: bool,
    optional: OptionalValues,
}

fn order<'a>(args: &Args, command: &'a Command) -> Outcome<Order<'a>> {
    match command {
        Command::Task(TaskCommand { id, task, from_photo, view }) => {
            let model = models::of_task(args, id, &task.upsampling)?;
            let for_compressed = match task.source {
                Source::Auto | Source::Compressed => models::for_compressed(&model),
                Source::Clean => None,
            };
            if task.source == Source::Compressed && for_compressed.is_none() {
                return Err(format!(
                    "{}: there is no network beside it for compressed pictures",
                    model.display()
                ));
            }
            Ok(Order {
                files: &task.files,
                model,
                for_compressed,
                source: task.source,
                view: view.as_ref(),
                from_photo: *from_photo,
                optional: task.optional.values(),
            })
        }
        Command::Run { files, model: Some(model), view, optional, .. } => {
            let model = model.clone();
            let source = Source::Clean;
            let optional = optional.values();
            Ok(Order {
                files,
                model,
                for_compressed: None,
                source,
                view: Some(view),
                from_photo: false,
                optional,
            })
        }
        Command::Run { model: None, .. }
        | Command::List
        | Command::Noise { .. }
        | Command::Evaluate(_)
        | Command::Profile(_) => Err("this command runs no network on pictures".into()),
    }
}

/// Runs a task's command. A picture that fails is named, and the others go on.
pub(super) fn run(args: &Args, command: &Command) -> Outcome<()> {
    if let Command::Run { files, filter, model: None, .. } = command {
        return filtered(args, files, filter);
    }
    let order = order(args, command)?;
    let (jobs, notices) = jobs::jobs(&order.files.inputs, &order.files.output, order.files.recursive)?;
    report::remarks(&notices);
    let engine = models::engine(args)?;
    let (model, told) = models::described(&engine, &order.model)?;
    let compressed = order.for_compressed.as_deref();
    let compressed =
        compressed.map(|path| models::load(&engine, path).map(|model| (path, model))).transpose()?;
    let networks = Networks { usual: (&order.model, model), compressed, source: order.source };
    let chosen = match order.view {
        Some(view) if !told.classes.is_empty() => {
            let names: Vec<String> = told.classes.into_iter().map(|class| class.name).collect();
            chosen(&names, &view.classes)?
        }
        _ => vec![],
    };
    each(args, &jobs, |job, terminal| one(args, &order, &networks, &chosen, job, terminal))
}

/// Pictures through filters alone.
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

/// Does every job; one that fails is named, and the others go on.
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

/// The networks of an order, each with its file.
struct Networks<'a> {
    usual: (&'a Path, Model),
    compressed: Option<(&'a Path, Model)>,
    source: Source,
}

impl Networks<'_> {
    /// The one for a picture. `lossy`: whether its file is.
    fn of(&self, lossy: bool) -> &(&Path, Model) {
        let compressed = self.compressed.as_ref().filter(|_| lossy || self.source == Source::Compressed);
        compressed.unwrap_or(&self.usual)
    }
}

fn one(
    args: &Args,
    order: &Order,
    networks: &Networks,
    chosen: &[u8],
    job: &Job,
    host: &Terminal,
) -> Outcome<()> {
    let named = |e: unet_playground::Error| format!("{}: {e}", job.input.display());
    let Decoded { mut picture, notices, metadata, lossy } = files::read(&job.input)?;
    let (file, model) = networks.of(lossy);
    host.take(file);
    files::told(&job.input, &notices).iter().for_each(|notice| host.remark(notice));
    if order.from_photo {
        let side = model.task().map_err(named)?.side().unwrap_or(u32::MAX);
        picture = Edges::of_photo(&picture, side).map_err(named)?;
    }
    if let Some([height, width]) = fixed_frame(model, &picture).map_err(named)? {
        host.remark(&format!(
            "{}: this model takes pictures of {width} × {height} pixels alone and sees each as a whole: the picture is \
             resized for it, and the result back",
            job.input.display()
        ));
    }
    let options = ProcessOptions { tile: args.tile, near: None, values: order.optional.clone() };
    let run = model.process(&picture, options, host, |_| {});
    let processed = pollster::block_on(run).map_err(named)?;
    if let Some(error) = processed.fallback {
        host.remark(&format!("{error}; the CPU goes on"));
    }
    let result = match order.view {
        Some(view) if !chosen.is_empty() => draw(&picture, processed.picture, view, chosen).map_err(named)?,
        _ => processed.picture,
    };
    files::write(&job.output, &result, &metadata.with_location(order.files.gps))
}

/// Height and width to which a picture is resized because the model takes no other.
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

/// The labels without the background's probability, which other programs would take for transparency.
fn opaque(labels: &Picture) -> unet_playground::Result<Picture> {
    let mut rgba = labels.region(labels.rect())?;
    for pixel in rgba.as_chunks_mut::<4>().0 {
        pixel[3] = 255;
    }
    Picture::from_rgba(labels.width(), labels.height(), &rgba)
}

/// Indices of the wanted classes; of none: of all but the background.
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

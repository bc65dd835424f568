//! Facts about tasks from the recipes: `models/tasks.json`, which `training/manifest.py` writes.

use super::args::{Task, View};
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, Error, FromArgMatches, Subcommand, value_parser};
use serde::Deserialize;
use std::sync::LazyLock;

const SCALE: &str = "scale";
const FROM_PHOTO: &str = "from-photo";
const WITHOUT: &str = "without";

/// All tasks, in display order.
pub(super) static TASKS: LazyLock<Vec<Facts>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../models/tasks.json")).expect("what training/manifest.py writes")
});

/// A task's facts that the command uses.
#[derive(Debug, Deserialize)]
pub(super) struct Facts {
    pub id: String,
    /// Enlargement of the results.
    pub scale: u32,
    /// Encoding of the network's input (`color` of its metadata); none for chains of other tasks.
    input: Option<String>,
    /// Encoding of the network's output.
    output: Option<String>,
    /// Names of a segmentation's classes.
    #[serde(default)]
    classes: Vec<String>,
    /// Steps in order, names of tasks and classical methods; empty for a single network.
    #[serde(default)]
    chain: Vec<String>,
    /// Line of help; tasks without it have no command.
    about: Option<String>,
    #[serde(default)]
    pub protocols: Vec<Measure>,
}

/// An evaluation protocol of a task.
#[derive(Debug, Deserialize)]
pub(super) struct Measure {
    /// Name; `{sigma}` stands for the standard deviation of the noise, of 255.
    pub name: String,
    /// Degradations in the syntax of `--degrade`, with `{sigma}`, or `{luma_sigma}` for noise on three
    /// channels with that luma noise.
    pub damage: Vec<String>,
    /// Whether noise is added to the network's float input, neither rounded nor clipped.
    #[serde(default)]
    pub unclipped: bool,
}

impl Facts {
    /// Name of its command, and the scale if that distinguishes it: `super-resolve` and `2`.
    fn command(&self) -> (&str, Option<&str>) {
        match self.id.rsplit_once("-x") {
            Some((command, scale)) if scale.parse() == Ok(self.scale) => (command, Some(scale)),
            _ => (&self.id, None),
        }
    }

    fn is_drawn(&self) -> bool {
        self.input.as_deref() == Some("edges")
    }

    /// Whether results keep the file's compression artifacts, as when only colors change.
    pub(super) fn keeps_compression(&self) -> bool {
        self.output.as_deref() == Some("lab-ab")
    }

    fn has_classes(&self) -> bool {
        !self.classes.is_empty()
    }
}

/// The task of this name.
pub(super) fn find(id: &str) -> Option<&'static Facts> {
    TASKS.iter().find(|task| task.id == id)
}

/// Names of the tasks with evaluation protocols.
pub(super) fn measured() -> impl Iterator<Item = &'static str> {
    TASKS.iter().filter(|task| !task.protocols.is_empty()).map(|task| &task.id[..])
}

/// Command of a task: `denoise`, `super-resolve`.
#[derive(Debug)]
pub(crate) struct TaskCommand {
    /// Steps in order: tasks, as in `models/tasks.json`, and classical methods. Usually only the task itself,
    /// named with the requested scale, which may not exist.
    pub steps: Vec<String>,
    pub task: Task,
    /// Whether the inputs are photos whose edges are extracted first.
    pub from_photo: bool,
    /// Display options of tasks with classes.
    pub view: Option<View>,
}

/// First task of each command.
fn firsts() -> impl Iterator<Item = &'static Facts> {
    let with_commands = || TASKS.iter().filter(|task| task.about.is_some());
    with_commands().enumerate().filter_map(move |(index, task)| {
        let name = task.command().0;
        with_commands().take(index).all(|before| before.command().0 != name).then_some(task)
    })
}

fn command(first: &'static Facts) -> Command {
    let (name, scale) = first.command();
    let mut command = Task::augment_args(Command::new(name));
    if let Some(scale) = scale {
        let number = Arg::new(SCALE).long(SCALE).value_parser(value_parser!(u32)).help("Enlargement");
        command = command.arg(number.default_value(scale));
    }
    if first.is_drawn() {
        let flag = Arg::new(FROM_PHOTO).long(FROM_PHOTO).action(ArgAction::SetTrue);
        command = command.arg(flag.help("The inputs are photos: extract their edges first"));
    }
    if first.has_classes() {
        command = View::augment_args(command);
    }
    if !first.chain.is_empty() {
        let steps = PossibleValuesParser::new(first.chain.iter().map(String::as_str));
        let left_out = Arg::new(WITHOUT).long(WITHOUT).value_name("STEP").value_parser(steps);
        let left_out = left_out.action(ArgAction::Append).value_delimiter(',');
        command = command.arg(left_out.help("Steps to leave out, separated by commas"));
    }
    // Added after all arguments, because a group of them overrides the help text.
    command.about(first.about.as_deref().unwrap_or_default())
}

impl FromArgMatches for TaskCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let (name, matches) = matches.subcommand().ok_or_else(|| Error::new(ErrorKind::MissingSubcommand))?;
        let first = firsts().find(|task| task.command().0 == name);
        let first = first.ok_or_else(|| Error::new(ErrorKind::InvalidSubcommand))?;
        let id = match first.command().1.and_then(|_| matches.get_one::<u32>(SCALE)) {
            Some(scale) => format!("{name}-x{scale}"),
            None => first.id.clone(),
        };
        let steps = if first.chain.is_empty() {
            vec![id]
        } else {
            let without: Vec<&String> = matches.get_many(WITHOUT).into_iter().flatten().collect();
            first.chain.iter().filter(|step| !without.contains(step)).cloned().collect()
        };
        if steps.is_empty() {
            return Err(Error::raw(ErrorKind::ValueValidation, "every step is left out: nothing to do"));
        }
        Ok(Self {
            steps,
            task: Task::from_arg_matches(matches)?,
            from_photo: first.is_drawn() && matches.get_flag(FROM_PHOTO),
            view: first.has_classes().then(|| View::from_arg_matches(matches)).transpose()?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for TaskCommand {
    fn augment_subcommands(all: Command) -> Command {
        firsts().fold(all, |all, first| all.subcommand(command(first)))
    }

    fn augment_subcommands_for_update(all: Command) -> Command {
        Self::augment_subcommands(all)
    }

    fn has_subcommand(name: &str) -> bool {
        firsts().any(|task| task.command().0 == name)
    }
}

//! What the recipes say of the tasks: `models/tasks.json`, which `training/manifest.py` writes.

use super::args::{Task, View};
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, Error, FromArgMatches, Subcommand, value_parser};
use serde::Deserialize;
use std::sync::LazyLock;

const SCALE: &str = "scale";
const FROM_PHOTO: &str = "from-photo";
const WITHOUT: &str = "without";

/// All tasks, in the page's order.
pub(super) static TASKS: LazyLock<Vec<Facts>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../models/tasks.json")).expect("what training/manifest.py writes")
});

/// A task, as far as the command is concerned.
#[derive(Debug, Deserialize)]
pub(super) struct Facts {
    pub id: String,
    /// How many times as large the results are.
    pub scale: u32,
    /// How the network's input is encoded (`color` of its metadata); chains of other tasks have none.
    input: Option<String>,
    /// How the network's output is encoded.
    output: Option<String>,
    /// Names of the classes that a segmentation tells apart.
    #[serde(default)]
    classes: Vec<String>,
    /// What is done one after another, tasks by their names and classical methods; empty where one network does it.
    #[serde(default)]
    chain: Vec<String>,
    /// A line of help; tasks without it have no command of their own.
    about: Option<String>,
    #[serde(default)]
    pub protocols: Vec<Measure>,
}

/// One way to measure a task.
#[derive(Debug, Deserialize)]
pub(super) struct Measure {
    /// `{sigma}` stands for the standard deviation of the noise, of 255.
    pub name: String,
    /// Steps in the words of `--degrade`, with `{sigma}`, or `{luma_sigma}` for noise of three channels whose luma has that.
    pub damage: Vec<String>,
    /// Noise on the network's float input, neither rounded nor clipped.
    #[serde(default)]
    pub unclipped: bool,
}

impl Facts {
    /// The name of its command, and the scale where that is told apart from others by one: `super-resolve` and `2`.
    fn command(&self) -> (&str, Option<&str>) {
        match self.id.rsplit_once("-x") {
            Some((command, scale)) if scale.parse() == Ok(self.scale) => (command, Some(scale)),
            _ => (&self.id, None),
        }
    }

    fn is_drawn(&self) -> bool {
        self.input.as_deref() == Some("edges")
    }

    /// Whether what it makes still has the marks that the file's compression left: colors alone leave them as they are.
    pub(super) fn keeps_compression(&self) -> bool {
        self.output.as_deref() == Some("lab-ab")
    }

    fn has_classes(&self) -> bool {
        !self.classes.is_empty()
    }
}

/// A task of this name.
pub(super) fn find(id: &str) -> Option<&'static Facts> {
    TASKS.iter().find(|task| task.id == id)
}

/// Names of the tasks that can be measured.
pub(super) fn measured() -> impl Iterator<Item = &'static str> {
    TASKS.iter().filter(|task| !task.protocols.is_empty()).map(|task| &task.id[..])
}

/// A task's command: `denoise`, `super-resolve`.
#[derive(Debug)]
pub(crate) struct TaskCommand {
    /// What is done one after another: tasks, as in `models/tasks.json`, and classical methods. Of most commands it is the task
    /// itself; with the scale that is asked for, whether there is such a task or not.
    pub steps: Vec<String>,
    pub task: Task,
    /// The inputs are photos: their edges are taken first.
    pub from_photo: bool,
    /// Of tasks whose results are classes.
    pub view: Option<View>,
}

/// The first task of each command.
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
        let number = Arg::new(SCALE).long(SCALE).value_parser(value_parser!(u32)).help("How many times");
        command = command.arg(number.default_value(scale));
    }
    if first.is_drawn() {
        let flag = Arg::new(FROM_PHOTO).long(FROM_PHOTO).action(ArgAction::SetTrue);
        command = command.arg(flag.help("The inputs are photos: take their edges first"));
    }
    if first.has_classes() {
        command = View::augment_args(command);
    }
    if !first.chain.is_empty() {
        let steps = PossibleValuesParser::new(first.chain.iter().map(String::as_str));
        let left_out = Arg::new(WITHOUT).long(WITHOUT).value_name("STEP").value_parser(steps);
        let left_out = left_out.action(ArgAction::Append).value_delimiter(',');
        command = command.arg(left_out.help("Steps to leave out, with commas between them"));
    }
    // After all arguments: a group of them brings its own words.
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
            return Err(Error::raw(ErrorKind::ValueValidation, "every step is left out: nothing is done"));
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

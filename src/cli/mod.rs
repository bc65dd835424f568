//! The native command. Pictures go through the same code as in the browser.

pub(crate) mod args;
mod damage;
mod evaluate;
mod files;
mod host;
mod jobs;
mod masks;
mod models;
mod noise;
mod optional;
mod profile;
mod protocol;
mod report;
mod run;
mod tasks;
mod threads;
mod walk;

use args::{Args, Command};
use std::process::ExitCode;

/// Result with an error sentence that names the file or option.
pub(crate) type Outcome<T> = Result<T, String>;

/// Runs the command. Returns 0 on success, 1 after any failure; failures are on standard error.
pub(crate) fn main(args: &Args) -> ExitCode {
    let done = match &args.command {
        Command::List => models::list(args),
        Command::Noise { inputs, recursive } => noise::noise(inputs, *recursive),
        Command::Evaluate(options) => evaluate::evaluate(args, options),
        Command::Profile(options) => profile::profile(args, options),
        task => run::run(args, task),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            report::complain(&message);
            ExitCode::FAILURE
        }
    }
}

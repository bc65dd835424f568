//! `unet-playground`: the engine on the command line, for batches and for measuring.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&cli::args::Args::parse())
}

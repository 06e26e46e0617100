//! The command `karat`: reads arguments, prints, exits. What is done is done below.

mod args;
mod command;
mod example;
mod log;
mod output;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

/// How the command ends, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done = 0,
    /// Done, and there are findings that somebody asked to hear of.
    Findings = 1,
    /// It could not run.
    Failed = 2,
}

fn main() -> ExitCode {
    let args = args::Args::parse();
    let runtime = tokio::runtime::Runtime::new().expect("the system has threads to give");
    let ending = runtime.block_on(command::run(args));
    // What was given up in the middle, such as the work of a cancelled job, is not waited for.
    runtime.shutdown_background();
    ExitCode::from(ending as u8)
}

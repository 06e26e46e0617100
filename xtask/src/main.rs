//! `cargo xtask`: what this workspace asks of itself beyond what cargo and clippy can check.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod bench;
mod fuzz;
mod layers;
mod source;
mod tidy;
mod tree;
mod violation;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use violation::Violation;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  layers              who may depend on whom, and what the pure crates may not name
  tidy                the house rules of every file: length, SQL, text
  bench [NAME [...]]  run one benchmark; without a name, list them
  fuzz [TARGET [...]] change files until their reader breaks; without a target, list them

Exit codes: 0 all is well, 1 violations (one a line), 2 could not run.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h", ..] | [_, "--help" | "-h"] => println!("{HELP}"),
        ["layers"] => return Ok(report("layers", &layers::run(&root()?)?)),
        ["tidy"] => return Ok(report("tidy", &tidy::run(&root()?)?)),
        ["bench"] => bench::list(),
        ["bench", name, ..] => bench::run(name, &root()?, &arguments[2..])?,
        ["fuzz"] => fuzz::list(),
        ["fuzz", name, ..] => return fuzz::run(name, &root()?, &arguments[2..]),
        ["layers" | "tidy", extra, ..] => bail!("unexpected argument `{extra}`\n\n{HELP}"),
        [other, ..] => bail!("unknown command `{other}`\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn report(command: &str, violations: &[Violation]) -> ExitCode {
    for violation in violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => {
            println!("{command}: all is well");
            ExitCode::SUCCESS
        }
        count => {
            let plural = if count == 1 { "" } else { "s" };
            eprintln!("{command}: {count} violation{plural}");
            ExitCode::from(1)
        }
    }
}

/// The folder of the workspace. Read when running, because a shared build cache may hold an
/// executable that another checkout has built.
fn root() -> Result<PathBuf> {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    Ok(Path::new(&xtask).parent().context("xtask stands in the workspace")?.to_owned())
}

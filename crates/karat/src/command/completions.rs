//! `karat completions`: prints a shell's completions.

use clap::CommandFactory;
use clap_complete::{Shell as Kind, generate};

use super::{Done, Shell};
use crate::Ending;
use crate::args::Args;

pub fn run(shell: &Shell, kind: Kind) -> Done {
    let mut script = Vec::new();
    generate(kind, &mut Args::command(), "karat", &mut script);
    shell.output.result(String::from_utf8_lossy(&script).trim_end());
    Ok(Ending::Done)
}

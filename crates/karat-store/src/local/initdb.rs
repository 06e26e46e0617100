//! Makes a new data folder: beside its place, then moved there whole.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Command;

use karat_record::{Kind, Problem, Result};

use super::Durability;
use super::binaries::Binaries;
use super::identity::Runner;
use super::layout::Layout;
use super::system;

/// Makes the data folder. A process killed in here leaves a folder that the next one removes.
///
/// # Errors
/// What initdb or the operating system refuses.
pub(super) fn create(
    layout: &Layout,
    binaries: &Binaries,
    runner: &Runner,
    durability: Durability,
) -> Result<()> {
    for left in layout.abandoned() {
        fs::remove_dir_all(&left).map_err(|e| Problem::io("remove", &left, &e))?;
    }
    let new = layout.nursery();
    let refused = |e: io::Error| {
        Problem::io("make", &new, &e)
            .hint("Karat keeps its local PostgreSQL there; make room, or set DATABASE_URL")
    };
    let fresh = || DirBuilder::new().mode(0o700).create(&new).and_then(|()| runner.own(&new));
    fresh().map_err(refused)?;
    let mut made = run(command(binaries, runner, &new, LETTERS), runner);
    if made.as_ref().is_err_and(|problem| problem.what.contains("locale")) {
        drop(fs::remove_dir_all(&new));
        fresh().map_err(refused)?;
        made = run(command(binaries, runner, &new, "C"), runner);
    }
    let done = made.and_then(|()| publish(&new, &layout.data(), durability));
    if done.is_err() {
        let _ = fs::remove_dir_all(&new);
    }
    done
}

/// The locale that knows which letters are letters; some systems do not have it.
const LETTERS: &str = "C.UTF-8";

fn command(binaries: &Binaries, runner: &Runner, data: &Path, letters: &str) -> Command {
    let mut command = runner.named_command(&binaries.dir.join("initdb"));
    command.arg("-D").arg(data).args(["-U", "karat", "-E", "UTF8"]);
    // Over the network nobody gets in, even if somebody opens a port by hand.
    command.args(["--auth-local=trust", "--auth-host=reject"]);
    // Sorting by bytes exists everywhere; en_US does not exist on minimal images.
    command.arg("--locale=C").arg(format!("--lc-ctype={letters}"));
    if binaries.major >= 17 {
        command.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
    }
    // Its own pass of fsync takes seconds where one syncfs takes a tenth.
    command.args(["--no-sync", "--no-instructions"]);
    command
}

fn run(mut command: Command, runner: &Runner) -> Result<()> {
    let output = command.output().map_err(|e| {
        let what = format!("cannot run {}: {e}", command.get_program().display());
        Problem::new(Kind::Connection, what).hint(if runner.has_account() {
            "set DATABASE_URL to use another database"
        } else {
            "give this user an entry in /etc/passwd, or set DATABASE_URL"
        })
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| line.contains("error:") || line.contains("FATAL"));
    let line = line.or(said.lines().last()).unwrap_or("initdb ended without a word");
    Err(Problem::new(
        Kind::Connection,
        format!("a new PostgreSQL data folder cannot be made by {}: {line}", runner.shown()),
    )
    .hint("set DATABASE_URL to use another database"))
}

fn publish(new: &Path, data: &Path, durability: Durability) -> Result<()> {
    let refused = |e| Problem::io("write", data, &e).hint("move that folder away and try again");
    if durability == Durability::Safe {
        system::sync(new).map_err(refused)?;
    }
    fs::rename(new, data).map_err(refused)?;
    let parent = data.parent().unwrap_or(data);
    fs::File::open(parent).and_then(|parent| parent.sync_all()).map_err(refused)
}

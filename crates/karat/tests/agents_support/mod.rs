//! An example, usually that of agents, as a project of its own, and the command on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A generated example project in a folder that goes with it.
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    home: TempDir,
}

impl Project {
    /// `size` as for `karat new --size`.
    pub fn new(size: &str, seed: u64) -> Project {
        Project::of("agents", size, seed)
    }

    /// Another example.
    pub fn of(example: &str, size: &str, seed: u64) -> Project {
        let home = tempfile::tempdir().expect("a folder can be made");
        let root = home.path().join(example);
        let mut new = clean(home.path());
        new.arg("new").arg(&root).args(["--example", example, "--size", size]);
        done(new.args(["--seed", &seed.to_string()]));
        Project { root, home }
    }

    /// The command on this project and that database, to be spawned.
    pub fn karat(&self, url: &str, arguments: &[&str]) -> Command {
        let mut karat = clean(self.home.path());
        karat.env("DATABASE_URL", url).arg("--project").arg(&self.root).args(arguments);
        karat
    }
}

/// Nothing of the tester's environment reaches the command.
fn clean(home: &Path) -> Command {
    let mut karat = Command::new(env!("CARGO_BIN_EXE_karat"));
    karat.env_clear().env("HOME", home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    karat
}

/// Runs it, and what it prints on both streams; it must exit with 0.
pub fn done(command: &mut Command) -> String {
    done_already(&command.output().expect("karat can be run"))
}

/// What it printed on both streams; it must have exited with 0.
pub fn done_already(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{all}");
    all
}

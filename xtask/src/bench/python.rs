//! The Python environment of a peer: made once under cargo's target folder, and reused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};

use super::command::captured;

/// What is installed for Splink, by exact versions, so that figures can be compared.
pub const SPLINK: [&str; 2] = ["splink==5.0.0", "duckdb==2.0.0"];
/// And for Great Expectations on PostgreSQL.
pub const GREAT_EXPECTATIONS: [&str; 3] =
    ["great_expectations==1.24.1", "sqlalchemy==2.1.9", "psycopg2-binary==2.9.13"];

/// The environment's file that says what was installed in it, written last.
const INSTALLED: &str = "installed.txt";

/// The program of an environment in `folder` that has the packages. One that was not finished, or
/// that has others, is made anew. `python` is the program that makes it.
pub fn environment(python: &str, folder: &Path, packages: &[&str]) -> Result<PathBuf> {
    let program = folder.join("bin/python");
    let wanted = packages.join("\n");
    let installed = fs::read_to_string(folder.join(INSTALLED)).unwrap_or_default();
    if program.exists() && installed == wanted {
        return Ok(program);
    }
    let shown = folder.display().to_string();
    captured(Command::new(python).args(["-m", "venv", "--clear", &shown])).map_err(|error| {
        anyhow!(
            "{python} cannot make a virtual environment in {shown}: {error:#}\n\
             hint: install Python 3 with its module venv (Debian: python3-venv), or name a Python \
             that has the peer with --python PROGRAM"
        )
    })?;
    let pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"];
    captured(Command::new(&program).args(pip).args(packages)).map_err(|error| {
        anyhow!(
            "{} cannot be installed: {}\n\
             hint: it needs the network or a package index (PIP_INDEX_URL); or name a Python that \
             has the peer with --python PROGRAM",
            packages.join(" and "),
            error.to_string().trim()
        )
    })?;
    fs::write(folder.join(INSTALLED), wanted)
        .with_context(|| format!("cannot write in {shown}"))?;
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_finished_is_reused_and_what_is_not_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("bin/python");
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(&program, "").unwrap();
        let none = "no-such-python";
        let error = environment(none, folder.path(), &SPLINK).unwrap_err().to_string();
        assert!(error.starts_with("no-such-python cannot make a virtual environment"), "{error}");
        assert!(error.contains("hint: install Python 3"), "{error}");
        fs::write(folder.path().join(INSTALLED), SPLINK.join("\n")).unwrap();
        assert_eq!(environment(none, folder.path(), &SPLINK).unwrap(), program);
        fs::write(folder.path().join(INSTALLED), "splink==4.0.0").unwrap();
        assert!(environment(none, folder.path(), &SPLINK).is_err());
    }
}

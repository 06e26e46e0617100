//! Finds installed PostgreSQL programs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use karat_record::{Kind, Problem, Result};

use super::identity::Runner;
use super::layout::Layout;

const OLDEST: u32 = 14;
const VARIABLE: &str = "KARAT_PG_BIN";

/// Where packages put them: parent folder, beginning of the name, folder below.
const PLACES: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// One installation that works for the server's user.
#[derive(Clone)]
pub(super) struct Binaries {
    /// The folder with the real `postgres` and `initdb`, without links.
    pub dir: PathBuf,
    /// `15.18`.
    pub version: String,
    pub major: u32,
}

impl Binaries {
    /// The installation to use: of that major version for existing data, else the newest.
    ///
    /// # Errors
    /// `Kind::Connection` when none is found, or none of that version.
    pub fn find(data: Option<(u32, &Path)>, runner: &Runner) -> Result<Binaries> {
        let found = match env::var_os(VARIABLE).filter(|dir| !dir.is_empty()) {
            Some(dir) => vec![chosen(Path::new(&dir), runner)?],
            None => installed(runner),
        };
        let newest = |fitting: &dyn Fn(&Binaries) -> bool| {
            // The first of the highest, in the order of the search.
            found.iter().rev().filter(|b| fitting(b)).max_by_key(|b| b.major).cloned()
        };
        match data {
            Some((major, folder)) => newest(&|b| b.major == major).ok_or_else(|| {
                if found.is_empty() { none() } else { other(major, folder, &found) }
            }),
            None => newest(&|_| true).ok_or_else(none),
        }
    }

    /// The installation that a running server was started from, by what was written down then:
    /// to ask its programs takes longer than most questions to the server.
    pub fn running(layout: &Layout) -> Option<Binaries> {
        // `/usr/lib/postgresql/15/bin/postgres "-D" "/project/.karat/pg/data" ...`
        let line = fs::read_to_string(layout.data().join("postmaster.opts")).ok()?;
        let program = PathBuf::from(line.split(" \"").next()?);
        let version = fs::read_to_string(layout.version()).ok()?;
        let dir = program.parent()?.to_owned();
        dir.join("postgres").is_file().then_some(Binaries { dir, version, major: layout.major()? })
    }
}

/// The `psql` program: beside the server's programs, or wherever one is installed.
///
/// # Errors
/// `Kind::Connection` when there is none.
pub fn psql(beside: Option<&Path>) -> Result<PathBuf> {
    let named = env::var_os(VARIABLE).map(PathBuf::from);
    let folders = beside.map(Path::to_owned).into_iter().chain(named).chain(candidates());
    let program = folders.map(|dir| dir.join("psql")).find(|program| program.is_file());
    program.ok_or_else(|| {
        let hint = if cfg!(target_os = "macos") {
            "brew install libpq"
        } else {
            "apt-get install postgresql-client"
        };
        Problem::new(Kind::Connection, "no psql found").hint(hint)
    })
}

fn chosen(dir: &Path, runner: &Runner) -> Result<Binaries> {
    probe(dir, runner).map_err(|why| {
        Problem::new(Kind::Connection, format!("{VARIABLE} names {}, but {why}", dir.display()))
            .hint(format!("name the folder that holds postgres and initdb, or unset {VARIABLE}"))
    })
}

fn installed(runner: &Runner) -> Vec<Binaries> {
    let mut found: Vec<Binaries> = Vec::new();
    for dir in candidates() {
        match probe(&dir, runner) {
            Ok(binaries) if found.iter().all(|b| b.dir != binaries.dir) => found.push(binaries),
            _ => {}
        }
    }
    found
}

/// Every folder where PostgreSQL could be, the user's own choices first.
fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = env::split_paths(&path).filter(|p| p.is_absolute()).collect();
    for (parent, beginning, below) in PLACES {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let fitting =
            entries.filter(|e| e.file_name().as_encoded_bytes().starts_with(beginning.as_bytes()));
        dirs.extend(fitting.map(|e| e.path().join(below)));
    }
    dirs
}

/// What is in a folder, or why it will not do.
fn probe(dir: &Path, runner: &Runner) -> Result<Binaries, String> {
    // initdb looks for postgres beside its own real path, not beside a link on PATH.
    let program = dir.join("postgres").canonicalize();
    let program = program.map_err(|_| "there is no postgres in it".to_owned())?;
    let dir = program.parent().unwrap_or(dir).to_owned();
    if !dir.join("initdb").is_file() {
        return Err("there is no initdb in it".to_owned());
    }
    // As the user that will run it: a bundle in root's cache folder is out of that user's reach,
    // and a downloaded one may not fit this system's libraries.
    let output = runner.command(&program).arg("--version").output().ok();
    let output = output.filter(|output| output.status.success());
    let said = output.and_then(|output| String::from_utf8(output.stdout).ok());
    let (version, major) = said
        .as_deref()
        .and_then(version)
        .ok_or_else(|| format!("its postgres does not run as {}", runner.shown()))?;
    if major < OLDEST {
        return Err(format!("its postgres is {version}, older than {OLDEST}"));
    }
    Ok(Binaries { dir, version, major })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is `15.18`, 15.
fn version(said: &str) -> Option<(String, u32)> {
    let version = said.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let major: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((version.to_owned(), major.parse().ok()?))
}

fn none() -> Problem {
    let mut places = vec![VARIABLE.to_owned(), "PATH".to_owned()];
    places.extend(PLACES.map(|(parent, beginning, below)| {
        format!("{parent}/{beginning}*/{below}").trim_end_matches('/').to_owned()
    }));
    let hint = if cfg!(target_os = "macos") {
        "brew install postgresql@17, or set DATABASE_URL"
    } else {
        "apt-get install postgresql, or set DATABASE_URL"
    };
    let looked = places.join(", ");
    Problem::new(
        Kind::Connection,
        format!("no PostgreSQL found ({OLDEST} or newer; looked in {looked})"),
    )
    .hint(hint)
}

fn other(major: u32, data: &Path, found: &[Binaries]) -> Problem {
    let found: Vec<String> =
        found.iter().map(|b| format!("{} ({})", b.version, b.dir.display())).collect();
    Problem::new(
        Kind::Connection,
        format!(
            "the data in {} was made by PostgreSQL {major}, and only {} was found",
            data.display(),
            found.join(", ")
        ),
    )
    .hint(format!(
        "install PostgreSQL {major}, or name its programs with {VARIABLE}, \
         or move the folder away to begin empty"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_postgres_says() {
        let read = |said| version(said).map(|(version, major)| format!("{version} {major}"));
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(read(debian).as_deref(), Some("15.18 15"));
        assert_eq!(read("postgres (PostgreSQL) 19beta1\n").as_deref(), Some("19beta1 19"));
        assert_eq!(read("postgres: not found"), None);
    }
}

//! A user's machine for the tests of the command: a home, a project folder, nothing else in the
//! environment; and what the command said there, without what differs from run to run.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use karat_testdb::TestDb;
use tempfile::TempDir;

/// Part of every password that the tests use; it must not turn up anywhere.
pub const SECRET: &str = "s3cr3t";

/// A machine with one project folder.
pub struct World {
    folder: TempDir,
    variables: Vec<(String, String)>,
    /// Texts that differ from run to run, with what stands for them.
    shown_as: Vec<(String, String)>,
}

impl World {
    pub fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        fs::create_dir(folder.path().join("project")).unwrap();
        let path = folder.path().display().to_string();
        World { folder, variables: Vec::new(), shown_as: vec![(path, "[TMP]".to_owned())] }
    }

    /// A machine whose project uses a database, by a URL with a password.
    pub fn with_database(db: &TestDb) -> World {
        let mut world = World::new();
        let url = db.url().replacen("karat@", &format!("karat:{SECRET}@"), 1);
        let name = url.split_once("@/").and_then(|(_, rest)| rest.split_once('?')).unwrap().0;
        world.show_as(name, "[DB]");
        world.set("DATABASE_URL", &url);
        world
    }

    /// Sets a variable of the environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Has a text that differs from run to run shown as another.
    pub fn show_as(&mut self, text: &str, shown: &str) {
        self.shown_as.push((text.to_owned(), shown.to_owned()));
    }

    /// A path in the project.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("project").join(path)
    }

    /// Writes files of the project.
    pub fn write(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    /// The command, about to run in the project folder.
    pub fn karat(&self, arguments: &[&str]) -> Command {
        self.karat_at(Path::new(env!("CARGO_BIN_EXE_karat")), arguments)
    }

    /// The same from another copy of the program, for users who cannot reach the build folder.
    pub fn karat_at(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.args(arguments).current_dir(self.path("")).stdin(Stdio::null());
        command.env_clear().env("PATH", path).env("HOME", self.folder.path().join("home"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the command: what was typed, exit code and both streams.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.end(self.karat(arguments), arguments)
    }

    /// Runs a prepared command.
    pub fn end(&self, mut command: Command, arguments: &[&str]) -> String {
        let output = command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_silent("standard output", &stdout);
        assert_silent("standard error", &stderr);
        assert_files_silent(&self.path("logs"));
        let code = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
        let mut all = format!("$ karat {}\nexit {code}\n", arguments.join(" "));
        for (name, text) in [("stdout", stdout), ("stderr", stderr)] {
            if !text.is_empty() {
                write!(all, "--- {name}\n{text}").unwrap();
            }
        }
        self.stable(&all)
    }

    /// The text without what differs from run to run.
    fn stable(&self, text: &str) -> String {
        let text =
            self.shown_as.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        let lines: Vec<String> =
            text.lines().map(|line| without_times(&without_version(line))).collect();
        let text = lines.join("\n") + "\n\n";
        assert_helpful(&text);
        text
    }
}

fn assert_silent(place: &str, text: &str) {
    assert!(!text.contains(SECRET), "the password is in {place}:\n{text}");
}

fn assert_files_silent(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let text = fs::read(entry.path()).unwrap_or_default();
        assert_silent(&entry.path().display().to_string(), &String::from_utf8_lossy(&text));
    }
}

/// Every failure says what next: in a hint of ours, or in the parser's words.
fn assert_helpful(text: &str) {
    let hints = ["  hint: ", "  tip: ", "try '--help'", "Begin with: "];
    let helpful = hints.iter().any(|hint| text.contains(hint));
    assert!(helpful || !text.contains("\nexit 2\n"), "no hint in:\n{text}");
    let problems = text.matches("\nerror: ").count();
    let clap = text.contains("try '--help'");
    assert!(clap || text.matches("  hint: ").count() >= problems, "a hint is missing in:\n{text}");
}

/// `using PostgreSQL 15.18 (/usr/lib/postgresql/15/bin)` without version and folder.
fn without_version(line: &str) -> String {
    match line.split_once("using PostgreSQL ").and_then(|(a, b)| Some((a, b.split_once(',')?.1))) {
        Some((before, after)) => format!("{before}using PostgreSQL [VERSION],{after}"),
        None => line.to_owned(),
    }
}

/// `   12 ms` and `1.2 s` as `[time]`, with the blanks that set them in a column.
fn without_times(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for at in 1..words.len() {
        let unit = words[at].trim_end_matches([')', ',']);
        let number = words[at - 1].trim_start_matches('(');
        if !matches!(unit, "ms" | "s") || number.parse::<f64>().is_err() {
            continue;
        }
        let number = words[at - 1].replace(number, "[time]");
        words[at] = words[at].replacen(unit, "\u{0}", 1);
        words[at - 1] = number;
        for blank in words[..at - 1].iter_mut().rev().take_while(|word| word.is_empty()) {
            "\u{0}".clone_into(blank);
        }
    }
    words.join(" ").replace(" \u{0}", "").replace('\u{0}', "").trim_end().to_owned()
}

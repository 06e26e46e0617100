//! Runs the built `karat` and `psql` as whole processes and measures them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub seconds: f64,
    /// Largest resident set of the process.
    pub peak_mb: f64,
}

/// The fastest of several runs, with the largest peak of all.
pub fn best(runs: &[Measured]) -> Measured {
    let seconds = runs.iter().map(|run| run.seconds).fold(f64::INFINITY, f64::min);
    let peak_mb = runs.iter().map(|run| run.peak_mb).fold(0.0, f64::max);
    Measured { seconds: (seconds * 1000.0).round() / 1000.0, peak_mb }
}

/// The release build of `karat` with a project.
pub struct Karat {
    binary: PathBuf,
    project: PathBuf,
}

/// The folder of what cargo builds.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from)
}

/// The release build of an example of a crate.
pub fn example(root: &Path, package: &str, name: &str) -> Result<PathBuf> {
    let built = Command::new("cargo")
        .args(["build", "--release", "-q", "-p", package, "--example", name])
        .current_dir(root)
        .status()?;
    ensure!(built.success(), "the example {name} cannot be built");
    Ok(target(root).join("release/examples").join(name))
}

/// The figures that a program printed as one JSON object on its last line.
pub fn last_line(said: &str) -> Result<Value> {
    let line = said.lines().last().context("the program printed nothing")?;
    serde_json::from_str(line).with_context(|| format!("no figures in its last line: {line}"))
}

/// A local server that is left running; stopped when dropped.
pub struct Server<'a>(&'a Karat);

impl Drop for Server<'_> {
    fn drop(&mut self) {
        drop(self.0.run(&["db", "stop"]));
    }
}

impl Karat {
    pub fn build(root: &Path, project: &Path) -> Result<Karat> {
        let built = Command::new("cargo")
            .args(["build", "--release", "-q", "-p", "karat"])
            .current_dir(root)
            .status()?;
        ensure!(built.success(), "karat cannot be built");
        Ok(Karat { binary: target(root).join("release/karat"), project: project.to_owned() })
    }

    pub fn server(&self) -> Result<Server<'_>> {
        self.run(&["db", "start"])?;
        Ok(Server(self))
    }

    pub fn new_example(&self, name: &str, size: &str) -> Result<()> {
        let dir = self.project.display().to_string();
        self.measured(&["new", &dir, "--example", name, "--size", size]).map(drop)
    }

    /// Runs a command of karat in the project.
    pub fn run(&self, arguments: &[&str]) -> Result<Measured> {
        let project = self.project.display().to_string();
        self.measured(&[&["--project", project.as_str()], arguments].concat())
    }

    /// Starts a command of karat in the project, whose output is read by whoever starts it.
    pub fn start(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = Command::new(&self.binary);
        command.arg("--project").arg(&self.project).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        Ok(command.spawn()?)
    }

    /// Starts a command of karat in the project, in silence.
    pub fn spawn(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = Command::new(&self.binary);
        command.arg("--project").arg(&self.project).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.spawn()?)
    }

    fn measured(&self, arguments: &[&str]) -> Result<Measured> {
        measure(Command::new(&self.binary).args(arguments))
            .with_context(|| format!("karat {}", arguments.join(" ")))
    }

    /// Runs psql's own command on the project's database.
    pub fn psql(&self, command: &str) -> Result<Measured> {
        measure(Command::new("psql").args([
            "-Xq",
            "-v",
            "ON_ERROR_STOP=1",
            &self.url()?,
            "-c",
            command,
        ]))
    }

    /// The answer to a statement.
    pub fn sql(&self, sql: &str) -> Result<String> {
        let output = Command::new("psql").args(["-XAtq", &self.url()?, "-c", sql]).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs a command of karat in the project; what it prints.
    pub fn said(&self, arguments: &[&str]) -> Result<(Measured, String)> {
        let project = self.project.display().to_string();
        let arguments = [&["--project", project.as_str()], arguments].concat();
        captured(Command::new(&self.binary).args(&arguments))
            .with_context(|| format!("karat {}", arguments.join(" ")))
    }

    pub fn url(&self) -> Result<String> {
        let project = self.project.display().to_string();
        let output =
            Command::new(&self.binary).args(["--project", &project, "db", "url"]).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// Runs a process to its end; the peak is the kernel's count for it.
fn measure(command: &mut Command) -> Result<Measured> {
    captured(command).map(|(measured, _)| measured)
}

/// The same, with what it wrote to standard output.
pub fn captured(command: &mut Command) -> Result<(Measured, String)> {
    let since = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0.0_f64;
    let ended = loop {
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kb = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
            peak_kb = peak_kb.max(kb.unwrap_or(0.0));
        }
        match child.try_wait()? {
            Some(ended) => break ended,
            None => std::thread::sleep(std::time::Duration::from_millis(2)),
        }
    };
    let seconds = since.elapsed().as_secs_f64();
    let said = |reader: JoinHandle<String>| reader.join().unwrap_or_default();
    let (stdout, stderr) = (said(stdout), said(stderr));
    ensure!(ended.success(), "{stderr}");
    Ok((Measured { seconds, peak_mb: (peak_kb / 1024.0 * 10.0).round() / 10.0 }, stdout))
}

/// Reads a stream to its end, so that the process never waits for it.
fn reader(stream: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut stream) = stream {
            // What could be read before an error is all there is to show.
            let _ = stream.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}

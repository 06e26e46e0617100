//! Which processes serve a data folder. A postmaster and all its children stand in that folder,
//! which tells them from a zombie and from a stranger who got the same process number.

use std::fs;
#[cfg(target_os = "linux")]
use std::io::ErrorKind;
#[cfg(target_os = "linux")]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::identity::Runner;

/// What `postmaster.pid` says.
pub(super) struct PidFile {
    pub pid: u32,
    /// When the server was started, in its own notation.
    pub started: String,
    /// The socket folder it was started with.
    pub socket: Option<PathBuf>,
    /// The server takes connections.
    pub ready: bool,
}

impl PidFile {
    /// Reads it; `None` when there is none, or not yet a number in it.
    pub fn read(data: &Path) -> Option<PidFile> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines().map(str::trim);
        // Negative for a server in single-user mode.
        let pid = lines.next()?.trim_start_matches('-').parse().ok()?;
        // Lines: pid, data, start time, port, socket folder, address, shared memory, status.
        let started = lines.nth(1).unwrap_or_default().to_owned();
        let socket = lines.nth(1).filter(|s| !s.is_empty()).map(PathBuf::from);
        let ready = lines.nth(2) == Some("ready");
        Some(PidFile { pid, started, socket, ready })
    }

    /// Tells this run of the server from every other.
    pub fn name(&self) -> String {
        format!("{} {}\n", self.pid, self.started)
    }
}

/// The processes that serve the folder.
#[cfg(target_os = "linux")]
pub(super) fn serving(data: &Path, runner: &Runner) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| is_postgres(*pid) && serves(*pid, data, runner))
        .collect()
}

#[cfg(target_os = "linux")]
fn is_postgres(pid: u32) -> bool {
    // A wrapped one may be called `.postgres-wrapped`.
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.contains("postgres"))
}

/// Whether this process serves the folder.
#[cfg(target_os = "linux")]
pub(super) fn serves(pid: u32, data: &Path, runner: &Runner) -> bool {
    let process = PathBuf::from(format!("/proc/{pid}"));
    let Ok(folder) = fs::metadata(data) else { return false };
    match fs::metadata(process.join("cwd")) {
        Ok(cwd) => (cwd.dev(), cwd.ino()) == (folder.dev(), folder.ino()),
        // Root in a container may not look into another user's processes; that user may.
        Err(e) if e.kind() == ErrorKind::PermissionDenied && runner.switched => {
            fs::metadata(&process).is_ok_and(|p| p.uid() == folder.uid())
                && runner.sees_one_folder(&process.join("cwd"), data)
        }
        Err(_) => false,
    }
}

/// The process of `postmaster.pid`, if it is a live PostgreSQL: all that ps can tell.
#[cfg(not(target_os = "linux"))]
pub(super) fn serving(data: &Path, runner: &Runner) -> Vec<u32> {
    let pid = PidFile::read(data).map(|file| file.pid);
    pid.into_iter().filter(|pid| serves(*pid, data, runner)).collect()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn serves(pid: u32, _data: &Path, runner: &Runner) -> bool {
    let mut ps = runner.command(Path::new("/bin/ps"));
    let output = ps.args(["-p", &pid.to_string(), "-o", "stat=,comm="]).output();
    output.is_ok_and(|output| {
        let said = String::from_utf8_lossy(&output.stdout);
        said.contains("postgres") && !said.trim_start().starts_with('Z')
    })
}

//! Starts, watches and stops the server of one data folder. Everything here that changes
//! something is done under the `StartLock`.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Result};

use super::Durability;
use super::binaries::Binaries;
use super::identity::Runner;
use super::layout::{Layout, open_own};
use super::processes::{self, PidFile};
use super::system;

const BLINK: Duration = Duration::from_millis(5);
/// Long enough for the recovery of a large database.
const START: Duration = Duration::from_secs(120);
/// How long a server may say it is ready without taking a connection.
const DEAF: Duration = Duration::from_secs(10);
/// How long a backend that lost its postmaster may work on.
const ORPHANS: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(60);

/// A server that takes connections.
pub(super) struct Live {
    pub file: PidFile,
    pub socket: PathBuf,
}

/// What goes on in a data folder.
enum State {
    Serving(Live),
    /// Starting, recovering or stopping.
    Changing(PidFile),
    /// Processes of a server whose postmaster is gone.
    Orphans(Vec<u32>),
    Gone,
}

/// The server, if it takes connections now.
pub(super) fn serving(layout: &Layout) -> Option<Live> {
    let file = PidFile::read(&layout.data()).filter(|file| file.ready)?;
    // Its own word is needed where the project was moved or renamed under a running server.
    let sockets = [Some(layout.socket()), file.socket.clone()];
    let socket = sockets.into_iter().flatten().find(|socket| accepts(socket))?;
    Some(Live { file, socket })
}

fn accepts(socket: &Path) -> bool {
    UnixStream::connect(socket.join(".s.PGSQL.5432")).is_ok()
}

fn state(layout: &Layout, runner: &Runner) -> State {
    if let Some(live) = serving(layout) {
        return State::Serving(live);
    }
    let data = layout.data();
    let file = PidFile::read(&data);
    let found = processes::serving(&data, runner);
    match file {
        // A socket that answers has a living server behind it, even one in another container
        // that /proc does not show.
        Some(file) if found.contains(&file.pid) || accepts(&layout.socket()) => {
            State::Changing(file)
        }
        _ if !found.is_empty() => State::Orphans(found),
        _ => State::Gone,
    }
}

/// Waits until the folder has a server (`Some`) or surely none (`None`).
///
/// # Errors
/// `Kind::Busy` when it stays in between.
pub(super) fn settled(layout: &Layout, runner: &Runner) -> Result<Option<Live>> {
    let began = Instant::now();
    loop {
        let (patience, problem) = match state(layout, runner) {
            State::Serving(live) => return Ok(Some(live)),
            State::Gone => return Ok(None),
            State::Changing(file) if file.ready => (DEAF, deaf(file.pid, layout)),
            State::Changing(file) => (START, slow(file.pid, layout)),
            State::Orphans(found) => (ORPHANS, orphans(&found)),
        };
        if began.elapsed() > patience {
            return Err(problem);
        }
        sleep(BLINK);
    }
}

/// Starts a server where there is none.
///
/// # Errors
/// `Kind::Connection` with PostgreSQL's own words when it does not start.
pub(super) fn start(
    layout: &Layout,
    binaries: &Binaries,
    runner: &Runner,
    durability: Durability,
) -> Result<Live> {
    let socket = layout.make_socket(runner)?;
    clear_stale(layout, &socket);
    let path = layout.log();
    let log = open_own(&path, 0o600).map_err(|e| {
        Problem::io("write", &path, &e).hint("make it writable, or set DATABASE_URL")
    })?;
    let written = log.metadata().map_or(0, |m| m.len());
    let mut command = runner.command(&binaries.dir.join("postgres"));
    arguments(&mut command, &layout.data(), &socket, durability);
    let child = log
        .try_clone()
        .and_then(|copy| command.stdout(copy).stderr(log).spawn())
        .map_err(|e| Problem::io("run", &binaries.dir.join("postgres"), &e))?;
    match ready(layout, child)? {
        Some(live) => Ok(live),
        None => match settled(layout, runner)? {
            // One that a killed process had just begun to start came first.
            Some(live) => Ok(live),
            None => Err(did_not_start(binaries, &path, written)),
        },
    }
}

/// Waits for the child to serve; `None` when it ended instead.
fn ready(layout: &Layout, mut child: Child) -> Result<Option<Live>> {
    let began = Instant::now();
    loop {
        match serving(layout) {
            Some(live) if live.file.pid == child.id() => {
                // Else it would stay as a zombie for as long as this process runs.
                thread::spawn(move || child.wait());
                return Ok(Some(live));
            }
            _ if !matches!(child.try_wait(), Ok(None)) => return Ok(None),
            _ if began.elapsed() > START => return Err(slow(child.id(), layout)),
            _ => sleep(BLINK),
        }
    }
}

/// Settings go on the command line: what is written into files, a later Karat cannot improve.
fn arguments(command: &mut Command, data: &Path, socket: &Path, durability: Durability) {
    command.arg("-D").arg(data).args(["-p", "5432"]);
    let memory = if system::little_shared_memory() { "mmap" } else { "posix" };
    let mut folder = std::ffi::OsString::from("unix_socket_directories=");
    folder.push(socket);
    command.arg("-c").arg(folder);
    let mut settings = vec![
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "max_connections=100",
        "shared_buffers=256MB",
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=2GB",
        "checkpoint_timeout=15min",
        "synchronous_commit=off",
        "jit=off",
        "timezone=UTC",
        // The user is called karat, and so is the schema of Karat's own tables: not the first place to look.
        "search_path=public",
        "lc_messages=C",
        "log_min_messages=warning",
    ];
    if cfg!(target_os = "linux") {
        settings.push("recovery_init_sync_method=syncfs");
    }
    if durability == Durability::Throwaway {
        settings.extend(["fsync=off", "full_page_writes=off"]);
    }
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    command.arg("-c").arg(format!("dynamic_shared_memory_type={memory}"));
    // The process that asks works too: more than one for each core only cost their beginning.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    command.arg("-c").arg(format!("max_parallel_workers_per_gather={}", (cores - 1).min(4)));
    system::own_session(command);
}

/// Removes what a killed server left. PostgreSQL would not do so when a zombie or a stranger has
/// the process number of its postmaster. Only after `settled` said that nothing serves the folder.
fn clear_stale(layout: &Layout, socket: &Path) {
    if cfg!(target_os = "linux") {
        let _ = fs::remove_file(layout.data().join("postmaster.pid"));
        let _ = fs::remove_file(socket.join(".s.PGSQL.5432.lock"));
        let _ = fs::remove_file(socket.join(".s.PGSQL.5432"));
    }
}

/// Stops the server; false when it is not among the processes we can see.
///
/// # Errors
/// `Kind::Busy` when it does not end.
pub(super) fn stop(layout: &Layout, runner: &Runner, live: &Live) -> Result<bool> {
    let (data, pid) = (layout.data(), live.file.pid);
    if !processes::serves(pid, &data, runner) {
        return Ok(false);
    }
    let _ = fs::remove_file(layout.kept());
    interrupted(pid)?;
    let began = Instant::now();
    while PidFile::read(&data).is_some_and(|file| file.pid == pid)
        && processes::serves(pid, &data, runner)
    {
        if began.elapsed() > STOP {
            return Err(Problem::new(
                Kind::Busy,
                format!("PostgreSQL (process {pid}) has been stopping for a minute"),
            )
            .hint(format!("see {}", layout.log().display())));
        }
        sleep(BLINK);
    }
    Ok(true)
}

fn interrupted(pid: u32) -> Result<()> {
    match system::interrupt(pid) {
        Err(e) if e.raw_os_error() != Some(libc::ESRCH) => Err(Problem::new(
            Kind::Permission,
            format!("cannot stop PostgreSQL (process {pid}): {e}"),
        )
        .hint("stop it as the user who runs it")),
        _ => Ok(()),
    }
}

fn did_not_start(binaries: &Binaries, log: &Path, from: u64) -> Problem {
    let said = tail(log, from).unwrap_or_default();
    let telling = said.lines().find(|l| l.contains("FATAL:") || l.contains("PANIC:"));
    let line = telling.or(said.lines().last()).unwrap_or("it ended without a word");
    let version = &binaries.version;
    Problem::new(Kind::Connection, format!("PostgreSQL {version} did not start: {line}"))
        .hint(format!("see {}, or set DATABASE_URL", log.display()))
}

fn tail(log: &Path, from: u64) -> io::Result<String> {
    let mut file = fs::File::open(log)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(64 * 1024).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn slow(pid: u32, layout: &Layout) -> Problem {
    Problem::new(
        Kind::Busy,
        format!("PostgreSQL (process {pid}) has been starting or stopping for two minutes"),
    )
    .hint(format!("see {}", layout.log().display()))
}

fn deaf(pid: u32, layout: &Layout) -> Problem {
    let socket = layout.socket();
    Problem::new(
        Kind::Connection,
        format!("PostgreSQL (process {pid}) runs, but not behind {}", socket.display()),
    )
    .hint(format!("its socket was removed; end it with kill -INT {pid} and try again"))
}

fn orphans(found: &[u32]) -> Problem {
    let found: Vec<String> = found.iter().map(u32::to_string).collect();
    Problem::new(
        Kind::Busy,
        format!(
            "PostgreSQL was killed, but parts of it still work on the data (process {})",
            found.join(", ")
        ),
    )
    .hint("wait until they end, or end them with kill -TERM")
}

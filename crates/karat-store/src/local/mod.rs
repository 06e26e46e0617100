//! A private PostgreSQL server in a project's `.karat/pg/`, over whatever PostgreSQL programs are
//! installed. Every process that holds a `LocalPg` is a user of it; the last one to leave stops it.

mod binaries;
mod identity;
mod initdb;
mod layout;
mod locks;
mod processes;
mod server;
mod system;

use std::fmt;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use karat_record::{Kind, Problem, Result};

pub use self::binaries::psql;

use self::binaries::Binaries;
use self::identity::Runner;
use self::layout::Layout;
use self::locks::{StartLock, UsersLock};
use self::server::Live;

/// What a crash of the machine may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// At most the last 0.6 seconds of commits, and never the consistency.
    Safe,
    /// Everything: nothing waits for the disk. For tests.
    Throwaway,
}

/// How a process came to its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Its data folder was made just now.
    Created,
    /// It was started over existing data.
    Started,
    /// It was running already.
    Adopted,
}

/// A running server that this process uses. Dropping it is `close` without its answer; a process
/// that ends without either leaves the server running, and the next user's leaving stops it.
pub struct LocalPg {
    layout: Layout,
    runner: Runner,
    live: Live,
    description: Description,
    /// `None` once we have left.
    users: Option<UsersLock>,
}

impl LocalPg {
    /// Finds, makes or starts the server of a project and becomes a user of it. Blocks until it
    /// takes connections: 0.05 s when it runs, half a second on a new folder. `durability` has
    /// effect only where this call starts the server.
    ///
    /// # Errors
    /// `Kind::Connection` when no PostgreSQL is installed or it does not start, `Kind::Permission`
    /// when the folder cannot be written or its data is another user's, `Kind::Busy` when another
    /// process does not finish with it.
    pub fn open(project: &Path, durability: Durability) -> Result<LocalPg> {
        let mut layout = Layout::prepare(project)?;
        let turn = StartLock::take(&layout.locks)?;
        let mut runner = Runner::choose(&layout.project, &layout.data())?;
        if !layout.has_data() {
            layout.settle(&runner)?;
            runner = Runner::choose(&layout.project, &layout.data())?;
        }
        let users = UsersLock::join(&layout.locks, &turn)?;
        let (live, binaries, origin) = match server::settled(&layout, &runner)? {
            Some(live) => (live, Binaries::running(&layout), Origin::Adopted),
            None => begin(&layout, &runner, durability)?,
        };
        let description = Description::new(&layout, &live, binaries, origin);
        Ok(LocalPg { layout, runner, live, description, users: Some(users) })
    }

    /// The connection string of a database, for tokio-postgres, sqlx and psql alike.
    pub fn url(&self, database: &str) -> String {
        let database = percent_encoded(database.as_bytes());
        let socket = percent_encoded(self.live.socket.as_os_str().as_bytes());
        format!("postgresql://karat@/{database}?host={socket}&port=5432")
    }

    /// What was found or started.
    pub fn describe(&self) -> &Description {
        &self.description
    }

    /// Leaves, and lets the server run until `stop` ends it.
    ///
    /// # Errors
    /// The mark that says so cannot be written.
    pub fn keep(mut self) -> Result<()> {
        layout::write_whole(&self.layout.kept(), self.live.file.name().as_bytes())?;
        if let Some(users) = self.users.take() {
            users.release();
        }
        Ok(())
    }

    /// Leaves; true when we were the last user and stopped the server.
    ///
    /// # Errors
    /// `Kind::Busy` when it does not stop.
    pub fn close(mut self) -> Result<bool> {
        self.leave()
    }

    fn leave(&mut self) -> Result<bool> {
        let Some(users) = self.users.take() else { return Ok(false) };
        let turn = StartLock::take(&self.layout.locks)?;
        if !users.leave(&turn) {
            return Ok(false);
        }
        // Not the one we came to: it may have been killed and started again by another user.
        match server::serving(&self.layout) {
            Some(live) if !is_kept(&self.layout, &live) => {
                server::stop(&self.layout, &self.runner, &live)
            }
            _ => Ok(false),
        }
    }
}

impl Drop for LocalPg {
    fn drop(&mut self) {
        let _ = self.leave();
    }
}

/// Starts the server, over new data where there is none.
fn begin(
    layout: &Layout,
    runner: &Runner,
    durability: Durability,
) -> Result<(Live, Option<Binaries>, Origin)> {
    let data = layout.data();
    let existing = layout.major();
    let binaries = Binaries::find(existing.map(|major| (major, data.as_path())), runner)?;
    if existing.is_some() && !runner.can_enter(&data) {
        return Err(Problem::new(
            Kind::Permission,
            format!("{}, whose data is in {}, cannot enter it", runner.shown(), data.display()),
        )
        .hint("let everybody pass through the folders above it with chmod o+x"));
    }
    if existing.is_none() {
        initdb::create(layout, &binaries, runner, durability)?;
    }
    layout.remember()?;
    layout::write_whole(&layout.version(), binaries.version.as_bytes())?;
    let live = server::start(layout, &binaries, runner, durability)?;
    let origin = if existing.is_some() { Origin::Started } else { Origin::Created };
    Ok((live, Some(binaries), origin))
}

/// Whether this very run of the server was told to stay.
fn is_kept(layout: &Layout, live: &Live) -> bool {
    fs::read_to_string(layout.kept()).is_ok_and(|name| name == live.file.name())
}

fn percent_encoded(bytes: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(*byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(encode).collect()
}

/// A server in words and paths. `Display` is one line for a person:
/// `using PostgreSQL 15.18 (/usr/lib/postgresql/15/bin), data in .karat/pg/data`.
#[derive(Clone, Debug)]
pub struct Description {
    /// Such as `15.18`; empty when the programs of a running server are gone.
    pub version: String,
    /// The folder of `postgres` and its companions, if known.
    pub binaries: Option<PathBuf>,
    /// The data folder.
    pub data: PathBuf,
    /// The process number of the postmaster.
    pub pid: u32,
    /// The folder of the socket.
    pub socket: PathBuf,
    /// Whether it was made, started or found running.
    pub origin: Origin,
    /// The data folder as seen from the project where it is inside.
    shown: PathBuf,
}

impl Description {
    fn new(layout: &Layout, live: &Live, found: Option<Binaries>, origin: Origin) -> Description {
        let data = layout.data();
        let shown = data.strip_prefix(&layout.project).unwrap_or(&data).to_owned();
        let (version, binaries) = found.map(|b| (b.version, b.dir)).unzip();
        Description {
            version: version.unwrap_or_default(),
            binaries,
            data,
            pid: live.file.pid,
            socket: live.socket.clone(),
            origin,
            shown,
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("using PostgreSQL")?;
        if let Some(binaries) = &self.binaries {
            write!(f, " {} ({})", self.version, binaries.display())?;
        }
        write!(f, ", data in {}", self.shown.display())
    }
}

/// What a project's server is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It takes connections.
    Running {
        /// The process number of the postmaster.
        pid: u32,
        /// The data folder.
        data: PathBuf,
        /// The folder of the socket.
        socket: PathBuf,
        /// It stays when its last user leaves.
        kept: bool,
        /// The processes that use it, as far as the kernel tells.
        users: Vec<u32>,
    },
    /// There is data, but no server.
    Stopped,
    /// There is no data yet.
    Absent,
}

/// What a project's server is doing, without starting or making anything.
///
/// # Errors
/// The project or its data cannot be read.
pub fn status(project: &Path) -> Result<Status> {
    let layout = Layout::find(project)?;
    Runner::choose(&layout.project, &layout.data())?;
    if !layout.has_data() {
        return Ok(Status::Absent);
    }
    Ok(match server::serving(&layout) {
        Some(live) => Status::Running {
            pid: live.file.pid,
            data: layout.data(),
            kept: is_kept(&layout, &live),
            users: locks::users(&layout.locks),
            socket: live.socket,
        },
        None => Status::Stopped,
    })
}

/// Stops a project's server, also one that was to stay; false when none runs.
///
/// # Errors
/// `Kind::Busy` when other Karat processes use it.
pub fn stop(project: &Path) -> Result<bool> {
    let layout = Layout::find(project)?;
    let runner = Runner::choose(&layout.project, &layout.data())?;
    if !layout.has_data() {
        return Ok(false);
    }
    let turn = StartLock::take(&layout.locks)?;
    let Some(live) = server::settled(&layout, &runner)? else { return Ok(false) };
    if UsersLock::taken(&layout.locks, &turn)? {
        return Err(in_use(&locks::users(&layout.locks)));
    }
    if server::stop(&layout, &runner, &live)? {
        return Ok(true);
    }
    let pid = live.file.pid;
    Err(Problem::new(
        Kind::Permission,
        format!("PostgreSQL (process {pid}) cannot be seen from here"),
    )
    .hint("it runs in another container: stop it there"))
}

fn in_use(users: &[u32]) -> Problem {
    let numbers: Vec<String> = users.iter().map(u32::to_string).collect();
    let who = match numbers.as_slice() {
        [] => "another Karat process still uses".to_owned(),
        [one] => format!("another Karat process ({one}) still uses"),
        many => format!("{} Karat processes ({}) still use", many.len(), many.join(", ")),
    };
    Problem::new(Kind::Busy, format!("{who} the local PostgreSQL"))
        .hint("end them first; the last one to end stops the server unless it is kept")
}

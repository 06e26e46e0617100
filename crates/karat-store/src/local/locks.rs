//! Who starts the server and who uses it, told by file locks: the kernel frees the locks of a
//! killed process, so no count can go stale.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Result};

use super::layout::open_own;

const PATIENCE: Duration = Duration::from_secs(180);

/// Held around starting and stopping: one process at a time.
pub(super) struct StartLock {
    _file: File,
}

impl StartLock {
    /// Waits for its turn.
    ///
    /// # Errors
    /// `Kind::Busy` after three minutes.
    pub fn take(locks: &Path) -> Result<StartLock> {
        let path = locks.join("start.lock");
        let file = open(&path)?;
        let began = Instant::now();
        while !got(file.try_lock(), &path)? {
            if began.elapsed() > PATIENCE {
                return Err(Problem::new(
                    Kind::Busy,
                    "another Karat process has been starting the local PostgreSQL for minutes",
                )
                .hint(format!("see which with: fuser {}", path.display())));
            }
            sleep(Duration::from_millis(5));
        }
        Ok(StartLock { _file: file })
    }
}

/// Held shared by every user of the server. Taken and tested only under a `StartLock`.
pub(super) struct UsersLock {
    file: File,
}

impl UsersLock {
    /// Becomes a user.
    ///
    /// # Errors
    /// The lock file cannot be opened.
    pub fn join(locks: &Path, _turn: &StartLock) -> Result<UsersLock> {
        let path = locks.join("users.lock");
        let file = open(&path)?;
        file.lock_shared().map_err(|e| Problem::io("lock", &path, &e))?;
        Ok(UsersLock { file })
    }

    /// Stops being a user; true when there was no other.
    pub fn leave(self, _turn: &StartLock) -> bool {
        // On the same open file this turns shared into exclusive, if nobody else holds it.
        let alone = self.file.try_lock().is_ok();
        self.release();
        alone
    }

    /// Stops being a user without asking who is left.
    pub fn release(self) {
        // A child that another thread is just forking has a copy of the file, so closing it
        // would not be enough.
        let _ = self.file.unlock();
    }

    /// Whether anybody uses the server now.
    ///
    /// # Errors
    /// The lock file cannot be opened.
    pub fn taken(locks: &Path, _turn: &StartLock) -> Result<bool> {
        let path = locks.join("users.lock");
        Ok(!got(open(&path)?.try_lock(), &path)?)
    }
}

/// The processes that use the server, as far as the kernel tells; for messages only.
pub(super) fn users(locks: &Path) -> Vec<u32> {
    let Ok(file) = std::fs::metadata(locks.join("users.lock")) else { return Vec::new() };
    let table = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    let inode = file.ino().to_string();
    // `1: FLOCK  ADVISORY  READ 1234 fe:00:1310732 0 EOF`
    let holder = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["FLOCK", _, "READ", pid, place, ..] = words.get(1..)? else { return None };
        let same = place.rsplit(':').next() == Some(inode.as_str());
        pid.parse().ok().filter(|pid| same && *pid != 0)
    };
    let mut found: Vec<u32> = table.lines().filter_map(holder).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn open(path: &Path) -> Result<File> {
    let opened = match open_own(path, 0o644) {
        // Somebody else's lock file can be locked all the same.
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW).open(path).map_err(|_| e)
        }
        other => other,
    };
    opened.map_err(|e| {
        Problem::io("open", path, &e).hint("make the folder writable, or set DATABASE_URL")
    })
}

fn got(answer: Result<(), TryLockError>, path: &Path) -> Result<bool> {
    match answer {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(Problem::io("lock", path, &e)
            .hint("the file system does not know locks; set DATABASE_URL")),
    }
}

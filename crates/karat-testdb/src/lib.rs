//! A clean PostgreSQL database per test. All tests of this user share one throw-away server,
//! which the last of them stops; databases of tests that have ended are dropped by later ones.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use karat_store::local::{self, Durability, LocalPg};

/// A database of its own. The server runs as long as one of these is held.
pub struct TestDb {
    server: LocalPg,
    name: String,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl TestDb {
    /// Makes an empty database.
    ///
    /// # Panics
    /// When no PostgreSQL can be started: no test that needs one can then say anything.
    pub fn new() -> TestDb {
        let server = LocalPg::open(&home(), Durability::Throwaway)
            .unwrap_or_else(|problem| panic!("tests need a PostgreSQL: {problem}"));
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("t_{}_{number}", std::process::id());
        let db = TestDb { server, name };
        db.sweep();
        // A database of this name is left from a process that had this process's number.
        db.admin(&format!("drop database if exists {}", db.name));
        db.admin(&format!("create database {} template template0", db.name));
        db
    }

    /// The URL of the database.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// What psql answers to a statement, unaligned and without header.
    ///
    /// # Panics
    /// When the statement fails.
    pub fn sql(&self, sql: &str) -> String {
        self.psql(&self.url(), sql)
    }

    /// Waits for a statement to answer something.
    ///
    /// # Panics
    /// When it does not within two minutes.
    pub fn eventually(&self, sql: &str, expected: &str) {
        let mut last = String::new();
        for _ in 0..6000 {
            last = self.sql(sql);
            if last == expected {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("{sql}: {last}, and not {expected}");
    }

    /// The whole database as `pg_dump` writes it, with these options.
    ///
    /// # Panics
    /// When `pg_dump` fails.
    pub fn dump(&self, options: &[&str]) -> String {
        let beside = self.server.describe().binaries.clone().unwrap_or_default();
        let beside = beside.join("pg_dump");
        let program = if beside.exists() { beside } else { PathBuf::from("pg_dump") };
        let output = Command::new(program).args(options).arg(self.url()).output();
        let output = output.unwrap_or_else(|e| panic!("pg_dump cannot be run: {e}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // From 15.14 on each dump has a random word in two lines.
        let stable = text.lines().filter(|line| !line.contains("restrict "));
        stable.collect::<Vec<_>>().join("\n")
    }

    fn admin(&self, sql: &str) -> String {
        self.psql(&self.server.url("postgres"), sql)
    }

    /// What psql answers; the server's own, which starts much faster than Debian's wrapper.
    fn psql(&self, url: &str, sql: &str) -> String {
        let beside = self.server.describe().binaries.clone();
        let program = local::psql(beside.as_deref()).unwrap_or_else(|problem| panic!("{problem}"));
        let arguments = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url];
        let output = Command::new(program).args(arguments).output();
        let output = output.unwrap_or_else(|e| panic!("psql cannot be run: {e}"));
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Drops the databases of processes that are no more.
    fn sweep(&self) {
        let names =
            self.admin("select datname from pg_database where datname ~ '^t_[0-9]+_[0-9]+$'");
        for name in names.lines() {
            let process = name.split('_').nth(1).and_then(|n| n.parse().ok());
            if process.is_some_and(|process| !is_alive(process)) {
                self.admin(&format!("drop database if exists {name} with (force)"));
            }
        }
    }
}

impl Default for TestDb {
    fn default() -> TestDb {
        TestDb::new()
    }
}

fn is_alive(process: i32) -> bool {
    // Signal 0 asks without touching; a process of another user answers with a refusal.
    // SAFETY: kill with signal 0 has no effect on any process.
    let answer = unsafe { libc::kill(process, 0) };
    answer == 0 || std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
}

/// One folder per user, so that users do not meet at one server.
fn home() -> PathBuf {
    // SAFETY: geteuid has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    let folder = std::env::temp_dir().join(format!("karat-tests-{user}"));
    std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    folder
}

#[cfg(test)]
mod tests {
    use super::TestDb;

    #[test]
    fn each_database_is_empty_and_its_own() {
        let (one, other) = (TestDb::new(), TestDb::new());
        one.sql("create table a (x int)");
        assert_eq!(other.sql("select to_regclass('public.a') is null"), "t");
    }
}

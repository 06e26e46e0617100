//! The log: `TIMESTAMP | LEVEL | MODULE | MESSAGE`, in UTC, to a file or standard error.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use karat_record::{Problem, Reporter, Result, Stage};

use crate::args::Level;

/// Writes what the engine reports as lines, and passes it on.
pub struct Log {
    level: Level,
    /// `None`: standard error.
    file: Option<Mutex<File>>,
    secrets: Vec<String>,
    next: Arc<dyn Reporter>,
}

impl Log {
    /// A log in front of another reporter; lines are added to the file.
    pub fn open(
        level: Level,
        path: Option<&Path>,
        secrets: Vec<String>,
        next: Arc<dyn Reporter>,
    ) -> Result<Log> {
        let open = |path: &Path| {
            let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            let file = made.and_then(|()| OpenOptions::new().create(true).append(true).open(path));
            file.map_err(|e| {
                Problem::io("write the log", path, &e).hint("name another with --log-file")
            })
        };
        Ok(Log { level, file: path.map(open).transpose()?.map(Mutex::new), secrets, next })
    }

    fn write(&self, level: Level, module: &str, message: &str) {
        if level < self.level {
            return;
        }
        let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S");
        let level = format!("{level:?}").to_uppercase();
        let message = message.replace('\n', " ");
        let line = format!("{now} | {level:<8} | {module} | {message}");
        let line = self.secrets.iter().fold(line, |line, secret| line.replace(secret, "***"));
        // A log that cannot be written must not stop the work that it tells of.
        match &self.file {
            Some(file) => {
                if let Ok(mut file) = file.lock() {
                    drop(writeln!(file, "{line}"));
                }
            }
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }

    /// A problem that ended the command.
    pub fn failed(&self, problem: &Problem) {
        self.write(Level::Error, "karat", &problem.to_string());
    }
}

impl Reporter for Log {
    fn started(&self, stage: &Stage, total: Option<u64>) {
        self.write(Level::Info, stage.verb, &format!("{} begins", stage.noun));
        self.next.started(stage, total);
    }

    fn progress(&self, stage: &Stage, position: u64, rows: u64) {
        self.write(
            Level::Debug,
            stage.verb,
            &format!("{} at byte {position}, row {rows}", stage.noun),
        );
        self.next.progress(stage, position, rows);
    }

    fn ended(&self, stage: &Stage, summary: &str) {
        self.write(Level::Info, stage.verb, &format!("{} {summary}", stage.noun));
        self.next.ended(stage, summary);
    }

    fn note(&self, text: &str) {
        self.write(Level::Warning, "karat", text);
        self.next.note(text);
    }
}

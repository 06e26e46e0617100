//! Why something could not be done: what, where, and what to do next.

use std::fmt;

use crate::Place;

/// The closed list of reasons. Queue, alerts and exit code read `Kind::policy`, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The command was typed wrong.
    Usage,
    /// A file of the project is wrong.
    Project,
    /// No database can be reached, or it refused us.
    Connection,
    /// The database refused a statement of the user's.
    Sql,
    /// Live and declared schema cannot be brought together without a person.
    Schema,
    /// A data file cannot be read at all.
    Input,
    /// Karat may not read or write something.
    Permission,
    /// Somebody else holds what is needed; later it may work.
    Busy,
    /// The database was made by a newer Karat.
    Newer,
    /// The server broke off: a restart, a lost connection.
    Lost,
    /// Too much was wrong with the data for its declared tolerance.
    Data,
    /// Somebody asked it to stop, or gave its work to somebody else.
    Stopped,
    /// A defect of Karat.
    Internal,
}

/// What the machinery does about a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Try again by itself.
    Retry,
    /// Stop; a person has to change something.
    Stop,
    /// Stop this step; a person has to decide something.
    Ask,
}

impl Kind {
    /// The one table from kind to policy.
    pub fn policy(self) -> Policy {
        match self {
            Kind::Busy | Kind::Lost => Policy::Retry,
            Kind::Data => Policy::Ask,
            Kind::Usage
            | Kind::Project
            | Kind::Connection
            | Kind::Sql
            | Kind::Schema
            | Kind::Input
            | Kind::Permission
            | Kind::Newer
            | Kind::Stopped
            | Kind::Internal => Policy::Stop,
        }
    }

    /// What to do next about a problem that has no better hint of its own.
    fn next(self) -> &'static str {
        match self {
            Kind::Usage => "karat --help shows what can be typed",
            Kind::Project => "mend it there, and run the same command again",
            Kind::Connection => "check DATABASE_URL and that the server runs",
            Kind::Sql => "mend the statement, and run the same command again",
            Kind::Schema => "karat plan shows what is declared differently from what is there",
            Kind::Input => "mend the file or its declaration in datasets/",
            Kind::Permission => "give this user the right to it, or run as another user",
            Kind::Busy | Kind::Lost => "run the same command again in a while",
            Kind::Newer => "install the newer Karat",
            Kind::Data => "karat rejects list shows the rows",
            Kind::Stopped => "karat jobs show says by whom",
            Kind::Internal => "this is a defect of Karat: please report it with this message",
        }
    }
}

/// One problem. `what` names no cell value and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: Kind,
    pub what: String,
    pub place: Option<Place>,
    pub hint: Option<String>,
}

/// What fallible functions return.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    /// A problem of a kind, in a sentence without a full stop.
    pub fn new(kind: Kind, what: impl Into<String>) -> Problem {
        Problem { kind, what: what.into(), place: None, hint: None }
    }

    /// The same problem, with where it is.
    pub fn at(mut self, place: Place) -> Problem {
        self.place = Some(place);
        self
    }

    /// The same problem, with what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// What to do next, in any case; `Display` shows only the problem's own hint.
    pub fn next(&self) -> &str {
        self.hint.as_deref().unwrap_or(self.kind.next())
    }

    /// A file or folder that the operating system refused.
    pub fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Problem {
        let kind = match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Kind::Permission
            }
            _ => Kind::Input,
        };
        Problem::new(kind, format!("cannot {doing} {}: {}", path.display(), plain(error)))
    }
}

/// The operating system's words without the error number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(place) = &self.place {
            write!(f, "\n  at {place}")?;
            for line in place.excerpt.iter().flat_map(|e| e.lines()) {
                write!(f, "\n  {line}")?;
            }
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

/// Several problems found in one pass, so that a user mends them in one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// `Ok` when nothing was pushed.
    pub fn into_result(self) -> Result<(), Problems> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

//! What the server said, in words that say what next. Values that the server quotes in its
//! details stay out: only its message, which names objects, is repeated.

use karat_record::{Kind, Place, Problem};
use tokio_postgres::Error;
use tokio_postgres::error::{ErrorPosition, SqlState};

use crate::address::Address;

/// What `karat.fence` raises.
const FENCED: &str = "KA001";

/// Why a connection did not come about.
pub(crate) fn refused(address: &Address, error: &Error) -> Problem {
    let Some(db) = error.as_db_error() else {
        return unreachable(address, error);
    };
    if matches!(*db.code(), SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN) {
        return Problem::new(Kind::Lost, format!("{}: {}", address.shown(), db.message()));
    }
    let (what, hint) = match *db.code() {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => (
            format!("the server refused the user or password for {}", address.shown()),
            "check user and password in DATABASE_URL; write %40 for @ inside a password",
        ),
        SqlState::INVALID_CATALOG_NAME => (
            format!("there is no {}", address.shown()),
            "create it with `createdb`, or correct the name at the end of DATABASE_URL",
        ),
        SqlState::TOO_MANY_CONNECTIONS => (
            format!("{} has no free connection", address.shown()),
            "close other programs that use it, or raise max_connections",
        ),
        _ => (format!("{}: {}", address.shown(), db.message()), "see the server's log"),
    };
    Problem::new(Kind::Connection, what).hint(hint)
}

fn unreachable(address: &Address, error: &Error) -> Problem {
    let mut reason = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        reason = inner.to_string();
        cause = inner.source();
    }
    if reason.is_empty() {
        reason = error.to_string();
    }
    let mut reason = reason.split(" (os error").next().unwrap_or_default().to_lowercase();
    if reason.contains("lookup address") {
        "no host of that name is known".clone_into(&mut reason);
    }
    let what = format!("cannot reach {}: {reason}", address.shown());
    Problem::new(Kind::Connection, what).hint(
        "check host and port in DATABASE_URL and that the server runs; without DATABASE_URL \
         Karat starts a local PostgreSQL by itself",
    )
}

/// Why a statement failed.
pub(crate) fn explain(error: &Error) -> Problem {
    let Some(db) = error.as_db_error() else {
        let source = std::error::Error::source(error);
        if error.is_closed() || source.is_some_and(|s| s.is::<std::io::Error>()) {
            return Problem::new(Kind::Lost, "the connection to the database broke off")
                .hint("run the same command again: nothing was left half done");
        }
        let cause = source.map(|s| format!(": {s}")).unwrap_or_default();
        return Problem::new(Kind::Internal, format!("{error}{cause}"));
    };
    let kind = match *db.code() {
        SqlState::LOCK_NOT_AVAILABLE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::T_R_SERIALIZATION_FAILURE => Kind::Busy,
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            Kind::Lost
        }
        SqlState::INSUFFICIENT_PRIVILEGE => Kind::Permission,
        // A text that the database cannot hold, such as one with a NUL: it came from outside.
        SqlState::CHARACTER_NOT_IN_REPERTOIRE | SqlState::UNTRANSLATABLE_CHARACTER => Kind::Input,
        _ if db.code().code() == FENCED => Kind::Stopped,
        _ => Kind::Sql,
    };
    let problem = Problem::new(kind, db.message());
    match db.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// Why a statement of a file failed, with its place in that file. `offset` is where the
/// statement begins in `text`.
pub(crate) fn explain_at(error: &Error, file: &str, text: &str, offset: usize) -> Problem {
    let problem = explain(error);
    let position = error.as_db_error().and_then(|db| match db.position() {
        Some(ErrorPosition::Original(position)) => Some(*position as usize),
        Some(ErrorPosition::Internal { .. }) | None => None,
    });
    let characters = position.map_or(0, |p| p.saturating_sub(1));
    let bytes = text[offset..].char_indices().nth(characters).map_or(0, |(i, _)| i);
    problem.at(Place::at(file, text, offset + bytes))
}

/// Whether the table would not take a row: its checks, references, unique columns, or a value that
/// must be there.
pub(crate) fn is_refused(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("23"))
}

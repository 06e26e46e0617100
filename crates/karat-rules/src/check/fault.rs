//! What is wrong with a declaration, and what an import made of another tool's file.

use serde_json::{Map, Value};

/// What is wrong with one key of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub key: String,
    /// A sentence without full stop.
    pub what: String,
    /// What to write instead.
    pub hint: String,
}

impl Fault {
    pub(super) fn new(key: &str, what: impl Into<String>, hint: impl Into<String>) -> Fault {
        Fault { key: key.to_owned(), what: what.into(), hint: hint.into() }
    }
}

/// A check as its file declares it: `expect`, its arguments and its settings.
pub type Declared = Map<String, Value>;

/// The checks of one table from another tool's file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// The name of the file to write.
    pub name: String,
    /// The table as the other tool names it; none where its file does not say.
    pub table: Option<String>,
    pub checks: Vec<Declared>,
    /// What was left out: its name, and why.
    pub refused: Vec<(String, String)>,
}

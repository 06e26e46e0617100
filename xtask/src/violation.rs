//! One broken rule: where, and what is wrong.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// A path, a path with its line (`a/b.rs:12`), or the name of a crate.
    pub at: String,
    /// What is wrong and why, in one line.
    pub what: String,
}

impl Violation {
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

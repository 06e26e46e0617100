//! What the engine cannot do, by name: refused rather than guessed.

use std::fmt;

use crate::condition::{EvaluationError, Refusal as Unknown, SyntaxError};

/// Why a model cannot be used on these records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Comparison and level, or blocking rule; empty until it is known.
    pub place: String,
    pub what: String,
}

impl Refusal {
    pub fn new(what: impl Into<String>) -> Refusal {
        Refusal { place: String::new(), what: what.into() }
    }

    /// The same with its place, if it has none yet.
    pub(crate) fn at(mut self, place: impl FnOnce() -> String) -> Refusal {
        if self.place.is_empty() {
            self.place = place();
        }
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => f.write_str(&self.what),
            place => write!(f, "{place}: {}", self.what),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Refusal {
        Refusal::new(unknown.to_string())
    }
}

impl From<EvaluationError> for Refusal {
    fn from(error: EvaluationError) -> Refusal {
        Refusal::new(error.to_string())
    }
}

impl From<SyntaxError> for Refusal {
    fn from(error: SyntaxError) -> Refusal {
        Refusal::new(error.to_string())
    }
}

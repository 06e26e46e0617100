//! How the engine tells what it is doing, without knowing who listens.

/// A part of the work that has a beginning and an end: `load agents`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The verb: `deploy`, `load`, `resolve`, `publish`.
    pub verb: &'static str,
    /// What it is done to; may be empty.
    pub noun: String,
}

impl Stage {
    pub fn new(verb: &'static str, noun: impl Into<String>) -> Stage {
        Stage { verb, noun: noun.into() }
    }
}

/// Listens to the engine. The terminal, the log and the tests implement it.
pub trait Reporter: Send + Sync {
    /// A stage begins; `total` is its size in bytes or rows where known.
    fn started(&self, _stage: &Stage, _total: Option<u64>) {}
    /// So far: position in the unit of `total`, and rows.
    fn progress(&self, _stage: &Stage, _position: u64, _rows: u64) {}
    /// The stage is over; `summary` is one line for a person.
    fn ended(&self, _stage: &Stage, _summary: &str) {}
    /// Something a person should know although the work goes on.
    fn note(&self, _text: &str) {}
}

/// Says nothing.
pub struct Quiet;

impl Reporter for Quiet {}

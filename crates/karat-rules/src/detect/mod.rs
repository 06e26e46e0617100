//! Which declared dataset a file is of: how far its header and its values agree with each, from 0
//! to 1, with the evidence. `docs/detection.md` has the formula with its reasons.

mod agree;
mod evidence;
pub mod names;
mod score;
mod values;

use karat_record::Type;

use crate::clean::{Context, Rule};
use crate::profile::ColumnProfile;

pub use evidence::{Evidence, Part};
pub use score::{Band, HIGH, LOW, MEDIUM};

/// A file, read as a dataset says that its files are written.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// As they stand in the file, trimmed; an empty one is of a column without name and values.
    pub headers: Vec<String>,
    /// The values of each, of rows from the whole file. Of at most 2048 rows, so that no value
    /// is left out of the counts.
    pub columns: Vec<ColumnProfile>,
    /// Whether the file names its columns. Else `headers` are the names that the dataset gives
    /// them, which say nothing.
    pub has_header: bool,
}

/// What a dataset declares of its files.
#[derive(Clone, Default)]
pub struct Declared {
    pub name: String,
    /// Columns that are made from one of the file.
    pub columns: Vec<Column>,
    /// Texts that mean that there is no value.
    pub nulls: Vec<String>,
    /// Headers that are not loaded.
    pub ignore: Vec<String>,
    /// Patterns of whole words for the name of a file, without folder and ending.
    pub files: Vec<String>,
}

/// A column of a dataset.
#[derive(Clone, Default)]
pub struct Column {
    /// As the table has it.
    pub name: String,
    /// As the header has it.
    pub header: String,
    /// Other names that the header may have.
    pub aliases: Vec<String>,
    /// Patterns of whole words for the header.
    pub patterns: Vec<String>,
    /// It is declared in the table alone: the load finds it under its own name.
    pub is_implied: bool,
    pub kind: Option<Type>,
    pub split: Option<String>,
    pub clean: Vec<&'static Rule>,
    /// A row cannot do without it.
    pub is_required: bool,
}

/// What people chose for files with the same header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chosen {
    /// Nothing, or only other datasets.
    #[default]
    Never,
    /// This dataset and no other.
    Always,
    /// This dataset and others.
    Sometimes,
}

/// A dataset that a file may be of.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    pub declared: &'a Declared,
    /// The file as the dataset's files are written, or why it cannot be read so.
    pub sample: Result<&'a Sample, &'a str>,
    pub chosen: Chosen,
}

/// How well a file fits a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub dataset: String,
    /// From 0 to 1.
    pub score: f64,
    pub band: Band,
    pub evidence: Vec<Evidence>,
}

/// How well a file fits each dataset, the best first. `file` is its name without folder.
pub fn detect(file: &str, against: &[Against<'_>], context: &Context) -> Vec<Candidate> {
    let found = against.iter().map(|against| agree::agree(file, against, context)).collect();
    score::ranked(found)
}

#[cfg(test)]
mod tests;

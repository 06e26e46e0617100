//! What is in a file or table: the profile of each column, rows that come twice, columns that
//! could be a key, and columns of numbers that go together.

mod batch;
mod file;
mod gather;
pub mod report;
mod suggest;
mod table;

use karat_rules::profile::{ColumnProfile, Verdict};

pub use karat_rules::profile::{Frequent, Top};

pub use file::file;
pub use suggest::{stem, suggest};
pub use table::table;

/// What is in a file or table.
pub struct Profile {
    /// The file or table as the user named it.
    pub name: String,
    /// What its rows are counted by: `line` of a file, `row` of a table.
    pub counted: &'static str,
    pub rows: u64,
    pub columns: Vec<Column>,
    pub duplicates: Duplicates,
    /// From the strongest to the weakest.
    pub correlations: Vec<Correlation>,
}

/// What is in one of its columns.
pub struct Column {
    pub name: String,
    pub profile: ColumnProfile,
    pub verdict: Verdict,
}

/// Rows that equal an earlier one in all columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicates {
    pub rows: u64,
    /// Whether all rows were compared with all; else there are at least so many.
    pub is_exact: bool,
}

/// How two columns of numbers go together.
pub struct Correlation {
    pub a: String,
    pub b: String,
    /// Pearson's, from -1 to 1.
    pub value: f64,
    /// Rows in which both have a number.
    pub rows: u64,
}

impl Profile {
    /// Columns in which each row has a value and none comes twice.
    pub fn keys(&self) -> Vec<&str> {
        let is_key = |column: &&Column| {
            let profile = &column.profile;
            profile.rows > 0 && profile.absent() == 0 && profile.distinct.is_unique() == Some(true)
        };
        self.columns.iter().filter(is_key).map(|column| column.name.as_str()).collect()
    }
}

/// How a column's type reads: `integer`, `text (identifier: leading zeros)`.
pub fn type_of(verdict: &Verdict) -> String {
    match (&verdict.evidence, verdict.kept) {
        (Some(_), Some(why)) => format!("text ({why})"),
        (Some(evidence), None) => evidence.kind.name().to_owned(),
        (None, _) => "text".to_owned(),
    }
}

/// What speaks against it: `99.98 % · lines 41, 977 are not`; nothing where all values fit.
pub fn doubts(verdict: &Verdict, counted: &str) -> String {
    let Some(evidence) = verdict.evidence.as_ref().filter(|evidence| evidence.fits < evidence.of)
    else {
        return String::new();
    };
    let named = evidence.misfits.len() as u64;
    let rows: Vec<String> = evidence.misfits.iter().map(u64::to_string).collect();
    let more = evidence.of - evidence.fits - named;
    let (s, are) = if evidence.of - evidence.fits == 1 { ("", "is") } else { ("s", "are") };
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let share = percent(evidence.fits, evidence.of);
    format!("{share}; {counted}{s} {}{more} {are} not", rows.join(", "))
}

/// A share with so many digits that neither 0 nor 100 is said of what is not quite that.
pub fn percent(part: u64, of: u64) -> String {
    if of == 0 || part == 0 {
        return "0 %".to_owned();
    }
    if part == of {
        return "100 %".to_owned();
    }
    let share = 100.0 * part as f64 / of as f64;
    if share < 0.01 {
        "< 0.01 %".to_owned()
    } else if share > 99.99 {
        "> 99.99 %".to_owned()
    } else if !(1.0..=99.0).contains(&share) {
        format!("{share:.2} %")
    } else {
        format!("{share:.1} %")
    }
}

#[cfg(test)]
mod tests;

//! What was found when a table was checked.

use std::time::Duration;

use karat_rules::check::{Check, Outcome, Severity};
use serde_json::{Value as Json, json};

use super::document;
use crate::resolve::seconds;

/// What became of a table's checks.
#[derive(Clone, Debug)]
pub struct Summary {
    pub suite: String,
    pub table: String,
    /// Whether failing rows can be told apart, and so are kept.
    pub has_key: bool,
    pub found: Vec<Found>,
    /// From 0 to 1; none where no check weighs anything.
    pub score: Option<f64>,
    pub threshold: Option<f64>,
    pub took: Duration,
}

/// What became of a check.
#[derive(Clone, Debug)]
pub struct Found {
    pub check: Check,
    pub outcome: Outcome,
    /// Key and value of the first rows that fail.
    pub sample: Vec<(Json, Json)>,
}

impl Found {
    /// Whether the check holds.
    pub fn passes(&self) -> bool {
        self.outcome.passes(&self.check)
    }
}

impl Summary {
    /// Whether the score is as high as it has to be.
    pub fn is_good_enough(&self) -> bool {
        self.score.zip(self.threshold).is_none_or(|(score, threshold)| score >= threshold)
    }

    /// The full names of what blocks: violated checks that do, and the score.
    pub fn blocks(&self) -> Vec<String> {
        let blocks = |f: &&Found| f.check.severity == Severity::Block && !f.passes();
        let name = |f: &Found| format!("{}.{}", self.suite, f.check.name);
        let mut names: Vec<String> = self.found.iter().filter(blocks).map(name).collect();
        if !self.is_good_enough() {
            names.push(format!("the score of {}", self.suite));
        }
        names
    }

    /// How many checks are violated or could not be evaluated.
    pub fn violated(&self) -> usize {
        self.found.iter().filter(|found| !found.passes()).count()
    }

    /// One line for a person.
    pub fn line(&self) -> String {
        let (all, bad) = (self.found.len(), self.violated());
        let score = self.score.map_or(String::new(), |s| format!(", score {}", shown(s)));
        match bad {
            0 => format!("{all} checks hold{score}"),
            _ => format!("{bad} of {all} checks are violated{score}"),
        }
    }

    /// Counts and score, for the record of a run.
    pub fn json(&self) -> Json {
        let violated = self.found.iter().filter(|f| !f.passes()).map(|f| f.check.name.as_str());
        json!({
            "suite": self.suite,
            "table": self.table,
            "checks": self.found.len(),
            "violated": violated.collect::<Vec<_>>(),
            "score": self.score,
            "threshold": self.threshold,
            "seconds": seconds(self.took),
        })
    }

    /// The validation result as Great Expectations 1.x writes it.
    pub fn document(&self) -> Json {
        document::of(self)
    }
}

/// A share in percent, rounded down, so that what falls short never looks complete.
pub fn shown(share: f64) -> String {
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}

/// What a check of a value says of it: what it says itself, or the value, cut short.
pub fn says(observed: &Json) -> String {
    match observed.get("says").and_then(Json::as_str) {
        Some(says) => says.to_owned(),
        None => format!("found {}", observed.to_string().chars().take(60).collect::<String>()),
    }
}

//! What a check is: an expectation on a table with its arguments, how severe it is, and how its
//! counts are judged. What it looks like as SQL is the store's business.

pub mod dbt;
mod expectation;
mod fault;

pub mod gx;
mod judge;
mod name;
mod read;

pub use expectation::{ALL, Argument, Expectation, Form, Is, Kind, named};
pub use fault::{Declared, Fault, Imported};
pub use judge::{Outcome, Rows, divergence, score};
pub use name::name_all;
pub use read::read;

use serde_json::{Map, Value};

use crate::anomaly;

/// What a check that is violated does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It is reported.
    Warn,
    /// It stops what would be published from the table.
    Block,
}

impl Severity {
    /// The word in project files.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warn => "warn",
            Severity::Block => "block",
        }
    }
}

/// A declared check, valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Unique among the checks of its file.
    pub name: String,
    pub expectation: &'static Expectation,
    pub arguments: Arguments,
    pub severity: Severity,
    /// How much it counts in the table's score; not negative.
    pub weight: f64,
    pub description: Option<String>,
}

/// The arguments of a check, of the kinds that its expectation asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments(pub Map<String, Value>);

impl Arguments {
    /// A value that is there and not null.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key)?.as_str()
    }

    pub fn number(&self, key: &str) -> Option<f64> {
        self.value(key)?.as_f64()
    }

    /// False where it is not given.
    pub fn truth(&self, key: &str) -> bool {
        self.value(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The elements of a list; none where it is not given.
    pub fn values(&self, key: &str) -> &[Value] {
        self.value(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The texts of a list.
    pub fn texts(&self, key: &str) -> Vec<&str> {
        self.values(key).iter().filter_map(Value::as_str).collect()
    }

    /// The share of rows that has to be as expected, from 0 to 1.
    pub fn mostly(&self) -> f64 {
        self.number("mostly").unwrap_or(1.0)
    }

    /// How a check of an anomaly asks.
    pub fn anomaly(&self) -> anomaly::Settings {
        anomaly::Settings {
            false_alarms: self.number("false_alarms").unwrap_or(0.01),
            needed: self.number("history").unwrap_or(7.0) as usize,
        }
    }

    /// The SQL condition of the rows that are looked at.
    pub fn condition(&self) -> Option<&str> {
        self.text("row_condition")
    }

    /// The columns of the table that the check names, in its own order.
    pub fn columns(&self) -> Vec<&str> {
        let single = ["column", "column_A", "column_B"].into_iter().filter_map(|k| self.text(k));
        single.chain(self.texts("column_list")).collect()
    }
}

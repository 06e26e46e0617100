//! How frequent values are: a value's share of all values of its column that are not missing.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::columns::{Column, Dictionary};
use super::memory::bytes_of;

/// Frequencies that a model brings along, by column and text; other columns are counted.
pub type Known = FxHashMap<String, FxHashMap<String, f64>>;

/// The frequencies of the values of one column.
#[derive(Debug)]
pub(crate) struct Table {
    pub name: String,
    /// Where the column stands in the rows.
    pub column: u16,
    /// For each value its frequency and that's log2; NaN where it is unknown.
    values: Vec<(f64, f64)>,
}

impl Table {
    /// Counts the values of a column, unless their frequencies are known.
    pub fn new(name: &str, at: u16, column: &Column, known: &Known) -> Table {
        let known = known.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        let frequencies = match known {
            Some((_, known)) => of_known(&column.values, known),
            None => counted(column),
        };
        let values = frequencies.into_iter().map(|tf| (tf, tf.log2())).collect();
        Table { name: name.to_owned(), column: at, values }
    }

    pub fn bytes(&self) -> u64 {
        bytes_of(&self.values)
    }

    /// log2 of the larger frequency of two values, and of `minimum` at least; none where neither
    /// is known.
    #[inline]
    pub fn log_of_commoner(&self, l: u32, r: u32, minimum: f64) -> Option<f64> {
        let of = |id: u32| self.values.get(id as usize).copied().filter(|(tf, _)| !tf.is_nan());
        let (tf, log) = match (of(l), of(r)) {
            (Some(a), Some(b)) if a.0 >= b.0 => a,
            (Some(_), Some(b)) => b,
            (a, b) => a.or(b)?,
        };
        Some(if minimum > tf { minimum.log2() } else { log })
    }
}

fn counted(column: &Column) -> Vec<f64> {
    let counts = column.counts();
    let all: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    counts.iter().map(|count| f64::from(*count) / all as f64).collect()
}

fn of_known(values: &Arc<Dictionary>, known: &FxHashMap<String, f64>) -> Vec<f64> {
    let of = |id| match values.texts() {
        Some(texts) => known.get(texts.text(id)).copied().unwrap_or(f64::NAN),
        None => f64::NAN,
    };
    (0..values.len() as u32).map(of).collect()
}

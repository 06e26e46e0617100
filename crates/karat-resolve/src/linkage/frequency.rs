//! How frequent values are: a value's share of all values of its column that are not missing.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::columns::{Column, Dictionary};
use super::digests::digest;
use super::memory::bytes_of;
use super::model::Model;

/// Frequencies that a model brings along, by column; other columns are counted.
pub type Known = FxHashMap<String, Shares>;

/// The frequencies of a column's texts, by their digests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    pub known: FxHashMap<u64, f64>,
    /// That of every other text; NaN where nothing is to be said of it.
    pub unseen: f64,
}

impl Shares {
    /// Those of a column as it stands. A text not in it would be met as often as one met once;
    /// of a column without any text nothing is known.
    /// None where its values are no texts.
    pub fn counted(column: &Column) -> Option<Shares> {
        let texts = column.values.texts()?;
        let shares = counted(column);
        let all: u64 = column.counts().iter().map(|count| u64::from(*count)).sum();
        let known = shares.iter().enumerate();
        let known = known.map(|(id, share)| (digest(texts.text(id as u32)), *share)).collect();
        let unseen = if all == 0 { f64::NAN } else { 1.0 / all as f64 };
        Some(Shares { known, unseen })
    }
}

/// The columns whose frequencies a model asks for.
pub fn frequency_columns(model: &Model) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let levels = model.comparisons.iter().flat_map(|comparison| &comparison.levels);
    for frequency in levels.filter_map(|level| level.frequency.as_ref()) {
        if !names.iter().any(|name| name.eq_ignore_ascii_case(&frequency.column)) {
            names.push(frequency.column.clone());
        }
    }
    names
}

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

fn of_known(values: &Arc<Dictionary>, known: &Shares) -> Vec<f64> {
    let of = |id| match values.texts() {
        Some(texts) => known.known.get(&digest(texts.text(id))).copied().unwrap_or(known.unseen),
        None => f64::NAN,
    };
    (0..values.len() as u32).map(of).collect()
}

//! Takes batches of rows into profiles: columns in parallel, each in the order of its rows, so
//! that the result does not depend on how many threads there are.

use karat_rules::profile::{ColumnProfile, Pair};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::batch::Batch;
use super::{Column, Correlation, Duplicates, Profile};

/// Rows that are compared with one another as a whole; their hashes take 18 MB.
const COMPARED: usize = 1 << 20;

/// Columns of numbers that are compared with one another.
const CORRELATED: usize = 12;

/// Correlations closer to zero than this say nothing.
const WEAKEST: f64 = 0.3;

pub struct Gather {
    names: Vec<String>,
    columns: Vec<Gathered>,
    pairs: Option<Vec<(usize, usize, Pair)>>,
    seen: FxHashSet<u64>,
    rows: u64,
    duplicates: u64,
}

/// A column, with the numbers of the last batch; no number where a row has none.
#[derive(Default)]
struct Gathered {
    profile: ColumnProfile,
    numbers: Vec<f64>,
}

impl Gather {
    pub fn new(names: Vec<String>) -> Gather {
        let columns = names.iter().map(|_| Gathered::default()).collect();
        Gather { names, columns, pairs: None, seen: FxHashSet::default(), rows: 0, duplicates: 0 }
    }

    pub fn add(&mut self, batch: &Batch) {
        self.rows += batch.rows.len() as u64;
        let rows = &batch.rows;
        self.columns.par_iter_mut().zip(&batch.columns).for_each(|(column, cells)| {
            column.numbers.clear();
            for (row, text) in rows.iter().zip(cells.texts()) {
                let number = column.profile.add(*row, text);
                column.numbers.push(number.unwrap_or(f64::NAN));
            }
        });
        for hash in &batch.hashes {
            let is_known = match self.seen.len() < COMPARED {
                true => !self.seen.insert(*hash),
                false => self.seen.contains(hash),
            };
            self.duplicates += u64::from(is_known);
        }
        let mut pairs = self.pairs.take().unwrap_or_else(|| self.numeric());
        pairs.par_iter_mut().for_each(|(a, b, pair)| {
            let (a, b) = (&self.columns[*a].numbers, &self.columns[*b].numbers);
            a.iter().zip(b).for_each(|(x, y)| pair.add(*x, *y));
        });
        self.pairs = Some(pairs);
    }

    /// The pairs of columns that are numbers, and not identifiers, in the first batch.
    fn numeric(&self) -> Vec<(usize, usize, Pair)> {
        let is_numeric = |at: &usize| {
            let profile = &self.columns[*at].profile;
            let verdict = profile.verdict(&self.names[*at]);
            profile.numbers.count * 2 > profile.present() && verdict.kept.is_none()
        };
        let found: Vec<usize> =
            (0..self.columns.len()).filter(is_numeric).take(CORRELATED).collect();
        let mut pairs = Vec::new();
        for (at, a) in found.iter().enumerate() {
            pairs.extend(found[at + 1..].iter().map(|b| (*a, *b, Pair::default())));
        }
        pairs
    }

    /// The profile of all rows.
    pub fn profile(self, name: &str, counted: &'static str) -> Profile {
        let correlations = self.correlations();
        let is_exact = self.seen.len() < COMPARED;
        let column = |(name, gathered): (String, Gathered)| {
            let verdict = gathered.profile.verdict(&name);
            Column { name, profile: gathered.profile, verdict }
        };
        Profile {
            name: name.to_owned(),
            counted,
            rows: self.rows,
            columns: self.names.into_iter().zip(self.columns).map(column).collect(),
            duplicates: Duplicates { rows: self.duplicates, is_exact },
            correlations,
        }
    }

    fn correlations(&self) -> Vec<Correlation> {
        let pairs = self.pairs.iter().flatten().filter_map(|(a, b, pair)| {
            let value = pair.correlation().filter(|value| value.abs() >= WEAKEST)?;
            let name = |at: usize| self.names[at].clone();
            Some(Correlation { a: name(*a), b: name(*b), value, rows: pair.count })
        });
        let mut found: Vec<Correlation> = pairs.collect();
        found.sort_by(|x, y| y.value.abs().total_cmp(&x.value.abs()));
        found
    }
}

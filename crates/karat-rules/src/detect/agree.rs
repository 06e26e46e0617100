//! How far a file agrees with one dataset: which column is which, by what, and what is left over.

use super::names::{self, Clash, Naming};
use super::values::{self, Fit};
use super::{Against, Chosen, Column, Declared, Sample};
use crate::clean::Context;

/// By what a column of the dataset was found in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Name,
    Pattern,
    /// Its values alone.
    Values,
}

/// A column of the dataset in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Positions in the dataset and in the file.
    pub column: usize,
    pub at: usize,
    pub by: By,
    /// Nothing where the declaration says nothing of values, or there are none.
    pub fit: Option<Fit>,
}

/// A file beside a dataset.
pub(super) struct Agreement<'a> {
    pub declared: &'a Declared,
    pub sample: Result<&'a Sample, &'a str>,
    pub found: Vec<Found>,
    /// Columns of the dataset that are not in the file.
    pub missing: Vec<usize>,
    /// Columns of the file that the dataset does not have.
    pub extra: Vec<usize>,
    pub clashes: Vec<Clash>,
    /// Columns of which the values are of a narrower kind than the declaration says.
    pub unsaid: usize,
    /// Whether the file's name fits; `None` where nothing is declared of it.
    pub is_named_so: Option<bool>,
    pub chosen: Chosen,
}

pub(super) fn agree<'a>(file: &str, against: &Against<'a>, context: &Context) -> Agreement<'a> {
    let declared = against.declared;
    let stem = file.split('.').next().unwrap_or(file);
    let is_named_so = (!declared.files.is_empty())
        .then(|| declared.files.iter().any(|pattern| names::fits(pattern, stem)));
    let mut agreement = Agreement {
        declared,
        sample: against.sample,
        found: Vec::new(),
        missing: Vec::new(),
        extra: Vec::new(),
        clashes: Vec::new(),
        unsaid: 0,
        is_named_so,
        chosen: against.chosen,
    };
    if let Ok(sample) = against.sample {
        match sample.has_header {
            true => agreement.by_header(sample, context),
            false => agreement.by_place(sample, context),
        }
    }
    agreement
}

impl Agreement<'_> {
    /// Finds columns by name, what is left by pattern, and what is left then by values.
    fn by_header(&mut self, sample: &Sample, context: &Context) {
        let columns = &self.declared.columns;
        let headers = self.declared.seen(&sample.headers);
        let naming: Vec<Naming<'_>> = columns.iter().map(Column::naming).collect();
        let (claimed, clashes) = names::claim(&naming, &headers);
        self.clashes = clashes;
        // What is left open is there, and is neither missing nor too much.
        let (open, taken): (Vec<Vec<usize>>, Vec<Vec<usize>>) =
            self.clashes.iter().map(Clash::columns_and_headers).unzip();
        let (open, taken) = (open.concat(), taken.concat());
        let fit = |column: usize, at: usize| {
            let nulls = &self.declared.nulls;
            values::fit(&columns[column], &sample.columns[at], nulls, context)
        };
        for (column, at) in claimed.iter().enumerate() {
            let Some(at) = *at else { continue };
            self.found.push(Found { column, at, by: By::Name, fit: fit(column, at) });
        }
        let free = |found: &[Found]| -> Vec<usize> {
            let is_taken = |at: &usize| taken.contains(at) || found.iter().any(|f| f.at == *at);
            (0..headers.len()).filter(|at| !headers[*at].is_empty() && !is_taken(at)).collect()
        };
        let left = |found: &[Found]| -> Vec<usize> {
            let is_there = |c: &usize| open.contains(c) || found.iter().any(|f| f.column == *c);
            (0..columns.len()).filter(|column| !is_there(column)).collect()
        };
        for (column, at) in only(&left(&self.found), &free(&self.found), |column, at| {
            columns[column].patterns.iter().any(|pattern| names::fits(pattern, &headers[at]))
        }) {
            self.found.push(Found { column, at, by: By::Pattern, fit: fit(column, at) });
        }
        for (column, at) in only(&left(&self.found), &free(&self.found), |column, at| {
            let is_distinct = values::are_distinct(&columns[column]);
            is_distinct && fit(column, at).is_some_and(|fit| fit.agreement() == 1.0)
        }) {
            self.found.push(Found { column, at, by: By::Values, fit: fit(column, at) });
        }
        self.extra = free(&self.found);
        self.missing = left(&self.found);
        let is_unsaid = |found: &&Found| {
            let (name, profile) = (&sample.headers[found.at], &sample.columns[found.at]);
            values::are_narrower(&columns[found.column], name, profile)
        };
        self.unsaid = self.found.iter().filter(is_unsaid).count();
        self.found.sort_by_key(|found| found.at);
    }

    /// Without a header the dataset names the columns by their place, so that only values can
    /// agree. A file of another width has no rows that can be read so.
    fn by_place(&mut self, sample: &Sample, context: &Context) {
        let columns = &self.declared.columns;
        let naming: Vec<Naming<'_>> = columns.iter().map(Column::naming).collect();
        let (claimed, _) = names::claim(&naming, &sample.headers);
        for (column, at) in claimed.into_iter().enumerate() {
            let nulls = &self.declared.nulls;
            match at.filter(|at| sample.columns[*at].rows > 0) {
                None => self.missing.push(column),
                Some(at) => {
                    let fit = values::fit(&columns[column], &sample.columns[at], nulls, context);
                    self.found.push(Found { column, at, by: By::Values, fit });
                }
            }
        }
    }
}

impl Declared {
    /// The headers of a file, those that are not loaded blank.
    fn seen(&self, headers: &[String]) -> Vec<String> {
        let is_named = |header: &String| self.columns.iter().any(|c| c.header == *header);
        let is_seen = |header: &&String| !self.ignore.contains(header) || is_named(header);
        headers.iter().map(|h| Some(h).filter(is_seen).cloned().unwrap_or_default()).collect()
    }
}

impl Column {
    /// How it may be called in a header.
    pub fn naming(&self) -> Naming<'_> {
        let (header, aliases) = (self.header.as_str(), self.aliases.as_slice());
        Naming { header, aliases, is_implied: self.is_implied }
    }
}

/// The pairs of a column and a header that fit each other and no other.
fn only(
    columns: &[usize],
    headers: &[usize],
    fits: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let pairs: Vec<(usize, usize)> = columns
        .iter()
        .flat_map(|column| headers.iter().map(move |at| (*column, *at)))
        .filter(|(column, at)| fits(*column, *at))
        .collect();
    let is_only = |(column, at): &&(usize, usize)| {
        pairs.iter().filter(|(c, a)| c == column || a == at).count() == 1
    };
    pairs.iter().filter(is_only).copied().collect()
}

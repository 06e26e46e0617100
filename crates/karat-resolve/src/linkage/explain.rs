//! Why a model takes two records for one, or not: the levels that a pair reaches, what they
//! weigh, and the values they were reached by.

use super::columns::Column;
use super::linker::Linker;
use super::model::{Comparison, Model, probability_of};
use super::records::Records;
use super::refusal::Refusal;
use super::score::{Said, Scorer};
use super::train::columns;
use crate::explanation::{Explanation, Part, Values};

/// The columns that a comparison names, as the records have them.
pub(super) type Named = Vec<(String, Column)>;

/// For each comparison of a model the columns that it names.
pub(super) fn named(model: &Model, records: &Records) -> Vec<Named> {
    let of = |comparison: &Comparison| {
        let names = columns(comparison);
        let first = |(at, name): &(usize, &String)| !names[..*at].contains(name);
        let of_records = |(_, name): (usize, &String)| {
            let is = |(n, _): &&(String, Column)| n.eq_ignore_ascii_case(name);
            records.columns.iter().find(is).cloned()
        };
        names.iter().enumerate().filter(first).filter_map(of_records).collect()
    };
    model.comparisons.iter().map(of).collect()
}

impl Linker {
    /// Explains a pair of records, whether or not a rule finds it. The record of the lower number
    /// is the left one, as when predicting, and the parts add up to the same weight to the bit:
    /// the prior, then of each part in order its weight and its adjustment.
    pub fn explain(&self, model: &Model, a: u32, b: u32) -> Result<Explanation, Refusal> {
        let scorer = Scorer::new(model, &self.comparer.frequencies)?;
        let pair = (a.min(b), a.max(b));
        let mut scratch = self.comparer.scratch();
        let mut parts = Vec::with_capacity(model.comparisons.len());
        scorer.each(&self.comparer, pair, &mut scratch, |said| {
            parts.push(self.part(&model.comparisons[said.comparison], said, pair));
        });
        let prior = scorer.prior();
        let total = parts.iter().fold(prior, |sum, part| sum + part.weight + part.adjustment);
        Ok(Explanation { parts, prior, total, probability: probability_of(total) })
    }

    fn part(&self, comparison: &Comparison, said: Said, (left, right): (u32, u32)) -> Part {
        let level = comparison.levels.get(said.level as usize);
        let text = |column: &Column, record: u32| {
            let value = column.values.value(column.ids[record as usize]);
            (!value.is_null()).then(|| value.to_string())
        };
        let values = self.named[said.comparison].iter().map(|(name, column)| Values {
            column: name.clone(),
            left: text(column, left),
            right: text(column, right),
        });
        Part {
            comparison: comparison.name.clone(),
            level: level.map_or("no level", |level| &level.label).to_owned(),
            gamma: comparison.gammas().get(said.level as usize).copied(),
            weight: said.weight,
            adjustment: said.adjustment.unwrap_or(0.0),
            values: values.collect(),
        }
    }
}

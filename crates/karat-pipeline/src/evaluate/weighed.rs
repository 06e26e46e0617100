//! Candidate pairs by their match weights, counted while they stream by.

use std::collections::BTreeMap;

use karat_record::Result;
use karat_resolve::linkage::Edge;
use karat_resolve::linkage::evaluate::{
    Calibration, Confusion, Curves, Recall, Row, Tally, Truth, curves,
};
use karat_resolve::linkage::model::weight_of;

use super::labels::Labels;
use crate::project::entity::Thresholds;
use crate::resolve::engine::Weighing;

/// Candidate pairs by their match weights.
pub struct Weighed {
    /// Match probabilities from which records merge, and from which people are asked.
    pub auto: f64,
    pub review: f64,
    /// Per whole bit of match weight that some pair has, ascending.
    pub weights: Vec<Weights>,
    /// The pairs nearest to `auto`, by record numbers, the nearest first.
    pub nearest: Vec<(u32, u32)>,
    /// Against labels, where there are any.
    pub scored: Option<Scored>,
}

/// Pairs whose match weights lie within one bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// In bits; up to the next whole bit.
    pub from: i32,
    /// Pairs of one label; 0 where there are no labels.
    pub matches: u64,
    /// All other pairs.
    pub others: u64,
}

/// Single pairs against labels.
pub struct Scored {
    pub recall: Recall,
    /// One for each tenth of a bit that some pair has, ascending.
    pub rows: Vec<Row>,
    pub curves: Option<Curves>,
    pub calibration: Calibration,
}

impl Scored {
    /// The decisions if all pairs of at least a probability were matches.
    pub fn at(&self, probability: f64) -> Option<&Confusion> {
        let weight = weight_of(probability);
        let row = self.rows.iter().find(|row| row.threshold >= weight - 0.05);
        row.map(|row| &row.decisions)
    }
}

impl Weighed {
    /// What decides, as match probabilities.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { auto: self.auto, review: self.review }
    }

    /// How many candidate pairs there are.
    pub fn pairs(&self) -> u64 {
        self.weights.iter().map(|weights| weights.matches + weights.others).sum()
    }
}

/// Bins of the probability.
const BINS: usize = 10;

/// Weighs all candidate pairs of an engine.
pub(super) fn weigh(
    engine: &dyn Weighing,
    labels: Option<&Labels>,
    Thresholds { auto, review }: Thresholds,
) -> Result<Weighed> {
    let truth = labels.map(|labels| Truth::from_labels(&labels.of, None));
    let mut scoring = truth.as_ref().map(|truth| Scoring::new(truth, auto));
    let mut nearest = Nearest { to: weight_of(auto), pairs: Vec::new() };
    let mut counts: BTreeMap<i32, [u64; 2]> = BTreeMap::new();
    engine.score(f64::NEG_INFINITY, &mut |edges: &[Edge]| {
        for edge in edges.iter().filter(|edge| edge.weight.is_finite()) {
            let is_match = truth.as_ref().and_then(|truth| truth.matches(edge.left, edge.right));
            let count = counts.entry(edge.weight.floor() as i32).or_default();
            count[usize::from(is_match != Some(true))] += 1;
            nearest.add(edge);
        }
        scoring.iter_mut().for_each(|scoring| scoring.add(edges));
    })?;
    let weights = |(from, [matches, others]): (i32, [u64; 2])| Weights { from, matches, others };
    Ok(Weighed {
        auto,
        review,
        weights: counts.into_iter().map(weights).collect(),
        nearest: nearest.pairs.iter().map(|(_, left, right)| (*left, *right)).collect(),
        scored: scoring.map(Scoring::finish),
    })
}

/// Pairs being counted against labels.
struct Scoring<'a> {
    truth: &'a Truth,
    tally: Tally,
    recall: Recall,
    calibration: Calibration,
}

impl<'a> Scoring<'a> {
    fn new(truth: &'a Truth, auto: f64) -> Scoring<'a> {
        Scoring {
            truth,
            tally: Tally::new(Some(0.1)),
            recall: Recall::new(truth, weight_of(auto)),
            calibration: Calibration::new(BINS),
        }
    }

    fn add(&mut self, edges: &[Edge]) {
        self.tally.add(self.truth, edges);
        self.recall.add(self.truth, edges);
        self.calibration.add(self.truth, edges);
    }

    fn finish(self) -> Scored {
        let rows = self.tally.rows(self.truth);
        let curves = curves(&rows, self.truth);
        Scored { recall: self.recall, rows, curves, calibration: self.calibration }
    }
}

/// The few pairs whose weights are nearest to one; of equally near ones the first.
struct Nearest {
    to: f64,
    /// Distance in bits, left, right; ascending.
    pairs: Vec<(f64, u32, u32)>,
}

/// How many pairs nearest to a threshold are kept.
const NEAREST: usize = 6;

impl Nearest {
    fn add(&mut self, edge: &Edge) {
        let pair = ((edge.weight - self.to).abs(), edge.left, edge.right);
        let is_before = |other: &(f64, u32, u32)| {
            other.0.total_cmp(&pair.0).then((other.1, other.2).cmp(&(pair.1, pair.2))).is_lt()
        };
        if self.pairs.len() == NEAREST && self.pairs.last().is_some_and(is_before) {
            return;
        }
        self.pairs.insert(self.pairs.partition_point(is_before), pair);
        self.pairs.truncate(NEAREST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_pairs_are_the_same_in_any_order() {
        let edge =
            |n: u32| Edge { left: n, right: n + 1, weight: f64::from(n * 7 % 10) - 4.5, rule: 0 };
        let found = |order: &mut dyn Iterator<Item = u32>| {
            let mut nearest = Nearest { to: 0.0, pairs: Vec::new() };
            order.for_each(|n| nearest.add(&edge(n)));
            nearest.pairs.iter().map(|(distance, left, _)| (*distance, *left)).collect::<Vec<_>>()
        };
        // 7n mod 10 is 4 or 5 for n = 2, 5, 12, 15, ...: half a bit from nothing.
        let expected = [2, 5, 12, 15, 22, 25].map(|n| (0.5, n));
        assert_eq!(found(&mut (0..100)), expected);
        assert_eq!(found(&mut (0..100).rev()), expected);
    }
}

//! Where matches are lost: in blocking, which never compared them, or in scoring, which scored
//! them too low.

use super::{Truth, share};
use crate::linkage::Edge;

/// Matches found, counted over all candidate pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Recall {
    /// Pairs known to match.
    pub matches: u64,
    /// For each blocking rule how many of them it was the first to find.
    pub found: Vec<u64>,
    /// How many were found and scored high enough.
    pub kept: u64,
    at_least: f64,
}

impl Recall {
    pub fn new(truth: &Truth, at_least: f64) -> Recall {
        Recall { matches: truth.positives(), found: Vec::new(), kept: 0, at_least }
    }

    /// Counts candidate pairs whatever their weight, each to be given once.
    pub fn add(&mut self, truth: &Truth, candidates: &[Edge]) {
        for edge in candidates {
            if truth.matches(edge.left, edge.right) != Some(true) {
                continue;
            }
            let rule = edge.rule as usize;
            self.found.resize(self.found.len().max(rule + 1), 0);
            self.found[rule] += 1;
            self.kept += u64::from(edge.weight >= self.at_least);
        }
    }

    /// The share of the matches that any rule found (pair completeness, Christen 2012).
    pub fn of_blocking(&self) -> Option<f64> {
        share(self.found.iter().sum::<u64>() as f64, self.matches as f64)
    }

    /// The share of the matches found that scored high enough.
    pub fn of_scoring(&self) -> Option<f64> {
        share(self.kept as f64, self.found.iter().sum::<u64>() as f64)
    }

    /// The share of the matches that are found and scored high enough.
    pub fn overall(&self) -> Option<f64> {
        share(self.kept as f64, self.matches as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::*;

    #[test]
    fn losses_in_blocking_and_in_scoring_are_told_apart() {
        let truth = Truth::from_labels(&[Some(1), Some(1), Some(1), Some(1), Some(2), None], None);
        let edge = |left, right, weight, rule| Edge { left, right, weight, rule };
        let edges = [
            edge(0, 1, 9.0, 0),
            edge(0, 2, 3.0, 2),
            edge(1, 2, 9.0, 2),
            edge(0, 4, 9.0, 3),
            edge(0, 5, 9.0, 0),
        ];
        let mut recall = Recall::new(&truth, 5.0);
        edges.chunks(2).for_each(|edges| recall.add(&truth, edges));
        assert_eq!((recall.matches, &recall.found[..], recall.kept), (6, &[1, 0, 2][..], 2));
        assert_eq!(recall.of_blocking(), Some(0.5));
        assert_eq!(recall.of_scoring(), Some(2.0 / 3.0));
        let mut tally = Tally::new(None);
        tally.add(&truth, &edges);
        let row = tally.rows(&truth).into_iter().find(|row| row.threshold >= 5.0);
        assert_eq!(recall.overall(), row.unwrap().decisions.recall());
    }

    #[test]
    fn without_matches_there_is_no_recall() {
        let recall = Recall::new(&Truth::from_labels(&[Some(1), Some(2)], None), 0.0);
        assert_eq!(
            (recall.of_blocking(), recall.of_scoring(), recall.overall()),
            (None, None, None)
        );
    }
}

//! Whether probabilities are what they say: of pairs with 0.9, nine in ten should match.

use super::{Truth, share};
use crate::linkage::Edge;
use crate::linkage::model::probability_of;

/// Scored pairs of which the truth is known, in bins of equal width over the probability. Pairs
/// that were never scored have no probability, and count nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    bins: Vec<Sums>,
    squares: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    pairs: u64,
    matches: u64,
    probability: f64,
}

/// Pairs with about the same probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// From this probability on.
    pub from: f64,
    pub pairs: u64,
    /// The mean probability.
    pub predicted: f64,
    /// The share that matches.
    pub observed: f64,
}

impl Calibration {
    pub fn new(bins: usize) -> Calibration {
        assert!(bins > 0, "there is a bin");
        Calibration { bins: vec![Sums::default(); bins], squares: 0.0 }
    }

    /// Counts scored pairs, each to be given once.
    pub fn add(&mut self, truth: &Truth, edges: &[Edge]) {
        for edge in edges.iter().filter(|edge| !edge.weight.is_nan()) {
            let Some(is_match) = truth.matches(edge.left, edge.right) else { continue };
            self.count(probability_of(edge.weight), is_match);
        }
    }

    /// Counts a pair, or whatever else has a probability and is so or not.
    pub fn count(&mut self, probability: f64, is_so: bool) {
        let bin = (probability * self.bins.len() as f64) as usize;
        let last = self.bins.len() - 1;
        let sums = &mut self.bins[bin.min(last)];
        sums.pairs += 1;
        sums.matches += u64::from(is_so);
        sums.probability += probability;
        self.squares += (probability - f64::from(is_so)).powi(2);
    }

    /// How many were counted, and of how many of them it was so.
    pub fn counts(&self) -> (u64, u64) {
        let sums = self.bins.iter();
        sums.fold((0, 0), |(all, so), sums| (all + sums.pairs, so + sums.matches))
    }

    fn pairs(&self) -> f64 {
        self.bins.iter().map(|sums| sums.pairs).sum::<u64>() as f64
    }

    /// The bins that have pairs, ascending.
    pub fn bins(&self) -> Vec<Bin> {
        let bin = |(i, sums): (usize, &Sums)| {
            let pairs = sums.pairs as f64;
            (sums.pairs > 0).then(|| Bin {
                from: i as f64 / self.bins.len() as f64,
                pairs: sums.pairs,
                predicted: sums.probability / pairs,
                observed: sums.matches as f64 / pairs,
            })
        };
        self.bins.iter().enumerate().filter_map(bin).collect()
    }

    /// The expected calibration error: the mean over pairs of how far the probability of their
    /// bin is from what is observed there (Naeini, Cooper and Hauskrecht 2015).
    pub fn expected_error(&self) -> Option<f64> {
        let error = |sums: &Sums| (sums.probability - sums.matches as f64).abs();
        share(self.bins.iter().map(error).sum(), self.pairs())
    }

    /// The mean square of probability minus truth (Brier 1950); 0 is best.
    pub fn brier_score(&self) -> Option<f64> {
        share(self.squares, self.pairs())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Labelled;
    use super::*;
    use crate::linkage::model::weight_of;
    use crate::linkage::train::random;

    /// From probabilities with whether the pair matches.
    fn measure(pairs: &[(f64, bool)], bins: usize) -> Calibration {
        let label = |(i, (_, is_match)): (usize, &(f64, bool))| Labelled {
            left: 0,
            right: i as u32 + 1,
            is_match: *is_match,
        };
        let truth = Truth::from_pairs(&pairs.iter().enumerate().map(label).collect::<Vec<_>>());
        let mut found = Calibration::new(bins);
        for (i, (probability, _)) in pairs.iter().enumerate() {
            let weight = weight_of(*probability);
            found.add(&truth, &[Edge { left: 0, right: i as u32 + 1, weight, rule: 0 }]);
        }
        found
    }

    #[test]
    fn the_brier_score_is_that_of_the_definition() {
        // Forecasts 0.9 and 0.8 of what came true, 0.3 of what did not.
        let found = measure(&[(0.9, true), (0.8, true), (0.3, false)], 10);
        assert!((found.brier_score().unwrap() - 0.14 / 3.0).abs() < 1e-12);
        assert!((found.expected_error().unwrap() - 0.6 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn figures_are_what_enumerating_gives() {
        for seed in 0..100 {
            let pair = |i| {
                let bits = random::draw(seed, i);
                let probability = f64::from(random::below(1001, bits as u32)) / 1000.0;
                (probability, bits >> 32 & 1 == 1)
            };
            let pairs: Vec<(f64, bool)> = (0..1 + seed).map(pair).collect();
            let found = measure(&pairs, 7);
            let mut error = 0.0;
            for bin in found.bins() {
                let inside = |(p, _): &&(f64, bool)| {
                    let p = probability_of(weight_of(*p));
                    p >= bin.from && (p < bin.from + 1.0 / 7.0 || bin.from > 0.85)
                };
                let inside: Vec<&(f64, bool)> = pairs.iter().filter(inside).collect();
                assert_eq!(inside.len() as u64, bin.pairs);
                let n = inside.len() as f64;
                let predicted = inside.iter().map(|(p, _)| p).sum::<f64>() / n;
                let observed = inside.iter().filter(|(_, is_match)| *is_match).count() as f64 / n;
                assert!((bin.predicted - predicted).abs() < 1e-12 && bin.observed == observed);
                error += (predicted - observed).abs() * n / pairs.len() as f64;
            }
            assert!((found.expected_error().unwrap() - error).abs() < 1e-12);
        }
    }

    #[test]
    fn certainties_fall_in_the_outer_bins_and_nothing_has_no_error() {
        let found = measure(&[(0.0, false), (1.0, true)], 4);
        assert_eq!(found.bins().iter().map(|bin| bin.from).collect::<Vec<_>>(), [0.0, 0.75]);
        assert_eq!((found.expected_error(), found.brier_score()), (Some(0.0), Some(0.0)));
        let none = Calibration::new(4);
        assert_eq!((none.bins().len(), none.expected_error(), none.brier_score()), (0, None, None));
    }
}

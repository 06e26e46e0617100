//! Right and wrong decisions at every threshold.

use rustc_hash::FxHashMap;

use super::{Confusion, Truth};
use crate::linkage::Edge;
use crate::linkage::model::probability_of;

/// Scored pairs of which the truth is known, counted by weight. Pairs that are never added count
/// as scored below everything, so that what blocking misses is missed at every threshold.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    step: Option<f64>,
    /// By the bits of the weight: how many match and how many do not.
    counts: FxHashMap<u64, [u64; 2]>,
}

/// The decisions if all pairs from a weight on are called matches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub threshold: f64,
    pub decisions: Confusion,
}

impl Row {
    /// The threshold as a match probability.
    pub fn probability(&self) -> f64 {
        probability_of(self.threshold)
    }
}

impl Tally {
    /// With weights rounded to multiples of `step` (Splink: 0.1), so that a threshold also takes
    /// in what is up to half a step below; without, every weight is a threshold.
    pub fn new(step: Option<f64>) -> Tally {
        Tally { step, ..Tally::default() }
    }

    /// Counts scored pairs, each to be given once.
    pub fn add(&mut self, truth: &Truth, edges: &[Edge]) {
        for edge in edges.iter().filter(|edge| !edge.weight.is_nan()) {
            if let Some(is_match) = truth.matches(edge.left, edge.right) {
                let count = self.counts.entry(self.rounded(edge.weight).to_bits()).or_default();
                count[usize::from(!is_match)] += 1;
            }
        }
    }

    fn rounded(&self, weight: f64) -> f64 {
        let weight = self.step.map_or(weight, |step| (weight / step).round() * step);
        // Adding nothing makes the two zeros one.
        weight + 0.0
    }

    /// One row for every weight that was seen, ascending.
    pub fn rows(&self, truth: &Truth) -> Vec<Row> {
        let counts = self.counts.iter().map(|(bits, counts)| (f64::from_bits(*bits), counts));
        let mut counts: Vec<(f64, &[u64; 2])> = counts.collect();
        counts.sort_unstable_by(|x, y| y.0.total_cmp(&x.0));
        let mut called = [0; 2];
        let row = |(threshold, [matches, others]): (f64, &[u64; 2])| {
            called = [called[0] + matches, called[1] + others];
            Row { threshold, decisions: decisions(called, truth) }
        };
        let mut rows: Vec<Row> = counts.into_iter().map(row).collect();
        rows.reverse();
        rows
    }
}

/// From how many pairs that match and that do not are called matches.
fn decisions([true_positives, false_positives]: [u64; 2], truth: &Truth) -> Confusion {
    let rest = |all: u64, called| all.checked_sub(called).expect("each pair is given once");
    Confusion {
        true_positives,
        false_positives,
        false_negatives: rest(truth.positives(), true_positives),
        true_negatives: rest(truth.negatives(), false_positives),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Labelled;
    use super::*;
    use crate::linkage::train::random;

    fn edge(left: u32, right: u32, weight: f64) -> Edge {
        Edge { left, right, weight, rule: 0 }
    }

    fn rows(truth: &Truth, edges: &[Edge], step: Option<f64>) -> Vec<Row> {
        let mut tally = Tally::new(step);
        let (some, others) = edges.split_at(edges.len() / 2);
        tally.add(truth, some);
        tally.add(truth, others);
        tally.rows(truth)
    }

    /// Some labelled records, and some of their pairs scored.
    fn random_case(seed: u64) -> (Vec<Option<u32>>, Vec<Edge>) {
        let draw = |limit, i| random::below(limit, random::draw(seed, i) as u32);
        let records = 2 + draw(20, 0);
        let labels = (0..records).map(|i| draw(6, 1 + u64::from(i)).checked_sub(1)).collect();
        let pairs = (0..records).flat_map(|b| (0..b).map(move |a| (a, b)));
        let edges = pairs.enumerate().filter_map(|(i, (left, right))| {
            let weight = f64::from(draw(40, 100 + i as u64)) / 4.0 - 5.0;
            (weight < 3.0).then(|| edge(left, right, weight))
        });
        (labels, edges.collect())
    }

    #[test]
    fn rows_are_what_enumerating_gives() {
        for seed in 0..200 {
            let (labels, edges) = random_case(seed);
            let truth = Truth::from_labels(&labels, None);
            let pairs = (0..labels.len() as u32)
                .flat_map(|right| (0..right).map(move |left| (left, right)));
            let pairs: Vec<(u32, u32)> = pairs.collect();
            for row in rows(&truth, &edges, None) {
                let mut slow = Confusion::default();
                for (left, right) in &pairs {
                    let Some(is_match) = truth.matches(*left, *right) else { continue };
                    let scored = edges.iter().find(|e| (e.left, e.right) == (*left, *right));
                    *match (scored.is_some_and(|e| e.weight >= row.threshold), is_match) {
                        (true, true) => &mut slow.true_positives,
                        (true, false) => &mut slow.false_positives,
                        (false, true) => &mut slow.false_negatives,
                        (false, false) => &mut slow.true_negatives,
                    } += 1;
                }
                assert_eq!(row.decisions, slow, "seed {seed}, threshold {}", row.threshold);
            }
        }
    }

    #[test]
    fn a_higher_threshold_never_calls_more_and_rows_do_not_depend_on_the_order() {
        for seed in 0..100 {
            let (labels, mut edges) = random_case(seed);
            let truth = Truth::from_labels(&labels, None);
            let found = rows(&truth, &edges, Some(0.7));
            for pair in found.windows(2) {
                assert!(pair[0].threshold < pair[1].threshold);
                assert!(pair[0].decisions.recall() >= pair[1].decisions.recall());
                assert!(pair[0].decisions.specificity() <= pair[1].decisions.specificity());
            }
            edges.reverse();
            assert_eq!(rows(&truth, &edges, Some(0.7)), found);
        }
    }

    fn numbers<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Vec<T> {
        text.split([',', ':']).map(|number| number.parse().unwrap()).collect()
    }

    /// `step;labels of records or pairs with their labels;scored pairs;rows`.
    fn check_line(line: &str) {
        let fields: Vec<&str> = line.split(';').collect();
        let [step, labels, edges, expected] = fields[..] else { panic!("{line}") };
        let truth = match labels.strip_prefix("pairs ") {
            Some(labelled) => {
                let labelled = labelled.split(' ').map(numbers::<u32>);
                let pair = |n: Vec<u32>| Labelled { left: n[0], right: n[1], is_match: n[2] == 1 };
                Truth::from_pairs(&labelled.map(pair).collect::<Vec<_>>())
            }
            None => {
                let labels = numbers::<u32>(labels);
                Truth::from_labels(&labels.into_iter().map(Some).collect::<Vec<_>>(), None)
            }
        };
        let edges = edges.split(' ').map(numbers::<f64>);
        let edges: Vec<Edge> = edges.map(|n| edge(n[0] as u32, n[1] as u32, n[2])).collect();
        let found = rows(&truth, &edges, step.parse().ok());
        let expected: Vec<Vec<f64>> = expected.split(' ').map(numbers::<f64>).collect();
        assert_eq!(found.len(), expected.len());
        found.iter().zip(expected).for_each(|(row, expected)| check_row(row, &expected));
    }

    fn check_row(row: &Row, expected: &[f64]) {
        let Row { threshold, decisions: d } = *row;
        // Splink rounds to multiples of a step of single precision.
        assert!((threshold - expected[0]).abs() < 1e-6);
        assert!((row.probability() - expected[1]).abs() < 1e-6);
        let counts = [d.true_positives, d.true_negatives, d.false_positives, d.false_negatives];
        assert_eq!(counts.map(|count| count as f64), expected[2..6]);
        let figures = [
            Some(d.precision()),
            d.recall(),
            d.specificity(),
            Some(d.negative_predictive_value()),
            d.accuracy(),
            d.f1(),
            d.f(2.0),
            d.f(0.5),
            d.p4(),
            Some(d.phi()),
        ];
        for (figure, expected) in figures.iter().zip(&expected[6..]) {
            match figure {
                Some(figure) => assert!((figure - expected).abs() < 1e-12, "{figure}, {expected}"),
                None => assert!(expected.is_nan()),
            }
        }
    }

    #[test]
    fn rows_are_those_of_splink() {
        const CASES: &str = include_str!("../../../tests/fixtures/linkage/truth_space.txt");
        assert_eq!(CASES.lines().map(check_line).count(), 12);
    }
}

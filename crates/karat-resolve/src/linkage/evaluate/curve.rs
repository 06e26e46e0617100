//! Receiver operating characteristic and precision-recall curves.

use super::{Confusion, Row, Truth, share};

/// Both curves of a table of thresholds, from the highest threshold to calling everything a match.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// x: false positive rate, y: true positive rate; from (0, 0) to (1, 1).
    pub roc: Vec<Point>,
    /// x: recall, y: precision; begins at recall 0 with precision 1 and ends at recall 1.
    pub precision_recall: Vec<Point>,
    /// The probability that of a pair that matches and one that does not the former is scored
    /// higher, with ties as half (Hanley and McNeil 1982). The pairs never scored tie.
    pub roc_area: f64,
    /// Average precision: the sum of precision times gain in recall over the thresholds, without
    /// interpolation, which would flatter (Davis and Goadrich 2006).
    pub precision_recall_area: f64,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// The curves of a table (areas are exact if it was made without rounding), or `None` unless
/// pairs are known that match and pairs that do not.
pub fn curves(rows: &[Row], truth: &Truth) -> Option<Curves> {
    let (positives, negatives) = (truth.positives(), truth.negatives());
    let everything =
        Confusion { true_positives: positives, false_positives: negatives, ..Confusion::default() };
    let called = rows.iter().rev().map(|row| row.decisions).chain([everything]);
    let mut roc = vec![Point { x: 0.0, y: 0.0 }];
    let mut precision_recall = vec![Point { x: 0.0, y: 1.0 }];
    for decisions in called {
        let recall = share(decisions.true_positives as f64, positives as f64)?;
        let false_rate = share(decisions.false_positives as f64, negatives as f64)?;
        roc.push(Point { x: false_rate, y: recall });
        precision_recall.push(Point { x: recall, y: decisions.precision() });
    }
    let roc_area = area(&roc, |from, to| (from.y + to.y) / 2.0);
    let precision_recall_area = area(&precision_recall, |_, to| to.y);
    Some(Curves { roc, precision_recall, roc_area, precision_recall_area })
}

fn area(points: &[Point], height: impl Fn(&Point, &Point) -> f64) -> f64 {
    let part = |pair: &[Point]| (pair[1].x - pair[0].x) * height(&pair[0], &pair[1]);
    points.windows(2).map(part).sum()
}

#[cfg(test)]
mod tests {
    use super::super::{Labelled, Tally};
    use super::*;
    use crate::linkage::Edge;
    use crate::linkage::train::random;

    /// The label of a pair and its weight, or none if it was never scored.
    type Pair = (bool, Option<f64>);

    fn measure(pairs: &[Pair]) -> Option<Curves> {
        let label = |(i, (is_match, _)): (usize, &Pair)| Labelled {
            left: 0,
            right: i as u32 + 1,
            is_match: *is_match,
        };
        let truth = Truth::from_pairs(&pairs.iter().enumerate().map(label).collect::<Vec<_>>());
        let edge = |(i, (_, weight)): (usize, &Pair)| {
            let right = i as u32 + 1;
            weight.map(|weight| Edge { left: 0, right, weight, rule: 0 })
        };
        let mut tally = Tally::new(None);
        tally.add(&truth, &pairs.iter().enumerate().filter_map(edge).collect::<Vec<_>>());
        curves(&tally.rows(&truth), &truth)
    }

    #[test]
    fn areas_are_those_of_the_scikit_learn_example() {
        // `roc_auc_score` and `average_precision_score` of y = 0 0 1 1, scores .1 .4 .35 .8.
        let pairs = [(false, Some(0.1)), (false, Some(0.4)), (true, Some(0.35)), (true, Some(0.8))];
        let found = measure(&pairs).unwrap();
        assert_eq!(found.roc_area, 0.75);
        assert!((found.precision_recall_area - 5.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn areas_are_what_enumerating_gives() {
        for seed in 0..300 {
            let draw = |limit, i| random::below(limit, random::draw(seed, i) as u32);
            let pair = |i| (draw(3, i) == 0, draw(8, i + 100).checked_sub(2).map(f64::from));
            let pairs: Vec<Pair> = (0..u64::from(draw(30, 1000))).map(pair).collect();
            let (matches, others): (Vec<Pair>, Vec<Pair>) = pairs.iter().partition(|pair| pair.0);
            let found = measure(&pairs);
            assert_eq!(found.is_some(), !matches.is_empty() && !others.is_empty());
            let Some(found) = found else { continue };
            let better = |a: Option<f64>, b| f64::from(a > b) + f64::from(a == b) / 2.0;
            let wins = matches.iter().flat_map(|a| others.iter().map(|b| better(a.1, b.1)));
            let possible = (matches.len() * others.len()) as f64;
            assert!((found.roc_area - wins.sum::<f64>() / possible).abs() < 1e-12);
            // Each match is found at its own weight, with the precision there.
            let precision = |weight: Option<f64>| {
                let count =
                    |pairs: &[Pair]| pairs.iter().filter(|pair| pair.1 >= weight).count() as f64;
                count(&matches) / (count(&matches) + count(&others))
            };
            let mean = matches.iter().map(|a| precision(a.1)).sum::<f64>() / matches.len() as f64;
            assert!((found.precision_recall_area - mean).abs() < 1e-12);
        }
    }

    #[test]
    fn pairs_never_scored_are_worth_guessing() {
        let found = measure(&[(true, None), (false, None), (false, None)]).unwrap();
        assert_eq!((found.roc_area, found.precision_recall_area), (0.5, 1.0 / 3.0));
        assert_eq!(found.roc, [Point { x: 0.0, y: 0.0 }, Point { x: 1.0, y: 1.0 }]);
    }
}

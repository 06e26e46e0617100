//! Counts of right and wrong decisions about pairs, and the figures made of them.

use super::share;

/// How many pairs were called matches (positive) or not (negative), rightly (true) or wrongly.
/// Figures are in 0..=1 and `None` where they would divide by nothing, except as said; they are
/// defined as in Splink 5 (`accuracy.py`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    pub true_positives: u64,
    pub false_positives: u64,
    pub false_negatives: u64,
    pub true_negatives: u64,
}

impl Confusion {
    /// Pairs that match.
    pub fn positives(&self) -> u64 {
        self.true_positives + self.false_negatives
    }

    /// Pairs that do not.
    pub fn negatives(&self) -> u64 {
        self.true_negatives + self.false_positives
    }

    /// The counts as numbers that do not overflow when multiplied: TP, FP, FN, TN.
    fn counts(&self) -> [f64; 4] {
        let Confusion { true_positives, false_positives, false_negatives, true_negatives } = *self;
        [true_positives, false_positives, false_negatives, true_negatives].map(|n| n as f64)
    }

    /// TP / (TP + FP); 1 where nothing was called a match.
    pub fn precision(&self) -> f64 {
        let [tp, fp, _, _] = self.counts();
        share(tp, tp + fp).unwrap_or(1.0)
    }

    /// TP / (TP + FN), also called sensitivity or true positive rate.
    pub fn recall(&self) -> Option<f64> {
        let [tp, _, missed, _] = self.counts();
        share(tp, tp + missed)
    }

    /// TN / (TN + FP).
    pub fn specificity(&self) -> Option<f64> {
        let [_, fp, _, tn] = self.counts();
        share(tn, tn + fp)
    }

    /// TN / (TN + FN), the precision of negatives; 1 where everything was called a match.
    pub fn negative_predictive_value(&self) -> f64 {
        let [_, _, missed, tn] = self.counts();
        share(tn, tn + missed).unwrap_or(1.0)
    }

    /// (TP + TN) / all.
    pub fn accuracy(&self) -> Option<f64> {
        let [tp, fp, missed, tn] = self.counts();
        share(tp + tn, tp + fp + missed + tn)
    }

    /// (1 + β²) TP / ((1 + β²) TP + β² FN + FP): recall weighs β times as much as precision (van
    /// Rijsbergen 1979).
    pub fn f(&self, beta: f64) -> Option<f64> {
        let [tp, fp, missed, _] = self.counts();
        let square = beta * beta;
        share((1.0 + square) * tp, (1.0 + square) * tp + square * missed + fp)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        self.f(1.0)
    }

    /// The harmonic mean of precision, recall, specificity and negative predictive value (Sitarz
    /// 2022).
    pub fn p4(&self) -> Option<f64> {
        let [tp, fp, missed, tn] = self.counts();
        share(4.0 * tp * tn, 4.0 * tp * tn + (tp + tn) * (fp + missed))
    }

    /// The correlation of calls and truth, -1..=1 (Yule 1912; Matthews 1975); 0 where either is
    /// always the same.
    pub fn phi(&self) -> f64 {
        let [tp, fp, missed, tn] = self.counts();
        let square = (tp + fp) * (tp + missed) * (tn + fp) * (tn + missed);
        share(tp * tn - fp * missed, square.sqrt()).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_from_the_counts() {
        // The clustering of 17 points in Manning, Raghavan and Schütze 2008, section 16.3.
        let counts = Confusion {
            true_positives: 20,
            false_positives: 20,
            false_negatives: 24,
            true_negatives: 72,
        };
        let rounded = |figure: Option<f64>| figure.map(|figure| (figure * 1000.0).round());
        assert_eq!(counts.precision(), 0.5);
        assert_eq!(rounded(counts.recall()), Some(455.0));
        assert_eq!(rounded(counts.accuracy()), Some(676.0));
        assert_eq!(rounded(counts.f1()), Some(476.0));
        assert_eq!(rounded(counts.f(5.0)), Some(456.0));
        assert_eq!(rounded(counts.specificity()), Some(783.0));
        let harmonic = 4.0
            / (1.0 / counts.precision()
                + 1.0 / counts.recall().unwrap()
                + 1.0 / counts.specificity().unwrap()
                + 1.0 / counts.negative_predictive_value());
        assert!((counts.p4().unwrap() - harmonic).abs() < 1e-15);
    }

    #[test]
    fn nothing_called_is_precise_and_nothing_there_has_no_recall() {
        let nothing = Confusion { true_negatives: 3, ..Confusion::default() };
        assert_eq!((nothing.precision(), nothing.recall()), (1.0, None));
        assert_eq!((nothing.f1(), nothing.p4(), nothing.phi()), (None, None, 0.0));
        let all = Confusion { true_positives: 3, ..Confusion::default() };
        assert_eq!((all.specificity(), all.negative_predictive_value()), (None, 1.0));
        let none = Confusion::default();
        assert_eq!((none.accuracy(), none.precision(), none.phi()), (None, 1.0, 0.0));
    }

    #[test]
    fn large_counts_do_not_overflow() {
        let counts = Confusion {
            true_positives: 10_u64.pow(12),
            true_negatives: 10_u64.pow(15),
            ..Confusion::default()
        };
        assert_eq!((counts.p4(), counts.phi()), (Some(1.0), 1.0));
    }
}

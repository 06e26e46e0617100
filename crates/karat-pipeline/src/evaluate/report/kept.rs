//! Pairs by match weight, as a resolution left them on record.

use karat_chart::{Bin, Histogram};
use karat_store::resolution::Weighed;

use super::marks;
use crate::drift::Weights;
use crate::project::entity::Thresholds;

/// The pairs that hold entities together and those that wait for somebody, by whole bits.
pub fn evidence(weighed: &[Weighed], thresholds: Thresholds) -> Histogram {
    let bin = |one: &Weighed| Bin {
        from: f64::from(one.from),
        to: f64::from(one.from) + 1.0,
        first: one.merged,
        second: one.review,
    };
    Histogram {
        title: "Evidence by match weight".to_owned(),
        axis: "match weight (bits)".to_owned(),
        first: "pairs that merge".to_owned(),
        second: Some("pairs to review".to_owned()),
        bins: weighed.iter().map(bin).collect(),
        marks: marks(thresholds),
        is_log: true,
    }
}

/// All pairs that were counted while they were compared.
pub fn compared(weights: &Weights, thresholds: Thresholds) -> Histogram {
    let bin = |(from, pairs): &(f64, u64)| Bin {
        from: *from,
        to: from + weights.bits,
        first: *pairs,
        second: 0,
    };
    Histogram {
        title: "Compared pairs by match weight".to_owned(),
        axis: "match weight (bits)".to_owned(),
        first: "pairs".to_owned(),
        second: None,
        bins: weights.bins.iter().map(bin).collect(),
        marks: marks(thresholds),
        is_log: true,
    }
}

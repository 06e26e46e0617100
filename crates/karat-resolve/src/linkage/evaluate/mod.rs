//! How good a linkage is: clusters against the truth, scores against labels, candidates against
//! the matches that blocking should have found. All is counted by sizes and weights, and scored
//! pairs are taken in batches, so that nothing ever holds or visits all pairs.

mod agreement;
mod calibration;
mod confusion;
mod curve;
mod interval;
mod recall;
mod tally;
mod truth;
mod unlinkable;

pub use agreement::{Agreement, BCubed, Entities, agreement};
pub use calibration::{Bin, Calibration};
pub use confusion::Confusion;
pub use curve::{Curves, Point, curves};
pub use interval::interval;
pub use recall::Recall;
pub use tally::{Row, Tally};
pub use truth::{Labelled, Truth};
pub use unlinkable::{SelfLink, self_links, unlinkable};

/// Pairs among `n` things.
fn pairs(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

/// A share, or `None` of nothing.
fn share(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| part / whole)
}

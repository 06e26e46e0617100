//! The match weights of the pairs that the last resolution of all records counted.

use karat_record::Result;
use karat_resolve::linkage::observe::{BIN, BINS};
use karat_store::drift::Kept;

/// Counted pairs by match weight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Pairs from so many bits on, up to the next; the first and the last hold all beyond. Empty
    /// where the resolution counts none.
    pub bins: Vec<(f64, u64)>,
    /// Bits of a bin.
    pub bits: f64,
    /// Pairs that were compared; no more are counted than say enough.
    pub compared: u64,
}

/// The weights among counts on record.
///
/// # Errors
/// Counts that were kept by something else.
pub fn weights(kept: &[Kept]) -> Result<Weights> {
    let Some(last) = kept.iter().rev().find(|kept| kept.whole) else {
        return Ok(Weights::default());
    };
    let counts = super::read(&last.counts)?;
    let mut sums = [0; BINS];
    for stratum in counts.pairs.values() {
        for class in [&stratum.matches, &stratum.others] {
            sums.iter_mut().zip(&class.weights).for_each(|(sum, pairs)| *sum += pairs);
        }
    }
    let from = |at: usize| (at as f64 - (BINS / 2) as f64) * BIN;
    let is_any = sums.iter().any(|pairs| *pairs > 0);
    let bins = sums.into_iter().enumerate().map(|(at, pairs)| (from(at), pairs));
    let bins = if is_any { bins.collect() } else { Vec::new() };
    Ok(Weights { bins, bits: BIN, compared: counts.compared })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(counts: &str, whole: bool) -> Kept {
        Kept { whole, counts: counts.to_owned(), ..Kept::default() }
    }

    #[test]
    fn pairs_of_all_sources_are_added_up_by_their_weights() {
        let counts = r#"{"compared": 9, "pairs": {
            "a": {"matches": {"weights": [0,0,0,0,0,0,0,2,0,0,0,0,0,1]},
                  "others": {"weights": [5,0,0,0,0,0,0,0,0,0,0,0,0,0]}},
            "a b": {"matches": {"weights": [0,0,0,0,0,0,0,1,0,0,0,0,0,0]}}}}"#;
        let found = weights(&[kept("{}", true), kept(counts, true), kept("{}", false)]).unwrap();
        let filled: Vec<(f64, u64)> =
            found.bins.iter().copied().filter(|(_, pairs)| *pairs > 0).collect();
        assert_eq!(filled, [(-28.0, 5), (0.0, 3), (24.0, 1)]);
        assert_eq!((found.bins.len(), found.compared), (14, 9));
    }

    #[test]
    fn where_nothing_was_counted_there_are_no_bins() {
        assert_eq!(weights(&[]).unwrap(), Weights::default());
        assert!(weights(&[kept(r#"{"compared": 3}"#, true)]).unwrap().bins.is_empty());
    }
}

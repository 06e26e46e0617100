//! Records that say too little: compared with themselves they would not reach the threshold, so
//! that nothing can ever be linked to them.

use crate::linkage::model::probability_of;

/// For each threshold the share of records whose weight against themselves is lower; of no
/// records 0.
pub fn unlinkable(self_weights: &[f64], thresholds: &[f64]) -> Vec<f64> {
    // A weight that is no number reaches nothing.
    let weights = self_weights.iter().map(|weight| weight.max(f64::NEG_INFINITY));
    let mut weights: Vec<f64> = weights.collect();
    weights.sort_unstable_by(f64::total_cmp);
    let records = weights.len().max(1) as f64;
    let share =
        |at_least: &f64| weights.partition_point(|weight| weight < at_least) as f64 / records;
    thresholds.iter().map(share).collect()
}

/// Records with about the same probability against themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelfLink {
    /// The highest weight of them, to two digits.
    pub weight: f64,
    /// To five digits.
    pub probability: f64,
    pub share: f64,
    /// The share of all records with this probability or less.
    pub cumulative: f64,
}

/// Splink's table of unlinkable records (`unlinkables.py`): ascending by probability, without
/// those that are certain to five digits.
pub fn self_links(self_weights: &[f64]) -> Vec<SelfLink> {
    let known = self_weights.iter().filter(|weight| !weight.is_nan());
    let round = |number: f64, scale: f64| (number * scale).round() / scale;
    let rounded = |weight: &f64| (round(probability_of(*weight), 1e5), round(*weight, 1e2));
    let mut links: Vec<(f64, f64)> = known.map(rounded).collect();
    links.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let records = links.len() as f64;
    let mut so_far = 0;
    let link = |alike: &[(f64, f64)]| {
        so_far += alike.len();
        let (probability, weight) = alike[alike.len() - 1];
        let share = alike.len() as f64 / records;
        SelfLink { weight, probability, share, cumulative: so_far as f64 / records }
    };
    let links = links.chunk_by(|x, y| x.0 == y.0).map(link);
    links.filter(|link| link.probability < 1.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::train::random;

    #[test]
    fn shares_are_what_counting_gives() {
        for seed in 0..50 {
            let draw = |i| f64::from(random::below(50, random::draw(seed, i) as u32)) / 2.0 - 5.0;
            let mut weights: Vec<f64> = (0..1 + seed).map(draw).collect();
            let thresholds = [20.0, -5.0, 3.5, -6.0, 0.0];
            let found = unlinkable(&weights, &thresholds);
            for (threshold, found) in thresholds.iter().zip(&found) {
                let below = weights.iter().filter(|weight| *weight < threshold).count();
                assert_eq!(*found, below as f64 / weights.len() as f64);
            }
            weights.reverse();
            assert_eq!(unlinkable(&weights, &thresholds), found);
        }
    }

    #[test]
    fn the_table_is_that_of_splink() {
        // `unlinkables_data` of Splink 5 on these weights.
        let found = self_links(&[-3.0, 1.004, 1.0, 4.2, 4.2, 30.0, 19.0, 1.000001]);
        let found =
            found.iter().map(|link| [link.weight, link.probability, link.share, link.cumulative]);
        let expected = [
            [-3.0, 0.11111, 0.125, 0.125],
            [1.0, 0.66667, 0.25, 0.375],
            [1.0, 0.66728, 0.125, 0.5],
            [4.2, 0.9484, 0.25, 0.75],
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn unknown_weights_link_to_nothing() {
        assert_eq!(unlinkable(&[f64::NAN, 1.0], &[f64::MIN, 1.0, 2.0]), [0.5, 0.5, 1.0]);
        assert_eq!((unlinkable(&[], &[0.0]), self_links(&[])), (vec![0.0], vec![]));
    }
}

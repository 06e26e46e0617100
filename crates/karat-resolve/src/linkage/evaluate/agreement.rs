//! How well clusters agree with the true entities.

use std::collections::BTreeMap;

use super::{Confusion, pairs};

/// What came of comparing clusters with the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Decisions about pairs of records; large entities weigh as the square of their size.
    pub pairs: Confusion,
    /// Mean over records; entities weigh as their size.
    pub b_cubed: BCubed,
    /// Errors by kind; every entity weighs the same.
    pub entities: Entities,
}

/// B-cubed (Bagga and Baldwin 1998), the mean over records: the share of a record's cluster that
/// is of its entity (precision) and the share of its entity that is in its cluster (recall).
/// Without records both are 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BCubed {
    pub precision: f64,
    pub recall: f64,
}

impl BCubed {
    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        2.0 * self.precision * self.recall / (self.precision + self.recall)
    }
}

/// True entities by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entities {
    /// One cluster has its records and no others.
    pub exact: u64,
    /// Several clusters have its records and no others.
    pub split: u64,
    /// One cluster has its records and others.
    pub merged: u64,
    /// Several clusters have its records, and at least one has others.
    pub both: u64,
}

/// Compares clusters with the truth, both as a number for each record; numbers only tell clusters
/// apart, and need not be the same or consecutive. Takes time as sorting the records does.
pub fn agreement(clusters: &[u32], truth: &[u32]) -> Agreement {
    assert_eq!(clusters.len(), truth.len(), "both are of the same records");
    let (clusters, truth) = (numbered(clusters), numbered(truth));
    let sizes = [sizes(&clusters), sizes(&truth)];
    let mut both: Vec<(u32, u32)> = truth.into_iter().zip(clusters).collect();
    both.sort_unstable();
    let overlaps: Vec<Overlap> = both.chunk_by(|x, y| x == y).map(Overlap::of).collect();
    Agreement {
        pairs: count_pairs(&overlaps, &sizes),
        b_cubed: b_cubed(&overlaps, &sizes),
        entities: count_entities(&overlaps, &sizes),
    }
}

/// Records that are in the same cluster and of the same entity.
struct Overlap {
    entity: u32,
    cluster: u32,
    records: u64,
}

impl Overlap {
    fn of(records: &[(u32, u32)]) -> Overlap {
        let (entity, cluster) = records[0];
        Overlap { entity, cluster, records: records.len() as u64 }
    }
}

/// The same clusters numbered from 0 without gaps.
fn numbered(clusters: &[u32]) -> Vec<u32> {
    let mut records: Vec<(u32, u32)> = clusters.iter().copied().zip(0..).collect();
    records.sort_unstable();
    let mut numbers = vec![0; clusters.len()];
    for (number, cluster) in (0..).zip(records.chunk_by(|x, y| x.0 == y.0)) {
        cluster.iter().for_each(|(_, record)| numbers[*record as usize] = number);
    }
    numbers
}

fn sizes(clusters: &[u32]) -> Vec<u64> {
    let mut sizes = vec![0; clusters.iter().max().map_or(0, |last| *last as usize + 1)];
    clusters.iter().for_each(|cluster| sizes[*cluster as usize] += 1);
    sizes
}

fn count_pairs(overlaps: &[Overlap], [clusters, entities]: &[Vec<u64>; 2]) -> Confusion {
    let within = |sizes: &[u64]| sizes.iter().map(|size| pairs(*size)).sum::<u64>();
    let all = pairs(clusters.iter().sum());
    let true_positives = overlaps.iter().map(|overlap| pairs(overlap.records)).sum();
    let false_positives = within(clusters) - true_positives;
    let false_negatives = within(entities) - true_positives;
    let true_negatives = all - true_positives - false_positives - false_negatives;
    Confusion { true_positives, false_positives, false_negatives, true_negatives }
}

fn b_cubed(overlaps: &[Overlap], [clusters, entities]: &[Vec<u64>; 2]) -> BCubed {
    let records: u64 = clusters.iter().sum();
    if records == 0 {
        return BCubed { precision: 1.0, recall: 1.0 };
    }
    let in_cluster = |overlap: &Overlap| (clusters[overlap.cluster as usize], overlap.records);
    let in_entity = |overlap: &Overlap| (entities[overlap.entity as usize], overlap.records);
    BCubed {
        precision: sum_of_shares(overlaps.iter().map(in_cluster)) / records as f64,
        recall: sum_of_shares(overlaps.iter().map(in_entity)) / records as f64,
    }
}

/// Each of some records has this share of a whole: their sum. By size, so that whole numbers are
/// added first and the sum is the same whatever the numbers of clusters.
fn sum_of_shares(parts: impl Iterator<Item = (u64, u64)>) -> f64 {
    let mut squares: BTreeMap<u64, u64> = BTreeMap::new();
    for (whole, records) in parts {
        *squares.entry(whole).or_default() += records * records;
    }
    squares.iter().map(|(whole, squares)| *squares as f64 / *whole as f64).sum()
}

fn count_entities(overlaps: &[Overlap], [clusters, _]: &[Vec<u64>; 2]) -> Entities {
    let mut found = Entities::default();
    for entity in overlaps.chunk_by(|x, y| x.entity == y.entity) {
        let pure = entity.iter().all(|part| part.records == clusters[part.cluster as usize]);
        *match (entity.len() == 1, pure) {
            (true, true) => &mut found.exact,
            (false, true) => &mut found.split,
            (true, false) => &mut found.merged,
            (false, false) => &mut found.both,
        } += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::train::random;

    #[test]
    fn b_cubed_is_that_of_the_paper() {
        let truth = [1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3];
        let first = agreement(&[1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2], &truth).b_cubed;
        assert_eq!(((first.precision * 100.0).round(), first.recall), (76.0, 1.0));
        let second = agreement(&[1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1], &truth).b_cubed;
        assert_eq!(((second.precision * 100.0).round(), second.recall), (58.0, 1.0));
    }

    #[test]
    fn pairs_are_those_of_the_book() {
        // Manning, Raghavan and Schütze 2008, figure 16.4.
        let clusters = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3];
        let truth = [1, 1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 3, 1, 1, 3, 3, 3];
        let Confusion { true_positives, false_positives, false_negatives, true_negatives } =
            agreement(&clusters, &truth).pairs;
        assert_eq!(
            (true_positives, false_positives, false_negatives, true_negatives),
            (20, 20, 24, 72)
        );
    }

    #[test]
    fn errors_have_kinds() {
        let truth = [1, 1, 2, 2, 3, 4, 5, 5, 6];
        let clusters = [1, 1, 2, 3, 4, 4, 5, 6, 6];
        let expected = Entities { exact: 1, split: 1, merged: 3, both: 1 };
        assert_eq!(agreement(&clusters, &truth).entities, expected);
    }

    #[test]
    fn no_records_agree() {
        let none = agreement(&[], &[]);
        assert_eq!((none.b_cubed.f1(), none.pairs), (1.0, Confusion::default()));
    }

    fn clustering(records: u32, seed: u64) -> Vec<u32> {
        let kinds = 1 + random::below(records, random::draw(seed, 1_000_000) as u32);
        (0..records)
            .map(|i| random::below(kinds, random::draw(seed, u64::from(i)) as u32))
            .collect()
    }

    fn slow_pairs(clusters: &[u32], truth: &[u32]) -> Confusion {
        let mut counts = Confusion::default();
        for left in 0..truth.len() {
            for right in left + 1..truth.len() {
                let called = clusters[left] == clusters[right];
                *match (called, truth[left] == truth[right]) {
                    (true, true) => &mut counts.true_positives,
                    (true, false) => &mut counts.false_positives,
                    (false, true) => &mut counts.false_negatives,
                    (false, false) => &mut counts.true_negatives,
                } += 1;
            }
        }
        counts
    }

    /// Mean share of records with the same `whole` that also have the same `part`.
    fn slow_shares(whole: &[u32], part: &[u32]) -> f64 {
        let share = |i: usize| {
            let same: Vec<usize> = (0..whole.len()).filter(|j| whole[*j] == whole[i]).collect();
            let both = same.iter().filter(|j| part[**j] == part[i]).count();
            both as f64 / same.len() as f64
        };
        (0..whole.len()).map(share).sum::<f64>() / whole.len() as f64
    }

    fn slow_entities(clusters: &[u32], truth: &[u32]) -> Entities {
        let mut found = Entities::default();
        for (i, entity) in truth.iter().enumerate() {
            if truth[..i].contains(entity) {
                continue;
            }
            let of = |j: &usize| truth[*j] == *entity;
            let split = (0..truth.len()).filter(of).any(|j| clusters[j] != clusters[i]);
            let strange = |j: usize| {
                (0..truth.len()).any(|k| clusters[k] == clusters[j] && truth[k] != *entity)
            };
            *match (split, (0..truth.len()).filter(of).any(strange)) {
                (false, false) => &mut found.exact,
                (true, false) => &mut found.split,
                (false, true) => &mut found.merged,
                (true, true) => &mut found.both,
            } += 1;
        }
        found
    }

    #[test]
    fn figures_are_what_enumerating_gives() {
        for seed in 0..500 {
            let records = 1 + random::below(30, random::draw(seed, 2_000_000) as u32);
            let (clusters, truth) = (clustering(records, seed), clustering(records, !seed));
            let found = agreement(&clusters, &truth);
            assert_eq!(found.pairs, slow_pairs(&clusters, &truth));
            assert_eq!(found.entities, slow_entities(&clusters, &truth));
            assert!((found.b_cubed.precision - slow_shares(&clusters, &truth)).abs() < 1e-12);
            assert!((found.b_cubed.recall - slow_shares(&truth, &clusters)).abs() < 1e-12);
        }
    }

    #[test]
    fn numbers_and_order_do_not_matter_and_sides_swap() {
        for seed in 0..200 {
            let (mut clusters, mut truth) = (clustering(50, seed), clustering(50, !seed));
            let found = agreement(&clusters, &truth);
            let swapped = agreement(&truth, &clusters);
            assert_eq!(found.b_cubed.precision, swapped.b_cubed.recall);
            assert_eq!(found.pairs.precision(), swapped.pairs.recall().unwrap_or(1.0));
            let renumbered: Vec<u32> = clusters.iter().map(|c| u32::MAX - c * 77).collect();
            assert_eq!(agreement(&renumbered, &truth), found);
            clusters.rotate_left(7);
            truth.rotate_left(7);
            assert_eq!(agreement(&clusters, &truth), found);
        }
    }

    #[test]
    fn the_truth_agrees_with_itself() {
        let truth = clustering(40, 3);
        let found = agreement(&truth, &truth);
        assert_eq!((found.b_cubed.f1(), found.pairs.f1()), (1.0, Some(1.0)));
        let Entities { split, merged, both, .. } = found.entities;
        assert_eq!((split, merged, both), (0, 0, 0));
    }
}

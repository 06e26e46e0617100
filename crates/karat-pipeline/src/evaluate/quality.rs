//! Clusters against labels: figures, what is left to review, and the pairs that went wrong.

use karat_resolve::linkage::evaluate::{Agreement, agreement};
use rustc_hash::FxHashSet;

use super::labels::Labels;
use crate::resolve::Records;
use crate::resolve::found::Found;

/// Clusters against labels.
pub struct Quality {
    /// Records that have a label.
    pub labelled: u64,
    /// Labels of records that are not here.
    pub unknown: u64,
    /// Clusters against the labels, over labelled records.
    pub clusters: Agreement,
    /// Pairs to review that are one by their labels.
    pub reviewed_matches: u64,
    /// The share of all matches that are merged or to be reviewed.
    pub found_or_reviewed: Option<f64>,
    pub groups: Option<Groups>,
    /// Wrong and missed pairs to look at, by record numbers: of each cluster, or label, those next
    /// to each other only, ascending.
    pub wrong: Vec<(u32, u32)>,
    pub missed: Vec<(u32, u32)>,
}

/// Pairs of different labels in one group, and how many of them were merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    pub pairs: u64,
    pub merged: u64,
}

impl Groups {
    /// The share of them that were merged.
    pub fn share(&self) -> f64 {
        self.merged as f64 / self.pairs.max(1) as f64
    }
}

/// Measures clusters.
pub(super) fn quality(records: &Records, labels: &Labels, found: &Found) -> Quality {
    let labelled: Vec<(u32, u32, u32)> = (0..records.frame.len())
        .filter_map(|r| Some((r as u32, found.of[r], labels.of[r]?)))
        .collect();
    let clusters: Vec<u32> = labelled.iter().map(|(_, cluster, _)| *cluster).collect();
    let truth: Vec<u32> = labelled.iter().map(|(_, _, label)| *label).collect();
    let agreed = agreement(&clusters, &truth);
    let review = reviewed(found, labels);
    let all_found = agreed.pairs.true_positives + review.found;
    let positives = agreed.pairs.positives();
    Quality {
        labelled: labelled.len() as u64,
        unknown: labels.unknown,
        clusters: agreed,
        reviewed_matches: review.matching,
        found_or_reviewed: (positives > 0).then(|| all_found as f64 / positives as f64),
        groups: labels.groups.as_ref().map(|groups| grouped(found, labels, groups)),
        wrong: differing(&labelled, |(_, cluster, _)| *cluster, |(_, _, label)| *label),
        missed: differing(&labelled, |(_, _, label)| *label, |(_, cluster, _)| *cluster),
    }
}

/// Pairs of clusters to review, by their smallest records.
#[derive(Default)]
struct Reviewed {
    matching: u64,
    /// Matches between records of two clusters that are to be reviewed.
    found: u64,
}

fn reviewed(found: &Found, labels: &Labels) -> Reviewed {
    let mut reviewed = Reviewed::default();
    let mut members: rustc_hash::FxHashMap<u32, Vec<u32>> = rustc_hash::FxHashMap::default();
    let cluster = |record: u32| found.of[record as usize];
    let asked: FxHashSet<(u32, u32)> = found
        .reviews
        .iter()
        .map(|link| (cluster(link.a).min(cluster(link.b)), cluster(link.a).max(cluster(link.b))))
        .collect();
    let touched: FxHashSet<u32> = asked.iter().flat_map(|(a, b)| [*a, *b]).collect();
    for (record, root) in found.of.iter().enumerate().filter(|(_, root)| touched.contains(root)) {
        members.entry(*root).or_default().push(record as u32);
    }
    for link in &found.reviews {
        let (a, b) = (labels.of[link.a as usize], labels.of[link.b as usize]);
        reviewed.matching += u64::from(a.is_some() && a == b);
    }
    for (a, b) in &asked {
        let label = |record: &u32| labels.of[*record as usize];
        let pairs = members[a].iter().flat_map(|p| members[b].iter().map(move |q| (p, q)));
        let matching = pairs.filter(|(p, q)| label(p).is_some() && label(p) == label(q));
        reviewed.found += matching.count() as u64;
    }
    reviewed
}

/// Pairs of one `same` and of two `other`, the first of each run of records, in order.
fn differing(
    labelled: &[(u32, u32, u32)],
    same: impl Fn(&(u32, u32, u32)) -> u32,
    other: impl Fn(&(u32, u32, u32)) -> u32,
) -> Vec<(u32, u32)> {
    let mut sorted: Vec<&(u32, u32, u32)> = labelled.iter().collect();
    sorted.sort_unstable_by_key(|entry| (same(entry), other(entry), entry.0));
    let neighbours = sorted
        .windows(2)
        .filter(|pair| same(pair[0]) == same(pair[1]) && other(pair[0]) != other(pair[1]));
    let mut pairs: Vec<(u32, u32)> = neighbours.map(|pair| (pair[0].0, pair[1].0)).collect();
    pairs.sort_unstable();
    pairs
}

/// Pairs of different labels in one group.
fn grouped(found: &Found, labels: &Labels, groups: &[Option<u32>]) -> Groups {
    let records = groups.iter().enumerate();
    let mut sorted: Vec<(u32, u32, u32)> =
        records.filter_map(|(r, group)| Some(((*group)?, labels.of[r]?, found.of[r]))).collect();
    sorted.sort_unstable();
    let mut all = Groups::default();
    for group in sorted.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, label, cluster)) in group.iter().enumerate() {
            let others = group[at + 1..].iter().filter(|(_, other, _)| other != label);
            for (_, _, other) in others {
                all.pairs += 1;
                all.merged += u64::from(other == cluster);
            }
        }
    }
    all
}

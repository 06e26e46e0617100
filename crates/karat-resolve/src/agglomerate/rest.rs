//! How well each record fits the rest of its cluster.

use rayon::prelude::*;

use super::{Mean, Terms, Weigh};

/// Other records of its cluster that a record is compared with.
pub(crate) const MOST_MET: usize = 64;

/// The clusters of more than one record, in the order of their names.
pub(crate) fn groups(of: &[u32]) -> Vec<Vec<u32>> {
    let mut order: Vec<(u32, u32)> =
        of.iter().enumerate().map(|(record, name)| (*name, record as u32)).collect();
    order.par_sort_unstable();
    let clusters = order.chunk_by(|a, b| a.0 == b.0).filter(|cluster| cluster.len() > 1);
    clusters.map(|cluster| cluster.iter().map(|(_, record)| *record).collect()).collect()
}

/// The match weight of each record with the rest of its cluster, in bits; NaN where it is alone.
pub(crate) fn rest_weights<W: Weigh>(weigh: &W, terms: Terms, of: &[u32]) -> Vec<f32> {
    let clusters = groups(of);
    let of_cluster = |scratch: &mut W::Scratch, records: &Vec<u32>| -> Vec<(u32, f32)> {
        let weight = |at| (records[at], within(weigh, terms, (records, at), scratch));
        (0..records.len()).map(weight).collect()
    };
    let found: Vec<Vec<(u32, f32)>> =
        clusters.par_iter().map_init(|| weigh.scratch(), of_cluster).collect();
    let mut weights = vec![f32::NAN; of.len()];
    for (record, weight) in found.into_iter().flatten() {
        weights[record as usize] = weight;
    }
    weights
}

/// The weight of a record with the rest of its cluster, by the mean that clusters merge by; in a
/// very large one, with the records that follow it, round in a circle.
fn within<W: Weigh>(
    weigh: &W,
    terms: Terms,
    (records, at): (&[u32], usize),
    scratch: &mut W::Scratch,
) -> f32 {
    let mut means = vec![Mean::default(); weigh.width()];
    for step in 1..=(records.len() - 1).min(MOST_MET) {
        let other = records[(at + step) % records.len()];
        let evidence = weigh.evidence(records[at], other, scratch);
        for (mean, weight) in means.iter_mut().zip(evidence.as_ref()) {
            mean.add(*weight, terms.largest_evidence);
        }
    }
    let mut evidence = W::NONE;
    evidence.as_mut().iter_mut().zip(&means).for_each(|(weight, mean)| *weight = mean.weight());
    weigh.total(&evidence)
}

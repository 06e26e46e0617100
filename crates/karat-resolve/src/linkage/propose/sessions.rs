//! Which blocking rules to train on: few, near-unique, of disjoint columns, so that each
//! comparison is left open by one of them at least.

use super::keys::{Parts, Size, Source};

/// Pairs per record that a session's rule finds at most.
const MOST_PER_RECORD: f64 = 5.0;

/// Pairs per record that it finds at least, and pairs at all.
const LEAST_PER_RECORD: f64 = 0.02;
const LEAST: u64 = 50;

/// Rules that are looked at together.
const LOOKED_AT: usize = 40;

/// Positions among `rules` of one to three rules of disjoint columns, whole ones only, that leave
/// as many comparisons open as can be; of these the fewest, of the fewest parts, that find the
/// fewest pairs. `comparisons` are the columns that each names, in small letters.
pub(super) fn sessions(
    rules: &[(Parts, Size)],
    sources: &[Source],
    comparisons: &[Vec<String>],
    records: usize,
) -> Vec<usize> {
    let fits = |(parts, size): &(Parts, Size)| {
        let whole =
            |(source, fine): &(usize, u8)| usize::from(*fine) == sources[*source].keys.len();
        let per_record = size.pairs as f64 / records as f64;
        parts.iter().all(whole)
            && size.pairs >= LEAST
            && (LEAST_PER_RECORD..=MOST_PER_RECORD).contains(&per_record)
    };
    let mut fit: Vec<usize> = (0..rules.len()).filter(|at| fits(&rules[*at])).collect();
    fit.sort_by_key(|at| (rules[*at].0.len(), rules[*at].1.pairs));
    fit.truncate(LOOKED_AT);
    let open = |at: usize| -> Vec<bool> {
        let uses = |name: &String| {
            let is = |(source, _): &(usize, u8)| sources[*source].name.eq_ignore_ascii_case(name);
            rules[at].0.iter().any(is)
        };
        comparisons.iter().map(|columns| !columns.iter().any(uses)).collect()
    };
    let opens: Vec<Vec<bool>> = fit.iter().map(|at| open(*at)).collect();
    let rank = |set: &[usize]| {
        let is_open = |comparison: &usize| set.iter().any(|i| opens[*i][*comparison]);
        let covered = (0..comparisons.len()).filter(is_open).count();
        let parts: usize = set.iter().map(|i| rules[fit[*i]].0.len()).sum();
        let pairs: u64 = set.iter().map(|i| rules[fit[*i]].1.pairs).sum();
        // Two sessions are better than one, which says nothing of its own columns.
        (std::cmp::Reverse(covered), set.len() == 1, set.len(), parts, pairs)
    };
    let disjoint = |i: usize, j: usize| {
        let (a, b) = (&rules[fit[i]].0, &rules[fit[j]].0);
        !a.iter().any(|(source, _)| b.iter().any(|(other, _)| source == other))
    };
    let mut sets: Vec<Vec<usize>> = (0..fit.len()).map(|i| vec![i]).collect();
    for i in 0..fit.len() {
        for j in (i + 1..fit.len()).filter(|j| disjoint(i, *j)) {
            sets.push(vec![i, j]);
            let third = (j + 1..fit.len()).filter(|k| disjoint(i, *k) && disjoint(j, *k));
            sets.extend(third.map(|k| vec![i, j, k]));
        }
    }
    let best = sets.into_iter().min_by_key(|set| rank(set));
    best.unwrap_or_default().into_iter().map(|i| fit[i]).collect()
}

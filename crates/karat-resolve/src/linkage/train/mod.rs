//! Estimating a model without labels: the prior from rules that are surely right, u from random
//! pairs, m by expectation maximisation in several sessions; or m from labels where there are any.

mod em;
mod errors;
mod prior;
pub(crate) mod random;
mod sample;
mod session;

pub use em::{Estimate, Fixed, Session};
pub use prior::Prior;
pub use sample::{Counts, Sampling};
pub use session::Effort;
pub(crate) use session::columns;

use super::model::{Comparison, Model};

/// What a level's probability rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Basis {
    pub error: f64,
    /// Random pairs that reached the level, for u; sessions that estimated it, for m.
    pub count: u64,
}

/// Sets u of every level that is not fixed to its share among the counted pairs; a level never
/// seen keeps none. Returns the standard errors.
pub fn set_u(model: &mut Model, counts: &Counts) -> Vec<Vec<Basis>> {
    let comparisons = model.comparisons.iter_mut().zip(&counts.levels);
    comparisons.map(|(comparison, counts)| set_shares(comparison, counts, false)).collect()
}

/// Sets m from pairs that are known to match.
pub fn set_m(model: &mut Model, counts: &Counts) -> Vec<Vec<Basis>> {
    let comparisons = model.comparisons.iter_mut().zip(&counts.levels);
    comparisons.map(|(comparison, counts)| set_shares(comparison, counts, true)).collect()
}

fn set_shares(comparison: &mut Comparison, counts: &[f64], of_m: bool) -> Vec<Basis> {
    let levels = comparison.levels.iter().zip(counts);
    let all: f64 = levels.filter(|(level, _)| !level.is_null).map(|(_, count)| count).sum();
    let set = |(level, count): (&mut super::model::Level, &f64)| {
        let probability = if of_m { &mut level.m } else { &mut level.u };
        let share = count / all;
        if !level.is_null && !probability.fixed && *count > 0.0 {
            probability.value = Some(share);
        }
        Basis { error: (share * (1.0 - share) / all).sqrt(), count: count.round() as u64 }
    };
    comparison.levels.iter_mut().zip(counts).map(set).collect()
}

/// Sets m of every level that is not fixed to the median of what the sessions found; u too, where
/// sessions estimated it. Returns for each level how many sessions did, and the standard error.
pub fn set_from_sessions(model: &mut Model, sessions: &[Session], fixed: Fixed) -> Vec<Vec<Basis>> {
    let mut bases = Vec::with_capacity(model.comparisons.len());
    for (i, comparison) in model.comparisons.iter_mut().enumerate() {
        let found: Vec<&Vec<Estimate>> =
            sessions.iter().filter_map(|session| session.comparisons[i].as_ref()).collect();
        let mut of_levels = Vec::with_capacity(comparison.levels.len());
        for (l, level) in comparison.levels.iter_mut().enumerate() {
            let mut found: Vec<Estimate> =
                found.iter().map(|levels| levels[l]).filter(|e| e.observed).collect();
            found.sort_by(|a, b| a.m.total_cmp(&b.m));
            let error = found.get(found.len() / 2).map_or(0.0, |estimate| estimate.m_error);
            of_levels.push(Basis { error, count: found.len() as u64 });
            if level.is_null || found.is_empty() {
                continue;
            }
            if !level.m.fixed && !fixed.m {
                level.m.value = median(found.iter().map(|e| e.m));
            }
            if !level.u.fixed && !fixed.u {
                level.u.value = median(found.iter().map(|e| e.u));
            }
        }
        bases.push(of_levels);
    }
    bases
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[half]),
        _ => Some((values[half - 1] + values[half]) / 2.0),
    }
}

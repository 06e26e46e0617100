//! The matches to be expected, by the columns that they agree on: those that probing rules find,
//! weighed by a model, and those that they miss.

use rustc_hash::FxHashMap;

use super::choose::finds;
use super::keys::{Parts, Source};
use super::mixture::{Mixture, States};
use crate::linkage::linker::{Linker, RuleSet};
use crate::linkage::model::{Model, probability_of, weight_of};
use crate::linkage::refusal::Refusal;
use crate::linkage::score::Scorer;

/// What is expected of the matches among all pairs.
pub(super) struct Matches {
    /// How many there are.
    pub expected: f64,
    /// The probability that two records drawn at random match.
    pub prior: f64,
    /// The agreements of some states, and the share of matches that are so.
    pub states: Vec<(Vec<u8>, f64)>,
}

/// Pairs by their state and by the weight of their evidence, rounded.
type Counts = FxHashMap<(u32, i32), u64>;

/// Pairs that are alike.
struct Alike {
    state: u32,
    /// Their weight without the prior, in parts of a bit.
    evidence: i32,
    pairs: u64,
}

/// Parts of a bit that weights are rounded to.
const PARTS: f64 = 8.0;

/// Match weights below this are not looked at, in bits.
const LEAST: f64 = -12.0;

/// How often the prior is estimated anew, and how many rounds the mixture is fitted in between.
const RENEWALS: usize = 30;
const ROUNDS: usize = 10;

/// The model must leave room for pairs that do not match.
const LARGEST_PRIOR: f64 = 0.5;

/// States of a smaller share of the matches are left out.
const LEAST_SHARE: f64 = 1e-8;

impl Matches {
    /// Estimates from the pairs of probing rules, set 1 of the linker.
    pub fn estimate(
        linker: &Linker,
        model: &Model,
        (sources, states): (&[Source], &States),
        probes: &[&Parts],
    ) -> Result<Matches, Refusal> {
        let counts = count(linker, model, (sources, states))?;
        let is_found = |at| {
            let agreements = states.agreements(at);
            probes.iter().any(|parts| finds(parts, &agreements))
        };
        let found: Vec<bool> = (0..states.len()).map(is_found).collect();
        let possible = linker.possible_pairs().max(1) as f64;
        let mut prior = model.prior;
        let mut mixture = Mixture::new(states, found, &by_state(&counts, prior, states.len()));
        let mut expected = Vec::new();
        for _ in 0..RENEWALS {
            expected = mixture.fit(&by_state(&counts, prior, states.len()), ROUNDS);
            let all: f64 = expected.iter().sum();
            prior = (all / possible).clamp(f64::MIN_POSITIVE, LARGEST_PRIOR);
        }
        let all: f64 = expected.iter().sum();
        let share = |(at, expected): (usize, &f64)| {
            let share = expected / all;
            (share >= LEAST_SHARE).then(|| (states.agreements(at), share))
        };
        let states = expected.iter().enumerate().filter_map(share).collect();
        Ok(Matches { expected: all, prior, states })
    }
}

/// The pairs of the probing rules, in a fixed order.
fn count(
    linker: &Linker,
    model: &Model,
    (sources, states): (&[Source], &States),
) -> Result<Vec<Alike>, Refusal> {
    let scorer = Scorer::new(model, &linker.comparer.frequencies)?;
    let mut all = Counts::default();
    linker.scan(
        RuleSet(1),
        Counts::default,
        |counts, found, scratch| {
            let (left, right) = (found.left, found.right);
            match scorer.weight(&linker.comparer, (left, right), scratch) {
                Some(weight) if weight >= LEAST => {
                    let agreements = sources.iter().map(|source| source.agreement(left, right));
                    let evidence = ((weight - scorer.prior()) * PARTS).round() as i32;
                    *counts.entry((states.number(agreements), evidence)).or_default() += 1;
                }
                _ => {}
            }
        },
        |units| {
            for (key, count) in units.into_iter().flatten() {
                *all.entry(key).or_default() += count;
            }
        },
    );
    let alike = |((state, evidence), pairs)| Alike { state, evidence, pairs };
    let mut alike: Vec<Alike> = all.into_iter().map(alike).collect();
    alike.sort_unstable_by_key(|alike| (alike.state, alike.evidence));
    Ok(alike)
}

/// The expected matches among counted pairs, by state.
fn by_state(counts: &[Alike], prior: f64, states: usize) -> Vec<f64> {
    let prior = weight_of(prior);
    let mut matches = vec![0.0; states];
    for Alike { state, evidence, pairs } in counts {
        let probability = probability_of(f64::from(*evidence) / PARTS + prior);
        matches[*state as usize] += *pairs as f64 * probability;
    }
    matches
}

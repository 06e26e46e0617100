//! Expectation maximisation over patterns: which levels matches reach, learned without labels
//! (Winkler 1988). What people decided about pairs is taken as it is, and not guessed: each is one
//! pair among the others, so that decisions weigh as much as there are of them, and though only hard
//! pairs are decided, the estimate is no more biased than without (Nigam, McCallum, Thrun and
//! Mitchell, Machine Learning 39, 2000). Pairs with one pattern are one row with a count, so that a round costs as many
//! steps as there are patterns, not pairs.

use rustc_hash::FxHashMap;

use super::errors::standard_errors;
use crate::linkage::linker::Linker;
use crate::linkage::model::{Comparison, Level, Model, Probability, probability_of, weight_of};
use crate::linkage::pattern::Pattern;

/// Pairs that are alike to the model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub pattern: Pattern,
    /// What rarity adds to the weight.
    pub adjustment: f64,
    pub count: f64,
    /// Whether they match, where people said so.
    pub decided: Option<bool>,
}

/// What rows are told apart by: pattern, the bits of the adjustment, and what people said.
pub(super) type Key = (Pattern, u64, Option<bool>);

impl Row {
    /// The probability that its pairs match, of a match weight: what people said is so.
    pub fn probability(&self, weight: f64) -> f64 {
        match self.decided {
            Some(same) => f64::from(u8::from(same)),
            None => probability_of(weight),
        }
    }
}

/// What training leaves as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    pub prior: bool,
    pub m: bool,
    pub u: bool,
}

impl Default for Fixed {
    fn default() -> Fixed {
        Fixed { prior: false, m: false, u: true }
    }
}

/// What a session found.
#[derive(Clone, Debug)]
pub struct Session {
    /// The blocking rule that chose its pairs.
    pub rule: String,
    pub pairs: u64,
    /// Those of them that people decided.
    pub decided: u64,
    pub rounds: u32,
    /// Whether the estimates stood still at the end.
    pub converged: bool,
    /// The largest move of an estimate in the last round.
    pub last_move: f64,
    /// The share of matches among its pairs.
    pub prior: f64,
    /// For each comparison its levels, unless the rule decides it.
    pub comparisons: Vec<Option<Vec<Estimate>>>,
}

/// What a session found about a level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    pub m: f64,
    pub u: f64,
    /// Standard error of m.
    pub m_error: f64,
    /// Whether any pair reached the level.
    pub observed: bool,
}

/// The probability of a level that no pair of a session reached, while it lasts.
const UNOBSERVED: f64 = 1e-6;

/// The parameters of a session on their way.
pub(super) struct State {
    pub prior: f64,
    /// For each comparison of the session and each of its levels.
    pub m: Vec<Vec<f64>>,
    pub u: Vec<Vec<f64>>,
}

/// The comparisons that take part, and their levels.
pub(super) struct Active<'a> {
    pub comparisons: Vec<(usize, &'a Comparison)>,
    /// For each row the level of each comparison that takes part.
    pub levels: Vec<Vec<u8>>,
}

impl Linker {
    /// Runs one session on the candidate pairs of the linker's rules. `active` tells which
    /// comparisons take part.
    pub(super) fn expectation_maximisation(
        &self,
        model: &Model,
        rows: &[Row],
        (active, prior): (&[bool], f64),
        fixed: Fixed,
    ) -> Session {
        let comparisons: Vec<_> =
            model.comparisons.iter().enumerate().filter(|(i, _)| active[*i]).collect();
        let layout = &self.comparer.layout;
        let level = |row: &Row, i: usize| layout.level(row.pattern, i) as u8;
        let levels = rows
            .iter()
            .map(|row| comparisons.iter().map(|(i, _)| level(row, *i)).collect())
            .collect();
        let active = Active { comparisons, levels };
        let mut state = State::new(&active, prior);
        let (mut rounds, mut moved) = (0, f64::INFINITY);
        let mut matching = vec![0.0; rows.len()];
        while rounds < model.stop.iterations && moved >= model.stop.convergence {
            state.expect(&active, rows, &mut matching);
            moved = state.maximise(&active, rows, &matching, fixed);
            rounds += 1;
        }
        let converged = moved < model.stop.convergence;
        let errors = standard_errors(&state, &active, rows, fixed);
        let observed = observed(&active, rows.len());
        let mut found = vec![None; model.comparisons.len()];
        for (k, (i, comparison)) in active.comparisons.iter().enumerate() {
            let estimate = |l: usize| Estimate {
                m: state.m[k][l],
                u: state.u[k][l],
                m_error: errors[k][l],
                observed: observed[k][l],
            };
            found[*i] = Some((0..comparison.levels.len()).map(estimate).collect());
        }
        Session {
            rule: String::new(),
            pairs: rows.iter().map(|row| row.count as u64).sum(),
            decided: rows.iter().filter(|r| r.decided.is_some()).map(|r| r.count as u64).sum(),
            rounds,
            converged,
            last_move: moved,
            prior: state.prior,
            comparisons: found,
        }
    }
}

fn observed(active: &Active<'_>, rows: usize) -> Vec<Vec<bool>> {
    let none = |(_, comparison): &(usize, &Comparison)| vec![false; comparison.levels.len() + 1];
    let mut observed: Vec<Vec<bool>> = active.comparisons.iter().map(none).collect();
    for levels in &active.levels[..rows] {
        for (k, level) in levels.iter().enumerate() {
            observed[k][*level as usize] = true;
        }
    }
    observed
}

impl State {
    fn new(active: &Active<'_>, prior: f64) -> State {
        let of = |pick: fn(&Level) -> Probability| {
            let value = |level: &Level| pick(level).value.unwrap_or(0.0);
            let levels = |(_, c): &(usize, &Comparison)| c.levels.iter().map(value).collect();
            active.comparisons.iter().map(levels).collect()
        };
        State { prior, m: of(|level| level.m), u: of(|level| level.u) }
    }

    /// The probability that each row's pairs match.
    fn expect(&self, active: &Active<'_>, rows: &[Row], matching: &mut [f64]) {
        let weights = self.weights(active);
        let prior = weight_of(self.prior);
        for ((row, levels), matching) in rows.iter().zip(&active.levels).zip(matching) {
            let sum = |weight: f64, (k, l): (usize, &u8)| weight + weights[k][*l as usize];
            let weight = levels.iter().enumerate().fold(prior, sum);
            *matching = row.probability(weight + row.adjustment);
        }
    }

    fn weights(&self, active: &Active<'_>) -> Vec<Vec<f64>> {
        let of = |(k, (_, comparison)): (usize, &(usize, &Comparison))| {
            let weight = |(l, level): (usize, &Level)| match level.is_null {
                true => 0.0,
                false => (self.m[k][l].max(1e-300) / self.u[k][l].max(1e-300)).log2(),
            };
            // A pair without a level says nothing.
            comparison.levels.iter().enumerate().map(weight).chain([0.0]).collect()
        };
        active.comparisons.iter().enumerate().map(of).collect()
    }

    /// The likeliest parameters, given who matches; how far the farthest moved.
    fn maximise(
        &mut self,
        active: &Active<'_>,
        rows: &[Row],
        matching: &[f64],
        fixed: Fixed,
    ) -> f64 {
        let mut moved: f64 = 0.0;
        let all: f64 = rows.iter().map(|row| row.count).sum();
        let matches: f64 = rows.iter().zip(matching).map(|(row, p)| row.count * p).sum();
        if !fixed.prior && all > 0.0 {
            moved = moved.max((self.prior - matches / all).abs());
            self.prior = matches / all;
        }
        for (k, (_, comparison)) in active.comparisons.iter().enumerate() {
            let mut of_m = vec![0.0; comparison.levels.len() + 1];
            let mut of_u = of_m.clone();
            for ((row, levels), p) in rows.iter().zip(&active.levels).zip(matching) {
                of_m[levels[k] as usize] += row.count * p;
                of_u[levels[k] as usize] += row.count * (1.0 - p);
            }
            if !fixed.m {
                moved = moved.max(share(comparison, &of_m, &mut self.m[k], |level| level.m));
            }
            if !fixed.u {
                moved = moved.max(share(comparison, &of_u, &mut self.u[k], |level| level.u));
            }
        }
        moved
    }
}

/// Sets each probability to its level's share of the mass that is not missing.
fn share(
    comparison: &Comparison,
    mass: &[f64],
    values: &mut [f64],
    pick: fn(&Level) -> Probability,
) -> f64 {
    let levels = comparison.levels.iter().zip(mass);
    let whole: f64 = levels.filter(|(level, _)| !level.is_null).map(|(_, mass)| mass).sum();
    let mut moved: f64 = 0.0;
    for ((level, mass), value) in comparison.levels.iter().zip(mass).zip(values) {
        if level.is_null || pick(level).fixed || whole == 0.0 {
            continue;
        }
        let new = if *mass == 0.0 { UNOBSERVED } else { mass / whole };
        moved = moved.max((*value - new).abs());
        *value = new;
    }
    moved
}

/// Rows from pairs, in an order that depends on nothing but what they are.
pub(super) fn rows(counts: FxHashMap<Key, u64>) -> Vec<Row> {
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_unstable();
    let row = |((pattern, adjustment, decided), count): (Key, u64)| Row {
        pattern,
        adjustment: f64::from_bits(adjustment),
        count: count as f64,
        decided,
    };
    rows.into_iter().map(row).collect()
}

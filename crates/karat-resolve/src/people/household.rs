//! People of one household: they share a surname, an address, a landline, and are not one person.
//!
//! Two records are of one person, of two who have nothing to do with one another, or of two of one
//! household (three classes, after Winkler 1994). Of the third it is known beforehand that they
//! bear different given names and have birthdays of their own, and that where they live is no
//! evidence either way: who lives together also moves together. How many such pairs there are, and
//! how often they share a telephone, a mailbox or a trade, is estimated by expectation maximisation
//! over the pairs that look alike, with m and u as they are.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::People;
use super::learned::{Learned, LearnedField};
use super::levels::MOST_LEVELS;
use super::plan::Role;
use super::table::{MOST, Table};
use super::weigh::Unlike;
use crate::agglomerate::Weighed;
use crate::linkage::MISSING;
use crate::linkage::train::random::draw;

/// What was learned about pairs of people of one household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Household {
    /// The probability that two records are of two people of one household.
    pub lambda: f64,
    /// For each field that is no name the probabilities of its levels; none where they are those
    /// of one person.
    pub h: Vec<Vec<f64>>,
    /// The probabilities of how names relate, among such pairs and among pairs of one person:
    /// nothing in common, the surname alone, another part alone, everything, the only word of one.
    pub names_h: [f64; RELATIONS],
    pub names_m: [f64; RELATIONS],
}

/// How two names can relate.
pub(super) const RELATIONS: usize = 5;

/// The names of these, in the order of `Household::names_h`.
pub const RELATION_NAMES: [&str; RELATIONS] = [
    "nothing in common",
    "the same surname, other given names",
    "another part in common",
    "nothing unlike",
    "one name of a single word",
];

/// Who lives together mostly bears one surname and hardly ever one given name.
const NAMES_H: [f64; RELATIONS] = [0.15, 0.69, 0.05, 0.03, 0.08];

/// What is expected of one person before any data is seen: nicknames, changed surnames, slips.
const NAMES_M: [f64; RELATIONS] = [0.02, 0.05, 0.05, 0.82, 0.06];

/// Pairs that the probabilities are estimated from at most.
const SAMPLE: u64 = 400_000;

/// Pairs of one household that a record is in at most, on average. A household has few people, and
/// does not grow with the table, as the number of people who are alike by chance does.
const MOST_PER_RECORD: f64 = 0.5;

/// Rounds of expectation maximisation each time.
const ROUNDS: usize = 8;

/// Pairs that a thread sums at once, which fixes the order of sums.
const AT_ONCE: usize = 4096;

/// The probability that two people of one household share a value, before any data is seen; none
/// where they live, which they share as one person's records do.
fn shared(role: Role) -> Option<f64> {
    match role {
        Role::Postcode | Role::Place | Role::Address => None,
        Role::Date => Some(TWINS),
        _ => Some(0.2),
    }
}

/// People of one household who were born on one day.
const TWINS: f64 = 0.03;

/// Pairs that what is expected beforehand counts for.
const EXPECTED: f64 = 10.0;

/// The levels that a pair reaches, and how its names relate; none where a value is missing.
#[derive(Clone, Copy)]
struct Pattern {
    levels: [u8; MOST],
    relation: u8,
    /// The match weight against two people at random.
    weight: f32,
}

const NONE: u8 = u8::MAX;

impl Household {
    /// What is expected before any data is seen; none where there are no names to tell people of
    /// one household apart.
    pub(super) fn expected(table: &Table, lambda: f64) -> Option<Household> {
        table.names.as_ref()?;
        Some(Household {
            lambda,
            h: vec![Vec::new(); table.compared.len()],
            names_h: NAMES_H,
            names_m: NAMES_M,
        })
    }
}

impl People<'_> {
    /// Estimates the probabilities from pairs and their weights against two people at random.
    pub(super) fn estimate_household(&self, learned: &mut Learned, weighed: &[Weighed]) {
        let Some(household) = &mut learned.household else { return };
        for (at, h) in household.h.iter_mut().enumerate() {
            let of_role = shared(self.table.compared[at].role);
            *h = of_role.map_or(Vec::new(), |before| probabilities(before, &learned.fields[at]));
        }
        let (patterns, share) = self.sample(weighed);
        let roles: Vec<Role> = self.table.compared.iter().map(|compared| compared.role).collect();
        let (records, possible) = (self.table.len as f64, self.table.possible_pairs() as f64);
        let most = MOST_PER_RECORD * records;
        let pairs = |sampled: f64| (sampled / share).min(most) + records / 1e6;
        maximise(learned, &roles, &patterns, |sampled| pairs(sampled) / possible);
    }

    /// The patterns of some of the pairs, drawn by their numbers, and the share drawn.
    fn sample(&self, weighed: &[Weighed]) -> (Vec<Pattern>, f64) {
        let share = (SAMPLE as f64 / weighed.len() as f64).min(1.0);
        let most = if share == 1.0 { u64::MAX } else { (share * u64::MAX as f64) as u64 };
        let drawn = |pair: &&Weighed| {
            draw(self.plan.seed, u64::from(pair.a) << 32 | u64::from(pair.b)) <= most
        };
        let patterns = weighed.par_iter().filter(drawn).map(|pair| self.pattern(pair));
        (patterns.collect(), share)
    }

    fn pattern(&self, pair: &Weighed) -> Pattern {
        let table = &self.table;
        let (p, q) = (table.row(pair.a), table.row(pair.b));
        let mut pattern = Pattern { levels: [NONE; MOST], relation: NONE, weight: pair.weight };
        for (at, compared) in table.compared.iter().enumerate() {
            if p[at] != MISSING && q[at] != MISSING {
                pattern.levels[at] = compared.values.level(p[at], q[at]).unwrap_or(NONE);
            }
        }
        if let Some((names, left)) = table.named(pair.a)
            && let Some((_, right)) = table.named(pair.b)
        {
            let relation = table.relation(pair.a, pair.b, &names.align(left, right));
            pattern.relation = relation as u8;
        }
        pattern
    }
}

/// Maximises the likelihood of patterns under m and u as they are; `share` gives the share that
/// pairs of households, counted in the patterns, are of all.
fn maximise(
    learned: &mut Learned,
    roles: &[Role],
    patterns: &[Pattern],
    share: impl Fn(f64) -> f64,
) {
    for _ in 0..ROUNDS {
        let unlike = Unlike::new(learned).expect("households are expected");
        let parts: Vec<Sums> = patterns
            .par_chunks(AT_ONCE)
            .map(|part| {
                let mut sums = Sums::default();
                part.iter().for_each(|pattern| sums.add(pattern, &unlike));
                sums
            })
            .collect();
        let mut sums = Sums::default();
        parts.iter().for_each(|part| sums.join(part));
        let household = learned.household.as_mut().expect("households are expected");
        for (at, h) in household.h.iter_mut().enumerate() {
            let (role, field) = (roles[at], &learned.fields[at]);
            *h = shared(role).map_or(Vec::new(), |before| {
                let near = &sums.levels[at][..field.m.len() - 1];
                let all: f64 = sums.levels[at].iter().sum();
                let found = (near.iter().sum::<f64>() + EXPECTED * before) / (all + EXPECTED);
                probabilities(if role == Role::Date { before } else { found }, field)
            });
        }
        household.lambda = share(sums.pairs).min(0.5);
    }
}

/// The probabilities of levels where two people share a value with a probability: where they do it
/// is written as unlike as one person's, else as unlike as anybody's.
fn probabilities(shared: f64, field: &LearnedField) -> Vec<f64> {
    let near = field.m.len() - 1;
    let all: f64 = field.m[..near].iter().sum();
    let of_level = |level: usize| {
        let one = if level < near { field.m[level] / all } else { 0.0 };
        shared * one + (1.0 - shared) * field.u[level]
    };
    (0..=near).map(of_level).collect()
}

/// Pairs by level, each by its probability to be of two people of one household.
#[derive(Default)]
struct Sums {
    levels: [[f64; MOST_LEVELS]; MOST],
    pairs: f64,
}

impl Sums {
    fn add(&mut self, pattern: &Pattern, unlike: &Unlike) {
        let levels = pattern.levels.iter().zip(&unlike.fields);
        let known = levels.filter(|(level, _)| **level != NONE);
        let of_fields: f32 = known.map(|(level, weights)| weights[usize::from(*level)]).sum();
        let of_names = match pattern.relation {
            NONE => 0.0,
            relation => unlike.names[usize::from(relation)],
        };
        let weight = unlike.prior + of_fields + of_names;
        let (one, apart) = (f64::from(-weight).exp2(), f64::from(-pattern.weight).exp2());
        let probability = match one.is_finite() {
            true => one / (1.0 + one + apart),
            false => 1.0,
        };
        self.pairs += probability;
        for (counts, level) in self.levels.iter_mut().zip(&pattern.levels) {
            if *level != NONE {
                counts[usize::from(*level)] += probability;
            }
        }
    }

    fn join(&mut self, other: &Sums) {
        self.pairs += other.pairs;
        let (ours, theirs) = (self.levels.as_flattened_mut(), other.levels.as_flattened());
        ours.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const M: [f64; 4] = [0.80, 0.08, 0.02, 0.10];
    const U: [f64; 4] = [0.001, 0.002, 0.007, 0.99];
    const NAMES_U: [f64; RELATIONS] = [0.90, 0.04, 0.04, 0.005, 0.015];
    const ROLES: [Role; 3] = [Role::Phone, Role::Email, Role::Category];
    /// How often two of one household share each.
    const SHARED: [f64; 3] = [0.75, 0.35, 0.05];
    const LAMBDA: f64 = 0.20;

    fn model() -> Learned {
        let field = |_| LearnedField { m: M.to_vec(), u: U.to_vec(), ..LearnedField::default() };
        let fields: Vec<LearnedField> = ROLES.iter().map(field).collect();
        let h = fields.iter().map(|field| probabilities(0.2, field)).collect();
        Learned {
            household: Some(Household { lambda: 0.2, h, names_h: NAMES_H, names_m: NAMES_M }),
            fields,
            name: LearnedField::default(),
            lambda: LAMBDA,
            rho: Vec::new(),
            rounds: 0,
            change: 0.0,
            converged: false,
            pairs: 0,
            clusters: 0,
            blocking: Vec::new(),
        }
    }

    /// A level drawn by its probability.
    fn level(probabilities: &[f64], number: u64) -> u8 {
        let mut rest = (draw(7, number) >> 11) as f64 / (1_u64 << 53) as f64;
        let reached = probabilities.iter().position(|probability| {
            rest -= probability;
            rest < 0.0
        });
        reached.unwrap_or(probabilities.len() - 1) as u8
    }

    /// Pairs of which a share is of one household.
    fn patterns(pairs: u64, lambda: f64) -> Vec<Pattern> {
        let field = &model().fields[0];
        let of_households = SHARED.map(|shared| probabilities(shared, field));
        let pattern = |pair: u64| {
            let class = level(&[LAMBDA, lambda, 1.0 - LAMBDA - lambda], 8 * pair);
            let names = [NAMES_M, NAMES_H, NAMES_U][usize::from(class)];
            let relation = level(&names, 8 * pair + 1);
            let of_names = NAMES_M[usize::from(relation)] / NAMES_U[usize::from(relation)];
            let mut levels = [NONE; MOST];
            let mut odds = LAMBDA / (1.0 - LAMBDA - lambda) * of_names;
            for (at, h) in of_households.iter().enumerate() {
                let of_class = [&M, h.as_slice(), &U][usize::from(class)];
                levels[at] = level(of_class, 8 * pair + 2 + at as u64);
                odds *= M[usize::from(levels[at])] / U[usize::from(levels[at])];
            }
            Pattern { levels, relation, weight: odds.log2() as f32 }
        };
        (0..pairs).map(pattern).collect()
    }

    #[test]
    fn what_households_share_is_found_again() {
        for lambda in [0.05, 0.15, 0.3] {
            let pairs = 40_000;
            let mut learned = model();
            maximise(&mut learned, &ROLES, &patterns(pairs, lambda), |n| n / pairs as f64);
            let household = learned.household.expect("households are expected");
            let found = household.lambda;
            assert!((found / lambda - 1.0).abs() < 0.1, "{found} for {lambda}");
            for (h, shared) in household.h.iter().zip(SHARED) {
                let different = (1.0 - shared) * U[3];
                assert!((h[3] - different).abs() < 0.06, "{h:?} for {shared}");
                assert!((h.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{h:?}");
            }
        }
    }
}

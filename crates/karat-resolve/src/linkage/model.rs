//! What is estimated and what is declared: link type, prior, blocking rules, comparisons with
//! their levels and probabilities. The words are those of Splink, whose model file says the same.

use std::fmt;

use crate::condition::{self, Comparison as Relation, Expr, Style};

/// Which pairs of records are candidates at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkType {
    /// Any two records.
    Dedupe,
    /// Two records of different sources.
    Link,
    /// Any two records, of one source or of two.
    LinkAndDedupe,
}

/// A Fellegi-Sunter model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub link: LinkType,
    /// The probability that two records drawn at random match (λ).
    pub prior: f64,
    pub rules: Vec<BlockingRule>,
    pub comparisons: Vec<Comparison>,
    pub stop: Stop,
}

/// When expectation maximisation ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// No parameter has moved by as much in a round.
    pub convergence: f64,
    /// So many rounds are done.
    pub iterations: u32,
}

impl Default for Stop {
    fn default() -> Stop {
        Stop { convergence: 1e-4, iterations: 25 }
    }
}

/// Pairs for which the condition holds are candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockingRule {
    pub condition: Expr,
    /// Columns of lists: the condition is asked of each element instead of the list.
    pub explode: Vec<String>,
}

impl fmt::Display for BlockingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.condition.printed(Style::Qualified))
    }
}

/// How alike two records are in one respect: the first level whose condition holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub name: String,
    pub description: Option<String>,
    pub levels: Vec<Level>,
}

/// One degree of likeness.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub label: String,
    /// `None` holds always: the level of all that is left.
    pub condition: Option<Expr>,
    /// Says only that a value is missing; weighs nothing.
    pub is_null: bool,
    pub m: Probability,
    pub u: Probability,
    pub frequency: Option<Frequency>,
}

/// A probability of a level among matches (m) or among others (u).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Probability {
    /// `None` until it has been estimated.
    pub value: Option<f64>,
    /// Training leaves it as it is.
    pub fixed: bool,
}

/// Rare values that agree say more than common ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequency {
    pub column: String,
    /// How much of the adjustment is made, 0 to 1.
    pub weight: f64,
    /// Values rarer than this count as if they were as frequent.
    pub minimum_u: f64,
    /// Take this level's own u as the frequency that u stands for, and not that of the level of
    /// exact agreement.
    pub own_u: bool,
}

/// The least probability that weighs; Splink's own floor.
const LEAST: f64 = 1e-300;

impl Level {
    /// log2(m / u), and 0 for a missing value.
    pub fn weight(&self) -> f64 {
        if self.is_null {
            return 0.0;
        }
        let m = self.m.value.expect("an unestimated probability has been given its default");
        let u = self.u.value.expect("an unestimated probability has been given its default");
        (m.max(LEAST) / u.max(LEAST)).log2()
    }

    /// The columns that the level says are the same on both sides, if that is all it says; in
    /// small letters and in order.
    pub fn exact_columns(&self) -> Option<Vec<String>> {
        let mut names = Vec::new();
        for part in condition::conjuncts(self.condition.as_ref()?) {
            let Expr::Compare { op: Relation::Equal, left, right } = part else { return None };
            let (Expr::Column { side: a, name: x }, Expr::Column { side: b, name: y }) =
                (&**left, &**right)
            else {
                return None;
            };
            if a == b || x != y {
                return None;
            }
            names.push(x.folded());
        }
        names.sort();
        names.dedup();
        Some(names)
    }
}

impl Comparison {
    /// For each level its gamma: -1 where a value is missing, else from the best level down to 0.
    pub fn gammas(&self) -> Vec<i32> {
        let mut left = self.levels.iter().filter(|level| !level.is_null).count() as i32;
        let gamma = |level: &Level| {
            if level.is_null {
                return -1;
            }
            left -= 1;
            left
        };
        self.levels.iter().map(gamma).collect()
    }

    /// Gives levels without estimate the start values of Splink: of k levels the best has
    /// m = .95, and weights grow evenly from -5 to 3 below a best one of 10.
    pub fn fill_defaults(&mut self) {
        let gammas = self.gammas();
        let k = gammas.iter().filter(|gamma| **gamma >= 0).count();
        for (level, gamma) in self.levels.iter_mut().zip(gammas) {
            let Ok(gamma) = usize::try_from(gamma) else { continue };
            let m = default_m(gamma, k);
            level.m.value.get_or_insert(m);
            level.u.value.get_or_insert(m / two_to(default_weight(gamma, k)));
        }
    }
}

fn default_m(gamma: usize, k: usize) -> f64 {
    if gamma + 1 == k { 0.95 } else { (1.0 - 0.95) / (k - 1) as f64 }
}

/// Evenly spaced from -5 to 3 over the levels below the best, which weighs 10.
fn default_weight(gamma: usize, k: usize) -> f64 {
    match k - 1 - gamma {
        0 => 10.0,
        1 if gamma > 0 => 3.0,
        _ => gamma as f64 * (8.0 / k.saturating_sub(2).max(1) as f64) - 5.0,
    }
}

/// log2(p / (1 - p)): the match weight of a probability.
pub fn weight_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

/// The match probability of a match weight; the halves keep small numbers exact.
pub fn probability_of(weight: f64) -> f64 {
    if weight >= 0.0 {
        1.0 / (1.0 + two_to(-weight))
    } else {
        let odds = two_to(weight);
        odds / (1.0 + odds)
    }
}

/// Through `pow`, as DuckDB and Python have it: `exp2` may differ in the last bit.
fn two_to(exponent: f64) -> f64 {
    std::hint::black_box(2.0_f64).powf(exponent)
}

//! A session of training: the pairs of one blocking rule, the comparisons that the rule leaves
//! open, and where expectation maximisation starts.

use rustc_hash::FxHashMap;

use super::em::{Fixed, Key, Session, rows};
use super::random::draw;
use super::sample::Counts;
use crate::condition::{self, Expr};
use crate::linkage::linker::{Linker, RuleSet};
use crate::linkage::model::{BlockingRule, Comparison, Level, Model};
use crate::linkage::pattern::{Layout, Pattern};
use crate::linkage::refusal::Refusal;
use crate::linkage::score::Scorer;

/// How a session goes about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    pub fixed: Fixed,
    /// Let rare values count for more while learning.
    pub frequencies: bool,
    /// About as many pairs at most, drawn at random from those of the rule. Few millions leave
    /// next to no error; the standard errors tell.
    pub max_pairs: Option<u64>,
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { fixed: Fixed::default(), frequencies: false, max_pairs: Some(3_000_000), seed: 1 }
    }
}

/// How many pairs there are of each kind.
enum Patterns {
    /// By pattern; for layouts of few patterns.
    Dense(Vec<u32>),
    /// By pattern and adjustment.
    Sparse(FxHashMap<(Pattern, u64), u64>),
}

/// Layouts of more patterns than this are counted in a map.
const DENSE: u64 = 1 << 16;

impl Patterns {
    fn new(layout: &Layout, adjusted: bool) -> Patterns {
        if adjusted || layout.patterns() > DENSE {
            return Patterns::Sparse(FxHashMap::default());
        }
        Patterns::Dense(vec![0; layout.patterns() as usize])
    }

    #[inline]
    fn count(&mut self, pattern: Pattern, adjustment: f64) {
        match self {
            Patterns::Dense(counts) => counts[pattern as usize] += 1,
            Patterns::Sparse(counts) => {
                *counts.entry((pattern, adjustment.to_bits())).or_default() += 1;
            }
        }
    }

    fn put_into(self, all: &mut FxHashMap<Key, u64>) {
        match self {
            Patterns::Dense(counts) => {
                let seen = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
                for (pattern, count) in seen {
                    *all.entry((pattern as Pattern, 0, None)).or_default() += u64::from(count);
                }
            }
            Patterns::Sparse(counts) => {
                for ((pattern, adjustment), count) in counts {
                    *all.entry((pattern, adjustment, None)).or_default() += count;
                }
            }
        }
    }
}

/// The pairs of a unit of work.
struct Seen {
    guessed: Patterns,
    decided: FxHashMap<Key, u64>,
}

impl Linker {
    /// The same with what people decided about pairs: the same, or not; the lower number first.
    pub fn with_decided(mut self, decided: FxHashMap<(u32, u32), bool>) -> Linker {
        self.decided = decided;
        self
    }

    /// Learns m on the pairs of `rules`, a set of the one rule given. The model's u and defaults
    /// are where it starts.
    pub fn session(
        &self,
        model: &Model,
        (rules, rule): (RuleSet, &BlockingRule),
        effort: Effort,
    ) -> Result<Session, Refusal> {
        let named = names(&rule.condition);
        let open = |comparison: &Comparison| !columns(comparison).iter().any(|c| named.contains(c));
        let active: Vec<bool> = model.comparisons.iter().map(open).collect();
        let scorer = match effort.frequencies {
            true => Some(Scorer::new(model, &self.comparer.frequencies)?),
            false => None,
        };
        let keep = self.share_to_keep(rules, effort.max_pairs);
        let mut all = FxHashMap::default();
        self.scan(
            rules,
            || Seen {
                guessed: Patterns::new(&self.comparer.layout, effort.frequencies),
                decided: FxHashMap::default(),
            },
            |seen, found, scratch| {
                let (left, right) = (found.left, found.right);
                if draw(effort.seed, u64::from(left) << 32 | u64::from(right)) > keep {
                    return;
                }
                let pattern = self.comparer.pattern_of(&active, (left, right), scratch);
                let adjustment = scorer.as_ref().map_or(0.0, |scorer| {
                    let parts = scorer.adjustments(&self.comparer, pattern, (left, right));
                    parts.iter().zip(&active).filter(|(_, active)| **active).map(|(a, _)| a).sum()
                });
                match self.decided.get(&(left, right)) {
                    None => seen.guessed.count(pattern, adjustment),
                    Some(same) => {
                        let key = (pattern, adjustment.to_bits(), Some(*same));
                        *seen.decided.entry(key).or_default() += 1;
                    }
                }
            },
            |units| {
                for unit in units {
                    unit.guessed.put_into(&mut all);
                    unit.decided.into_iter().for_each(|(key, n)| *all.entry(key).or_default() += n);
                }
            },
        );
        let prior = starting_prior(model, &named);
        let rows = rows(all);
        let mut session =
            self.expectation_maximisation(model, &rows, (&active, prior), effort.fixed);
        session.rule = rule.to_string();
        Ok(session)
    }

    /// Which hashes are kept so that about `most` pairs are.
    fn share_to_keep(&self, rules: RuleSet, most: Option<u64>) -> u64 {
        let pairs: u64 = self.costs(rules).iter().map(|cost| cost.pairs).sum();
        match most {
            Some(most) if most < pairs => (most as f64 / pairs as f64 * u64::MAX as f64) as u64,
            _ => u64::MAX,
        }
    }

    /// Counts levels on the pairs that the rules of a set find.
    pub fn count_levels(&self, rules: RuleSet) -> Counts {
        let mut all = self.no_counts();
        let active = vec![true; all.pairs.len()];
        self.scan(
            rules,
            || self.no_counts(),
            |counts, found, scratch| {
                counts.count(self, (found.left, found.right), &active, scratch);
            },
            |units| units.iter().for_each(|unit| all.add(unit)),
        );
        all
    }

    /// Counts levels on given pairs.
    pub fn count_levels_of(&self, pairs: &[(u32, u32)]) -> Counts {
        let mut all = self.no_counts();
        let active = vec![true; all.pairs.len()];
        let mut scratch = self.comparer.scratch();
        for pair in pairs {
            all.count(self, *pair, &active, &mut scratch);
        }
        all
    }
}

/// The names of the columns that an expression uses, in small letters.
fn names(expr: &Expr) -> Vec<String> {
    condition::columns(expr).into_iter().map(|(_, name)| name.folded()).collect()
}

/// The names of the columns that a comparison uses.
pub(crate) fn columns(comparison: &Comparison) -> Vec<String> {
    comparison.levels.iter().filter_map(|l| l.condition.as_ref()).flat_map(names).collect()
}

/// The prior among the pairs of a rule: those columns agree already, and the levels which say so
/// raise it.
fn starting_prior(model: &Model, named: &[String]) -> f64 {
    let mut left: Vec<String> = named.to_vec();
    let levels = model.comparisons.iter().flat_map(|comparison| &comparison.levels);
    let mut exact: Vec<(Vec<String>, &Level)> =
        levels.filter_map(|level| Some((level.exact_columns()?, level))).collect();
    exact.sort_by_key(|(columns, _)| std::cmp::Reverse(columns.len()));
    let mut odds = model.prior / (1.0 - model.prior);
    for (columns, level) in exact {
        if columns.iter().all(|column| left.contains(column)) {
            left.retain(|column| !columns.contains(column));
            odds *= level.weight().exp2();
        }
    }
    odds / (1.0 + odds)
}

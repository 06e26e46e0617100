//! Match weights of pairs: sums of the weights of the levels they reached, with rare values
//! weighing more. Adds in the order of Splink, so that the last bit is the same.

use super::compare::Comparer;
use super::frequency::Table as Frequencies;
use super::look::Scratch;
use super::model::{Comparison, Level, Model, weight_of};
use super::pattern::Pattern;
use super::refusal::Refusal;

/// The weights of a model.
#[derive(Debug)]
pub(crate) struct Scorer {
    prior: f64,
    comparisons: Vec<Weights>,
}

/// The weights of a comparison.
#[derive(Debug)]
struct Weights {
    levels: Vec<f64>,
    /// For each level whether it says only that a value is missing.
    missing: Vec<bool>,
    /// For each level its adjustment, if any.
    adjustments: Vec<Option<Adjustment>>,
    /// Whether there is any.
    adjusted: bool,
}

/// What a comparison makes of a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub comparison: usize,
    /// The position of the level; one past the last where none holds.
    pub level: u32,
    /// The weight of the level in bits; not a number where none holds.
    pub weight: f64,
    /// What rarity adds, where the level looks at it.
    pub adjustment: Option<f64>,
}

/// weight · (log2 u - log2 tf).
#[derive(Clone, Copy, Debug)]
struct Adjustment {
    table: usize,
    weight: f64,
    log_u: f64,
    minimum_u: f64,
}

impl Scorer {
    /// The weights of a model whose probabilities are all known.
    pub fn new(model: &Model, frequencies: &[Frequencies]) -> Result<Scorer, Refusal> {
        let mut comparisons = Vec::with_capacity(model.comparisons.len());
        for comparison in &model.comparisons {
            let mut adjustments = Vec::with_capacity(comparison.levels.len());
            for level in &comparison.levels {
                let adjustment = adjustment(comparison, level, frequencies)
                    .map_err(|r| r.at(|| format!("{}, level {}", comparison.name, level.label)))?;
                adjustments.push(adjustment);
            }
            comparisons.push(Weights {
                levels: comparison.levels.iter().map(Level::weight).collect(),
                missing: comparison.levels.iter().map(|level| level.is_null).collect(),
                adjusted: adjustments.iter().any(Option::is_some),
                adjustments,
            });
        }
        Ok(Scorer { prior: weight_of(model.prior), comparisons })
    }

    /// Compares a pair and adds up its match weight; none where a comparison has no level for it.
    #[inline]
    pub fn weight(
        &self,
        comparer: &Comparer,
        pair: (u32, u32),
        scratch: &mut Scratch,
    ) -> Option<f64> {
        let mut weight = self.prior;
        self.each(comparer, pair, scratch, |said| {
            // Not a number, from then on, where there is no level.
            weight += said.weight;
            if let Some(adjustment) = said.adjustment {
                weight += adjustment;
            }
        });
        (!weight.is_nan()).then_some(weight)
    }

    /// Compares a pair and says what each comparison in order makes of it.
    #[inline]
    pub fn each(
        &self,
        comparer: &Comparer,
        (left, right): (u32, u32),
        scratch: &mut Scratch,
        mut say: impl FnMut(Said),
    ) {
        let rows = (comparer.table.row(left), comparer.table.row(right));
        comparer.levels(left, right, scratch, |at, level| {
            let comparison = &self.comparisons[at];
            let weight = comparison.levels.get(level as usize).copied().unwrap_or(f64::NAN);
            let adjustment = match comparison.adjustments.get(level as usize) {
                Some(Some(by)) if comparison.adjusted => {
                    Some(adjust(by, &comparer.frequencies, rows))
                }
                _ => None,
            };
            say(Said { comparison: at, level, weight, adjustment });
        });
    }

    /// Whether a level says nothing: because a value is missing, or because it is none.
    #[inline]
    pub fn is_missing(&self, comparison: usize, level: u32) -> bool {
        self.comparisons[comparison].missing.get(level as usize).copied().unwrap_or(true)
    }

    /// The match weight before anything is known.
    pub fn prior(&self) -> f64 {
        self.prior
    }

    /// What rarity adds in each comparison.
    pub fn adjustments(
        &self,
        comparer: &Comparer,
        pattern: Pattern,
        (left, right): (u32, u32),
    ) -> Vec<f64> {
        let rows = (comparer.table.row(left), comparer.table.row(right));
        let of = |(i, comparison): (usize, &Weights)| {
            let level = comparer.layout.level(pattern, i) as usize;
            let adjustment = comparison.adjustments.get(level).and_then(Option::as_ref);
            adjustment.map_or(0.0, |adjustment| adjust(adjustment, &comparer.frequencies, rows))
        };
        self.comparisons.iter().enumerate().map(of).collect()
    }
}

/// The part of the weight that depends on more than the pattern.
#[inline]
fn adjust(by: &Adjustment, frequencies: &[Frequencies], (left, right): (&[u32], &[u32])) -> f64 {
    let table = &frequencies[by.table];
    let (l, r) = (left[table.column as usize], right[table.column as usize]);
    match table.log_of_commoner(l, r, by.minimum_u) {
        Some(log) => by.weight * (by.log_u - log),
        None => 0.0,
    }
}

fn adjustment(
    comparison: &Comparison,
    level: &Level,
    frequencies: &[Frequencies],
) -> Result<Option<Adjustment>, Refusal> {
    let Some(frequency) = &level.frequency else { return Ok(None) };
    if level.is_null || level.condition.is_none() {
        return Ok(None);
    }
    let exact = if frequency.own_u {
        level
    } else {
        let exact = |level: &&Level| {
            level.exact_columns().is_some_and(|columns| {
                columns.len() == 1 && columns[0].eq_ignore_ascii_case(&frequency.column)
            })
        };
        comparison.levels.iter().find(exact).ok_or_else(|| {
            let column = &frequency.column;
            Refusal::new(format!("no level says that {column} is the same on both sides"))
        })?
    };
    let table = frequencies
        .iter()
        .position(|table| table.name.eq_ignore_ascii_case(&frequency.column))
        .expect("every column with frequencies has a table");
    let u = exact.u.value.expect("an unestimated probability has been given its default");
    Ok(Some(Adjustment {
        table,
        weight: frequency.weight,
        log_u: u.log2(),
        minimum_u: frequency.minimum_u,
    }))
}

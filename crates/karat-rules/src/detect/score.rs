//! The score of each dataset, what limits it, and which is the best by enough.

use super::agree::{Agreement, By, Found};
use super::evidence;
use super::values::Fit;
use super::{Candidate, Chosen};

/// What a dataset scores of which all columns are found by their names, and agree.
const NAMES: f64 = 1.0;

/// The same for patterns of names.
const PATTERNS: f64 = 0.8;

/// The same for values alone; and how much values weigh beside a name or pattern.
const VALUES: f64 = 0.6;

/// How much what may be chance weighs, and only between datasets that score alike.
const HEURISTICS: f64 = 0.4;

/// From here on nobody is asked.
pub const HIGH: f64 = 0.9;

/// From here on nobody is asked, but told.
pub const MEDIUM: f64 = 0.7;

/// From here on it is worth asking.
pub const LOW: f64 = 0.5;

/// The best that a score below high and one below medium can be.
const BELOW_HIGH: f64 = 0.89;
const BELOW_MEDIUM: f64 = 0.69;

/// How far the best must be ahead of every other dataset to be high, and to be medium.
const AHEAD: f64 = 0.1;
const BARELY_AHEAD: f64 = 0.03;

/// Columns that have to agree at least, where the file has so many: two names in a wide file may
/// be there by chance.
const FEWEST: usize = 3;

/// As how many columns a required one counts that is missing: no row can do without it.
const ABSENT: usize = 2;

/// What is to be done with a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Refuse until somebody chooses.
    VeryLow,
    /// Ask.
    Low,
    /// Take it, and say so.
    Medium,
    /// Take it.
    High,
}

impl Band {
    /// The band of a score.
    pub fn of(score: f64) -> Band {
        match score {
            score if score >= HIGH => Band::High,
            score if score >= MEDIUM => Band::Medium,
            score if score >= LOW => Band::Low,
            _ => Band::VeryLow,
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Band::VeryLow => "very low",
            Band::Low => "low",
            Band::Medium => "medium",
            Band::High => "high",
        }
    }

    /// Whether the dataset is taken without asking.
    pub fn is_automatic(self) -> bool {
        self >= Band::Medium
    }
}

/// Why a score is no higher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Required columns are not there by name or pattern.
    Missing,
    /// Columns are there by a pattern or by their values, but not by name.
    Unnamed,
    /// The header leaves open which column is which.
    Clash,
    /// The values of columns are mostly not as declared.
    Contradicted,
    /// Somebody chose another dataset for this header.
    OtherChosen(String),
    /// People chose this one and others.
    Undecided,
    /// That dataset fits better.
    Better(String),
    /// That dataset fits nearly as well.
    Near(String),
}

impl Limit {
    fn most(&self) -> f64 {
        if matches!(self, Limit::Near(_) | Limit::Unnamed) { BELOW_HIGH } else { BELOW_MEDIUM }
    }
}

/// Datasets with their scores, the best first.
pub(super) fn ranked(found: Vec<Agreement<'_>>) -> Vec<Candidate> {
    let mut scored: Vec<Scored<'_>> = found.into_iter().map(Scored::new).collect();
    scored.sort_by(|a, b| {
        let chosen = |s: &Scored<'_>| s.agreement.chosen == Chosen::Always;
        let score = b.score.total_cmp(&a.score).then(b.chance.total_cmp(&a.chance));
        let name = || a.agreement.declared.name.cmp(&b.agreement.declared.name);
        chosen(b).cmp(&chosen(a)).then(score).then_with(name)
    });
    let limits: Vec<Option<Limit>> =
        (0..scored.len()).map(|at| beside_others(&scored, at)).collect();
    for (one, limit) in scored.iter_mut().zip(limits) {
        one.limits.extend(limit);
        one.score = one.limits.iter().map(Limit::most).fold(one.score, f64::min);
    }
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.unlimited.total_cmp(&a.unlimited)));
    scored.iter().map(Scored::candidate).collect()
}

/// An agreement with its score.
struct Scored<'a> {
    agreement: Agreement<'a>,
    score: f64,
    /// The same without limits.
    unlimited: f64,
    /// What decides between datasets that score alike, 0 to 1.
    chance: f64,
    limits: Vec<Limit>,
}

impl<'a> Scored<'a> {
    fn new(agreement: Agreement<'a>) -> Scored<'a> {
        let limits = limits(&agreement);
        let raised = if agreement.chosen == Chosen::Always { HIGH } else { 0.0 };
        let unlimited = weighted(&agreement).max(raised);
        let score = limits.iter().map(Limit::most).fold(unlimited, f64::min);
        Scored { score, unlimited, chance: chance(&agreement), limits, agreement }
    }

    fn candidate(&self) -> Candidate {
        let limits = self.limits.iter().filter(|limit| limit.most() < self.unlimited);
        let limits: Vec<&Limit> = limits.collect();
        // Two digits are what people see; the band is that of what they see.
        let score = (self.score * 100.0).round() / 100.0;
        Candidate {
            dataset: self.agreement.declared.name.clone(),
            score,
            band: Band::of(score),
            evidence: evidence::evidence(&self.agreement, &limits),
        }
    }
}

/// What the file alone says against the dataset.
fn limits(agreement: &Agreement<'_>) -> Vec<Limit> {
    let columns = &agreement.declared.columns;
    let has_header = agreement.sample.is_ok_and(|sample| sample.has_header);
    let unnamed = || agreement.found.iter().filter(|f| f.by != By::Name && has_header);
    let by_values = unnamed().filter(|f| f.by == By::Values).map(|f| f.column);
    let mut absent = agreement.missing.iter().copied().chain(by_values);
    let is_contradicted = |found: &Found| found.fit.is_some_and(Fit::contradicts);
    [
        (absent.any(|column| columns[column].is_required), Limit::Missing),
        (agreement.chosen != Chosen::Always && unnamed().next().is_some(), Limit::Unnamed),
        (!agreement.clashes.is_empty(), Limit::Clash),
        (agreement.found.iter().any(is_contradicted), Limit::Contradicted),
        (agreement.chosen == Chosen::Sometimes, Limit::Undecided),
    ]
    .into_iter()
    .filter_map(|(holds, limit)| holds.then_some(limit))
    .collect()
}

/// The agreement of the columns, of those that could agree.
fn weighted(agreement: &Agreement<'_>) -> f64 {
    let Ok(sample) = agreement.sample else { return 0.0 };
    let columns = &agreement.declared.columns;
    // An empty sum of floating point numbers is -0.
    let sum = agreement.found.iter().map(of_column).fold(0.0, |sum, one| sum + one);
    let of = match sample.has_header {
        true => {
            let required = agreement.missing.iter().filter(|at| columns[**at].is_required).count();
            // A column that may be missing says nothing by its absence. Where the file has one
            // in its place that nobody declares, it is another column.
            let swapped = (agreement.missing.len() - required).min(agreement.extra.len());
            let there = agreement.found.len() + ABSENT * required + swapped;
            let width = agreement.found.len() + agreement.extra.len();
            there.max(columns.len().div_ceil(2)).max(width.div_ceil(2)).max(FEWEST.min(width))
        }
        // By its place a column agrees only if its values say something.
        false => {
            agreement.found.iter().filter(|f| f.fit.is_some()).count() + agreement.missing.len()
        }
    };
    if of == 0 { 0.0 } else { sum / of as f64 }
}

/// How far a column agrees: the weight of the best by which it was found, as the mean of that and
/// of its values, each by its weight. Values that say nothing count nothing; those that mostly say
/// something else make it another column.
fn of_column(found: &Found) -> f64 {
    if found.fit.is_some_and(Fit::contradicts) {
        return 0.0;
    }
    let values = found.fit.map(|fit| fit.agreement());
    let weight = match found.by {
        By::Name => NAMES,
        By::Pattern => PATTERNS,
        By::Values => return VALUES * values.unwrap_or(0.0),
    };
    let mean = |values: f64| (weight + VALUES * values) / (weight + VALUES);
    weight * values.map_or(1.0, mean)
}

/// What file and dataset have for themselves alone, and whether the file is named so: 1 where
/// they have nothing.
fn chance(agreement: &Agreement<'_>) -> f64 {
    let own = agreement.missing.len() + agreement.extra.len() + agreement.unsaid;
    let name = match agreement.is_named_so {
        Some(true) => 1.0,
        None => 0.9,
        Some(false) => 0.8,
    };
    name / (1 + own) as f64
}

/// What the other datasets limit; `scored` is in order of what the file alone says.
fn beside_others(scored: &[Scored<'_>], at: usize) -> Option<Limit> {
    let one = &scored[at];
    let chosen = scored.iter().find(|other| other.agreement.chosen == Chosen::Always);
    if let Some(chosen) = chosen {
        let name = &chosen.agreement.declared.name;
        return (*name != one.agreement.declared.name).then(|| Limit::OtherChosen(name.clone()));
    }
    let others = scored.iter().enumerate().filter(|(other, _)| *other != at);
    let (ahead, other) = others
        .map(|(_, other)| (ahead(one, other), other))
        .min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    let name = || other.agreement.declared.name.clone();
    match ahead {
        _ if one.score < LOW => None,
        ahead if ahead >= AHEAD => None,
        ahead if ahead >= BARELY_AHEAD => Some(Limit::Near(name())),
        _ => Some(Limit::Better(name())),
    }
}

/// How far one is ahead of another. What may be chance decides only where the scores do not.
fn ahead(one: &Scored<'_>, other: &Scored<'_>) -> f64 {
    let by_score = one.score - other.score;
    match by_score.abs() < AHEAD {
        true => by_score + HEURISTICS * (one.chance - other.chance),
        false => by_score,
    }
}

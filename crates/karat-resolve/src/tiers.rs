//! Declared tiers: each says which agreement of two records is evidence that they are the same,
//! how strong it is, and what has to confirm it.

use rayon::prelude::*;

use crate::block::{self, Candidate, Candidates, Weak};
use crate::frame::Frame;
use crate::measure::{jaro_winkler, names_agree, one_edit};

/// What two records have to agree on.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// They share a text of the column.
    Same { column: usize },
    /// They have texts of the column that are at least this alike in Jaro-Winkler similarity,
    /// or one edit apart.
    Similar { column: usize, jaro_winkler: f64 },
    /// They have texts of the column that can be one person's names.
    NamesAgree { column: usize },
}

impl Condition {
    fn alike(&self, a: &str, b: &str) -> bool {
        match self {
            Condition::Same { .. } => a == b,
            Condition::Similar { jaro_winkler: least, .. } => {
                jaro_winkler(a, b) >= *least || one_edit(a, b)
            }
            Condition::NamesAgree { .. } => names_agree(a, b),
        }
    }

    fn column(&self) -> usize {
        match self {
            Condition::Same { column }
            | Condition::Similar { column, .. }
            | Condition::NamesAgree { column } => *column,
        }
    }

    /// Whether the records meet the condition.
    pub fn holds(&self, frame: &Frame, a: u32, b: u32) -> bool {
        let column = &frame.columns[self.column()];
        match self {
            Condition::Same { .. } => column.meet(a, b),
            Condition::Similar { .. } | Condition::NamesAgree { .. } => {
                let right = column.of(b);
                let near = |x: &u32| {
                    right.iter().any(|y| x == y || self.alike(column.text(*x), column.text(*y)))
                };
                column.of(a).iter().any(near)
            }
        }
    }
}

/// One kind of evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    pub name: String,
    /// Strength in 0..=100.
    pub score: u16,
    /// All of these make the evidence; the first one finds the candidates.
    pub when: Vec<Condition>,
    /// Without all of these a person has to decide. A missing text on either side confirms
    /// nothing and denies nothing.
    pub confirm: Vec<Condition>,
    /// Columns that deny the evidence: both records have texts in each of them, and share none.
    pub denied_by: Vec<usize>,
}

/// Which texts of a column stand for a group: see `block::Weak`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sharing {
    pub column: usize,
    pub by: usize,
    pub limit: usize,
}

/// A whole set of tiers.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// At most 32, in any order.
    pub tiers: Vec<Tier>,
    pub sharing: Vec<Sharing>,
    /// Evidence of at least this score merges by itself; weaker evidence is reviewed.
    pub auto: u16,
    /// For each source whether it lists everything once, so that two of its records are not
    /// merged by rule.
    pub distinct: Vec<bool>,
}

/// What follows from the evidence on a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Same.
    Auto,
    /// A person has to decide.
    Review(Reason),
}

/// Why a person has to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The evidence is below the automatic threshold.
    Weak,
    /// What should confirm the evidence does not.
    Unconfirmed,
    /// Something else speaks against it.
    Denied,
    /// Both stand in a source that lists everything once.
    Distinct,
    /// Several partners have equal claims.
    Tie,
    /// Weak, and all that holds two groups of records in one cluster.
    Bridge,
}

impl Reason {
    /// The word used in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Weak => "weak",
            Reason::Unconfirmed => "unconfirmed",
            Reason::Denied => "denied",
            Reason::Distinct => "distinct",
            Reason::Tie => "tie",
            Reason::Bridge => "bridge",
        }
    }
}

/// Two records with the evidence between them; `a < b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
    /// Bit `i` is set where tier `i` holds: the pair's vector of levels.
    pub pattern: u32,
    /// Number of the tier that decides.
    pub tier: u8,
    /// Its score.
    pub score: u16,
    pub verdict: Verdict,
}

/// The evidence found, and how much was looked at.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Ascending by `(a, b)`.
    pub pairs: Vec<Pair>,
    pub candidates: usize,
    pub oversize: usize,
    /// Texts treated as shared by a group.
    pub weak: usize,
}

/// Finds all pairs of records for which some tier holds. Uses the current rayon pool.
pub fn evidence(frame: &Frame, plan: &Plan) -> Evidence {
    let weak: Vec<Weak> = (0..frame.columns.len())
        .map(|column| match plan.sharing.iter().find(|s| s.column == column) {
            Some(s) => Weak::find(frame, column, s.by, s.limit),
            None => Weak::default(),
        })
        .collect();
    let found = plan
        .tiers
        .iter()
        .filter_map(|tier| tier.when.first())
        .fold(Candidates::default(), |found, condition| {
            found.join(candidates(frame, condition, &weak))
        });
    let judge = Judge { frame, plan, weak: &weak };
    let pairs = found.pairs.par_iter().filter_map(|pair| judge.judge(*pair)).collect();
    Evidence {
        pairs,
        candidates: found.pairs.len(),
        oversize: found.oversize,
        weak: weak.iter().map(Weak::len).sum(),
    }
}

fn candidates(frame: &Frame, condition: &Condition, weak: &[Weak]) -> Candidates {
    let column = condition.column();
    match condition {
        Condition::Same { .. } => block::same(frame, column, &weak[column]),
        Condition::Similar { .. } | Condition::NamesAgree { .. } => {
            block::similar(frame, column, |a, b| condition.alike(a, b))
        }
    }
}

struct Judge<'a> {
    frame: &'a Frame,
    plan: &'a Plan,
    weak: &'a [Weak],
}

impl Judge<'_> {
    /// The evidence on one pair: the strongest tier that merges, else the strongest at all.
    fn judge(&self, (a, b): Candidate) -> Option<Pair> {
        let mut pair: Option<Pair> = None;
        let mut pattern = 0;
        for (i, tier) in self.plan.tiers.iter().enumerate() {
            let Some(verdict) = self.verdict(tier, a, b) else { continue };
            pattern |= 1 << i;
            let better = pair.is_none_or(|p| rank(verdict, tier.score) > rank(p.verdict, p.score));
            if better {
                pair = Some(Pair { a, b, pattern: 0, tier: i as u8, score: tier.score, verdict });
            }
        }
        pair.map(|pair| Pair { pattern, ..pair })
    }

    /// What the tier alone says of the pair; `None` where it does not hold.
    fn verdict(&self, tier: &Tier, a: u32, b: u32) -> Option<Verdict> {
        if !tier.when.iter().all(|c| c.holds(self.frame, a, b)) {
            return None;
        }
        let confirmed = tier.confirm.iter().all(|c| c.holds(self.frame, a, b));
        if !confirmed && tier.when.iter().any(|c| self.only_weakly(c, a, b)) {
            return None;
        }
        let source = |r: u32| self.frame.sources[r as usize];
        let denied = !tier.denied_by.is_empty()
            && tier.denied_by.iter().all(|column| {
                let column = &self.frame.columns[*column];
                !column.of(a).is_empty() && !column.of(b).is_empty() && !column.meet(a, b)
            });
        Some(if tier.score < self.plan.auto {
            Verdict::Review(Reason::Weak)
        } else if !confirmed {
            Verdict::Review(Reason::Unconfirmed)
        } else if denied {
            Verdict::Review(Reason::Denied)
        } else if source(a) == source(b) && self.plan.distinct[source(a) as usize] {
            Verdict::Review(Reason::Distinct)
        } else {
            Verdict::Auto
        })
    }

    /// Whether the pair shares texts of the condition's column, but only such of a group.
    fn only_weakly(&self, condition: &Condition, a: u32, b: u32) -> bool {
        let Condition::Same { column } = condition else { return false };
        let scope = self.frame.scopes[a as usize];
        self.frame.columns[*column].shared(a, b).all(|id| self.weak[*column].contains(scope, id))
    }
}

/// Merging evidence before evidence to review, then by score.
fn rank(verdict: Verdict, score: u16) -> (bool, u16) {
    (verdict == Verdict::Auto, score)
}

//! The weight of two records' evidence, field by field and in total, under a learned model.

use super::learned::{Learned, LearnedField};
use super::names::{Alignment, Open};
use super::table::{MOST, Table};
use crate::linkage::MISSING;
use crate::linkage::model::weight_of;

/// Match weights of the fields of a pair, in bits; NaN where a value is missing. That of names is
/// last.
pub(super) type Evidence = [f32; MOST];

/// A model ready to weigh the pairs of a table.
pub(super) struct Weigher<'a> {
    pub table: &'a Table,
    /// By comparison and level; of the first level only log2 m, to which the value adds.
    levels: Vec<[f32; 6]>,
    /// Of a word absent, the same (log2 m), misspelt, or a beginning.
    words: [f32; 4],
    pub prior: f32,
    rho: [[f32; MOST]; MOST],
    /// The comparisons, those first whose values are few and near, and whether they are not.
    order: Vec<(usize, bool)>,
    /// The most that different values of a comparison weigh.
    largest: Vec<f32>,
}

/// Values of a comparison that are compared before those of others.
const FEW: usize = 20_000;

impl<'a> Weigher<'a> {
    pub fn new(table: &'a Table, learned: &Learned) -> Weigher<'a> {
        let weight = |m: &[f64], u: &[f64], level: usize| (m[level] / u[level]).log2() as f32;
        let mut levels = vec![[0.0; 6]; table.compared.len()];
        for (weights, field) in levels.iter_mut().zip(&learned.fields) {
            for (level, slot) in weights.iter_mut().enumerate().take(field.m.len()) {
                *slot = weight(&field.m, &field.u, level);
            }
            weights[0] = field.m[0].log2() as f32;
        }
        let mut words = [0.0; 4];
        if table.names.is_some() {
            words = [0, 1, 2, 3].map(|class| weight(&learned.name.m, &learned.name.u, class));
            words[1] = learned.name.m[1].log2() as f32;
        }
        let mut rho = [[0.0; MOST]; MOST];
        for (row, given) in rho.iter_mut().zip(&learned.rho) {
            row[..given.len()].copy_from_slice(given);
        }
        let largest = |(weights, field): (&[f32; 6], &LearnedField)| {
            weights[1..field.m.len()].iter().copied().fold(f32::NEG_INFINITY, f32::max)
        };
        let largest = levels.iter().zip(&learned.fields).map(largest).collect();
        let slow = |at: usize| table.compared[at].values.texts.len() > FEW;
        let mut order: Vec<(usize, bool)> = (0..table.compared.len())
            .map(|at| (at, !table.compared[at].values.is_date() && slow(at)))
            .collect();
        order.sort_by_key(|(at, slow)| (*slow, *at));
        let prior = weight_of(learned.lambda) as f32;
        Weigher { table, levels, words, prior, rho, order, largest }
    }

    /// The weight of a comparison that is not of names.
    #[inline]
    fn field(&self, at: usize, a: u32, b: u32) -> f32 {
        if a == MISSING || b == MISSING {
            return f32::NAN;
        }
        let values = &self.table.compared[at].values;
        match values.level(a, b) {
            0 => self.levels[at][0] + values.surprise[a as usize],
            level => self.levels[at][usize::from(level)],
        }
    }

    /// The weight of an alignment of names.
    #[inline]
    pub fn name(&self, found: &Alignment) -> f32 {
        let [absent, exact, fuzzy, prefix] = self.words;
        f32::from(found.exact) * exact
            + found.surprise
            + f32::from(found.fuzzy) * fuzzy
            + f32::from(found.prefix) * prefix
            + f32::from(found.absent) * absent
    }

    /// The evidence of a pair.
    #[inline]
    pub fn evidence(&self, a: u32, b: u32) -> Evidence {
        let mut evidence = [f32::NAN; MOST];
        let (p, q) = (self.table.row(a), self.table.row(b));
        for at in 0..self.levels.len() {
            evidence[at] = self.field(at, p[at], q[at]);
        }
        if let Some((names, left)) = self.table.named(a)
            && let Some((_, right)) = self.table.named(b)
        {
            evidence[self.levels.len()] = self.name(&names.align(left, right));
        }
        evidence
    }

    /// The match weight of evidence: what speaks against counts whole; what speaks for counts,
    /// strongest first, less what it shares with something stronger (recipe, section 4).
    #[inline]
    pub fn total(&self, evidence: &Evidence) -> f32 {
        let (sum, _) = self.total_and_corrections(evidence);
        sum
    }

    /// The match weight, and what was taken off each field for what it shares with another.
    #[inline]
    pub fn total_and_corrections(&self, evidence: &Evidence) -> (f32, Evidence) {
        self.corrected(evidence, |f, g| self.rho[f][g])
    }

    /// The match weight as if two fields shared nothing with each other.
    pub fn total_without(&self, evidence: &Evidence, (p, q): (usize, usize)) -> f32 {
        let rho = |f, g| if (f, g) == (p, q) || (g, f) == (p, q) { 0.0 } else { self.rho[f][g] };
        self.corrected(evidence, rho).0
    }

    #[inline]
    fn corrected(&self, evidence: &Evidence, rho: impl Fn(usize, usize) -> f32) -> (f32, Evidence) {
        let mut order = [0_usize; MOST];
        let mut agreeing = 0;
        let mut sum = self.prior;
        for (at, weight) in evidence[..self.table.width].iter().enumerate() {
            if *weight > 0.0 {
                let mut place = agreeing;
                while place > 0 && evidence[order[place - 1]] < *weight {
                    order[place] = order[place - 1];
                    place -= 1;
                }
                order[place] = at;
                agreeing += 1;
            } else if *weight <= 0.0 {
                sum += weight;
            }
        }
        let mut corrections = [0.0; MOST];
        for place in 0..agreeing {
            let at = order[place];
            let stronger = order[..place].iter().map(|stronger| rho(*stronger, at));
            let shared = stronger.fold(0.0, f32::max).min(evidence[at]);
            corrections[at] = shared;
            sum += evidence[at] - shared;
        }
        (sum, corrections)
    }

    /// The match weight of a pair.
    #[inline]
    pub fn weight(&self, a: u32, b: u32) -> f32 {
        self.total(&self.evidence(a, b))
    }

    /// The match weight of a pair if it is at least `least`. Fields that are quick to compare come
    /// first, and the rest is not looked at where it could not help any more.
    #[inline]
    pub fn weight_of_at_least(&self, least: f32, a: u32, b: u32) -> Option<f32> {
        let (p, q) = (self.table.row(a), self.table.row(b));
        let mut evidence = [f32::NAN; MOST];
        let mut most = self.prior;
        for &(at, slow) in &self.order {
            let (x, y) = (p[at], q[at]);
            if x == MISSING || y == MISSING {
                continue;
            }
            if x != y && slow {
                most += self.largest[at];
            } else {
                evidence[at] = self.field(at, x, y);
                most += evidence[at];
            }
        }
        if let Some((names, left)) = self.table.named(a)
            && let Some((_, right)) = self.table.named(b)
        {
            let last = self.levels.len();
            let mut open = names.open(left, right);
            let (exact, rest) = self.exact_words(&open);
            if most + exact + rest < least {
                return None;
            }
            evidence[last] = self.name(&names.close(&mut open));
            most += evidence[last];
        }
        if most < least {
            return None;
        }
        for (at, _) in self.order.iter().filter(|(at, slow)| *slow && p[*at] != q[*at]) {
            evidence[*at] = self.field(*at, p[*at], q[*at]);
        }
        let weight = self.total(&evidence);
        (weight >= least).then_some(weight)
    }

    /// The weight of the words that two names share, and the most that the rest can weigh.
    #[inline]
    fn exact_words(&self, open: &Open) -> (f32, f32) {
        let [absent, exact, fuzzy, prefix] = self.words;
        let rest = absent.max(fuzzy).max(prefix);
        let shared = f32::from(open.exact()) * exact + open.surprise;
        (shared, f32::from(open.rest()) * rest)
    }
}

//! The weight of two records' evidence, field by field and in total, under a learned model.

use super::household::RELATIONS;
use super::learned::{Learned, LearnedField};
use super::levels::MOST_LEVELS;
use super::names::{Alignment, Open};
use super::table::{MOST, Table};
use crate::agglomerate::Weigh;
use crate::linkage::MISSING;
use crate::linkage::model::weight_of;

/// Match weights of the fields of a pair, in bits; NaN where a value is missing. That of names is
/// last. Behind them the same against two people of one household, if they are expected.
pub(super) type Evidence = [f32; 2 * MOST];

/// A model ready to weigh the pairs of a table.
pub(super) struct Weigher<'a> {
    pub table: &'a Table,
    /// By comparison and level; of the first level only log2 m, to which the value adds.
    levels: Vec<[f32; MOST_LEVELS]>,
    /// Of a word absent, the same (log2 m), misspelt, or a beginning.
    words: [f32; 4],
    pub prior: f32,
    rho: [[f32; MOST]; MOST],
    /// The comparisons, those first whose values are few and near, and whether they are not.
    order: Vec<(usize, bool)>,
    /// The most that different values of a comparison weigh.
    largest: Vec<f32>,
    unlike: Option<Unlike>,
}

/// What speaks for one person against two of one household, in bits.
pub(super) struct Unlike {
    pub prior: f32,
    /// By comparison and level.
    pub fields: Vec<[f32; MOST_LEVELS]>,
    /// By how names relate.
    pub names: [f32; RELATIONS],
}

impl Unlike {
    /// None where households are not expected.
    pub fn new(learned: &Learned) -> Option<Unlike> {
        let household = learned.household.as_ref()?;
        let field = |(field, h): (&LearnedField, &Vec<f64>)| {
            let mut weights = [0.0; MOST_LEVELS];
            let levels = weights.iter_mut().zip(field.m.iter().zip(h));
            levels.for_each(|(weight, (m, h))| *weight = (m / h).log2() as f32);
            weights
        };
        let mut names = [0.0; RELATIONS];
        let relations = household.names_m.iter().zip(&household.names_h);
        names.iter_mut().zip(relations).for_each(|(w, (m, h))| *w = (m / h).log2() as f32);
        Some(Unlike {
            prior: (learned.lambda / household.lambda).log2() as f32,
            fields: learned.fields.iter().zip(&household.h).map(field).collect(),
            names,
        })
    }
}

/// Values of a comparison that are compared before those of others.
const FEW: usize = 20_000;

impl<'a> Weigher<'a> {
    pub fn new(table: &'a Table, learned: &Learned) -> Weigher<'a> {
        let weight = |m: &[f64], u: &[f64], level: usize| (m[level] / u[level]).log2() as f32;
        let mut levels = vec![[0.0; MOST_LEVELS]; table.compared.len()];
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
        let largest = |(weights, field): (&[f32; MOST_LEVELS], &LearnedField)| {
            weights[1..field.m.len()].iter().copied().fold(f32::NEG_INFINITY, f32::max)
        };
        let largest = levels.iter().zip(&learned.fields).map(largest).collect();
        let slow = |at: usize| table.compared[at].values.texts.len() > FEW;
        let mut order: Vec<(usize, bool)> = (0..table.compared.len())
            .map(|at| (at, !table.compared[at].values.is_date() && slow(at)))
            .collect();
        order.sort_by_key(|(at, slow)| (*slow, *at));
        let prior = weight_of(learned.lambda) as f32;
        Weigher { table, levels, words, prior, rho, order, largest, unlike: Unlike::new(learned) }
    }

    /// The same model, but without people of one household.
    pub fn without_households(self) -> Weigher<'a> {
        Weigher { unlike: None, ..self }
    }

    /// Sets the evidence of a comparison that is not of names, for values that are not missing.
    #[inline]
    fn field(&self, evidence: &mut Evidence, at: usize, (a, b): (u32, u32)) {
        let values = &self.table.compared[at].values;
        let Some(level) = values.level(a, b).map(usize::from) else { return };
        evidence[at] = self.levels[at][level];
        if level == 0 {
            evidence[at] += values.surprise(a, b);
        }
        if let Some(unlike) = &self.unlike {
            evidence[self.table.width + at] = unlike.fields[at][level];
        }
    }

    /// Sets the evidence of names.
    #[inline]
    fn names(&self, evidence: &mut Evidence, (a, b): (u32, u32), found: &Alignment) {
        let last = self.levels.len();
        evidence[last] = self.name(found);
        if let Some(unlike) = &self.unlike {
            evidence[self.table.width + last] = unlike.names[self.table.relation(a, b, found)];
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
        let mut evidence = [f32::NAN; 2 * MOST];
        let (p, q) = (self.table.row(a), self.table.row(b));
        for at in 0..self.levels.len() {
            if p[at] != MISSING && q[at] != MISSING {
                self.field(&mut evidence, at, (p[at], q[at]));
            }
        }
        if let Some((names, left)) = self.table.named(a)
            && let Some((_, right)) = self.table.named(b)
        {
            self.names(&mut evidence, (a, b), &names.align(left, right));
        }
        evidence
    }

    /// The match weight of evidence, against two people at random or of one household. Against
    /// the former what speaks against counts whole; what speaks for counts, strongest first, less
    /// what it shares with something stronger (recipe, section 4).
    #[inline]
    pub fn total(&self, evidence: &Evidence) -> f32 {
        let (sum, _) = self.total_and_corrections(evidence);
        match self.unlike(evidence) {
            Some(unlike) => both(sum, unlike),
            None => sum,
        }
    }

    /// The match weight of evidence against two people of one household, if they are expected.
    pub fn unlike(&self, evidence: &Evidence) -> Option<f32> {
        let unlike = self.unlike.as_ref()?;
        let present = evidence[self.table.width..2 * self.table.width].iter();
        Some(unlike.prior + present.filter(|weight| !weight.is_nan()).sum::<f32>())
    }

    /// The match weight, and what was taken off each field for what it shares with another.
    #[inline]
    pub fn total_and_corrections(&self, evidence: &Evidence) -> (f32, [f32; MOST]) {
        self.corrected(evidence, |f, g| self.rho[f][g])
    }

    /// The match weight as if two fields shared nothing with each other.
    pub fn total_without(&self, evidence: &Evidence, (p, q): (usize, usize)) -> f32 {
        let rho = |f, g| if (f, g) == (p, q) || (g, f) == (p, q) { 0.0 } else { self.rho[f][g] };
        self.corrected(evidence, rho).0
    }

    #[inline]
    fn corrected(
        &self,
        evidence: &Evidence,
        rho: impl Fn(usize, usize) -> f32,
    ) -> (f32, [f32; MOST]) {
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
        let mut evidence = [f32::NAN; 2 * MOST];
        let mut most = self.prior;
        for &(at, slow) in &self.order {
            let (x, y) = (p[at], q[at]);
            if x == MISSING || y == MISSING {
                continue;
            }
            if slow && !self.table.compared[at].values.meet(x, y) {
                most += self.largest[at].max(0.0);
            } else {
                self.field(&mut evidence, at, (x, y));
                most += if evidence[at].is_nan() { 0.0 } else { evidence[at] };
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
            self.names(&mut evidence, (a, b), &names.close(&mut open));
            most += evidence[last];
        }
        if most < least {
            return None;
        }
        for &(at, _) in self.order.iter().filter(|(_, slow)| *slow) {
            let (x, y) = (p[at], q[at]);
            if x != MISSING && y != MISSING && !self.table.compared[at].values.meet(x, y) {
                self.field(&mut evidence, at, (x, y));
            }
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

/// The match weight against either of two things, from those against each.
#[inline]
fn both(x: f32, y: f32) -> f32 {
    let (least, more) = (x.min(y), x.max(y));
    least - (least - more).exp2().ln_1p() * std::f32::consts::LOG2_E
}

impl Weigh for Weigher<'_> {
    type Evidence = Evidence;
    const NONE: Evidence = [f32::NAN; 2 * MOST];
    type Scratch = ();

    fn scratch(&self) {}

    #[inline]
    fn width(&self) -> usize {
        match self.unlike {
            Some(_) => 2 * self.table.width,
            None => self.table.width,
        }
    }

    #[inline]
    fn evidence(&self, a: u32, b: u32, (): &mut ()) -> Evidence {
        Weigher::evidence(self, a, b)
    }

    #[inline]
    fn total(&self, evidence: &Evidence) -> f32 {
        Weigher::total(self, evidence)
    }

    fn sources(&self) -> &[u16] {
        &self.table.sources
    }
}

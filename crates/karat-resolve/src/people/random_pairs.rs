//! Random pairs of records, nearly all of two people: how alike people are by chance.

use rayon::prelude::*;

use super::household::RELATIONS;
use super::learned::Learned;
use super::levels::MOST_LEVELS;
use super::names::Alignment;
use super::table::Table;
use super::weigh::Weigher;
use crate::linkage::MISSING;
use crate::linkage::model::probability_of;
use crate::linkage::train::random::{below, draw, other_than};

/// How often each level of each comparison is reached, and each likeness of words.
#[derive(Clone, Debug, Default)]
pub(super) struct LevelCounts {
    pub levels: Vec<[f64; MOST_LEVELS]>,
    pub words: [f64; 4],
    /// How names relate.
    pub relations: [f64; RELATIONS],
}

impl LevelCounts {
    pub fn new(table: &Table) -> LevelCounts {
        LevelCounts {
            levels: vec![[0.0; MOST_LEVELS]; table.compared.len()],
            ..LevelCounts::default()
        }
    }

    /// Counts a pair with a weight.
    pub fn count(&mut self, table: &Table, (a, b): (u32, u32), weight: f64) {
        let (p, q) = (table.row(a), table.row(b));
        for (at, counts) in self.levels.iter_mut().enumerate() {
            if p[at] != MISSING
                && q[at] != MISSING
                && let Some(level) = table.compared[at].values.level(p[at], q[at])
            {
                counts[usize::from(level)] += weight;
            }
        }
        if let Some((names, left)) = table.named(a)
            && let Some((_, right)) = table.named(b)
        {
            let found = names.align(left, right);
            self.relations[table.relation(a, b, &found)] += weight;
            let Alignment { absent, exact, fuzzy, prefix, .. } = found;
            for (sum, words) in self.words.iter_mut().zip([absent, exact, fuzzy, prefix]) {
                *sum += f64::from(words) * weight;
            }
        }
    }

    /// Adds counts, which is exact as long as they are whole numbers.
    pub fn add(&mut self, other: &LevelCounts) {
        let (ours, theirs) = (self.levels.as_flattened_mut(), other.levels.as_flattened());
        ours.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a += b);
        self.relations.iter_mut().zip(&other.relations).for_each(|(a, b)| *a += b);
    }
}

/// A sample of pairs, summed up.
pub(super) struct RandomPairs {
    counts: LevelCounts,
    /// Those that could be of one person.
    likely: Vec<(u32, u32)>,
}

/// Pairs that a thread draws at once; the sums do not depend on it.
const AT_ONCE: usize = 8192;

/// A pair this much below even is never taken for one of one person, however the model changes
/// while it is estimated: what it would take off a count is less than a thousandth of it.
const UNLIKELY: f32 = -20.0;

impl RandomPairs {
    /// Draws pairs of at least two records and sets u of a first model from them.
    pub fn new(table: &Table, first: &mut Learned, seed: u64, pairs: usize) -> RandomPairs {
        let chunks = |pairs: usize| (0..pairs.div_ceil(AT_ONCE)).into_par_iter();
        let range = |chunk: usize| chunk * AT_ONCE..pairs.min((chunk + 1) * AT_ONCE);
        let parts: Vec<LevelCounts> = chunks(pairs)
            .map(|chunk| {
                let mut counts = LevelCounts::new(table);
                range(chunk).for_each(|at| counts.count(table, pair(table, seed, at), 1.0));
                counts
            })
            .collect();
        let mut counts = LevelCounts::new(table);
        parts.iter().for_each(|part| counts.add(part));
        set_u(first, &counts);
        let weigher = Weigher::new(table, first);
        let is_likely =
            |(a, b): &(u32, u32)| weigher.weight_of_at_least(UNLIKELY, *a, *b).is_some();
        let of_chunk = |chunk| range(chunk).map(|at| pair(table, seed, at)).filter(is_likely);
        let likely = chunks(pairs).flat_map_iter(of_chunk).collect();
        RandomPairs { counts, likely }
    }

    /// Sets u from the pairs, each by its probability under the model to be of two people.
    pub fn estimate(&self, table: &Table, learned: &mut Learned) {
        let weigher = Weigher::new(table, learned);
        let mut counts = self.counts.clone();
        let weight = |(a, b): &(u32, u32)| -probability_of(f64::from(weigher.weight(*a, *b)));
        let weights: Vec<f64> = self.likely.par_iter().map(weight).collect();
        for (pair, weight) in self.likely.iter().zip(weights) {
            counts.count(table, *pair, weight);
        }
        set_u(learned, &counts);
    }
}

fn pair(table: &Table, seed: u64, at: usize) -> (u32, u32) {
    let n = table.len as u32;
    let a = below(n, draw(seed, 2 * at as u64) as u32);
    (a, other_than(a, n, seed, 2 * at as u64 + 1))
}

/// Added to each count of random pairs, so that no probability is 0.
const SMOOTHING: f64 = 0.5;

fn set_u(learned: &mut Learned, counts: &LevelCounts) {
    for (field, counts) in learned.fields.iter_mut().zip(&counts.levels) {
        shares(&mut field.u, counts, SMOOTHING);
    }
    shares(&mut learned.name.u, &counts.words, SMOOTHING);
}

/// Sets probabilities to the shares of counts.
pub(super) fn shares(probabilities: &mut [f64], counts: &[f64], smoothing: f64) {
    let counts = &counts[..probabilities.len()];
    let smoothed = |count: &f64| count.max(0.0) + smoothing;
    let sum: f64 = counts.iter().map(smoothed).sum();
    probabilities.iter_mut().zip(counts).for_each(|(p, count)| *p = smoothed(count) / sum);
}

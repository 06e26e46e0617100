//! How much two fields' agreement has in common: people of one family, house or trade share
//! several fields at once, and what they share must not count twice (recipe, section 4).
//!
//! For two fields, rho is log2 of how much more often one agrees by chance, where the other does,
//! than it does anywhere. Pairs are drawn among those that agree on a field, because such pairs
//! are too rare among random ones. Each counts by its probability to be of two people under the
//! whole model but for the number sought: without the dependence of other fields those that agree
//! by chance would pass for matches, the more so the larger the table and the rarer its values;
//! with the one sought, what one round overstates would grow in the next.

use rayon::prelude::*;

use super::levels::year;
use super::normal::{area, outward};
use super::plan::Role;
use super::table::{MOST, Table};
use super::values::parts;
use super::weigh::Weigher;
use crate::linkage::MISSING;
use crate::linkage::train::random::{below, draw};

/// What must be equal for a field to agree coarsely.
struct Key {
    comparison: usize,
    /// For each value its part; none for names, which agree if they share a word.
    parts: Option<Vec<u32>>,
}

/// A pair that agrees on the field it was drawn for.
#[derive(Clone, Copy)]
struct Drawn {
    a: u32,
    b: u32,
    /// By key, whether both values are there, and whether they agree.
    present: u32,
    agree: u32,
    /// How many chances there were to draw it.
    chances: u32,
}

/// The pairs drawn for a key.
struct Sample {
    pairs: Vec<Drawn>,
    /// The share of all pairs that agree on the key, counted once per chance.
    share: f64,
    /// What a pair drawn tells, in pairs: less than one where more are drawn than there are.
    worth: f64,
}

/// The pairs drawn for all keys.
pub(super) struct Dependence {
    keys: Vec<Key>,
    samples: Vec<Sample>,
}

/// Weighted counts of the pairs drawn for one key, by other key.
#[derive(Clone, Copy, Default)]
struct Sums {
    /// Of pairs of two people.
    all: f64,
    present: [f64; KEYS],
    agree: [f64; KEYS],
    /// Of pairs of one person that agree.
    matches: [f64; KEYS],
}

/// The most keys: two for a date or a postcode, one for any other field.
const KEYS: usize = 2 * MOST;

/// Pairs that a thread sums at once, which fixes the order of sums.
const AT_ONCE: usize = 4096;

impl Dependence {
    /// Draws pairs.
    pub fn new(table: &Table, seed: u64, pairs: usize) -> Dependence {
        let keys = keys(table);
        let samples = (0..keys.len())
            .map(|at| draw_pairs(table, &keys, at, draw(seed, at as u64), pairs))
            .collect();
        Dependence { keys, samples }
    }

    /// Estimates rho under a model and its clusters.
    pub fn estimate(&self, weigher: &Weigher<'_>, of: &[u32], missed: f64) -> Vec<Vec<f32>> {
        let width = weigher.table.width;
        let mut rho = vec![vec![0.0_f32; width]; width];
        let sums: Vec<Sums> = (0..self.keys.len()).map(|at| self.sum(at, weigher, of)).collect();
        let base: Vec<f64> = (self.samples.iter().zip(&sums))
            .map(|(sample, sums)| sample.share * sums.all / sample.pairs.len().max(1) as f64)
            .collect();
        for f in 0..self.keys.len() {
            for g in 0..f {
                let (p, q) = (self.keys[f].comparison, self.keys[g].comparison);
                if p == q || base[f] == 0.0 || base[g] == 0.0 {
                    continue;
                }
                // Blocks of the coarser key hold more of the pairs that agree by chance.
                let (coarse, fine) = if base[f] >= base[g] { (f, g) } else { (g, f) };
                let (worth, sums) = (self.samples[coarse].worth, &sums[coarse]);
                let observed = worth * (sums.agree[fine] - missed * sums.matches[fine]).max(0.0);
                let expected = worth * sums.present[fine] * base[fine];
                let found = ((observed + 1.0) / (expected + 1.0)).log2().max(0.0) as f32;
                rho[p][q] = rho[p][q].max(found);
                rho[q][p] = rho[p][q];
            }
        }
        rho
    }

    fn sum(&self, at: usize, weigher: &Weigher<'_>, of: &[u32]) -> Sums {
        let parts: Vec<Sums> = self.samples[at]
            .pairs
            .par_chunks(AT_ONCE)
            .map(|pairs| {
                let mut sums = Sums::default();
                let model = (weigher, of);
                pairs.iter().for_each(|pair| self.add(&mut sums, at, pair, model));
                sums
            })
            .collect();
        let mut sums = Sums::default();
        for part in &parts {
            sums.all += part.all;
            for g in 0..self.keys.len() {
                sums.present[g] += part.present[g];
                sums.agree[g] += part.agree[g];
                sums.matches[g] += part.matches[g];
            }
        }
        sums
    }

    /// Adds a pair drawn for the key `at`.
    fn add(&self, sums: &mut Sums, at: usize, pair: &Drawn, (weigher, of): (&Weigher<'_>, &[u32])) {
        let whole = 1.0 / f64::from(pair.chances);
        let apart = of[pair.a as usize] != of[pair.b as usize];
        let several = apart && self.fields_agreeing(pair.agree) > 1;
        let evidence = several.then(|| weigher.evidence(pair.a, pair.b));
        let of_two = |without: usize| match &evidence {
            _ if !apart => 0.0,
            None => whole,
            Some(evidence) => {
                let fields = (self.keys[at].comparison, self.keys[without].comparison);
                whole / (1.0 + f64::from(weigher.total_without(evidence, fields)).exp2())
            }
        };
        let weight = of_two(at);
        sums.all += weight;
        for g in 0..self.keys.len() {
            if pair.present >> g & 1 == 1 {
                sums.present[g] += weight;
            }
            if pair.agree >> g & 1 == 1 {
                let weight = of_two(g);
                sums.agree[g] += weight;
                sums.matches[g] += whole - weight;
            }
        }
    }

    fn fields_agreeing(&self, agree: u32) -> u32 {
        let agreeing = |(at, _): &(usize, &Key)| agree >> at & 1 == 1;
        let fields = self.keys.iter().enumerate().filter(agreeing);
        fields.fold(0_u32, |fields, (_, key)| fields | 1 << key.comparison).count_ones()
    }
}

fn keys(table: &Table) -> Vec<Key> {
    let mut keys = Vec::new();
    for (comparison, compared) in table.compared.iter().enumerate() {
        let texts = &compared.values.texts;
        let mut key = |parts| keys.push(Key { comparison, parts: Some(parts) });
        match compared.role {
            Role::Date => {
                key(parts(texts, year));
                key((0..texts.len() as u32).collect());
            }
            Role::Postcode => {
                key(parts(texts, outward));
                key(parts(texts, area));
            }
            _ => key((0..texts.len() as u32).collect()),
        }
    }
    if table.names.is_some() {
        keys.push(Key { comparison: table.compared.len(), parts: None });
    }
    keys
}

impl Key {
    /// How many parts, or words, two values share.
    #[inline]
    fn shared(&self, table: &Table, p: u32, q: u32) -> u32 {
        match (&self.parts, &table.names) {
            (Some(parts), _) => {
                table.compared[self.comparison].values.sets.shared_parts(parts, p, q)
            }
            (None, Some(names)) => names.common(p, q),
            (None, None) => 0,
        }
    }

    /// Each record by what it agrees on with others, in order; how many records can agree at all.
    fn postings(&self, table: &Table) -> (Vec<(u32, u32)>, usize) {
        let all = 0..table.len as u32;
        let mut postings: Vec<(u32, u32)> = Vec::with_capacity(table.len);
        let mut able = 0;
        for record in all {
            let before = postings.len();
            let value = table.row(record)[self.comparison];
            match (&table.names, &self.parts) {
                _ if value == MISSING => {}
                (_, Some(parts)) => {
                    let sets = &table.compared[self.comparison].values.sets;
                    let parts = sets.parts(parts, value);
                    postings.extend(parts.into_iter().map(|part| (part, record)));
                }
                (Some(names), None) => {
                    postings.extend(names.words(value).iter().map(|word| (*word, record)));
                }
                (None, None) => {}
            }
            able += usize::from(postings.len() > before);
        }
        postings.par_sort_unstable();
        (postings, able)
    }
}

fn draw_pairs(table: &Table, keys: &[Key], at: usize, seed: u64, pairs: usize) -> Sample {
    let (postings, able) = keys[at].postings(table);
    let mut blocks: Vec<(f64, u32, u32)> = Vec::new();
    let (mut all, mut start) = (0.0, 0);
    for run in postings.chunk_by(|a, b| a.0 == b.0) {
        let length = run.len() as u32;
        if length > 1 {
            all += f64::from(length) * f64::from(length - 1) / 2.0;
            blocks.push((all, start, length));
        }
        start += length;
    }
    let able = able as f64;
    let pair = |draws: usize| {
        let draws = 3 * draws as u64;
        let target = (draw(seed, draws) >> 11) as f64 / (1_u64 << 53) as f64 * all;
        let block = blocks.partition_point(|block| block.0 <= target).min(blocks.len() - 1);
        let (_, start, length) = blocks[block];
        let x = below(length, draw(seed, draws + 1) as u32);
        let y = below(length - 1, draw(seed, draws + 2) as u32);
        let y = y + u32::from(y >= x);
        let record = |at: u32| postings[(start + at) as usize].1;
        look(table, keys, at, (record(x), record(y)))
    };
    let worth = (all / pairs.max(1) as f64).min(1.0);
    let pairs = if blocks.is_empty() { 0 } else { pairs };
    let pairs = (0..pairs).into_par_iter().map(pair).collect();
    Sample { pairs, share: all / (able * (able - 1.0) / 2.0).max(1.0), worth }
}

/// Looks at a pair drawn for a key.
fn look(table: &Table, keys: &[Key], drawn: usize, (a, b): (u32, u32)) -> Drawn {
    let mut pair = Drawn { a, b, present: 0, agree: 0, chances: 1 };
    for (at, key) in keys.iter().enumerate() {
        let (p, q) = (table.row(a)[key.comparison], table.row(b)[key.comparison]);
        if p == MISSING || q == MISSING {
            continue;
        }
        pair.present |= 1 << at;
        let shared = key.shared(table, p, q);
        pair.agree |= u32::from(shared > 0) << at;
        if at == drawn {
            pair.chances = shared.max(1);
        }
    }
    pair
}

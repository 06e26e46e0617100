//! u probabilities: how often records that have nothing to do with one another agree by chance,
//! counted on pairs drawn at random.

use std::ops::Range;

use rayon::prelude::*;

use super::random;
use crate::linkage::keys::{Groups, Keys};
use crate::linkage::linker::{Exact, Linker};
use crate::linkage::look::Scratch;

/// How pairs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// No more pairs than this; all pairs, where there are no more.
    pub max_pairs: u64,
    /// Enough, once each level has been seen so often; one that a quarter of the pairs never
    /// reached is not waited for.
    pub enough: u64,
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { max_pairs: 10_000_000, enough: 400, seed: 1 }
    }
}

/// How often each level of each comparison was reached.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// For each comparison the pairs that were looked at.
    pub pairs: Vec<u64>,
    /// For each comparison and level how many of them reached it; the last count is of pairs
    /// without a level. Not whole where all pairs of the level were counted: then it is the
    /// share of the level among all pairs, times `pairs`.
    pub levels: Vec<Vec<f64>>,
    /// For each comparison and level whether all of its pairs were counted.
    pub whole: Vec<Vec<bool>>,
}

/// Pairs drawn between two looks at the counts.
const BATCH: u64 = 1 << 20;

/// How many pairs ahead of its comparison a partner is called up.
const AHEAD: usize = 4;

/// Records that one unit of work draws partners for.
const UNIT: u32 = 1 << 10;

impl Linker {
    /// Counts levels on random pairs.
    pub fn sample(&self, sampling: Sampling) -> Counts {
        if self.possible_pairs() <= sampling.max_pairs {
            return self.count_all();
        }
        let whole = self.count_exact(sampling.max_pairs);
        let mut counts = self.no_counts();
        let per_round = BATCH.min(sampling.max_pairs).div_ceil(self.len() as u64);
        for round in 0.. {
            let active = counts.lacking(&whole, sampling);
            if !active.contains(&true) {
                break;
            }
            let partners = round * per_round..(round + 1) * per_round;
            let of = |chunk| self.count_partners(chunk, (partners.clone(), &active), sampling.seed);
            let units: Vec<Counts> = (0..self.len() as u32)
                .step_by(UNIT as usize)
                .map(|from| from..(from + UNIT).min(self.len() as u32))
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(of)
                .collect();
            units.iter().for_each(|unit| counts.add(unit));
        }
        counts.put_in(&whole, self.possible_pairs());
        counts
    }

    /// For each comparison and level the number of all pairs that reach it, where the level says
    /// that columns agree: those pairs are found by their values. Levels of more pairs than
    /// would be drawn are left to chance, which counts them well.
    fn count_exact(&self, most: u64) -> Vec<Vec<Option<u64>>> {
        let of = |(comparison, levels): (usize, &Vec<Option<Exact>>)| -> Vec<Option<u64>> {
            let level = |(level, exact): (usize, &Option<Exact>)| {
                let keys = Keys::One(self.comparer.table.keys(exact.as_ref()?));
                let groups = Groups::new(&keys);
                let block = |key| groups.of(key).len() as u64;
                let pairs: u64 = (0..groups.len() as u32).map(|k| block(k) * block(k) / 2).sum();
                (pairs <= most).then(|| self.count_in(&groups, (comparison, level as u32)))
            };
            levels.iter().enumerate().map(level).collect()
        };
        self.exact.iter().enumerate().map(of).collect()
    }

    /// How many pairs within groups reach a level of a comparison.
    fn count_in(&self, groups: &Groups, (comparison, level): (usize, u32)) -> u64 {
        let of = |key: u32| {
            let mut scratch = self.comparer.scratch();
            let group = groups.of(key);
            let mut count = 0;
            for (i, left) in group.iter().enumerate() {
                for right in &group[i + 1..] {
                    let mut reached =
                        || self.comparer.level(comparison, (*left, *right), &mut scratch);
                    count += u64::from(self.may_match(*left, *right) && reached() == level);
                }
            }
            count
        };
        (0..groups.len() as u32).into_par_iter().map(of).sum()
    }

    /// Draws partners for each of some records: as many for each, so that a row once read serves
    /// several pairs. Partners of the same source do not count where only pairs across do.
    fn count_partners(
        &self,
        records: Range<u32>,
        (partners, active): (Range<u64>, &[bool]),
        seed: u64,
    ) -> Counts {
        let mut counts = self.no_counts();
        let mut scratch = self.comparer.scratch();
        let n = self.len() as u32;
        for record in records {
            let partner = |nth: u64| {
                let position = nth * u64::from(n) + u64::from(record);
                let partner = random::other_than(record, n, seed, position);
                self.comparer.table.call_up(partner);
                partner
            };
            let mut coming = [0; AHEAD];
            for (i, place) in coming.iter_mut().enumerate() {
                *place = partner(partners.start + i as u64);
            }
            for nth in partners.clone() {
                let place = &mut coming[(nth - partners.start) as usize % AHEAD];
                let other = std::mem::replace(place, partner(nth + AHEAD as u64));
                let (left, right) = (record.min(other), record.max(other));
                if self.may_match(left, right) {
                    counts.count(self, (left, right), active, &mut scratch);
                }
            }
        }
        counts
    }

    fn count_all(&self) -> Counts {
        let n = self.len() as u32;
        let active = vec![true; self.comparer.comparisons.len()];
        let of = |left: u32| {
            let mut counts = self.no_counts();
            let mut scratch = self.comparer.scratch();
            for right in (left + 1..n).filter(|right| self.may_match(left, *right)) {
                counts.count(self, (left, right), &active, &mut scratch);
            }
            counts
        };
        (0..n).into_par_iter().map(of).reduce(
            || self.no_counts(),
            |mut a, b| {
                a.add(&b);
                a
            },
        )
    }

    fn may_match(&self, left: u32, right: u32) -> bool {
        !self.across || self.sources[left as usize] != self.sources[right as usize]
    }

    pub(super) fn no_counts(&self) -> Counts {
        let levels: Vec<Vec<f64>> =
            self.comparer.layout.digits().map(|digits| vec![0.0; digits as usize]).collect();
        let whole = levels.iter().map(|levels| vec![false; levels.len()]).collect();
        Counts { pairs: vec![0; levels.len()], levels, whole }
    }
}

impl Counts {
    #[inline]
    pub(super) fn count(
        &mut self,
        linker: &Linker,
        pair: (u32, u32),
        active: &[bool],
        scratch: &mut Scratch,
    ) {
        linker.comparer.levels_of(active, pair, scratch, |comparison, level| {
            self.pairs[comparison] += 1;
            self.levels[comparison][level as usize] += 1.0;
        });
    }

    pub(super) fn add(&mut self, other: &Counts) {
        for (pairs, others) in self.pairs.iter_mut().zip(&other.pairs) {
            *pairs += others;
        }
        for (levels, others) in self.levels.iter_mut().zip(&other.levels) {
            levels.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
    }

    /// The comparisons that need more pairs.
    fn lacking(&self, whole: &[Vec<Option<u64>>], sampling: Sampling) -> Vec<bool> {
        let lacks = |comparison: usize| {
            let levels = &self.levels[comparison];
            let is_rare = self.pairs[comparison] >= sampling.max_pairs / 4;
            let is_enough = |(level, count): (usize, &f64)| {
                *count >= sampling.enough as f64
                    || whole[comparison][level].is_some()
                    || (*count == 0.0 && is_rare)
            };
            self.pairs[comparison] < sampling.max_pairs
                && !levels[..levels.len() - 1].iter().enumerate().all(is_enough)
        };
        (0..self.levels.len()).map(lacks).collect()
    }

    /// Puts what is known of all pairs in the place of what was drawn.
    fn put_in(&mut self, whole: &[Vec<Option<u64>>], possible: u64) {
        for (comparison, levels) in whole.iter().enumerate() {
            for (level, count) in levels.iter().enumerate() {
                let Some(count) = count else { continue };
                let share = *count as f64 / possible as f64;
                self.levels[comparison][level] = share * self.pairs[comparison] as f64;
                self.whole[comparison][level] = true;
            }
        }
    }
}

//! u probabilities: how often records that have nothing to do with one another agree by chance,
//! counted on pairs drawn at random.

use rayon::prelude::*;

use super::random;
use crate::linkage::linker::Linker;
use crate::linkage::pattern::Pattern;

/// How pairs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// No more pairs than this; all pairs, where there are no more.
    pub max_pairs: u64,
    /// Enough, once each level but those never seen has been seen so often.
    pub enough: u64,
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { max_pairs: 1_000_000, enough: 1_000, seed: 1 }
    }
}

/// How often each level of each comparison was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub pairs: u64,
    /// For each comparison and level; the last count is of pairs without a level.
    pub levels: Vec<Vec<u64>>,
}

/// Pairs drawn between two looks at the counts.
const BATCH: u64 = 1 << 20;

/// Pairs drawn by one unit of work.
const UNIT: u64 = 1 << 14;

impl Linker {
    /// Counts levels on random pairs.
    pub fn sample(&self, sampling: Sampling) -> Counts {
        if self.possible_pairs() <= sampling.max_pairs {
            return self.count_all();
        }
        let mut counts = self.no_counts();
        let mut drawn = 0;
        while drawn < sampling.max_pairs && !counts.are_enough(sampling.enough) {
            let end = sampling.max_pairs.min(drawn + BATCH);
            let starts: Vec<u64> = (drawn..end).step_by(UNIT as usize).collect();
            let units: Vec<Counts> = starts
                .par_iter()
                .map(|start| self.count_drawn(*start..end.min(start + UNIT), sampling.seed))
                .collect();
            units.iter().for_each(|unit| counts.add(unit));
            drawn = end;
        }
        counts
    }

    /// The pairs at these positions of the sequence; those within a source do not count where
    /// only pairs across sources do.
    fn count_drawn(&self, positions: std::ops::Range<u64>, seed: u64) -> Counts {
        let mut counts = self.no_counts();
        let mut scratch = self.comparer.scratch();
        for position in positions {
            let (left, right) = random::pair(self.len() as u32, seed, position);
            if self.may_match(left, right) {
                counts.count(self, self.comparer.pattern(left, right, &mut scratch));
            }
        }
        counts
    }

    fn count_all(&self) -> Counts {
        let n = self.len() as u32;
        let of = |left: u32| {
            let mut counts = self.no_counts();
            let mut scratch = self.comparer.scratch();
            for right in (left + 1..n).filter(|right| self.may_match(left, *right)) {
                counts.count(self, self.comparer.pattern(left, right, &mut scratch));
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
        let none = |tests: &Vec<_>| vec![0; tests.len() + 1];
        Counts { pairs: 0, levels: self.comparer.comparisons.iter().map(none).collect() }
    }
}

impl Counts {
    pub(super) fn count(&mut self, linker: &Linker, pattern: Pattern) {
        self.pairs += 1;
        for (comparison, levels) in self.levels.iter_mut().enumerate() {
            levels[linker.comparer.layout.level(pattern, comparison) as usize] += 1;
        }
    }

    pub(super) fn add(&mut self, other: &Counts) {
        self.pairs += other.pairs;
        for (levels, others) in self.levels.iter_mut().zip(&other.levels) {
            levels.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
    }

    fn are_enough(&self, enough: u64) -> bool {
        self.levels
            .iter()
            .all(|levels| levels[..levels.len() - 1].iter().all(|count| *count >= enough))
    }
}

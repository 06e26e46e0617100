//! All candidate pairs, each once, weighed as they are found; only those that weigh enough are
//! kept.

use rayon::prelude::*;

use super::People;
use super::weigh::Weigher;

/// A pair and its match weight in bits; `a < b`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    pub a: u32,
    pub b: u32,
    pub weight: f32,
}

/// Records that a thread takes at once.
const RECORDS_AT_ONCE: usize = 2048;

impl People<'_> {
    /// The candidate pairs of at least a weight, ascending.
    pub(super) fn scan(&self, weigher: &Weigher<'_>, least: f32) -> Vec<Weighed> {
        let parts: Vec<Vec<Weighed>> = (0..self.table.len.div_ceil(RECORDS_AT_ONCE))
            .into_par_iter()
            .map(|part| {
                let from = part * RECORDS_AT_ONCE;
                let to = self.table.len.min(from + RECORDS_AT_ONCE);
                self.scan_records(weigher, least, from as u32..to as u32)
            })
            .collect();
        let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
        parts.into_iter().for_each(|part| all.extend(part));
        all
    }

    fn scan_records(
        &self,
        weigher: &Weigher<'_>,
        least: f32,
        records: std::ops::Range<u32>,
    ) -> Vec<Weighed> {
        let (mut later, mut kept) = (Vec::new(), Vec::new());
        for a in records {
            self.blocks.later(a, &mut later);
            for b in later.iter().copied().filter(|b| self.table.admits(a, *b)) {
                if let Some(weight) = weigher.weight_of_at_least(least, a, b) {
                    kept.push(Weighed { a, b, weight });
                }
            }
        }
        kept
    }

    /// How many candidate pairs there are.
    pub fn candidates(&self) -> u64 {
        self.count_candidates(|_, _| true)
    }

    /// How many candidate pairs are of one group; for each record its group.
    pub fn candidates_within(&self, groups: &[u32]) -> u64 {
        let group = |number: u32| groups[self.table.records[number as usize] as usize];
        self.count_candidates(|a, b| group(a) == group(b))
    }

    fn count_candidates(&self, counts: impl Fn(u32, u32) -> bool + Sync) -> u64 {
        let pairs = |later: &mut Vec<u32>, a: u32| {
            self.blocks.later(a, later);
            later.iter().filter(|b| self.table.admits(a, **b) && counts(a, **b)).count() as u64
        };
        (0..self.table.len as u32).into_par_iter().map_init(Vec::new, pairs).sum()
    }
}

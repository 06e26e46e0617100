//! All candidate pairs, each once, weighed as they are found; only those that weigh enough are
//! kept.

use std::ops::Range;

use rayon::prelude::*;

use super::People;
use super::learned::Learned;
use super::weigh::Weigher;
use crate::agglomerate::Weighed;
use crate::linkage::Edge;

/// Records that a thread takes at once.
const RECORDS_AT_ONCE: usize = 2048;

/// Parts whose pairs are held at once, where pairs are handed on.
const PARTS_AT_ONCE: usize = 64;

impl People<'_> {
    /// The candidate pairs of at least a weight, ascending.
    pub(super) fn scan(&self, weigher: &Weigher<'_>, least: f32) -> Vec<Weighed> {
        let parts: Vec<Vec<Weighed>> = self
            .parts()
            .into_par_iter()
            .map(|part| self.scan_records(weigher, least, part))
            .collect();
        let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
        parts.into_iter().for_each(|part| all.extend(part));
        all
    }

    /// The numbers of all records, in parts for a thread each.
    fn parts(&self) -> Vec<Range<u32>> {
        let starts = (0..self.table.len).step_by(RECORDS_AT_ONCE);
        let part = |from: usize| from as u32..self.table.len.min(from + RECORDS_AT_ONCE) as u32;
        starts.map(part).collect()
    }

    /// Weighs all candidate pairs by a model that fits and hands on those of at least a match
    /// weight, in batches, each pair once and its record of lower number first.
    pub fn score(&self, learned: &Learned, at_least: f32, mut take: impl FnMut(&[Edge])) {
        let weigher = Weigher::new(&self.table, learned);
        let edge = |pair: Weighed| {
            let [a, b] = [pair.a, pair.b].map(|number| self.table.records[number as usize]);
            Edge { left: a.min(b), right: a.max(b), weight: f64::from(pair.weight), rule: 0 }
        };
        for parts in self.parts().chunks(PARTS_AT_ONCE) {
            let scanned = parts.par_iter().map(|part| {
                let pairs = self.scan_records(&weigher, at_least, part.clone());
                pairs.into_iter().map(edge).collect()
            });
            let scanned: Vec<Vec<Edge>> = scanned.collect();
            scanned.iter().for_each(|edges| take(edges));
        }
    }

    fn scan_records(&self, weigher: &Weigher<'_>, least: f32, records: Range<u32>) -> Vec<Weighed> {
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

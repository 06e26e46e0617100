//! Clusters: which records are one entity, given the evidence and people's decisions.
//!
//! Evidence is taken from the strongest score down. At each score the clusters so far that are
//! connected by it form a group; a group merges whole or not at all: only when every two of its
//! clusters have merging evidence between them or are one by decision, no source that lists
//! everything once would have two records in it, and no decision forbids it. Otherwise its members
//! have competing claims, and a person decides. So nothing depends on the order in which pairs are
//! looked at.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::frame::Frame;
use crate::tiers::{Pair, Reason, Verdict};

/// What people decided, and what a source promises.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// Pairs of records that are the same, whatever the evidence.
    pub must: Vec<(u32, u32)>,
    /// Pairs that are not the same.
    pub cannot: Vec<(u32, u32)>,
    /// For each source whether it lists everything once.
    pub distinct: Vec<bool>,
}

/// The entities found.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// For each record the smallest record number of its cluster.
    pub of: Vec<u32>,
    /// Pairs that a person has to decide: evidence between two different clusters.
    pub reviews: Vec<Pair>,
    /// Decisions that could not be obeyed because they contradict others.
    pub contradictions: Vec<(u32, u32)>,
}

/// Clusters the records of `frame` by `pairs` (ascending by record numbers).
pub fn cluster(frame: &Frame, pairs: &[Pair], constraints: &Constraints) -> Clusters {
    let mut state = State::new(frame, constraints);
    let contradictions = state.obey(constraints);
    let mut merging: Vec<&Pair> = pairs.iter().filter(|p| p.verdict == Verdict::Auto).collect();
    merging.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.a, pair.b));
    for level in merging.chunk_by(|x, y| x.score == y.score) {
        state.merge_level(level, &merging);
    }
    let of: Vec<u32> = (0..frame.len() as u32).map(|r| state.whole.root(r)).collect();
    let reviews = pairs.iter().filter_map(|pair| state.review(pair)).collect();
    Clusters { of, reviews, contradictions }
}

struct State<'a> {
    frame: &'a Frame,
    distinct: &'a [bool],
    /// Clusters by evidence and decisions.
    whole: Sets,
    /// Clusters by evidence alone. A decision makes one cluster of several of them; but that a
    /// record has evidence with one says nothing of the others.
    parts: Sets,
    /// For each record those it must not meet.
    cannot: FxHashMap<u32, Vec<u32>>,
}

impl<'a> State<'a> {
    fn new(frame: &'a Frame, constraints: &'a Constraints) -> State<'a> {
        let mut cannot: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (a, b) in &constraints.cannot {
            cannot.entry(*a).or_default().push(*b);
            cannot.entry(*b).or_default().push(*a);
        }
        let (whole, parts) = (Sets::new(frame.len()), Sets::new(frame.len()));
        State { frame, distinct: &constraints.distinct, whole, parts, cannot }
    }

    /// Joins what must be joined; returns the decisions that others forbid.
    fn obey(&mut self, constraints: &Constraints) -> Vec<(u32, u32)> {
        let mut must = constraints.must.clone();
        must.sort_unstable();
        must.retain(|(a, b)| {
            let (a, b) = (self.whole.root(*a), self.whole.root(*b));
            let refused = a != b && self.forbidden(a, b);
            if !refused {
                self.whole.join(&[a, b]);
            }
            refused
        });
        must
    }

    fn forbidden(&self, a: u32, b: u32) -> bool {
        self.whole.records(a).any(|record| {
            let foes = self.cannot.get(&record).map_or(&[][..], Vec::as_slice);
            foes.iter().any(|foe| self.whole.root(*foe) == b)
        })
    }

    /// Merges each group of parts that this level's evidence connects, if it may merge. Groups
    /// with parts of one cluster merge together or not at all.
    fn merge_level(&mut self, level: &[&Pair], merging: &[&Pair]) {
        let part = |record: u32| self.parts.root(record);
        let mut groups = connected(level.iter().map(|pair| (part(pair.a), part(pair.b))));
        groups.retain(|_, parts| parts.len() > 1);
        let supported = self.support(&groups, merging);
        let mut open: Vec<(&Vec<u32>, Vec<u32>)> = groups
            .iter()
            .filter(|(group, parts)| self.is_supported(parts, supported.get(*group)))
            .map(|(_, parts)| (parts, self.clusters_of(parts)))
            .collect();
        open.retain(|(_, clusters)| self.may_merge(clusters));
        let pairs = open.iter().flat_map(|(_, all)| all.iter().map(|one| (all[0], *one)));
        let mut bundles: Vec<Vec<u32>> = connected(pairs).into_values().collect();
        bundles.retain(|clusters| self.may_merge(clusters));
        let merged: FxHashSet<u32> = bundles.iter().flatten().copied().collect();
        bundles.iter().for_each(|clusters| self.whole.join(clusters));
        for (parts, clusters) in open {
            if merged.contains(&clusters[0]) {
                self.parts.join(parts);
            }
        }
    }

    /// The clusters that parts are of, ascending.
    fn clusters_of(&self, parts: &[u32]) -> Vec<u32> {
        let mut clusters: Vec<u32> = parts.iter().map(|part| self.whole.root(*part)).collect();
        clusters.sort_unstable();
        clusters.dedup();
        clusters
    }

    /// Whether every two parts have merging evidence between them, or are one by decision.
    fn is_supported(&self, parts: &[u32], support: Option<&FxHashSet<(u32, u32)>>) -> bool {
        let is_one = |a: u32, b: u32| self.whole.root(a) == self.whole.root(b);
        let has = |a: u32, b: u32| support.is_some_and(|pairs| pairs.contains(&(a, b)));
        let pairs = |at: usize| parts[at + 1..].iter().map(move |b| (parts[at], *b));
        (0..parts.len()).flat_map(pairs).all(|(a, b)| has(a, b) || is_one(a, b))
    }

    /// For each group the pairs of its parts that have merging evidence of any score.
    fn support(
        &self,
        groups: &FxHashMap<u32, Vec<u32>>,
        merging: &[&Pair],
    ) -> FxHashMap<u32, FxHashSet<(u32, u32)>> {
        let group_of: FxHashMap<u32, u32> =
            groups.iter().flat_map(|(g, roots)| roots.iter().map(|r| (*r, *g))).collect();
        let mut support: FxHashMap<u32, FxHashSet<(u32, u32)>> = FxHashMap::default();
        for pair in merging {
            let (a, b) = (self.parts.root(pair.a), self.parts.root(pair.b));
            let (Some(group), Some(other)) = (group_of.get(&a), group_of.get(&b)) else { continue };
            if a != b && group == other {
                support.entry(*group).or_default().insert((a.min(b), a.max(b)));
            }
        }
        support
    }

    fn may_merge(&self, roots: &[u32]) -> bool {
        let no_foes = roots
            .iter()
            .enumerate()
            .all(|(i, a)| roots[i + 1..].iter().all(|b| !self.forbidden(*a, *b)));
        no_foes && !self.doubles_a_source(roots)
    }

    /// Whether two records of a source that lists everything once would meet.
    fn doubles_a_source(&self, roots: &[u32]) -> bool {
        let mut seen = Vec::new();
        let clashes = roots.iter().filter(|root| {
            let sources: Vec<u16> = self.once_listed(**root);
            let clash = sources.iter().any(|s| seen.contains(s));
            seen.extend(sources);
            clash
        });
        clashes.count() > 0
    }

    /// The once-listing sources that a cluster has a record of.
    fn once_listed(&self, root: u32) -> Vec<u16> {
        let sources = self.whole.records(root).map(|r| self.frame.sources[r as usize]);
        sources.filter(|s| self.distinct.get(*s as usize) == Some(&true)).collect()
    }

    /// What a person has to decide about a pair: evidence that did not merge, between clusters
    /// that could be one.
    fn review(&self, pair: &Pair) -> Option<Pair> {
        let (a, b) = (self.whole.root(pair.a), self.whole.root(pair.b));
        if a == b || self.forbidden(a, b) {
            return None;
        }
        let reason = match pair.verdict {
            Verdict::Auto => Reason::Tie,
            Verdict::Review(reason) => reason,
        };
        // A source that tells two entities apart outweighs a likeness, but not strong evidence.
        let impossible = reason == Reason::Weak && self.doubles_a_source(&[a, b]);
        (!impossible).then_some(Pair { verdict: Verdict::Review(reason), ..*pair })
    }
}

/// What pairs connect, by groups; a group is named by its smallest, and ascends.
fn connected(pairs: impl Iterator<Item = (u32, u32)>) -> FxHashMap<u32, Vec<u32>> {
    let mut parent: FxHashMap<u32, u32> = FxHashMap::default();
    fn top(parent: &FxHashMap<u32, u32>, mut x: u32) -> u32 {
        while let Some(up) = parent.get(&x).filter(|up| **up != x) {
            x = *up;
        }
        x
    }
    for (a, b) in pairs {
        parent.entry(a).or_insert(a);
        parent.entry(b).or_insert(b);
        let (a, b) = (top(&parent, a), top(&parent, b));
        parent.insert(a.max(b), a.min(b));
    }
    let mut groups: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for one in parent.keys() {
        groups.entry(top(&parent, *one)).or_default().push(*one);
    }
    groups.values_mut().for_each(|group| group.sort_unstable());
    groups
}

/// Sets of records, each named by its smallest. Roots are kept flat, because sets are small and
/// looked up often.
struct Sets {
    roots: Vec<u32>,
    /// For each root the records, ascending, where there is more than one.
    members: FxHashMap<u32, Vec<u32>>,
}

impl Sets {
    fn new(len: usize) -> Sets {
        Sets { roots: (0..len as u32).collect(), members: FxHashMap::default() }
    }

    #[inline]
    fn root(&self, record: u32) -> u32 {
        self.roots[record as usize]
    }

    /// The records of a root, which is itself one where nothing was joined yet.
    fn records(&self, root: u32) -> impl Iterator<Item = u32> + '_ {
        let records = self.members.get(&root).map_or(&[][..], Vec::as_slice);
        records.is_empty().then_some(root).into_iter().chain(records.iter().copied())
    }

    /// Makes one set of several, by their roots.
    fn join(&mut self, roots: &[u32]) {
        let mut joined: Vec<u32> = roots.iter().flat_map(|root| self.records(*root)).collect();
        joined.sort_unstable();
        joined.dedup();
        let root = joined[0];
        for old in roots {
            self.members.remove(old);
        }
        for record in &joined {
            self.roots[*record as usize] = root;
        }
        self.members.insert(root, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(sources: &[u16]) -> Frame {
        Frame { sources: sources.to_vec(), scopes: vec![0; sources.len()], columns: vec![] }
    }

    fn auto(a: u32, b: u32, score: u16) -> Pair {
        Pair { a, b, pattern: 1, tier: 0, score, verdict: Verdict::Auto }
    }

    fn run(sources: &[u16], pairs: &[Pair], constraints: &Constraints) -> Clusters {
        cluster(&frame(sources), pairs, constraints)
    }

    #[test]
    fn evidence_merges_and_the_smallest_record_names_the_cluster() {
        let found = run(&[0; 4], &[auto(1, 3, 100)], &Constraints::default());
        assert_eq!(found.of, [0, 1, 2, 1]);
        assert_eq!(found.reviews, []);
    }

    #[test]
    fn a_record_with_two_claims_is_a_tie_and_merges_with_neither() {
        let found = run(&[0; 3], &[auto(0, 2, 80), auto(1, 2, 80)], &Constraints::default());
        assert_eq!(found.of, [0, 1, 2]);
        let reasons: Vec<_> = found.reviews.iter().map(|r| r.verdict).collect();
        assert_eq!(reasons, [Verdict::Review(Reason::Tie); 2]);
    }

    #[test]
    fn stronger_evidence_settles_what_would_be_a_tie() {
        let distinct = Constraints { distinct: vec![true, false], ..Constraints::default() };
        let found = run(&[0, 0, 1], &[auto(0, 2, 100), auto(1, 2, 80)], &distinct);
        assert_eq!(found.of, [0, 1, 0]);
        assert_eq!(
            found.reviews[0].verdict,
            Verdict::Review(Reason::Tie),
            "strong evidence is shown"
        );
        let weak = Pair { verdict: Verdict::Review(Reason::Weak), ..auto(1, 2, 60) };
        let found = run(&[0, 0, 1], &[auto(0, 2, 100), weak], &distinct);
        assert_eq!(found.reviews, [], "the source lists both as different");
    }

    #[test]
    fn weaker_evidence_between_all_supports_a_chain_of_stronger() {
        let pairs = [auto(0, 1, 90), auto(0, 2, 80), auto(1, 2, 90)];
        assert_eq!(run(&[0; 3], &pairs, &Constraints::default()).of, [0, 0, 0]);
    }

    #[test]
    fn a_decision_takes_nothing_from_evidence_beside_it() {
        let pairs = [auto(0, 1, 100), auto(2, 3, 100), auto(0, 4, 90), auto(1, 4, 90)];
        let must = Constraints { must: vec![(1, 2)], ..Constraints::default() };
        assert_eq!(run(&[0; 5], &pairs, &must).of, [0; 5]);
        // Who claims one part of a cluster competes with the others who do.
        let pairs = [auto(0, 1, 80), auto(0, 2, 80)];
        let must = Constraints { must: vec![(0, 1)], ..Constraints::default() };
        let found = run(&[0; 3], &pairs, &must);
        assert_eq!((found.of, found.reviews.len()), (vec![0, 0, 2], 1));
        let must = Constraints { must: vec![(1, 2)], ..Constraints::default() };
        assert_eq!(run(&[0; 3], &pairs, &must).of, [0; 3]);
    }

    #[test]
    fn decisions_are_obeyed_before_and_against_evidence() {
        let constraints =
            Constraints { must: vec![(0, 1)], cannot: vec![(1, 2)], ..Constraints::default() };
        let found = run(&[0; 3], &[auto(0, 2, 100)], &constraints);
        assert_eq!(found.of, [0, 0, 2]);
        assert_eq!(found.reviews, []);
        let both = Constraints { cannot: vec![(0, 1)], ..constraints };
        assert_eq!(run(&[0; 3], &[], &both).contradictions, [(0, 1)]);
    }
}

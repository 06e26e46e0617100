//! The clusters of one component while they merge: a heap of possible merges, and for each two
//! neighbours the sums of their evidence.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::forbid::Forbids;
use super::members::Members;
use super::{Bridge, Mean, SURE, Terms, Weigh};
use crate::linkage::train::random::draw;

/// The clusters of one component.
#[derive(Default)]
pub(super) struct Clustered {
    /// For each record of the component, in order, the smallest of its cluster.
    pub of: Vec<u32>,
    /// Pairs of clusters that did not merge, and their match weight.
    pub reviews: Vec<(u32, u32, f32)>,
    /// Pairs that should be one but may not.
    pub contradictions: Vec<(u32, u32)>,
    /// Clusters that merged by evidence, with the bridge that did it last, if it was one.
    pub lasts: Vec<(u32, Option<Bridge>)>,
}

/// A cluster's neighbour and the edge to it.
#[derive(Clone, Copy)]
struct Link {
    to: u32,
    edge: u32,
}

/// A possible merge; out of date if the edge has another stamp by now.
struct Entry {
    weight: f32,
    tie: u32,
    edge: u32,
    stamp: u32,
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        let key = |entry: &Entry| (entry.tie, entry.edge, entry.stamp);
        self.weight.total_cmp(&other.weight).then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

/// Edges whose evidence a thread sums at once at least.
const EDGES_AT_ONCE: usize = 512;

/// The stamp of an edge that is no more.
const GONE: u32 = u32::MAX;

/// The clusters of a component while they merge.
pub(super) struct State<'a, W: Weigh, F> {
    weigh: &'a W,
    scratch: W::Scratch,
    terms: Terms,
    records: &'a [u32],
    forbids: F,
    members: Members,
    /// For each cluster its neighbours, ascending.
    links: Vec<Vec<Link>>,
    ends: Vec<(u32, u32)>,
    stamps: Vec<u32>,
    /// By edge and comparison.
    means: Vec<Mean>,
    width: usize,
    heap: BinaryHeap<Entry>,
    /// For each cluster that merged by evidence, whether the last merge was of a bridge.
    lasts: Vec<Option<Option<Bridge>>>,
}

/// A component to be clustered. All but `records` is in numbers of the component.
pub(super) struct Start<'a> {
    /// Ascending.
    pub records: &'a [u32],
    /// For each record the cluster that it is in, by its smallest record.
    pub clusters: Vec<u32>,
    /// Pairs of clusters, ascending.
    pub pairs: Vec<(u32, u32)>,
}

impl<'a, W: Weigh, F: Forbids> State<'a, W, F> {
    pub fn new(weigh: &'a W, terms: Terms, start: Start<'a>, forbids: F) -> Self {
        let Start { records, clusters, pairs } = start;
        let mut members = Members::new(records.len());
        for (record, cluster) in clusters.iter().enumerate() {
            if *cluster != record as u32 {
                members.join(*cluster, record as u32);
            }
        }
        let mut links = vec![Vec::new(); records.len()];
        // Pairs ascend, so that a cluster first gets those before it and then those after it.
        for (edge, (a, b)) in pairs.iter().enumerate() {
            links[*b as usize].push(Link { to: *a, edge: edge as u32 });
        }
        for (edge, (a, b)) in pairs.iter().enumerate() {
            links[*a as usize].push(Link { to: *b, edge: edge as u32 });
        }
        let width = weigh.width();
        let mut state = State {
            weigh,
            scratch: weigh.scratch(),
            terms,
            records,
            forbids,
            members,
            links,
            stamps: vec![0; pairs.len()],
            means: vec![Mean::default(); pairs.len() * width],
            ends: pairs,
            width,
            heap: BinaryHeap::new(),
            lasts: vec![None; records.len()],
        };
        state.add_all_pairs();
        state
    }

    /// Adds the evidence of all edges, in parallel where they are many.
    fn add_all_pairs(&mut self) {
        let mut means = std::mem::take(&mut self.means);
        let edges = means.par_chunks_exact_mut(self.width).zip(&self.ends);
        let between = Between { weigh: self.weigh, terms: self.terms, records: self.records };
        let members = &self.members;
        edges.with_min_len(EDGES_AT_ONCE).for_each_init(
            || self.weigh.scratch(),
            |scratch, (means, (a, b))| between.add_pairs(members, means, (*a, *b), scratch),
        );
        self.means = means;
    }

    /// Merges what must be one, then what the evidence says; shows what is left.
    pub fn run(mut self, must: &[(u32, u32)]) -> Clustered {
        let mut found = Clustered::default();
        for (a, b) in must {
            let (p, q) = (self.members.top(*a), self.members.top(*b));
            if p != q && self.forbids.decided(&self.members, p, q) {
                found.contradictions.push((self.records[*a as usize], self.records[*b as usize]));
            } else if p != q {
                self.merge(p, q);
            }
        }
        let live = |edge: &u32| self.stamps[*edge as usize] != GONE;
        let entries: Vec<Entry> =
            (0..self.ends.len() as u32).filter(live).filter_map(|edge| self.entry(edge)).collect();
        self.heap = entries.into();
        while let Some(entry) = self.heap.pop() {
            let (a, b) = self.ends[entry.edge as usize];
            if self.stamps[entry.edge as usize] == entry.stamp && self.may_merge(a, b) {
                let bridge = self.bridge(a, b, entry.weight);
                let kept = self.merge(a, b);
                self.lasts[kept as usize] = Some(bridge);
                self.renew(kept);
            }
        }
        found.reviews = self.reviews();
        let smallest = |at: u32| self.smallest(at);
        let last = |at: u32| {
            let last = self.lasts[at as usize].filter(|_| self.members.top(at) == at);
            last.map(|bridge| (smallest(at), bridge))
        };
        found.lasts = (0..self.records.len() as u32).filter_map(last).collect();
        found.of = (0..self.records.len() as u32).map(smallest).collect();
        found
    }

    /// The smallest record of a cluster.
    fn smallest(&self, at: u32) -> u32 {
        self.records[self.members.smallest(at) as usize]
    }

    /// The evidence by which two groups of records are about to merge, if it is weak.
    fn bridge(&self, a: u32, b: u32, weight: f32) -> Option<Bridge> {
        let is_group = |at: u32| self.members.ends(at).0 != self.members.ends(at).1;
        let (first, second) = (self.smallest(a), self.smallest(b));
        let is_bridge = weight < SURE && is_group(a) && is_group(b);
        is_bridge.then(|| (first.min(second), first.max(second), weight))
    }

    fn may_merge(&self, a: u32, b: u32) -> bool {
        !self.forbids.decided(&self.members, a, b) && !self.forbids.doubled(&self.members, a, b)
    }

    /// Adds the evidence of all pairs between two clusters to an edge.
    fn add_to_edge(&mut self, edge: u32, a: u32, b: u32) {
        let at = edge as usize * self.width;
        let between = Between { weigh: self.weigh, terms: self.terms, records: self.records };
        let means = &mut self.means[at..at + self.width];
        between.add_pairs(&self.members, means, (a, b), &mut self.scratch);
    }

    /// The match weight of an edge.
    fn weight(&self, edge: u32) -> f32 {
        let at = edge as usize * self.width;
        let mut evidence = W::NONE;
        let means = &self.means[at..at + self.width];
        evidence.as_mut().iter_mut().zip(means).for_each(|(weight, mean)| *weight = mean.weight());
        self.weigh.total(&evidence)
    }

    /// The entry of an edge, if its evidence suffices.
    fn entry(&self, edge: u32) -> Option<Entry> {
        let weight = self.weight(edge);
        let (a, b) = self.ends[edge as usize];
        let chance =
            |at: u32| draw(self.terms.seed, self.weigh.identity(self.records[at as usize]));
        let tie = (chance(a) ^ chance(b)) as u32;
        let stamp = self.stamps[edge as usize];
        (weight >= self.terms.stop).then_some(Entry { weight, tie, edge, stamp })
    }

    /// Merges two clusters into the one with more neighbours, and returns that.
    fn merge(&mut self, a: u32, b: u32) -> u32 {
        let rank = |at: u32| (self.links[at as usize].len(), std::cmp::Reverse(at));
        let (kept, gone) = if rank(a) >= rank(b) { (a, b) } else { (b, a) };
        let ours = std::mem::take(&mut self.links[kept as usize]);
        let theirs = std::mem::take(&mut self.links[gone as usize]);
        let mut joined = Vec::with_capacity(ours.len() + theirs.len());
        let (mut x, mut y) = (0, 0);
        while x < ours.len() || y < theirs.len() {
            let p = ours.get(x).map_or(u32::MAX, |link| link.to);
            let q = theirs.get(y).map_or(u32::MAX, |link| link.to);
            if p == gone || q == kept {
                let edge = if p == gone { ours[x].edge } else { theirs[y].edge };
                self.stamps[edge as usize] = GONE;
                (x, y) = (x + usize::from(p == gone), y + usize::from(p != gone));
                continue;
            }
            let ours = (p <= q).then(|| ours[x].edge);
            let theirs = (q <= p).then(|| theirs[y].edge);
            joined.push(self.join_edges((kept, gone), p.min(q), ours, theirs));
            (x, y) = (x + usize::from(p <= q), y + usize::from(q <= p));
        }
        self.links[kept as usize] = joined;
        self.members.join(kept, gone);
        kept
    }

    /// Makes one edge of those from two merging clusters to a neighbour.
    fn join_edges(
        &mut self,
        (kept, gone): (u32, u32),
        to: u32,
        ours: Option<u32>,
        theirs: Option<u32>,
    ) -> Link {
        let edge = match (ours, theirs) {
            (Some(edge), Some(other)) => {
                self.add_edge(edge, other);
                self.unlink(to, gone);
                edge
            }
            (Some(edge), None) => {
                self.add_to_edge(edge, gone, to);
                edge
            }
            (None, other) => {
                let edge = other.expect("one of two clusters has the neighbour");
                self.add_to_edge(edge, kept, to);
                self.ends[edge as usize] = (kept, to);
                self.unlink(to, gone);
                self.link(to, Link { to: kept, edge });
                edge
            }
        };
        Link { to, edge }
    }

    fn add_edge(&mut self, edge: u32, other: u32) {
        let (at, from) = (edge as usize * self.width, other as usize * self.width);
        for field in 0..self.width {
            let other = self.means[from + field];
            self.means[at + field].join(other);
        }
        self.stamps[other as usize] = GONE;
    }

    fn unlink(&mut self, from: u32, to: u32) {
        let links = &mut self.links[from as usize];
        if let Ok(at) = links.binary_search_by_key(&to, |link| link.to) {
            links.remove(at);
        }
    }

    fn link(&mut self, from: u32, link: Link) {
        let links = &mut self.links[from as usize];
        let at = links.partition_point(|other| other.to < link.to);
        links.insert(at, link);
    }

    /// Enters all edges of a cluster anew.
    fn renew(&mut self, cluster: u32) {
        for at in 0..self.links[cluster as usize].len() {
            let edge = self.links[cluster as usize][at].edge;
            self.stamps[edge as usize] += 1;
            if let Some(entry) = self.entry(edge) {
                self.heap.push(entry);
            }
        }
    }

    /// The pairs of clusters whose evidence a person should look at.
    fn reviews(&self) -> Vec<(u32, u32, f32)> {
        let mut reviews = Vec::new();
        for edge in 0..self.ends.len() as u32 {
            if self.stamps[edge as usize] == GONE {
                continue;
            }
            let (a, b) = self.ends[edge as usize];
            let weight = self.weight(edge);
            let refused = self.forbids.decided(&self.members, a, b)
                || weight < self.terms.stop && self.forbids.doubled(&self.members, a, b);
            if weight >= self.terms.review && !refused {
                let (a, b) = (self.smallest(a), self.smallest(b));
                reviews.push((a.min(b), a.max(b), weight));
            }
        }
        reviews
    }
}

/// The evidence between clusters, apart from what changes when they merge.
struct Between<'a, W> {
    weigh: &'a W,
    terms: Terms,
    records: &'a [u32],
}

impl<W: Weigh> Between<'_, W> {
    /// Adds the evidence of all pairs between two clusters.
    fn add_pairs(
        &self,
        members: &Members,
        means: &mut [Mean],
        (a, b): (u32, u32),
        scratch: &mut W::Scratch,
    ) {
        for p in members.of(a) {
            for q in members.of(b) {
                let (p, q) = (self.records[p as usize], self.records[q as usize]);
                let evidence = self.weigh.evidence(p, q, scratch);
                for (mean, weight) in means.iter_mut().zip(evidence.as_ref()) {
                    mean.add(*weight, self.terms.largest_evidence);
                }
            }
        }
    }
}

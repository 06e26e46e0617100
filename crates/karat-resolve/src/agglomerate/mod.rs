//! Clusters from weighed pairs: the two clusters with the best evidence merge, as long as it
//! suffices. Between clusters a comparison's evidence is the power mean, with exponent one half,
//! of the Bayes factors of its pairs: between the geometric mean, for which all pairs must speak,
//! and the arithmetic, for which one suffices. Pairs that lack a value say nothing and are not
//! counted, so that what is known of a few records stands for their cluster.
//!
//! Nothing passes between records that no chain of pairs connects, so that components are
//! clustered apart and in parallel, each in one fixed order.

mod components;
mod forbid;
mod members;
mod rest;
mod state;

pub(crate) use rest::{MOST_MET, groups, rest_weights};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::cluster::Constraints;
use components::Components;
use forbid::{Foes, Within};
use state::{Clustered, Start, State};

/// A model, as far as clustering asks it.
pub(crate) trait Weigh: Sync {
    /// Match weights of the comparisons of a pair, in bits; NaN where a value is missing.
    type Evidence: Copy + AsRef<[f32]> + AsMut<[f32]>;
    /// Every value is missing.
    const NONE: Self::Evidence;
    /// What a thread needs to compare.
    type Scratch: Send;

    fn scratch(&self) -> Self::Scratch;

    /// How many comparisons there are: so much of the evidence is in use.
    fn width(&self) -> usize;

    /// The evidence of two records, the same for either order.
    fn evidence(&self, a: u32, b: u32, scratch: &mut Self::Scratch) -> Self::Evidence;

    /// The match weight of evidence, the prior included, in bits.
    fn total(&self, evidence: &Self::Evidence) -> f32;

    /// For each record the number of its source.
    fn sources(&self) -> &[u16];

    /// A number of the record by which ties are broken.
    fn identity(&self, record: u32) -> u64 {
        u64::from(record)
    }
}

/// A pair and its match weight in bits; `a < b`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    pub a: u32,
    pub b: u32,
    pub weight: f32,
}

/// What clusters merge by.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// The match weight from which clusters merge, in bits.
    pub stop: f32,
    /// The match weight from which what did not merge is shown to people.
    pub review: f32,
    /// The most that one comparison of one pair may say for a match.
    pub largest_evidence: f32,
    pub seed: u64,
}

/// The mean of a comparison's evidence over pairs.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mean {
    /// The sum of the square roots of Bayes factors.
    roots: f32,
    pairs: u32,
}

impl Mean {
    /// Takes in the evidence of a pair; what is missing is not counted.
    #[inline]
    pub fn add(&mut self, weight: f32, largest: f32) {
        if !weight.is_nan() {
            self.roots += (weight.min(largest) * 0.5).exp2();
            self.pairs += 1;
        }
    }

    #[inline]
    fn join(&mut self, other: Mean) {
        self.roots += other.roots;
        self.pairs += other.pairs;
    }

    /// The mean in bits; NaN of nothing.
    #[inline]
    pub fn weight(self) -> f32 {
        if self.pairs == 0 {
            return f32::NAN;
        }
        2.0 * (self.roots / self.pairs as f32).log2()
    }
}

/// The clusters of all records.
pub(crate) struct Clusters {
    /// For each record the smallest of its cluster.
    pub of: Vec<u32>,
    /// Pairs of clusters that did not merge, and their match weight; ascending.
    pub reviews: Vec<(u32, u32, f32)>,
    /// Pairs that should be one but may not; ascending.
    pub contradictions: Vec<(u32, u32)>,
    /// Weak evidence that alone holds a cluster together; ascending.
    pub bridges: Vec<Bridge>,
}

/// Two groups of two or more records each, by their smallest ones, that became a whole cluster by
/// the match weight of their evidence, which is below `SURE`.
pub(crate) type Bridge = (u32, u32, f32);

/// The match weight of a probability of .99, in bits.
const SURE: f32 = 6.629_357;

/// Clusters records by their pairs (ascending, the smaller number first) under constraints.
///
/// Evidence is taken in phases: as long as a merge of much evidence is possible, only records that
/// such evidence connects are looked at together. These components are small, where all evidence
/// taken together may connect nearly all records; and what the last phase has left to do is
/// little.
pub(crate) fn cluster<W: Weigh>(
    weigh: &W,
    terms: Terms,
    mut pairs: Vec<Weighed>,
    constraints: &Constraints,
) -> Clusters {
    let foes = Foes::new(weigh.sources(), constraints);
    let mut clusters = Clusters {
        of: (0..weigh.sources().len() as u32).collect(),
        reviews: Vec::new(),
        contradictions: Vec::new(),
        bridges: Vec::new(),
    };
    let mut lasts: FxHashMap<u32, Bridge> = FxHashMap::default();
    for (phase, least) in PHASES.into_iter().enumerate() {
        let stop = terms.stop.max(least);
        let phase_terms = Terms { stop, ..terms };
        let must = if phase == 0 { constraints.must.as_slice() } else { &[] };
        let components = Components::new(&clusters.of, (&pairs, least), must);
        let last = run_phase((weigh, phase_terms), (&pairs, &components), &foes, &mut clusters);
        for (cluster, bridge) in last {
            match bridge {
                Some(bridge) => lasts.insert(cluster, bridge),
                None => lasts.remove(&cluster),
            };
        }
        pairs.retain(|pair| clusters.of[pair.a as usize] != clusters.of[pair.b as usize]);
    }
    clusters.reviews.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    clusters.contradictions.sort_unstable();
    // A cluster that became part of another one goes by that one's name.
    lasts.retain(|cluster, _| clusters.of[*cluster as usize] == *cluster);
    clusters.bridges = lasts.into_values().collect();
    clusters.bridges.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    clusters
}

/// The match weights from which pairs connect components, phase by phase.
const PHASES: [f32; 3] = [12.0, 6.0, f32::NEG_INFINITY];

/// Merges clusters within components; for each that did, the bridge that did it last, if any.
fn run_phase<W: Weigh>(
    (weigh, terms): (&W, Terms),
    (pairs, components): (&[Weighed], &Components),
    foes: &Foes<'_>,
    clusters: &mut Clusters,
) -> Vec<(u32, Option<Bridge>)> {
    let of = &clusters.of;
    let run = |component: &u32| {
        let records = components.records.of(*component);
        let local = |record: u32| components.local[record as usize];
        let edge = |pair: &u32| {
            let Weighed { a, b, .. } = pairs[*pair as usize];
            let (a, b) = (local(of[a as usize]), local(of[b as usize]));
            (a.min(b), a.max(b))
        };
        let mut edges: Vec<(u32, u32)> = components.pairs.of(*component).iter().map(edge).collect();
        edges.sort_unstable();
        edges.dedup();
        let must = components.must.of(*component).iter();
        let must = must.map(|at| components.must_pairs[*at as usize]);
        let must: Vec<(u32, u32)> = must.map(|(a, b)| (local(a), local(b))).collect();
        let tops: Vec<u32> = records.iter().map(|record| local(of[*record as usize])).collect();
        let forbids = Within { foes, records, components };
        let start = Start { records, clusters: tops, pairs: edges };
        State::new(weigh, terms, start, forbids).run(&must)
    };
    let busy: Vec<u32> = components.largest_first();
    let found: Vec<Clustered> = busy.par_iter().with_max_len(TASKS).map(run).collect();
    clusters.reviews.clear();
    let mut lasts = Vec::new();
    for (component, found) in busy.iter().zip(found) {
        let records = components.records.of(*component);
        records.iter().zip(found.of).for_each(|(r, name)| clusters.of[*r as usize] = name);
        clusters.reviews.extend(found.reviews);
        clusters.contradictions.extend(found.contradictions);
        lasts.extend(found.lasts);
    }
    lasts
}

/// Components that a thread takes at once at most, so that the large ones spread.
const TASKS: usize = 64;

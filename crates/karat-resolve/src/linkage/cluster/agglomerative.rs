//! Clusters by all evidence between two groups of records, comparison by comparison, and not by
//! the one chain of edges that connects them.

use crate::agglomerate::{self, Terms, Weigh, Weighed, rest_weights};
use crate::cluster::Constraints;
use crate::linkage::linker::{Edge, Linker};
use crate::linkage::look::Scratch;
use crate::linkage::model::Model;
use crate::linkage::refusal::Refusal;
use crate::linkage::score::Scorer;

/// When groups of records merge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    /// The match weight from which two groups merge, in bits.
    pub auto: f64,
    /// The match weight from which people should look at two groups that did not, in bits.
    pub review: f64,
    /// Decides among merges of equal weight.
    pub seed: u64,
}

/// The clusters found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clustered {
    /// For each record the smallest record of its cluster.
    pub of: Vec<u32>,
    /// For each record the match weight, in bits, of its evidence with the rest of its cluster;
    /// NaN where it is alone. A decision can make it negative.
    pub weights: Vec<f32>,
    /// Pairs of clusters that people should look at, by their smallest records, with their match
    /// weight in bits: from `review` up to `auto`, or more where only a source that lists
    /// everything once keeps them apart. Ascending.
    pub review: Vec<(u32, u32, f32)>,
    /// Decisions that could not be obeyed because they contradict others. Ascending.
    pub contradictions: Vec<(u32, u32)>,
    /// Weak evidence (a probability below .99) that alone made one cluster of two groups of two or
    /// more records: the groups by their smallest records, and the match weight in bits. Ascending.
    pub bridges: Vec<(u32, u32, f32)>,
}

/// The most comparisons a model may have, so that evidence fits an array.
const MOST: usize = 64;

/// A model of more evidence than this in one comparison of one pair is not believed that much
/// when groups merge: keeps the sums of Bayes factors finite.
const LARGEST_EVIDENCE: f32 = 100.0;

impl Linker {
    /// Clusters records by scored pairs under constraints. Groups merge while their evidence is
    /// at least `terms.auto`, the best first; pairs of two groups that are not among `edges` are
    /// scored too. The evidence of a comparison is the weight of its level and what rarity adds;
    /// a missing value, or no level that holds, says nothing.
    ///
    /// Edges say which groups can meet, so they should go some bits below `terms.review`: weak
    /// edges between two groups may still add up. They may be those of some components alone,
    /// which then come out as they do among all. Takes memory as edges times comparisons.
    pub fn cluster(
        &self,
        model: &Model,
        edges: &[Edge],
        terms: &Merge,
        constraints: &Constraints,
    ) -> Result<Clustered, Refusal> {
        if self.layout().len() > MOST {
            return Err(Refusal::new(format!(
                "a model to cluster by has up to {MOST} comparisons"
            )));
        }
        let scorer = Scorer::new(model, &self.comparer.frequencies)?;
        let weigher = Weigher { linker: self, scorer };
        let terms = Terms {
            stop: at_least(terms.auto),
            review: at_least(terms.review),
            largest_evidence: LARGEST_EVIDENCE,
            seed: terms.seed,
        };
        let found = agglomerate::cluster(&weigher, terms, pairs(edges), &ordered(constraints));
        Ok(Clustered {
            weights: rest_weights(&weigher, terms, &found.of),
            of: found.of,
            review: found.reviews,
            contradictions: found.contradictions,
            bridges: found.bridges,
        })
    }
}

/// The smallest single-precision weight that is not below a weight.
fn at_least(weight: f64) -> f32 {
    let near = weight as f32;
    if f64::from(near) < weight { near.next_up() } else { near }
}

/// The pairs of edges, ascending, each once.
fn pairs(edges: &[Edge]) -> Vec<Weighed> {
    let known = edges.iter().filter(|edge| !edge.weight.is_nan());
    let mut pairs: Vec<Weighed> = known
        .map(|edge| Weighed {
            a: edge.left.min(edge.right),
            b: edge.left.max(edge.right),
            weight: edge.weight as f32,
        })
        .collect();
    pairs.sort_unstable_by(|x, y| (x.a, x.b).cmp(&(y.a, y.b)).then(y.weight.total_cmp(&x.weight)));
    pairs.dedup_by_key(|pair| (pair.a, pair.b));
    pairs
}

/// Decisions in the order of records: of two that contradict each other the first is obeyed.
fn ordered(constraints: &Constraints) -> Constraints {
    let ascending = |(a, b): &(u32, u32)| (*a.min(b), *a.max(b));
    let mut must: Vec<(u32, u32)> = constraints.must.iter().map(ascending).collect();
    must.sort_unstable();
    Constraints { must, ..constraints.clone() }
}

/// A model ready to weigh pairs.
struct Weigher<'a> {
    linker: &'a Linker,
    scorer: Scorer,
}

impl Weigh for Weigher<'_> {
    type Evidence = [f32; MOST];
    const NONE: [f32; MOST] = [f32::NAN; MOST];
    type Scratch = Scratch;

    fn scratch(&self) -> Scratch {
        self.linker.comparer.scratch()
    }

    #[inline]
    fn width(&self) -> usize {
        self.linker.comparer.layout.len()
    }

    #[inline]
    fn evidence(&self, a: u32, b: u32, scratch: &mut Scratch) -> [f32; MOST] {
        let mut evidence = Self::NONE;
        self.scorer.each(&self.linker.comparer, (a.min(b), a.max(b)), scratch, |said| {
            if !self.scorer.is_missing(said.comparison, said.level) {
                let weight = said.weight + said.adjustment.unwrap_or(0.0);
                evidence[said.comparison] = weight as f32;
            }
        });
        evidence
    }

    #[inline]
    fn total(&self, evidence: &[f32; MOST]) -> f32 {
        let known = evidence[..self.width()].iter().filter(|weight| !weight.is_nan());
        self.scorer.prior() as f32 + known.sum::<f32>()
    }

    fn sources(&self) -> &[u16] {
        &self.linker.sources
    }

    fn identity(&self, record: u32) -> u64 {
        self.linker.identity(record)
    }
}

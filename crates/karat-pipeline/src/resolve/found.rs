//! What an engine found, of whatever kind it is: clusters, the evidence that holds them together,
//! and what a person has to decide.

use karat_resolve::Reason;
use karat_resolve::linkage::model::probability_of;
use karat_resolve::linkage::observe::Observed;
use karat_resolve::linkage::{BlockDigests, Known};
use rustc_hash::FxHashSet;

/// The entities of all records, and why.
#[derive(Debug, Default)]
pub struct Found {
    /// For each record the smallest record number of its cluster.
    pub of: Vec<u32>,
    /// The kinds of evidence; links name them by position.
    pub kinds: Vec<EvidenceKind>,
    /// Evidence between records of one cluster.
    pub merged: Vec<Link>,
    /// Pairs that a person has to decide: evidence between two clusters, or a bridge within one.
    pub reviews: Vec<Link>,
    /// For each record the strongest evidence that holds it in its cluster.
    pub best: Vec<Option<(Strength, u8)>>,
    /// Decisions that could not be obeyed because they contradict others.
    pub contradictions: u64,
    /// Pairs that were compared.
    pub candidates: u64,
    /// Blocks that were too large to compare.
    pub oversize: u64,
    /// Pairs of those blocks.
    pub left_out: u64,
    /// Counts of scored pairs, and about how many independent records they rest on; where the
    /// engine counts.
    pub observed: Observed,
    pub drawn: u64,
    /// Values that stand for a group and confirm nothing by themselves.
    pub shared: u64,
    /// What it took of memory, where the engine knows.
    pub memory: Option<MemoryUse>,
    /// How far a change to a record can reach, where the engine knows.
    pub reach: Option<Reach>,
}

impl Found {
    /// Has people asked about bridges within entities: each stands for the evidence between its two
    /// records, if there is any.
    pub fn ask_of(mut self, bridges: Vec<Link>) -> Found {
        let asked: FxHashSet<(u32, u32)> = bridges.iter().map(|link| (link.a, link.b)).collect();
        self.merged.retain(|link| !asked.contains(&(link.a, link.b)));
        let bridge = |link| Link { reason: Some(Reason::Bridge), ..link };
        self.reviews.extend(bridges.into_iter().map(bridge));
        self
    }
}

/// How far a change to a record can reach: not beyond the parts of the records that it shares a
/// block with.
#[derive(Debug)]
pub struct Reach {
    /// For each record the identity of the first of all that evidence or a decision connects with
    /// it.
    pub parts: Vec<u64>,
    pub digests: BlockDigests,
    /// The frequencies that pairs were weighed by, where they were counted and not known before.
    pub counted: Option<Known>,
}

/// What comparing and clustering took of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryUse {
    /// Bytes allowed; None is no limit.
    pub allowed: Option<u64>,
    /// Bytes estimated for all but the candidate pairs that are kept.
    pub needed: u64,
    /// The most bytes of candidate pairs that were outside memory.
    pub spilled: u64,
    /// Parts in which they were clustered; 1 where memory held them all.
    pub parts: u32,
}

/// A tier, or all evidence weighed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceKind {
    pub name: String,
    /// The score of all its pairs, where it has one.
    pub score: Option<u16>,
}

/// How strong evidence is.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Strength {
    /// From 0 to 100: as declared, or the match probability in whole percent, rounded down.
    pub score: u16,
    /// The match weight in bits, where evidence is weighed.
    pub weight: Option<f32>,
}

impl Strength {
    /// Of evidence that was declared to be this strong.
    pub fn declared(score: u16) -> Strength {
        Strength { score, weight: None }
    }

    /// Of evidence of a match weight in bits.
    pub fn weighed(weight: f32) -> Strength {
        let score = (probability_of(f64::from(weight)) * 100.0).floor();
        Strength { score: score as u16, weight: Some(weight) }
    }

    /// As a share of 1: the match probability, or the score.
    pub fn share(&self) -> f64 {
        let of_score = f64::from(self.score) / 100.0;
        self.weight.map_or(of_score, |weight| probability_of(f64::from(weight)))
    }
}

/// The weakest of what holds each record of an entity: none where a decision alone does.
pub fn weakest(members: impl Iterator<Item = Option<Strength>>) -> Strength {
    let all = members.map(Option::unwrap_or_default);
    all.min_by(|a, b| a.share().total_cmp(&b.share())).unwrap_or_default()
}

/// Evidence on two records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    pub a: u32,
    pub b: u32,
    pub strength: Strength,
    /// The strongest kind of evidence.
    pub kind: u8,
    /// All kinds that hold, by their bits.
    pub holding: u32,
    /// Why a person has to decide.
    pub reason: Option<Reason>,
}

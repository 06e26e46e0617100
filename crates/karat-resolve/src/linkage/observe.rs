//! What passes by while pairs are scored, counted: weights and levels of some of the pairs, so that
//! one resolution can be compared with another.

use serde::{Deserialize, Serialize};

use super::compare::Comparer;
use super::linker::Linker;
use super::look::Scratch;
use super::score::Scorer;

/// Which pairs are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    #[default]
    Nothing,
    /// Those whose record of lower number is one of a draw: of so many records, a power of two,
    /// about one. What is drawn depends on the records' identities alone.
    OneIn(u64),
    /// Those with at least one of the records that are marked, by number.
    Of(Vec<bool>),
}

/// Counts of pairs, by the sources of their two records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// In the order of `Observed::between`; empty where nothing was counted.
    strata: Vec<Stratum>,
}

/// Pairs of records of two sources: those that are likelier a match than not, and the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stratum {
    pub matches: Class,
    pub others: Class,
}

/// Counted pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Class {
    /// By match weight: bins of `BIN` bits around 0, the first and the last of all beyond.
    pub weights: Vec<u64>,
    /// For each comparison how many pairs reached each level; levels of missing values stay 0.
    pub levels: Vec<Vec<u64>>,
}

/// Bins of the match weight, and how many bits each has.
pub const BINS: usize = 14;
pub const BIN: f64 = 4.0;

/// Sources beyond so many are not told apart.
const MOST_SOURCES: usize = 6;

/// Pairs that are worth counting; more tell nothing more.
const ENOUGH: u64 = 1 << 19;

impl Watch {
    /// The draw of records that counts about as many pairs as are worth it.
    pub fn enough(pairs: u64) -> Watch {
        Watch::OneIn((pairs / ENOUGH).max(1).next_power_of_two())
    }

    /// How many of so many records are drawn, about.
    pub fn drawn(&self, records: u64) -> u64 {
        match self {
            Watch::Nothing => 0,
            Watch::OneIn(n) => records / n,
            Watch::Of(marked) => marked.iter().filter(|marked| **marked).count() as u64,
        }
    }
}

impl Linker {
    /// The same, counting pairs that pass by.
    pub fn watching(mut self, watch: Watch) -> Linker {
        self.watch = watch;
        self
    }

    /// Which pairs are counted.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    #[inline]
    pub(super) fn is_watched(&self, left: u32, right: u32) -> bool {
        match &self.watch {
            Watch::Nothing => false,
            Watch::OneIn(n) => self.identity(left) & (n - 1) == 0,
            Watch::Of(marked) => marked[left as usize] || marked[right as usize],
        }
    }

    /// How many sources are told apart.
    fn told_apart(&self) -> usize {
        match self.source_count {
            n if n > MOST_SOURCES => 1,
            n => n,
        }
    }

    /// The match weight of a pair, which is counted; `reached` is room for its levels.
    pub(super) fn weight_counted(
        &self,
        (scorer, observed, reached): (&Scorer, &mut Observed, &mut Vec<u32>),
        (left, right): (u32, u32),
        scratch: &mut Scratch,
    ) -> Option<f64> {
        let sources = self.told_apart();
        if observed.strata.is_empty() {
            observed.strata = vec![Stratum::default(); sources * sources];
        }
        let source = |record: u32| match sources {
            1 => 0,
            _ => usize::from(self.sources[record as usize]),
        };
        let (a, b) = (source(left), source(right));
        let mut weight = scorer.prior();
        reached.clear();
        scorer.each(&self.comparer, (left, right), scratch, |said| {
            weight += said.weight;
            if let Some(adjustment) = said.adjustment {
                weight += adjustment;
            }
            reached.push(said.level);
        });
        if weight.is_nan() {
            return None;
        }
        let stratum = &mut observed.strata[a.min(b) * sources + a.max(b)];
        let class = if weight >= 0.0 { &mut stratum.matches } else { &mut stratum.others };
        class.count((scorer, &self.comparer), weight, reached);
        Some(weight)
    }
}

impl Stratum {
    /// Adds the counts of other pairs.
    pub fn add(&mut self, other: &Stratum) {
        self.matches.add(&other.matches);
        self.others.add(&other.others);
    }

    fn pairs(&self) -> u64 {
        self.matches.pairs() + self.others.pairs()
    }
}

impl Class {
    fn count(&mut self, (scorer, comparer): (&Scorer, &Comparer), weight: f64, reached: &[u32]) {
        if self.weights.is_empty() {
            self.weights = vec![0; BINS];
            self.levels = comparer.layout.digits().map(|n| vec![0; n as usize - 1]).collect();
        }
        let bin = (weight / BIN).floor() + (BINS / 2) as f64;
        self.weights[(bin.max(0.0) as usize).min(BINS - 1)] += 1;
        for (comparison, level) in reached.iter().enumerate() {
            if !scorer.is_missing(comparison, *level) {
                self.levels[comparison][*level as usize] += 1;
            }
        }
    }

    /// Adds the counts of other pairs.
    pub fn add(&mut self, other: &Class) {
        add(&mut self.weights, &other.weights);
        if self.levels.len() < other.levels.len() {
            self.levels.resize(other.levels.len(), Vec::new());
        }
        self.levels.iter_mut().zip(&other.levels).for_each(|(to, from)| add(to, from));
    }

    /// How many pairs were counted.
    pub fn pairs(&self) -> u64 {
        self.weights.iter().sum()
    }
}

/// Adds counts one by one.
fn add(to: &mut Vec<u64>, from: &[u64]) {
    if to.len() < from.len() {
        to.resize(from.len(), 0);
    }
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

impl Observed {
    /// Adds the counts of other pairs.
    pub fn add(&mut self, other: &Observed) {
        if self.strata.is_empty() {
            self.strata.clone_from(&other.strata);
            return;
        }
        self.strata.iter_mut().zip(&other.strata).for_each(|(to, from)| to.add(from));
    }

    /// The pairs between any two sources that were counted, each with the sources' numbers; the
    /// same number twice for pairs within one. Where there are many sources, all are number 0.
    pub fn between(&self) -> impl Iterator<Item = ((usize, usize), &Stratum)> {
        let sources = self.strata.len().isqrt().max(1);
        let strata = self.strata.iter().enumerate().filter(|(_, stratum)| stratum.pairs() > 0);
        strata.map(move |(at, stratum)| ((at / sources, at % sources), stratum))
    }
}

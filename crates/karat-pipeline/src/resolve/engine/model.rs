//! Fellegi-Sunter models: declared or from a file, trained on the records unless a trained one is
//! kept.

use karat_record::{Kind, Place, Problem, Reporter, Result};
use karat_resolve::linkage::cluster::{Clustered, Merge, Parted};
use karat_resolve::linkage::model::weight_of;
use karat_resolve::linkage::observe::Watch;
use karat_resolve::linkage::{
    BlockDigests, Edge, Known, Limits, Linker, Model as Weights, PREDICTION, Predicted,
    Records as Columns, Refusal, Shares, frequency_columns, splink,
};
use karat_resolve::{Constraints, Explanation, Reason};
use rustc_hash::FxHashSet;

use super::columns::columns;
use super::spill::{Failure, Spill};
use super::training::train;
use super::{Given, Resources, Weighing, identities};
use crate::model::{self, Body, Heading, Model, Trained};
use crate::project::Entity;
use crate::project::entity::{Thresholds, Weighed};
use crate::project::size;
use crate::resolve::found::{EvidenceKind, Found, Link, MemoryUse, Reach, Strength};
use crate::resolve::read::Records;

/// Bits below the threshold of review from which pairs take part in clustering: weak evidence on
/// several pairs may add up.
const SLACK: f64 = 4.0;

pub(super) fn weighing(
    entity: &Entity,
    declared: &Weighed,
    given: Given<'_>,
    reporter: &dyn Reporter,
    lend: impl FnOnce(&dyn Weighing),
) -> Result<Option<Model>> {
    let Given { records, kept, terms, large, counted, decided, resources } = given;
    let columns = columns(entity, records);
    let besides = records.bytes();
    let to_prepare = Linker::memory_to_prepare(&declared.declared.model, &columns, &[]) + besides;
    if let Some(allowed) = resources.memory.filter(|allowed| to_prepare > *allowed) {
        let (needed, allowed) = (size::shown(to_prepare), size::shown(allowed));
        return Err(too_little(format!("{needed} are needed to compare, and {allowed} allowed")));
    }
    // Columns and linker share their values.
    let held = Held { besides: besides + columns.bytes(), resources };
    let kept = kept.and_then(|model| match &model.body {
        Body::Weights(trained) => Some(trained),
        Body::People(_) => None,
    });
    let new = match kept {
        Some(_) => None,
        None => {
            let trained = train(declared, &columns, decided).map_err(|r| problem(entity, r))?;
            let Thresholds { auto, review } = declared.thresholds;
            let heading = Heading { seed: declared.declared.training.seed, auto, review };
            Some(model::new(entity, &heading, records.frame.len(), Body::Weights(trained)))
        }
    };
    let trained = match (kept, &new) {
        (Some(trained), _) | (None, Some(Model { body: Body::Weights(trained), .. })) => trained,
        _ => return Err(Problem::new(Kind::Internal, "no model was kept or trained")),
    };
    let read = splink::read(&trained.splink.to_string()).map_err(|r| problem(entity, r))?;
    let linker = Linker::new(&read.model, &columns, terms.unwrap_or(&Known::default()), &[]);
    let linker = linker.map_err(|r| problem(entity, r))?;
    let linker = linker.with_identities(identities(records));
    let linker = without(linker, &read.model, &columns, large).map_err(|r| problem(entity, r))?;
    let columns = Compared { columns: &columns, are_counted: terms.is_none() };
    let mut prepared = Prepared::new(declared, (read.model, columns), linker, held)?;
    let pairs = prepared.tell(reporter);
    prepared.linker = prepared.linker.watching(match counted {
        None => Watch::enough(pairs),
        Some(records) => Watch::Of(records.to_vec()),
    });
    lend(&prepared);
    Ok(new)
}

/// The linker without the blocks that are too large.
fn without(
    linker: Linker,
    model: &Weights,
    columns: &Columns,
    large: Option<&FxHashSet<u64>>,
) -> std::result::Result<Linker, Refusal> {
    let Some(large) = large.filter(|large| !large.is_empty()) else { return Ok(linker) };
    Ok(match BlockDigests::new(model, columns)? {
        Some(digests) => linker.without_blocks(&digests, large),
        None => linker,
    })
}

/// The digests of the blocking keys of records under a trained model.
pub(super) fn digests(
    entity: &Entity,
    records: &Records,
    trained: &Trained,
) -> Result<Option<BlockDigests>> {
    let read = splink::read(&trained.splink.to_string()).map_err(|r| problem(entity, r))?;
    let columns = columns(entity, records);
    BlockDigests::new(&read.model, &columns).map_err(|r| problem(entity, r))
}

/// The columns that are compared.
#[derive(Clone, Copy)]
struct Compared<'a> {
    columns: &'a Columns,
    /// Their term frequencies were counted, and not known before.
    are_counted: bool,
}

impl Compared<'_> {
    /// How far changes reach; none where values are lists, which are columns of another kind where
    /// no record has several, or where blocking keys do not tell.
    fn reach(
        self,
        model: &Weights,
        parts: Vec<u64>,
    ) -> std::result::Result<Option<Reach>, Refusal> {
        if self.columns.columns.iter().any(|(_, column)| column.values.texts().is_none()) {
            return Ok(None);
        }
        let Some(digests) = BlockDigests::new(model, self.columns)? else { return Ok(None) };
        let shares =
            |name: String| Some((name.clone(), Shares::counted(self.columns.column(&name)?)?));
        let counted = || frequency_columns(model).into_iter().filter_map(shares).collect();
        Ok(Some(Reach { parts, digests, counted: self.are_counted.then(counted) }))
    }
}

pub(super) fn problem(entity: &Entity, refusal: karat_resolve::linkage::Refusal) -> Problem {
    let place = Place::file(format!("entities/{}.toml", entity.name));
    Problem::new(Kind::Project, refusal.to_string()).at(place)
}

/// More memory is needed than the project allows.
fn too_little(what: String) -> Problem {
    let hint = "allow more there: memory = \"4 GiB\" below [resources]";
    Problem::new(Kind::Project, what).at(Place::file("karat.toml")).hint(hint)
}

/// What is held in memory besides the linker, and what may be used.
#[derive(Clone, Copy)]
struct Held<'a> {
    /// Bytes.
    besides: u64,
    resources: &'a Resources,
}

/// Records and a trained model.
struct Prepared<'a> {
    linker: Linker,
    model: Weights,
    columns: Compared<'a>,
    merge: Merge,
    held: Held<'a>,
}

/// Clusters, with what went into them.
struct Resolved {
    clustered: Clustered,
    /// Edges of clusters that are enough to merge by, ascending.
    merged: Vec<Edge>,
    predicted: Predicted,
    parted: Parted,
}

impl Prepared<'_> {
    fn new<'a>(
        declared: &Weighed,
        (model, columns): (Weights, Compared<'a>),
        linker: Linker,
        held: Held<'a>,
    ) -> Result<Prepared<'a>> {
        let memory = held.resources.memory;
        let limits = Limits { largest_block: Some(declared.largest_block), memory };
        let linker = linker.limited(limits).map_err(|refusal| too_little(refusal.to_string()))?;
        let merge = Merge {
            auto: weight_of(declared.thresholds.auto),
            review: weight_of(declared.thresholds.review),
            seed: declared.declared.training.seed,
        };
        Ok(Prepared { linker, model, columns, merge, held })
    }

    /// Says what is about to be compared, before it is: up to so many pairs.
    fn tell(&self, reporter: &dyn Reporter) -> u64 {
        let costs = self.linker.costs(PREDICTION);
        let pairs: u64 = costs.iter().map(|cost| cost.pairs).sum();
        reporter.note(&format!(
            "{} blocking rules find up to {pairs} pairs of {} records",
            costs.len(),
            self.linker.len()
        ));
        for left_out in self.linker.left_out(PREDICTION) {
            reporter.note(&format!(
                "blocking rule {} leaves out a block of {} records ({} pairs)",
                left_out.rule + 1,
                left_out.records,
                left_out.pairs
            ));
        }
        pairs
    }

    fn resolved(&self, constraints: &Constraints) -> std::result::Result<Resolved, Failure> {
        let Prepared { linker, model, merge, held, .. } = self;
        let spill = Spill::new(held.resources.scratch.clone());
        let store = linker.edge_store(held.besides, constraints, spill);
        let mut store = store.map_err(|refusal| Failure(too_little(refusal.to_string())))?;
        let predicted = linker.try_predict(model, merge.review - SLACK, |e| store.add(e))?;
        let mut merged: Vec<Edge> = Vec::new();
        let keep = |edges: &[Edge], of: &[u32]| {
            let together = |edge: &&Edge| of[edge.left as usize] == of[edge.right as usize];
            let enough = edges.iter().filter(|edge| edge.weight >= merge.auto);
            merged.extend(enough.filter(together));
        };
        let terms = (merge, constraints);
        let (clustered, parted) = linker.cluster_parts::<_, Failure>(model, store, terms, keep)?;
        merged.sort_unstable_by_key(|edge| (edge.left, edge.right));
        Ok(Resolved { clustered, merged, predicted, parted })
    }

    fn memory(&self, parted: &Parted) -> MemoryUse {
        MemoryUse {
            allowed: self.held.resources.memory,
            needed: self.linker.memory_to_cluster(self.held.besides),
            spilled: parted.spilled,
            parts: parted.parts,
        }
    }

    /// The kinds of evidence: blocking rules by the pairs that they found first, and the rest.
    fn kinds(&self) -> Vec<EvidenceKind> {
        vec![EvidenceKind { name: "weights".to_owned(), score: None }]
    }
}

impl Weighing for Prepared<'_> {
    fn found(&self, constraints: &Constraints) -> Result<Found> {
        let resolved = self.resolved(constraints).map_err(|Failure(problem)| problem)?;
        let Resolved { clustered, merged, predicted, parted } = resolved;
        let link = |a: u32, b: u32, weight: f32, reason| Link {
            a,
            b,
            strength: Strength::weighed(weight),
            kind: 0,
            holding: 1,
            reason,
        };
        let review = |(a, b, weight): &(u32, u32, f32)| {
            let is_weak = f64::from(*weight) < self.merge.auto;
            let reason = if is_weak { Reason::Weak } else { Reason::Distinct };
            link(*a, *b, *weight, Some(reason))
        };
        let best = |weight: &f32| (!weight.is_nan()).then(|| (Strength::weighed(*weight), 0));
        let memory = Some(self.memory(&parted));
        let part = |first: &u32| self.linker.identity(*first);
        let parts = parted.components.iter().map(part).collect();
        let reach = self.columns.reach(&self.model, parts);
        let refused = |refusal: Refusal| Problem::new(Kind::Project, refusal.to_string());
        let bridge = |(a, b, weight): &(u32, u32, f32)| link(*a, *b, *weight, None);
        let bridges = clustered.bridges.iter().map(bridge).collect();
        let found = Found {
            kinds: self.kinds(),
            merged: merged.iter().map(|e| link(e.left, e.right, e.weight as f32, None)).collect(),
            reviews: clustered.review.iter().map(review).collect(),
            best: clustered.weights.iter().map(best).collect(),
            contradictions: clustered.contradictions.len() as u64,
            candidates: predicted.compared,
            left_out: predicted.left_out,
            observed: predicted.observed,
            drawn: self.linker.watch().drawn(self.linker.len() as u64),
            oversize: self.linker.left_out(PREDICTION).len() as u64,
            shared: 0,
            memory,
            reach: reach.map_err(refused)?,
            of: clustered.of,
        };
        Ok(found.ask_of(bridges))
    }

    fn score(&self, at_least: f64, take: &mut dyn FnMut(&[Edge])) -> Result<()> {
        let done = self.linker.predict(&self.model, at_least, |edges| take(edges));
        done.map(drop).map_err(|refusal| Problem::new(Kind::Project, refusal.to_string()))
    }

    fn explain(&self, a: u32, b: u32) -> Result<Explanation> {
        let explained = self.linker.explain(&self.model, a, b);
        explained.map_err(|refusal| Problem::new(Kind::Project, refusal.to_string()))
    }
}

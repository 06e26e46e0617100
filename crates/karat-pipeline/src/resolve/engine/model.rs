//! Fellegi-Sunter models: declared or from a file, trained on the records unless a trained one is
//! kept.

use karat_record::{Kind, Place, Problem, Reporter, Result};
use karat_resolve::linkage::cluster::{Clustered, Merge};
use karat_resolve::linkage::model::weight_of;
use karat_resolve::linkage::{
    Edge, Known, Limits, Linker, Model as Weights, PREDICTION, Records as Columns, splink,
};
use karat_resolve::{Constraints, Explanation, Reason};

use super::Weighing;
use super::columns::columns;
use super::training::train;
use crate::model::{self, Body, Heading, Model};
use crate::project::Entity;
use crate::project::entity::{Thresholds, Weighed};
use crate::resolve::found::{EvidenceKind, Found, Link, Strength};
use crate::resolve::read::Records;

/// Bits below the threshold of review from which pairs take part in clustering: weak evidence on
/// several pairs may add up.
const SLACK: f64 = 4.0;

pub(super) fn weighing(
    entity: &Entity,
    declared: &Weighed,
    (records, kept): (&Records, Option<&Model>),
    reporter: &dyn Reporter,
    lend: impl FnOnce(&dyn Weighing),
) -> Result<Option<Model>> {
    let columns = columns(entity, records);
    let kept = kept.and_then(|model| match &model.body {
        Body::Weights(trained) => Some(trained),
        Body::People(_) => None,
    });
    let new = match kept {
        Some(_) => None,
        None => {
            let trained = train(declared, &columns).map_err(|r| problem(entity, r))?;
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
    let prepared = Prepared::new(declared, read.model, (records, &columns));
    let prepared = prepared.map_err(|r| problem(entity, r))?;
    prepared.tell(reporter);
    lend(&prepared);
    Ok(new)
}

pub(super) fn problem(entity: &Entity, refusal: karat_resolve::linkage::Refusal) -> Problem {
    let place = Place::file(format!("entities/{}.toml", entity.name));
    Problem::new(Kind::Project, refusal.to_string()).at(place)
}

/// Records and a trained model.
struct Prepared {
    linker: Linker,
    model: Weights,
    merge: Merge,
    records: usize,
}

type Refused<T> = std::result::Result<T, karat_resolve::linkage::Refusal>;

impl Prepared {
    fn new(
        declared: &Weighed,
        model: Weights,
        (records, columns): (&Records, &Columns),
    ) -> Refused<Prepared> {
        let limits = Limits { largest_block: Some(declared.largest_block), memory: None };
        let linker = Linker::new(&model, columns, &Known::default(), &[])?.limited(limits)?;
        let merge = Merge {
            auto: weight_of(declared.thresholds.auto),
            review: weight_of(declared.thresholds.review),
            seed: declared.declared.training.seed,
        };
        Ok(Prepared { linker, model, merge, records: records.frame.len() })
    }

    /// Says what is about to be compared, before it is.
    fn tell(&self, reporter: &dyn Reporter) {
        let costs = self.linker.costs(PREDICTION);
        let pairs: u64 = costs.iter().map(|cost| cost.pairs).sum();
        reporter.note(&format!(
            "{} blocking rules find up to {pairs} pairs of {} records",
            costs.len(),
            self.records
        ));
        for left_out in self.linker.left_out(PREDICTION) {
            reporter.note(&format!(
                "blocking rule {} leaves out a block of {} records ({} pairs)",
                left_out.rule + 1,
                left_out.records,
                left_out.pairs
            ));
        }
    }

    fn edges(&self, at_least: f64, mut take: impl FnMut(&[Edge])) -> Refused<u64> {
        let predicted = self.linker.predict(&self.model, at_least, |edges| take(edges))?;
        Ok(predicted.compared)
    }

    fn clustered(&self, constraints: &Constraints) -> Refused<(Vec<Edge>, u64, Clustered)> {
        let mut edges = Vec::new();
        let compared =
            self.edges(self.merge.review - SLACK, |found| edges.extend_from_slice(found))?;
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        let clustered = self.linker.cluster(&self.model, &edges, &self.merge, constraints)?;
        Ok((edges, compared, clustered))
    }

    /// The kinds of evidence: blocking rules by the pairs that they found first, and the rest.
    fn kinds(&self) -> Vec<EvidenceKind> {
        vec![EvidenceKind { name: "weights".to_owned(), score: None }]
    }
}

impl Weighing for Prepared {
    fn found(&self, constraints: &Constraints) -> Result<Found> {
        let refused = |refusal: karat_resolve::linkage::Refusal| {
            Problem::new(Kind::Project, refusal.to_string())
        };
        let (edges, compared, clustered) = self.clustered(constraints).map_err(refused)?;
        let together =
            |edge: &&Edge| clustered.of[edge.left as usize] == clustered.of[edge.right as usize];
        let link = |a: u32, b: u32, weight: f32, reason| Link {
            a,
            b,
            strength: Strength::weighed(weight),
            kind: 0,
            holding: 1,
            reason,
        };
        let merged = edges.iter().filter(together).filter(|edge| edge.weight >= self.merge.auto);
        let review = |(a, b, weight): &(u32, u32, f32)| {
            let is_weak = f64::from(*weight) < self.merge.auto;
            let reason = if is_weak { Reason::Weak } else { Reason::Distinct };
            link(*a, *b, *weight, Some(reason))
        };
        let best = |weight: &f32| (!weight.is_nan()).then(|| (Strength::weighed(*weight), 0));
        Ok(Found {
            kinds: self.kinds(),
            merged: merged.map(|e| link(e.left, e.right, e.weight as f32, None)).collect(),
            reviews: clustered.review.iter().map(review).collect(),
            best: clustered.weights.iter().map(best).collect(),
            contradictions: clustered.contradictions.len() as u64,
            candidates: compared,
            oversize: self.linker.left_out(PREDICTION).len() as u64,
            shared: 0,
            of: clustered.of,
        })
    }

    fn score(&self, at_least: f64, take: &mut dyn FnMut(&[Edge])) -> Result<()> {
        let done = self.edges(at_least, take);
        done.map(drop).map_err(|refusal| Problem::new(Kind::Project, refusal.to_string()))
    }

    fn explain(&self, a: u32, b: u32) -> Result<Explanation> {
        let explained = self.linker.explain(&self.model, a, b);
        explained.map_err(|refusal| Problem::new(Kind::Project, refusal.to_string()))
    }
}

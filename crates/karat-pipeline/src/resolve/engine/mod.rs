//! The engines: declared tiers, and weights that were learned. Each takes the records and gives
//! what it `Found`.

mod columns;
mod model;
mod people;
mod spill;
pub(super) mod tiers;
mod training;

use std::path::PathBuf;

use karat_record::{Kind, Problem, Reporter, Result};
use karat_resolve::linkage::{BlockDigests, Edge, Known, digest};
use karat_resolve::people::RuleReport;
use karat_resolve::{Constraints, Explanation};
use rustc_hash::FxHashSet;

use super::found::Found;
use super::read::Records;
use crate::model::{Body, Model};
use crate::project::entity::Matching;
use crate::project::{Entity, Project};
pub use karat_resolve::linkage::propose::Proposal;

/// What an engine works on, and with what.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub records: &'a Records,
    /// The model in force.
    pub kept: Option<&'a Model>,
    /// The term frequencies that it keeps; none where they are still to be counted.
    pub terms: Option<&'a Known>,
    /// Digests of blocks that are too large among all records, where these are a part of them.
    pub large: Option<&'a FxHashSet<u64>>,
    /// Of a part the records whose pairs are counted, by number; none is a draw of all.
    pub counted: Option<&'a [bool]>,
    /// What people decided, for a model that is learned.
    pub decided: Option<&'a Constraints>,
    pub resources: &'a Resources,
}

/// What an engine may use.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Bytes of memory; None is no limit.
    pub memory: Option<u64>,
    /// The folder for what memory does not hold.
    pub scratch: PathBuf,
}

impl Resources {
    /// What a project allows.
    pub fn of(project: &Project) -> Resources {
        Resources { memory: project.memory, scratch: project.root.join(".karat") }
    }
}

/// An engine that weighs pairs by a model.
pub trait Weighing {
    /// Clusters under people's decisions.
    fn found(&self, constraints: &Constraints) -> Result<Found>;
    /// Weighs all candidate pairs and hands on those of at least a match weight, in batches.
    fn score(&self, at_least: f64, take: &mut dyn FnMut(&[Edge])) -> Result<()>;
    /// Why two records are, or are not, taken for one.
    fn explain(&self, a: u32, b: u32) -> Result<Explanation>;
    /// For each of so many records its match weight, in bits, against itself.
    fn self_weights(&self, records: u32) -> Vec<f64> {
        let total = |record| self.explain(record, record).map_or(f64::NAN, |why| why.total);
        (0..records).map(total).collect()
    }
    /// How the names of two records relate, where the engine knows of names.
    fn names_relate(&self, _a: u32, _b: u32) -> Option<&'static str> {
        None
    }
    /// What each blocking rule did, where that is counted.
    fn blocking(&self) -> Vec<RuleReport> {
        Vec::new()
    }
}

/// Resolves the records. A model is learned where one is needed and none is given; a new one is
/// handed back to be kept.
pub fn run(
    entity: &Entity,
    given: Given<'_>,
    constraints: &Constraints,
    reporter: &dyn Reporter,
) -> Result<(Found, Option<Model>)> {
    if let Matching::Tiers(declared) = &entity.matching {
        return Ok((tiers::run(entity, declared, given.records, constraints), None));
    }
    let mut found = Ok(Found::default());
    let lend = |engine: &dyn Weighing| found = engine.found(constraints);
    let new = weighing(entity, given, reporter, lend)?;
    Ok((found?, new))
}

/// The digests of the blocking keys of an entity's records; none where keys do not tell how far a
/// change can reach.
pub fn digests(
    entity: &Entity,
    records: &Records,
    kept: Option<&Model>,
) -> Result<Option<BlockDigests>> {
    match &entity.matching {
        Matching::Tiers(_) => Ok(tiers::digests(entity, records)),
        Matching::People(_) => Ok(None),
        Matching::Model(_) => match kept.map(|model| &model.body) {
            Some(Body::Weights(trained)) => model::digests(entity, records, trained),
            _ => Ok(None),
        },
    }
}

/// A number for each record that it keeps whatever other records there are.
pub fn identities(records: &Records) -> Vec<u64> {
    let of = |record: u32| digest(&format!("{}\n{}", records.source(record), records.key(record)));
    (0..records.frame.len() as u32).map(of).collect()
}

/// Proposes blocking rules and training sessions for a declared model.
pub fn propose(entity: &Entity, records: &Records) -> Result<Proposal> {
    let Matching::Model(declared) = &entity.matching else {
        return Err(Problem::new(Kind::Internal, "an entity without comparisons"));
    };
    let columns = columns::columns(entity, records);
    let proposal =
        training::proposal(&declared.declared.model, &declared.declared.training, &columns);
    proposal.map_err(|refusal| model::problem(entity, refusal))
}

/// Prepares the engine of an entity that weighs evidence and lends it out. A model is learned
/// where none is given that fits, and handed back. For tiers there is no such engine.
pub fn weighing(
    entity: &Entity,
    given: Given<'_>,
    reporter: &dyn Reporter,
    lend: impl FnOnce(&dyn Weighing),
) -> Result<Option<Model>> {
    match &entity.matching {
        Matching::Tiers(_) => Ok(None),
        Matching::People(declared) => people::weighing(entity, declared, given, lend),
        Matching::Model(declared) => model::weighing(entity, declared, given, reporter, lend),
    }
}

//! The engines: declared tiers, and weights that were learned. Each takes the records and gives
//! what it `Found`.

mod columns;
mod people;
mod tiers;

use karat_record::Result;
use karat_resolve::Constraints;
use karat_resolve::explanation::Explanation;
use karat_resolve::linkage::Edge;
use karat_resolve::people::RuleReport;

use super::found::Found;
use super::read::Records;
use crate::model::Model;
use crate::project::Entity;
use crate::project::entity::Matching;

/// An engine that weighs pairs by a model.
pub trait Weighing {
    /// Clusters under people's decisions.
    fn found(&self, constraints: &Constraints) -> Found;
    /// Weighs all candidate pairs and hands on those of at least a match weight, in batches.
    fn score(&self, at_least: f64, take: &mut dyn FnMut(&[Edge]));
    /// Why two records are, or are not, taken for one.
    fn explain(&self, a: u32, b: u32) -> Explanation;
    /// For each of so many records its match weight, in bits, against itself.
    fn self_weights(&self, records: u32) -> Vec<f64> {
        (0..records).map(|record| self.explain(record, record).total).collect()
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
    records: &Records,
    constraints: &Constraints,
    kept: Option<&Model>,
) -> Result<(Found, Option<Model>)> {
    if let Matching::Tiers(declared) = &entity.matching {
        return Ok((tiers::run(entity, declared, records, constraints), None));
    }
    let mut found = Found::default();
    let new = weighing(entity, records, kept, |engine| found = engine.found(constraints))?;
    Ok((found, new))
}

/// Prepares the engine of an entity that weighs evidence and lends it out. A model is learned
/// where none is given that fits, and handed back. For tiers there is no such engine.
pub fn weighing(
    entity: &Entity,
    records: &Records,
    kept: Option<&Model>,
    lend: impl FnOnce(&dyn Weighing),
) -> Result<Option<Model>> {
    match &entity.matching {
        Matching::Tiers(_) => Ok(None),
        Matching::People(declared) => people::weighing(entity, declared, (records, kept), lend),
    }
}

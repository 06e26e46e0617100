//! The engines: declared tiers, and weights that were learned. Each takes the records and gives
//! what it `Found`.

mod columns;
mod people;
mod tiers;

use karat_record::Result;
use karat_resolve::Constraints;

use super::found::Found;
use super::read::Records;
use crate::model::Model;
use crate::project::Entity;
use crate::project::entity::Matching;

/// Resolves the records. A model is learned where one is needed and none is given; a new one is
/// handed back to be kept.
pub fn run(
    entity: &Entity,
    records: &Records,
    constraints: &Constraints,
    kept: Option<&Model>,
) -> Result<(Found, Option<Model>)> {
    match &entity.matching {
        Matching::Tiers(declared) => Ok((tiers::run(entity, declared, records, constraints), None)),
        Matching::People(declared) => people::run(entity, declared, records, constraints, kept),
    }
}

//! Conflicts: entities whose records offer several values for a golden column that takes one.

use karat_record::{Kind, Problem, Result};
use karat_store::overrides::Override;
use serde::Serialize;

use super::offers::{Offers, Settled, folded};
use super::people::{Id, shown};
use super::published;
use super::read::Records;
use crate::context::Context;
use crate::project::{Entity, one_of};

/// The conflicts of an entity's golden records.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conflicts {
    /// How many entities were looked at.
    pub entities: u64,
    /// Golden columns with the entities in conflict, those without left out.
    pub fields: Vec<Count>,
    /// The first of them: those with the most values, then in the order of their first records.
    pub conflicts: Vec<Conflict>,
    /// Whether everything is as the last resolution left it.
    pub is_current: bool,
}

/// How many entities are in conflict in a golden column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Count {
    pub field: String,
    pub entities: u64,
}

/// The different values of one entity for one golden column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conflict {
    pub id: String,
    pub field: String,
    /// The chosen one first, then in the order of the records that have them.
    pub values: Vec<Disputed>,
}

/// A value and who offers it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disputed {
    pub value: String,
    pub chosen: bool,
    /// Records as SOURCE:KEY.
    pub records: Vec<String>,
    /// The person's decision that says so.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub said: Option<Override>,
}

/// Finds conflicts, in one golden column where one is named; at most `limit` of them are listed.
pub async fn find(
    context: &Context<'_>,
    entity: &Entity,
    field: Option<&str>,
    limit: usize,
) -> Result<Conflicts> {
    let columns = wanted(entity, field)?;
    let found = published::all(context, entity).await?;
    let (records, answers, overrides) = (&found.records, &found.answers, &found.overrides);
    let offers = Offers { entity, records, answers, overrides };
    let mut counts = vec![0; entity.golden.columns.len()];
    let mut all: Vec<Found<'_>> = Vec::new();
    for cluster in &found.clusters {
        for at in columns.iter().copied() {
            let settled = offers.settle(at, &cluster.1);
            if settled.is_conflict() {
                counts[at] += 1;
                let values = match settled.said {
                    [] => settled.groups().len(),
                    _ => disputed(records, &settled).len(),
                };
                all.push(Found { values, at, cluster });
            }
        }
    }
    all.sort_by_key(|found| (std::cmp::Reverse(found.values), found.cluster.1[0], found.at));
    all.truncate(limit);
    let conflict = |conflict: &Found<'_>| Conflict {
        id: shown(&conflict.cluster.0),
        field: entity.golden.columns[conflict.at].name.clone(),
        values: disputed(records, &offers.settle(conflict.at, &conflict.cluster.1)),
    };
    Ok(Conflicts {
        entities: found.clusters.len() as u64,
        conflicts: all.iter().map(conflict).collect(),
        fields: by_column(entity, &counts)
            .into_iter()
            .map(|(field, entities)| Count { field, entities })
            .collect(),
        is_current: found.is_current,
    })
}

/// A conflict before it is looked at closely.
struct Found<'a> {
    /// How many different values there are.
    values: usize,
    /// The place of the golden column.
    at: usize,
    /// The entity's id and records.
    cluster: &'a (Id, Vec<u32>),
}

/// The places of the golden columns that are asked for.
///
/// # Errors
/// A column that is not there.
pub fn wanted(entity: &Entity, field: Option<&str>) -> Result<Vec<usize>> {
    let names: Vec<&str> = entity.golden.columns.iter().map(|c| c.name.as_str()).collect();
    let Some(field) = field else { return Ok((0..names.len()).collect()) };
    match names.iter().position(|name| *name == field) {
        Some(at) => Ok(vec![at]),
        None => {
            let what = format!("{} has no golden column {field:?}", entity.name);
            Err(Problem::new(Kind::Usage, what).hint(one_of(field, &names)))
        }
    }
}

/// The columns that have conflicts, with how many.
pub fn by_column(entity: &Entity, counts: &[u64]) -> Vec<(String, u64)> {
    let columns = entity.golden.columns.iter().zip(counts);
    columns.filter(|(_, n)| **n > 0).map(|(column, n)| (column.name.clone(), *n)).collect()
}

fn disputed(records: &Records, settled: &Settled<'_>) -> Vec<Disputed> {
    let said = settled.said.iter().enumerate().map(|(at, said)| Disputed {
        value: said.values.join("; "),
        chosen: at == 0,
        records: Vec::new(),
        said: Some(said.clone()),
    });
    let mut values: Vec<Disputed> = said.collect();
    for group in settled.groups() {
        let chosen = group.iter().find(|offer| settled.chosen.contains(offer));
        let name = |record: u32| format!("{}:{}", records.source(record), records.key(record));
        let mut names: Vec<String> = group.iter().map(|offer| name(offer.record)).collect();
        names.dedup();
        let value = chosen.unwrap_or(&group[0]).value.to_owned();
        let same = |other: &&mut Disputed| folded(&other.value) == folded(&value);
        match values.iter_mut().filter(|other| other.said.is_some()).find(same) {
            Some(said) => said.records.append(&mut names),
            None => {
                let chosen = chosen.is_some() && settled.said.is_empty();
                values.push(Disputed { value, chosen, records: names, said: None });
            }
        }
    }
    values.sort_by_key(|value| !value.chosen);
    values
}

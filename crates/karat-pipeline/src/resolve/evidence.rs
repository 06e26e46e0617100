//! Evidence as people look at it: between two records, and among those of an entity.

use std::sync::Arc;

use karat_chart::{Graph, Link};
use karat_record::{Quiet, Result};
use karat_store::resolution::evidence as store;
pub use karat_store::resolution::evidence::Evidence;

use super::engine::tiers;
use super::{pair, published, read};
use crate::context::Context;
use crate::model;
use crate::project::Entity;
use crate::project::entity::Matching;
use crate::study::{self, Explained};

/// Nothing is as strong as a decision.
const DECIDED: f64 = 1e6;

/// What speaks for and against two records being of one entity.
pub enum Said {
    /// By declared tiers.
    Tiers(Vec<Looked>),
    /// By weights.
    Weights(Box<Explained>),
    /// By weights that rest on all records of the entity, of which there are too many to look on.
    TooMany(u64),
}

/// What a declared tier says of two records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    pub tier: String,
    pub score: u16,
    pub holds: bool,
    pub asked: Vec<Asked>,
}

/// One thing that a tier asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub part: Part,
    /// Such as `same email`.
    pub said: String,
    pub holds: bool,
}

/// What something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Makes the evidence.
    When,
    /// Without it a person has to decide.
    Confirm,
    /// All of these together deny the evidence.
    DeniedBy,
}

/// What speaks for and against two records, each given by source and key; none where one of them is
/// gone, or no model is in force. At most so many records are read for it, if all of the entity have
/// to be.
///
/// # Errors
/// A source without a table.
pub async fn of_pair(
    context: &Context<'_>,
    entity: &Entity,
    (records, most): ([(&str, &str); 2], u64),
) -> Result<Option<Said>> {
    let session = published::opened(context).await?;
    if let Matching::Tiers(declared) = &entity.matching {
        let sources = read::sources(context, &session, entity).await?;
        let found = read::pair(context, entity, &sources, records).await?;
        let Some(numbers) = pair::numbers(&found, records) else { return Ok(None) };
        let mut looked = tiers::look(entity, declared, &found, numbers);
        if let Some(held) = store::tiers(&session, &entity.name, records).await? {
            looked.iter_mut().for_each(|looked| looked.holds = held.contains(&looked.tier));
        }
        return Ok(Some(Said::Tiers(looked)));
    }
    if model::in_force(&session, entity).await?.is_none() {
        return Ok(None);
    }
    let Context { project, address, run, .. } = *context;
    let context = &Context { project, address, reporter: Arc::new(Quiet), run };
    let [a, b] = records.map(|(source, key)| format!("{source}:{key}"));
    if let Some(explained) = study::explain_alone(context, entity, (&a, &b)).await? {
        return Ok(Some(Said::Weights(Box::new(explained))));
    }
    let state = karat_store::resolution::state(&session, &entity.name).await?;
    let all = state.and_then(|state| state.summary["records"].as_u64()).unwrap_or_default();
    if all > most {
        return Ok(Some(Said::TooMany(all)));
    }
    let explained = study::explain(context, entity, (&a, &b)).await?;
    Ok(Some(Said::Weights(Box::new(explained))))
}

/// What holds the records of an entity together.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The strongest first.
    pub evidence: Vec<Evidence>,
    /// How much there is, with what is left out.
    pub total: u64,
}

/// What holds the records of an entity together: so much of it.
///
/// # Errors
/// Nothing was resolved yet.
pub async fn of_entity(
    context: &Context<'_>,
    entity: &Entity,
    (id, limit): (&str, u32),
) -> Result<Held> {
    let session = published::opened(context).await?;
    let (total, evidence) = store::among(&session, (&entity.name, id), limit).await?;
    Ok(Held { evidence, total })
}

impl Held {
    /// The evidence as a graph of these records, each as SOURCE:KEY.
    pub fn graph(&self, records: &[String]) -> Graph {
        let number = |(source, key): &(String, String)| {
            let name = format!("{source}:{key}");
            records.iter().position(|record| *record == name)
        };
        let links = self.evidence.iter().filter_map(|evidence| {
            let between = (number(&evidence.a)?, number(&evidence.b)?);
            let strength = evidence.weight.map(f64::from);
            Some(Link {
                between,
                strength: strength.or(evidence.score.map(f64::from)).unwrap_or(DECIDED),
                label: label(evidence),
                kind: kind(evidence),
                is_in_doubt: evidence.reason.is_some(),
            })
        });
        Graph {
            title: "What holds the records together".to_owned(),
            nodes: records.to_vec(),
            links: links.collect(),
            meaning: ["evidence or a decision", "evidence that a person is asked about"]
                .map(str::to_owned),
        }
    }
}

/// How strong evidence is, in a word.
fn label(evidence: &Evidence) -> String {
    match (evidence.weight, evidence.score) {
        (Some(weight), _) => format!("{} bits", karat_chart::decimals(f64::from(weight), 1)),
        (None, Some(score)) => score.to_string(),
        (None, None) => "decided".to_owned(),
    }
}

/// What evidence rests on.
fn kind(evidence: &Evidence) -> String {
    match (evidence.decision, &evidence.reason) {
        (Some(number), _) => format!("decision {number}"),
        (None, Some(reason)) => format!("{}; asked: {reason}", evidence.tiers.join(", ")),
        (None, None) => evidence.tiers.join(", "),
    }
}

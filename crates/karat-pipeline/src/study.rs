//! Looking into an entity's model: why two records are taken for one, training on request, and
//! models in and out.

use std::sync::Arc;

use karat_chart::{Mark, Step, Waterfall};
use karat_record::{Kind, Problem, Quiet, Reporter, Result};
use karat_resolve::Explanation;
pub use karat_resolve::explanation::{Part, Values};
use karat_store::model::Origin;

use crate::context::Context;
use crate::model::{self, Body, Model};
use crate::on_record::lock;
use crate::project::Entity;
use crate::project::entity::{Matching, Thresholds};
use crate::resolve::engine::{self, Given, Proposal};
use crate::resolve::{self, Records, View};

/// Two records and what is to be said of them.
pub struct Explained {
    pub a: String,
    pub b: String,
    pub explanation: Explanation,
    pub thresholds: Thresholds,
}

impl Explained {
    /// How the weight comes about, from the prior to the total.
    pub fn waterfall(&self) -> Waterfall {
        let mark = |label: &str, probability: f64| Mark {
            label: label.to_owned(),
            at: (probability / (1.0 - probability)).log2(),
        };
        Waterfall {
            title: format!("{} and {}", self.a, self.b),
            left: self.a.clone(),
            right: self.b.clone(),
            prior: self.explanation.prior,
            steps: self.explanation.parts.iter().map(step).collect(),
            marks: vec![mark("auto", self.thresholds.auto), mark("review", self.thresholds.review)],
        }
    }

    /// The probability, and what follows from it.
    pub fn verdict(&self) -> String {
        let probability = self.explanation.probability;
        let (auto, review) = (self.thresholds.auto, self.thresholds.review);
        let what = match probability {
            p if p >= auto => {
                format!("at least {auto}: one, unless others of their records disagree")
            }
            p if p >= review => format!("from {review} to {auto}: a person decides"),
            _ => format!("below {review}: apart, unless others of their records connect them"),
        };
        format!("match probability {probability:.4}, {what}")
    }
}

fn step(part: &Part) -> Step {
    let value = |of: fn(&Values) -> &Option<String>| {
        let values = part.values.iter().filter_map(|values| of(values).as_deref());
        values.collect::<Vec<_>>().join(", ")
    };
    Step {
        label: part.comparison.clone(),
        left: value(|values| &values.left),
        right: value(|values| &values.right),
        level: part.level.clone(),
        weight: part.weight + part.adjustment,
    }
}

fn weighs(entity: &Entity) -> Result<Thresholds> {
    entity.matching.thresholds().ok_or_else(|| {
        let what = format!("entity {} is recognised by tiers, not by weights", entity.name);
        Problem::new(Kind::Usage, what)
            .hint("karat review list shows the tiers that hold; give fields roles to have weights")
    })
}

/// Explains a pair of records, each as SOURCE:KEY, by the model in force or one learned for it.
pub async fn explain(
    context: &Context<'_>,
    entity: &Entity,
    pair: (&str, &str),
) -> Result<Explained> {
    weighs(entity)?;
    if let Some(explained) = explain_alone(context, entity, pair).await? {
        return Ok(explained);
    }
    let view = resolve::view(context, entity).await?;
    explained(context.reporter.clone(), (entity, view), pair).await
}

/// The same, of records that weigh the same whatever other records there are; none where the others
/// have to be read.
pub async fn explain_alone(
    context: &Context<'_>,
    entity: &Entity,
    pair: (&str, &str),
) -> Result<Option<Explained>> {
    weighs(entity)?;
    match resolve::view_of(context, entity, [pair.0, pair.1]).await? {
        Some(view) => explained(Arc::new(Quiet), (entity, view), pair).await.map(Some),
        None => Ok(None),
    }
}

async fn explained(
    reporter: Arc<dyn Reporter>,
    (entity, view): (&Entity, View),
    (a, b): (&str, &str),
) -> Result<Explained> {
    let thresholds = weighs(entity)?;
    let (x, y) = (number(&view.records, a)?, number(&view.records, b)?);
    let entity = entity.clone();
    let work = tokio::task::spawn_blocking(move || {
        let mut explained = Err(Problem::new(Kind::Internal, "nothing was explained"));
        engine::weighing(&entity, view.given(), &*reporter, |engine| {
            explained = engine.explain(x, y);
        })?;
        explained
    });
    let explanation = work.await.map_err(ended)??;
    Ok(Explained { a: a.to_owned(), b: b.to_owned(), explanation, thresholds })
}

fn ended(error: tokio::task::JoinError) -> Problem {
    Problem::new(Kind::Internal, format!("the work ended: {error}"))
}

/// The number of a record written as SOURCE:KEY.
fn number(records: &Records, text: &str) -> Result<u32> {
    let unknown = || {
        Problem::new(Kind::Usage, format!("there is no record {text:?}"))
            .hint(format!("write it as SOURCE:KEY; the sources are {}", records.sources.join(", ")))
    };
    let (source, key) = text.split_once(':').ok_or_else(unknown)?;
    let all = 0..records.frame.len() as u32;
    let mut found = all.filter(|r| records.source(*r) == source && records.key(*r) == key);
    found.next().ok_or_else(unknown)
}

/// Learns the model of an entity anew and puts it in force.
pub async fn train(context: &Context<'_>, entity: &Entity) -> Result<Model> {
    weighs(entity)?;
    let _lock = lock(context).await?;
    let view = resolve::view(context, entity).await?;
    let (declared, reporter) = (entity.clone(), context.reporter.clone());
    let work = tokio::task::spawn_blocking(move || {
        let given = Given { kept: None, ..view.given() };
        engine::weighing(&declared, given, &*reporter, |_| {})
    });
    let model = work.await.map_err(ended)??;
    let model = model.ok_or_else(|| Problem::new(Kind::Internal, "no model was learned"))?;
    let session = context.connect().await?;
    model.keep(&session, (Origin::Train, None)).await?;
    Ok(model)
}

/// Proposes blocking rules and sessions for a declared model.
pub async fn propose(context: &Context<'_>, entity: &Entity) -> Result<Proposal> {
    let Matching::Model(_) = &entity.matching else {
        let what = format!("entity {} declares no comparisons", entity.name);
        let hint = "the model for people blocks by its fields' roles; karat train learns it";
        return Err(Problem::new(Kind::Usage, what).hint(hint));
    };
    let view = resolve::view(context, entity).await?;
    let entity = entity.clone();
    let work = tokio::task::spawn_blocking(move || engine::propose(&entity, &view.records));
    work.await.map_err(ended)?
}

/// The model in force.
pub async fn model(context: &Context<'_>, entity: &Entity) -> Result<Model> {
    weighs(entity)?;
    let session = context.connect().await?;
    let ready = karat_store::own::is_ready(&session).await?;
    let found = if ready { model::in_force(&session, entity).await? } else { None };
    found.map(|(_, model)| model).ok_or_else(|| {
        let what = format!("no model was learned for entity {} as it is declared", entity.name);
        let hint = format!("karat train {0} learns one, karat resolve {0} does too", entity.name);
        Problem::new(Kind::Usage, what).hint(hint)
    })
}

/// Puts a model from a file in force.
///
/// # Errors
/// A file that is no model, or one for other fields.
pub async fn import(context: &Context<'_>, entity: &Entity, text: &str) -> Result<Model> {
    weighs(entity)?;
    let found = Model::read(text)?;
    let fits = match (&entity.matching, &found.body) {
        (Matching::People(_), Body::People(learned)) => {
            let wanted =
                entity.fields.iter().filter(|field| field.role.is_some_and(|role| !role.is_name()));
            wanted.map(|field| &field.name).eq(learned.fields.iter().map(|field| &field.name))
        }
        (Matching::Model(_), Body::Weights(_)) => true,
        _ => false,
    };
    if !fits {
        let what = format!("the model is not one for the fields of entity {}", entity.name);
        return Err(Problem::new(Kind::Input, what)
            .hint("a model fits an entity whose fields have the names that it was learned for"));
    }
    let model =
        Model { entity: entity.name.clone(), learned_for: model::learned_for(entity), ..found };
    let _lock = lock(context).await?;
    let session = context.connect().await?;
    karat_store::own::prepare(&session).await?;
    model.keep(&session, (Origin::Import, None)).await?;
    Ok(model)
}

//! Models: how entities are recognised, what was learned for that, and whether it still fits.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use karat_chart::{Part, number, signed};
use karat_pipeline::drift::Drift;
use karat_pipeline::evaluate::report;
use karat_pipeline::model::{Level, Levels, Model};
use karat_pipeline::project::Entity;
use karat_pipeline::project::entity::{Condition, Matching, Thresholds};
use karat_pipeline::resolve::TierCount;
use karat_pipeline::status::{self, EntityStatus, State as Resolved};

use super::{ago, many};
use crate::app::App;
use crate::failure::{Answer, Failure, page, segment};
use crate::frame::Frame;
use crate::signed::Signed;

#[derive(Template)]
#[template(path = "models.html")]
struct All {
    frame: Frame,
    entities: Vec<(EntityStatus, &'static str)>,
}

/// All entities; the only one where there is one.
pub async fn all(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, Failure> {
    if let [one] = &app.project.entities[..] {
        return Ok(Redirect::to(&format!("/models/{}", segment(&one.name))).into_response());
    }
    let session = app.session().await?;
    let mut entities = Vec::new();
    for entity in &app.project.entities {
        entities.push((status::entity(&session, entity).await?, recognised_by(entity)));
    }
    let frame = signed.frame(&app, "Models", "Models");
    Ok(page(&All { frame, entities })?.into_response())
}

fn recognised_by(entity: &Entity) -> &'static str {
    match &entity.matching {
        Matching::Tiers(_) => "declared tiers",
        Matching::People(_) => "the model for people",
        Matching::Model(weighed) if weighed.is_from_file => "a model from a file",
        Matching::Model(_) => "declared comparisons",
    }
}

#[derive(Template)]
#[template(path = "model.html")]
struct One {
    frame: Frame,
    entity: String,
    recognised_by: &'static str,
    state: Option<Resolved>,
    drift: Option<Drift>,
    model: Option<Model>,
    levels: Vec<Levels>,
    thresholds: Option<Thresholds>,
    /// The score from which tiers merge.
    auto: Option<u16>,
    tiers: Vec<Tier>,
    /// What is to be known of the model, and what it says in charts and tables.
    text: String,
    charts: String,
    /// The match weights of the last resolution.
    weights: String,
}

/// A declared tier, and what it did.
struct Tier {
    name: String,
    score: u16,
    when: String,
    confirm: String,
    denied_by: String,
    merges: bool,
    count: Option<TierCount>,
}

pub async fn one(State(app): State<Arc<App>>, signed: Signed, Path(name): Path<String>) -> Answer {
    let entity = app.entity(&name)?;
    let session = app.session().await?;
    let found = status::entity(&session, entity).await?;
    let thresholds = entity.matching.thresholds();
    let mut weights = String::new();
    if let (Some(thresholds), Some(state)) = (thresholds, &found.state) {
        let evidence = app.weights(&session, &name, &state.resolved).await?;
        if !evidence.is_empty() {
            weights += &Part::from(report::evidence(&evidence, thresholds)).html();
        }
        if !found.weights.bins.is_empty() {
            weights += &Part::from(report::compared(&found.weights, thresholds)).html();
        }
    }
    let (auto, tiers) = tiers(entity, &found.tiers);
    let section = found.model.as_ref().map(report::of_model);
    let parts = |section: &karat_chart::Section| section.parts.iter().map(Part::html).collect();
    page(&One {
        frame: signed.frame(&app, "Models", &name),
        recognised_by: recognised_by(entity),
        levels: found.model.as_ref().map_or_else(Vec::new, Model::levels),
        text: section.as_ref().map_or_else(String::new, |section| section.text.clone()),
        charts: section.as_ref().map_or_else(String::new, parts),
        entity: name,
        state: found.state,
        drift: found.drift,
        model: found.model,
        thresholds,
        auto,
        tiers,
        weights,
    })
}

fn tiers(entity: &Entity, counts: &[TierCount]) -> (Option<u16>, Vec<Tier>) {
    let Matching::Tiers(declared) = &entity.matching else { return (None, Vec::new()) };
    let all = |conditions: &[Condition]| {
        conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    };
    let tier = |tier: &karat_pipeline::project::entity::Tier| Tier {
        name: tier.name.clone(),
        score: tier.score,
        when: all(&tier.when),
        confirm: all(&tier.confirm),
        denied_by: tier.denied_by.join(", "),
        merges: tier.score >= declared.auto,
        count: counts.iter().find(|count| count.name == tier.name).cloned(),
    };
    (Some(declared.auto), declared.tiers.iter().map(tier).collect())
}

/// A probability, where there is one.
fn probability(value: &Option<f64>) -> String {
    value.map_or("–".to_owned(), number)
}

/// The match weight of a level in bits, where it has one.
fn bits(level: &Level) -> String {
    level.weight().map_or("–".to_owned(), |weight| signed(weight, 2))
}

fn prior(model: &Model) -> String {
    probability(&model.prior())
}

/// A moment to the minute.
fn minute(at: &str) -> String {
    at.chars().take(16).collect::<String>().replace('T', " ")
}

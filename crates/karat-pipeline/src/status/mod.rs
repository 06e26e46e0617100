//! How a project stands: its datasets and entities, what drifted, and what needs somebody first.
//! Made of what is kept; no table of records is looked at, and nothing is written.

mod needs;

use std::collections::BTreeMap;

use karat_record::Result;
use karat_resolve::linkage::splink;
use karat_store::drift::{self as kept, By};
use karat_store::status::{self as store, Check, Dataset, Objective, When};
use karat_store::{Session, own};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::context::Context;
use crate::drift::{self, Comparison, Drift, Now, Weights};
use crate::model::{self, Body, Model};
use crate::project::{Entity, Project};
use crate::resolve::TierCount;
pub use needs::{About, Need, needs};

/// How a project stands.
#[derive(Default)]
pub struct Status {
    /// False where Karat has not been in the database yet, or only an older one.
    pub is_begun: bool,
    pub datasets: Vec<Dataset>,
    pub entities: Vec<EntityStatus>,
    pub checks: Vec<Check>,
    pub objectives: Vec<Objective>,
    /// Jobs that were given up, and that no other has made good since.
    pub given_up: u64,
    /// The tables of datasets.
    pub tables: BTreeMap<String, String>,
}

/// How an entity stands.
pub struct EntityStatus {
    pub name: String,
    /// None where it was never resolved.
    pub state: Option<State>,
    /// The model in force.
    pub model: Option<Model>,
    /// None where it was never resolved.
    pub drift: Option<Drift>,
    /// Compared pairs by match weight, where they are counted.
    pub weights: Weights,
    /// What each tier did, where tiers are declared.
    pub tiers: Vec<TierCount>,
}

/// What the last resolution left.
pub struct State {
    pub resolved: When,
    /// It looked at what had changed, and not at everything.
    pub is_part: bool,
    /// The declaration or the model changed since.
    pub is_outdated: bool,
    pub records: u64,
    pub entities: u64,
    pub changes: u64,
    pub reviews: u64,
}

/// How the project stands.
///
/// # Errors
/// No database, or one of a newer Karat.
pub async fn status(context: &Context<'_>) -> Result<Status> {
    let Context { project, .. } = context;
    let session = context.connect().await?;
    if !own::is_ready(&session).await? {
        return Ok(Status::default());
    }
    let names: Vec<&str> = project.datasets.iter().map(|d| d.name.as_str()).collect();
    let mut entities = Vec::new();
    for declared in &project.entities {
        entities.push(entity(&session, declared).await?);
    }
    Ok(Status {
        is_begun: true,
        datasets: store::datasets(&session, &names).await?,
        entities,
        checks: store::checks(&session, &checks(project)).await?,
        objectives: store::objectives(&session, &objectives(project)).await?,
        given_up: store::given_up(&session).await?,
        tables: project.datasets.iter().map(|d| (d.name.clone(), d.table.to_string())).collect(),
    })
}

fn checks(project: &Project) -> Vec<(&str, &str)> {
    let suites = project.checks.iter();
    let of =
        suites.map(|suite| suite.checks.iter().map(|c| (suite.name.as_str(), c.name.as_str())));
    of.flatten().collect()
}

fn objectives(project: &Project) -> Vec<(&str, &str)> {
    let files = project.objectives.iter();
    let of =
        files.map(|file| file.objectives.iter().map(|o| (file.name.as_str(), o.name.as_str())));
    of.flatten().collect()
}

/// How an entity stands.
///
/// # Errors
/// As [`status`].
pub async fn entity(session: &Session, declared: &Entity) -> Result<EntityStatus> {
    let name = declared.name.clone();
    let in_force = model::in_force(session, declared).await?;
    let number = in_force.as_ref().map(|(number, _)| *number);
    let model = in_force.map(|(_, model)| model);
    let Some(found) = store::entity(session, &name).await? else {
        let (weights, tiers) = (Weights::default(), Vec::new());
        return Ok(EntityStatus { name, state: None, model, drift: None, weights, tiers });
    };
    let summary: Json = serde_json::from_str(&found.summary).unwrap_or_default();
    let count = |name: &str| summary[name].as_u64().unwrap_or_default();
    let by = By { entity: &name, model: found.model, settings: &found.settings, run: None };
    let counts = kept::read(session, by).await?;
    let now = Now {
        records: count("records"),
        reviews: count("review_pairs"),
        trained: model.as_ref().map(|model| model.records),
        comparisons: &model.as_ref().map_or_else(Vec::new, comparisons),
    };
    let drift = drift::judge(&counts, &now)?;
    let state = State {
        is_part: !summary["part"].is_null(),
        is_outdated: found.settings != declared.settings || found.model != number,
        records: now.records,
        entities: count("entities"),
        changes: found.changes,
        reviews: found.reviews,
        resolved: found.resolved,
    };
    let tiers = Vec::deserialize(&summary["tiers"]).unwrap_or_default();
    Ok(EntityStatus {
        name,
        state: Some(state),
        model,
        drift: Some(drift),
        weights: drift::weights(&counts)?,
        tiers,
    })
}

/// The comparisons of a model and their levels, by name; none of the model for people.
fn comparisons(model: &Model) -> Vec<Comparison> {
    let Body::Weights(trained) = &model.body else { return Vec::new() };
    let Ok(read) = splink::read(&trained.splink.to_string()) else { return Vec::new() };
    let of = |comparison: karat_resolve::linkage::model::Comparison| Comparison {
        name: comparison.name,
        levels: comparison.levels.into_iter().map(|level| level.label).collect(),
    };
    read.model.comparisons.into_iter().map(of).collect()
}

impl Status {
    /// What needs somebody, the most urgent first.
    pub fn needs(&self) -> Vec<Need> {
        needs(self)
    }

    /// Everything, for programs.
    pub fn json(&self) -> Json {
        json!({
            "is_begun": self.is_begun,
            "needs": self.needs(),
            "datasets": self.datasets.iter().map(dataset).collect::<Vec<_>>(),
            "entities": self.entities.iter().map(EntityStatus::json).collect::<Vec<_>>(),
            "failing_checks": self.checks.iter().map(check).collect::<Vec<_>>(),
            "jobs_given_up": self.given_up,
            "missed_objectives": self.objectives.iter().map(objective).collect::<Vec<_>>(),
        })
    }
}

fn dataset(dataset: &Dataset) -> Json {
    json!({
        "name": dataset.name,
        "rows": dataset.rows,
        "open_rejects": dataset.open_rejects,
        "last_load": dataset.last.as_ref().map(|load| json!({
            "at": load.finished.at, "origin": load.origin,
            "read": load.read, "rejected": load.rejected,
        })),
    })
}

fn check(check: &Check) -> Json {
    json!({
        "suite": check.suite, "check": check.check, "table": check.relation,
        "blocks": check.blocks, "rows": check.unexpected, "error": check.error,
    })
}

fn objective(objective: &Objective) -> Json {
    json!({
        "file": objective.file, "objective": objective.objective, "blocks": objective.blocks,
        "dimension": objective.dimension, "target": objective.target, "actual": objective.actual,
    })
}

impl EntityStatus {
    fn json(&self) -> Json {
        json!({
            "name": self.name,
            "resolution": self.state.as_ref().map(|state| json!({
                "at": state.resolved.at,
                "how": if state.is_part { "part" } else { "whole" },
                "is_outdated": state.is_outdated,
                "records": state.records,
                "entities": state.entities,
                "waiting_changes": state.changes,
                "waiting_reviews": state.reviews,
            })),
            "model": self.model.as_ref().map(|model| json!({
                "trained_at": model.trained_at, "records": model.records,
            })),
            "drift": self.drift,
        })
    }
}

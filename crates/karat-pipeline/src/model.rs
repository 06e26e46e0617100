//! Models that are kept: what was learned about an entity's records, self-contained, as JSON.

mod levels;

use jiff::Timestamp;
use karat_connect::vault::hash_text;
use karat_record::{Kind, Problem, Result};
use karat_resolve::people::Learned;
use karat_store::Session;
use karat_store::model::{self as store, Origin};
use serde::{Deserialize, Serialize};

use crate::project::Entity;
pub use levels::{Level, Levels};

/// The form of the file; a later one may say more.
const FORM: u32 = 1;

/// A model with all that is to be known of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Model {
    /// The form of this file.
    pub karat_model: u32,
    /// The Karat that wrote it.
    pub version: String,
    pub entity: String,
    /// Fingerprint of what it was learned for: fields, cleaning, roles, sources.
    pub learned_for: String,
    /// When, in UTC.
    pub trained_at: String,
    pub seed: u64,
    /// Match probabilities from which records merge, and from which people are asked.
    pub auto: f64,
    pub review: f64,
    /// Records it was learned from.
    pub records: u64,
    #[serde(flatten)]
    pub body: Body,
}

/// What was learned.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The default model for people.
    People(Learned),
    /// A Fellegi-Sunter model.
    Weights(Trained),
}

/// A trained Fellegi-Sunter model and what its probabilities rest on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// The model as Splink writes it.
    pub splink: serde_json::Value,
    /// By comparison and level.
    pub basis: Vec<Vec<Basis>>,
    pub sessions: Vec<TrainingSession>,
    /// Comparisons that no session trained.
    pub untrained: Vec<String>,
    /// The columns whose values' frequencies count, as they were.
    pub frequencies: Vec<Frequencies>,
}

/// What the probabilities of a level rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// Sessions that estimated m, and its standard error, where the pairs tell it.
    pub m_sessions: u64,
    pub m_error: Option<f64>,
    /// Random pairs that reached the level, and the standard error of u.
    pub u_pairs: u64,
    pub u_error: Option<f64>,
}

/// A session of expectation maximisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingSession {
    pub rule: String,
    pub pairs: u64,
    /// Those of them that people had decided.
    #[serde(default)]
    pub decided: u64,
    pub rounds: u32,
    pub converged: bool,
}

/// How often the values of a column were there: of how many records, how many values, and a digest
/// of all counts. The counts themselves stay in the database, from when the model first weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequencies {
    pub column: String,
    pub records: u64,
    pub values: u64,
    pub digest: String,
}

impl Model {
    /// The JSON text of the model.
    pub fn text(&self) -> Result<String> {
        let failed = |e: serde_json::Error| Problem::new(Kind::Internal, format!("a model: {e}"));
        serde_json::to_string_pretty(self).map_err(failed)
    }

    /// Keeps the model in the database and puts it in force; its number.
    pub async fn keep(&self, session: &Session, from: (Origin, Option<i64>)) -> Result<i64> {
        store::keep(session, &self.entity, from, &self.text()?).await
    }

    /// Reads a model's JSON text.
    pub fn read(text: &str) -> Result<Model> {
        let model: Model = serde_json::from_str(text).map_err(|error| {
            let hint = "karat model export writes such a file";
            Problem::new(Kind::Input, format!("this is no model of Karat: {error}")).hint(hint)
        })?;
        if model.karat_model > FORM {
            let what =
                format!("the model is of form {}, this Karat knows {FORM}", model.karat_model);
            return Err(Problem::new(Kind::Newer, what).hint("install the newer Karat"));
        }
        Ok(model)
    }
}

/// The model in force for an entity with its number, if it was learned for what the entity
/// declares today.
pub async fn in_force(session: &Session, entity: &Entity) -> Result<Option<(i64, Model)>> {
    let Some((number, text)) = store::latest(session, &entity.name).await? else {
        return Ok(None);
    };
    let model = Model::read(&text)?;
    Ok((model.learned_for == learned_for(entity)).then_some((number, model)))
}

/// A fingerprint of what a model of the entity is learned for.
pub fn learned_for(entity: &Entity) -> String {
    let field = |field: &crate::project::entity::Field| {
        let clean: Vec<&str> = field.clean.iter().map(|rule| rule.name).collect();
        format!("{} {:?} {} {:?} {clean:?}", field.name, field.from, field.join, field.role)
    };
    let fields: Vec<String> = entity.fields.iter().map(field).collect();
    hash_text(&format!("{fields:?} {:?} {}", entity.sources, entity.matching.learning()))
}

/// What stands in every model.
pub struct Heading {
    pub seed: u64,
    pub auto: f64,
    pub review: f64,
}

/// A model learned now.
pub fn new(entity: &Entity, heading: &Heading, records: usize, body: Body) -> Model {
    Model {
        karat_model: FORM,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        entity: entity.name.clone(),
        learned_for: learned_for(entity),
        trained_at: format!("{:.0}", Timestamp::now()),
        seed: heading.seed,
        auto: heading.auto,
        review: heading.review,
        records: records as u64,
        body,
    }
}

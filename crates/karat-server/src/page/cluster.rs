//! What holds an entity together, and what people decide about it: its records, its fields.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use karat_chart::{Chart, NARROW, WIDE};
use karat_pipeline::account::Person;
use karat_pipeline::context::Context;
use karat_pipeline::project::Entity;
use karat_pipeline::resolve::evidence;
use karat_pipeline::resolve::overrides::{self, Said};
use karat_pipeline::review::Deciding;
use karat_record::{Kind, Problem};
use karat_store::golden;
use karat_store::review::{self as store, Act, Verdict};
use serde::Deserialize;

use crate::app::App;
use crate::failure::{Failure, segment};
use crate::fields::Fields;
use crate::signed::Operator;

/// Records of which a graph is drawn.
const DRAWN: usize = 30;
/// Lines of evidence on a page.
const LINES: u32 = 500;
/// Decisions on a page.
const DECISIONS: u32 = 50;

/// A chart as a page shows it: drawn for wide and for narrow screens, and its numbers.
#[derive(Template)]
#[template(path = "drawn.html")]
pub struct Drawn {
    title: String,
    wide: String,
    narrow: String,
    table: String,
    /// Whether the numbers are to be seen at once.
    is_open: bool,
}

impl Drawn {
    pub fn of(chart: &dyn Chart, is_open: bool) -> Drawn {
        Drawn {
            title: chart.title().to_owned(),
            wide: chart.draw(WIDE),
            narrow: chart.draw(NARROW),
            table: chart.table().html(),
            is_open,
        }
    }
}

/// What holds an entity together, and what was decided about it.
pub struct Cluster {
    /// The graph; none of one record, or of more than can be seen.
    pub drawn: Option<Drawn>,
    /// The evidence as a table, where nothing is drawn.
    pub table: Option<String>,
    /// Evidence that there is, and how much of it is listed.
    pub total: u64,
    pub listed: u64,
    pub decisions: Vec<Act>,
    /// What was just decided, if it is in force.
    pub done: Option<i64>,
}

impl Cluster {
    /// The cluster of an id with these records, each as SOURCE:KEY.
    pub async fn of(
        context: &Context<'_>,
        entity: &Entity,
        (id, records): (&str, &[String]),
        done: Option<i64>,
    ) -> Result<Cluster, Failure> {
        let held = evidence::of_entity(context, entity, (id, LINES)).await?;
        let session = context.connect().await?;
        let decisions = store::of_entity(&session, (&entity.name, id), DECISIONS).await?;
        let graph = held.graph(records);
        let is_drawn = (2..=DRAWN).contains(&records.len());
        let is_listed = !is_drawn && !held.evidence.is_empty();
        Ok(Cluster {
            drawn: is_drawn.then(|| Drawn::of(&graph, true)),
            table: is_listed.then(|| graph.table().html()),
            total: held.total,
            listed: held.evidence.len() as u64,
            done: done.filter(|done| decisions.iter().any(|act| act.number == *done)),
            decisions,
        })
    }
}

/// A reason, unless it is blank.
pub fn reason(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|reason| !reason.is_empty())
}

/// Where an entity is shown after a decision.
fn decided((name, id): (&str, &str), number: i64) -> Redirect {
    Redirect::to(&format!("/entities/{}/{}?done={number}", segment(name), segment(id)))
}

/// The chosen records of an entity are another one.
pub async fn split(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path((name, id)): Path<(String, String)>,
    Form(given): Form<Fields>,
) -> Result<Redirect, Failure> {
    app.entity(&name)?;
    let records: Vec<String> = given.all("record").map(str::to_owned).collect();
    let session = app.acting(&person).await?;
    let deciding = Deciding {
        session: &session,
        author: &person.name,
        entity: &name,
        verdict: Verdict::Different,
        reason: given.first("reason").and_then(reason),
    };
    let noted = deciding.split(&id, &records).await?;
    Ok(decided((&name, &id), noted.number))
}

#[derive(Deserialize)]
pub struct Merged {
    /// Another entity: its id, or one of its records as SOURCE:KEY.
    other: String,
    #[serde(default)]
    reason: String,
}

/// An entity and another are one.
pub async fn merge(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path((name, id)): Path<(String, String)>,
    Form(merged): Form<Merged>,
) -> Result<Redirect, Failure> {
    app.entity(&name)?;
    let session = app.acting(&person).await?;
    let other = merged.other.trim();
    let other = match other.split_once(':') {
        Some(record) => golden::of_record(&session, &name, record).await?.ok_or_else(|| {
            Problem::new(Kind::Usage, format!("{name} has no such record"))
                .hint("write it as SOURCE:KEY, or name an id")
        })?,
        None => other.to_owned(),
    };
    let deciding = Deciding {
        session: &session,
        author: &person.name,
        entity: &name,
        verdict: Verdict::Same,
        reason: reason(&merged.reason),
    };
    let noted = deciding.merge(&[id.clone(), other]).await?;
    Ok(decided((&name, &id), noted.number))
}

#[derive(Deserialize)]
pub struct Override {
    field: String,
    /// One value on each line.
    #[serde(default)]
    values: String,
    /// It has no value.
    #[serde(default)]
    none: bool,
    #[serde(default)]
    reason: String,
}

/// A golden field is what somebody says.
pub async fn set(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Path((name, id)): Path<(String, String)>,
    Form(said): Form<Override>,
) -> Result<Redirect, Failure> {
    let entity = app.entity(&name)?;
    let values = said.values.lines().map(str::trim).filter(|line| !line.is_empty());
    let values: Vec<String> = values.map(str::to_owned).collect();
    if values.is_empty() != said.none {
        let what = match said.none {
            true => "there is a value, and the field is to have none",
            false => "there is no value",
        };
        let hint = "write one, or say that the field has none";
        return Err(Problem::new(Kind::Usage, what).hint(hint).into());
    }
    let set = overridden(&app, &person, (entity, &id), (&said, &values)).await?;
    Ok(decided((&name, &id), set.decision))
}

async fn overridden(
    app: &App,
    person: &Person,
    (entity, id): (&Entity, &str),
    (said, values): (&Override, &[String]),
) -> Result<overrides::Set, Failure> {
    let address = app.address(person);
    let said = Said {
        entity: &entity.name,
        id,
        field: &said.field,
        values,
        author: &person.name,
        reason: reason(&said.reason),
    };
    Ok(overrides::set(&app.context(&address), entity, said).await?)
}

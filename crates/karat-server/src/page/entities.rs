//! Entities: looking for golden records, and all that is known about one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use karat_pipeline::resolve::history::{self, History};
use karat_pipeline::resolve::origin::{self, Golden};
use karat_store::golden;
use serde::Deserialize;

use super::cluster::Cluster;
use super::{many, shown};
use crate::app::App;
use crate::failure::{Answer, Failure, page, segment};
use crate::frame::Frame;
use crate::signed::Signed;

/// Golden records on a page.
const MANY: u32 = 50;

#[derive(Template)]
#[template(path = "entities.html")]
struct All {
    frame: Frame,
    names: Vec<String>,
}

/// All entities; the only one where there is one.
pub async fn all(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, Failure> {
    let names: Vec<String> = app.project.entities.iter().map(|e| e.name.clone()).collect();
    if let [one] = &names[..] {
        return Ok(Redirect::to(&format!("/entities/{}", segment(one))).into_response());
    }
    let frame = signed.frame(&app, "Entities", "Entities");
    Ok(page(&All { frame, names })?.into_response())
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "entity_find.html")]
struct Find {
    frame: Frame,
    entity: String,
    asked: String,
    columns: Vec<String>,
    rows: Vec<Row>,
    /// There are more than the page has room for.
    more: bool,
    refused: Option<String>,
}

struct Row {
    id: String,
    cells: Vec<String>,
}

/// Columns of a golden record that a list has room for.
const WIDTH: usize = 6;

/// Golden records by an id, a record as SOURCE:KEY, or any text in them.
pub async fn find(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(name): Path<String>,
    Query(Asked { q }): Query<Asked>,
) -> Result<Response, Failure> {
    let entity = app.entity(&name)?;
    let asked = q.trim();
    let session = app.session().await?;
    let declared = &entity.golden;
    let is_id = asked.len() == 36 && asked.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    let known = match asked.split_once(':') {
        Some(record) => golden::of_record(&session, &entity.name, record).await?,
        None => is_id.then(|| asked.to_owned()),
    };
    if let Some(id) = known {
        return Ok(Redirect::to(&format!("/entities/{}/{id}", segment(&name))).into_response());
    }
    let limit = MANY + 1;
    let (mut found, refused) = match app.search(&session, entity, (asked, None), limit).await {
        Ok(found) => (found, None),
        Err(problem) => (Vec::new(), Some(problem.what)),
    };
    let more = found.len() > MANY as usize;
    found.truncate(MANY as usize);
    let columns = declared.columns.iter().map(|column| column.name.clone()).take(WIDTH);
    let columns: Vec<String> = columns.collect();
    let row = |found: golden::Found| Row {
        cells: columns.iter().map(|column| shown(&found.row[column])).collect(),
        id: found.id,
    };
    let rows = found.into_iter().map(row).collect();
    let asked = asked.to_owned();
    let frame = signed.frame(&app, "Entities", &name);
    let find = Find { frame, entity: name, asked, columns, rows, more, refused };
    Ok(page(&find)?.into_response())
}

#[derive(Template)]
#[template(path = "entity.html")]
struct One {
    frame: Frame,
    entity: String,
    golden: Golden,
    history: History,
    cluster: Cluster,
}

#[derive(Deserialize)]
pub struct Decided {
    /// What was just decided.
    done: Option<i64>,
}

/// A golden record: each value with its origin and what it beat, its records, and its history.
pub async fn one(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((name, id)): Path<(String, String)>,
    Query(Decided { done }): Query<Decided>,
) -> Answer {
    let entity = app.entity(&name)?;
    let address = signed.address(&app);
    let context = app.context(&address);
    let golden = origin::explain(&context, entity, (&id, None)).await?;
    let history = history::history(&context, entity, &golden.id).await?;
    let of = (golden.id.as_str(), history.records.as_slice());
    let cluster = Cluster::of(&context, entity, of, done).await?;
    let mut values = golden.fields.iter().flat_map(|field| &field.values);
    // The first value that there is.
    let title = values.next().map_or(golden.id.clone(), |first| first.value.clone());
    let frame = signed.frame(&app, "Entities", &title);
    page(&One { frame, entity: name, golden, history, cluster })
}

/// Where a record was read: `crm.csv, row 12, load 3`.
fn place(origin: &origin::Origin) -> String {
    let made_from = origin.trail.made_from.as_ref().and_then(|made| made.place.as_ref());
    match made_from.or(origin.trail.place.as_ref()) {
        Some(place) => format!("{}, row {}, load {}", place.origin, place.row, place.load),
        None => "of no load on record".to_owned(),
    }
}

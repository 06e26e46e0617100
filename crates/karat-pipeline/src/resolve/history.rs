//! What happened to a golden record, by its id of today or of any day before.

use jiff::Timestamp;
use karat_record::{Kind, Problem, Result};
use karat_store::Session;
use karat_store::check::Clock;
use karat_store::resolution::{self as store, Event, Member, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use super::{people, published};
use crate::context::Context;
use crate::project::Entity;

/// The life of a golden record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct History {
    #[serde(flatten)]
    pub standing: Standing,
    /// Its events and, where it is retired, those of what continues it.
    pub events: Vec<Event>,
    /// The records of the id that it leads to today, as SOURCE:KEY.
    pub records: Vec<String>,
}

/// A golden record at a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Then {
    #[serde(flatten)]
    pub standing: Standing,
    pub as_of: String,
    /// Its records then, as SOURCE:KEY; none before it was made and after it was retired.
    pub records: Vec<String>,
}

/// What happened to an id.
///
/// # Errors
/// An id that was never one of this entity's.
pub async fn history(context: &Context<'_>, entity: &Entity, id: &str) -> Result<History> {
    let session = published::opened(context).await?;
    let standing = standing(&session, entity, id).await?;
    let events = store::events(&session, &entity.name, &standing.id).await?;
    let records = match &standing.current_id {
        Some(current) => store::members(&session, &entity.name, current).await?,
        None => Vec::new(),
    };
    let records = records.iter().map(|Member { source, key, .. }| format!("{source}:{key}"));
    let records = records.collect();
    Ok(History { standing, events, records })
}

/// Who was in an entity at a moment.
///
/// # Errors
/// An id that was never one of this entity's.
pub async fn as_of(
    context: &Context<'_>,
    entity: &Entity,
    (id, at): (&str, Timestamp),
) -> Result<Then> {
    let session = published::opened(context).await?;
    let standing = standing(&session, entity, id).await?;
    let as_of = at.to_string();
    let records = store::members_at(&session, &standing.id, &Clock(as_of.clone())).await?;
    let records = records.into_iter().map(|(source, key)| format!("{source}:{key}")).collect();
    Ok(Then { standing, as_of, records })
}

/// The id that an id leads to today, after the one that was asked for.
///
/// # Errors
/// An id that was never one of this entity's, or of which nothing is left.
pub async fn living(session: &Session, entity: &Entity, id: &str) -> Result<(String, String)> {
    let Standing { id: asked, current_id, .. } = standing(session, entity, id).await?;
    let id = current_id.ok_or_else(|| {
        let what = "this golden record is retired: nothing is left of it";
        let hint = format!("karat resolve {} --history {asked} shows what happened", entity.name);
        Problem::new(Kind::Usage, what).hint(hint)
    })?;
    Ok((asked, id))
}

/// Where an id stands.
///
/// # Errors
/// An id that was never one of this entity's.
pub async fn standing(session: &Session, entity: &Entity, id: &str) -> Result<Standing> {
    let id = people::shown(&people::id(id)?);
    let standing = store::standing(session, &id).await?;
    standing.filter(|standing| standing.entity == entity.name).ok_or_else(|| {
        let what = format!("no golden record of {} has or had this id", entity.name);
        Problem::new(Kind::Usage, what)
            .hint(format!("the ids are in {}, column {}", entity.golden.table, entity.golden.id))
    })
}

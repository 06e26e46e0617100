//! What was published, looked at again: records by the entities that they were found to be of.
//! Nothing is written, and nothing is compared anew.

use karat_record::{Kind, Problem, Result};
use karat_store::resolution::{self as store, Extent, change};
use karat_store::{Session, own};

use super::due::Due;
use super::offers::Answers;
use super::overrides::{self, Overrides};
use super::people::{self, Id};
use super::read::{self, Opened, Records};
use super::{Work, custom};
use crate::context::Context;
use crate::model;
use crate::project::Entity;

/// Records, and the entities that they are of.
pub struct Published {
    pub records: Records,
    /// Ids in their order, each with its records, ascending.
    pub clusters: Vec<(Id, Vec<u32>)>,
    /// What expressions choose for them.
    pub answers: Answers,
    /// What people say instead.
    pub overrides: Overrides,
    /// Whether everything is as the last resolution left it.
    pub is_current: bool,
}

/// A session on a database in which something was resolved.
pub async fn opened(context: &Context<'_>) -> Result<Session> {
    let session = context.connect().await?;
    if !own::is_ready(&session).await? {
        let problem = Problem::new(Kind::Usage, "nothing was resolved here yet");
        return Err(problem.hint("karat run loads and resolves"));
    }
    Ok(session)
}

/// All that is published of an entity.
pub async fn all(context: &Context<'_>, entity: &Entity) -> Result<Published> {
    let session = opened(context).await?;
    let sources = read::sources(context, &session, entity).await?;
    let records = read::records(context, entity, &sources).await?;
    let before = store::before(&session, &entity.name, Extent::Whole).await?;
    let earlier = people::earlier(&records, &before);
    let mut of: Vec<(u32, u32)> = Vec::new();
    for (record, number) in earlier.of.iter().enumerate() {
        of.extend(number.map(|number| (number, record as u32)));
    }
    of.sort_unstable();
    let cluster = |of: &[(u32, u32)]| {
        (earlier.ids[of[0].0 as usize], of.iter().map(|(_, record)| *record).collect())
    };
    let clusters = of.chunk_by(|a, b| a.0 == b.0).map(cluster).collect();
    looked_at(context, (&session, entity, &sources), records, clusters).await
}

/// What is published of one entity, whose records these are.
pub async fn one(
    context: &Context<'_>,
    (session, entity, sources): (&Session, &Entity, &[Opened<'_>]),
    (id, members): (Id, &[store::Member]),
) -> Result<Published> {
    let of_source = |source: &Opened<'_>| {
        let members = members.iter().filter(|member| member.source == source.source.dataset);
        members.map(|member| member.key.clone()).collect()
    };
    let keys: Vec<Vec<String>> = sources.iter().map(of_source).collect();
    let records = read::some(context, entity, sources, &keys).await?;
    let clusters = vec![(id, (0..records.frame.len() as u32).collect())];
    looked_at(context, (session, entity, sources), records, clusters).await
}

async fn looked_at(
    context: &Context<'_>,
    (session, entity, sources): (&Session, &Entity, &[Opened<'_>]),
    records: Records,
    clusters: Vec<(Id, Vec<u32>)>,
) -> Result<Published> {
    session.begin().await?;
    let filled = clusters.iter().map(|(_, members)| members.as_slice());
    let answers = custom::answers(session, entity, &records, filled).await?;
    session.rollback().await?;
    let firsts = clusters.iter().filter_map(|(id, members)| Some((id, *members.first()?)));
    let overrides = overrides::of(session, entity, firsts).await?;
    let kept = &model::in_force(session, entity).await?;
    let mark = change::mark(session).await?;
    let work = Work { context, entity, session, sources, kept };
    let is_current = matches!(work.due(&mark).await?, Due::Nothing);
    Ok(Published { records, clusters, answers, overrides, is_current })
}

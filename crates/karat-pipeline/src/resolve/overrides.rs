//! What people say golden fields are: taken in when it is said, and honoured by every resolution.

use karat_record::{Kind, Problem, Result};
use karat_resolve::survive::Rule;
use karat_rules::{clean, read::read};
use karat_store::Session;
use karat_store::copy::Encoder;
use karat_store::load::Target;
pub use karat_store::overrides::Said;
use karat_store::overrides::{self as store, Override};
use rustc_hash::FxHashMap;
use serde::Serialize;
use tokio::sync::mpsc::channel;

use super::conflicts::wanted;
use super::people::Id;
use super::read::cleaned;
use super::{golden, history, published};
use crate::context::Context;
use crate::project::Entity;
use crate::project::alias::Unmapped;
use crate::project::entity::{GoldenColumn, GoldenFrom};

/// The overrides of golden columns, by the place of the column and the first record of the cluster;
/// of several the first counts.
pub type Overrides = FxHashMap<(usize, u32), Vec<Override>>;

/// The overrides in force of these clusters, each by its id and its first record. Overrides of
/// columns that are declared no more wait.
pub async fn of<'a>(
    session: &Session,
    entity: &Entity,
    clusters: impl Iterator<Item = (&'a Id, u32)>,
) -> Result<Overrides> {
    let mut by_home: FxHashMap<Id, Vec<Override>> = FxHashMap::default();
    for said in store::in_force(session, &entity.name).await? {
        by_home.entry(said.home).or_default().push(said);
    }
    let mut overrides = Overrides::default();
    if by_home.is_empty() {
        return Ok(overrides);
    }
    let place =
        |said: &Override| entity.golden.columns.iter().position(|column| column.name == said.field);
    for (id, first) in clusters {
        for said in by_home.remove(id).into_iter().flatten() {
            if let Some(at) = place(&said) {
                overrides.entry((at, first)).or_default().push(said);
            }
        }
    }
    Ok(overrides)
}

/// What was put on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Set {
    pub decision: i64,
    /// The id of today, under which it is kept.
    pub id: String,
    pub field: String,
    /// Cleaned, as the golden record will have them.
    pub values: Vec<String>,
}

/// Puts on record what a person says a golden field is. The values are cleaned as those of the
/// field are, and have to fit the golden table.
///
/// # Errors
/// An id or a field that is not there, and values that the field does not take.
pub async fn set(context: &Context<'_>, entity: &Entity, said: Said<'_>) -> Result<Set> {
    let Said { field, values, .. } = said;
    let at = wanted(entity, Some(field))?;
    let column = &entity.golden.columns[at[0]];
    let session = published::opened(context).await?;
    let (_, id) = history::living(&session, entity, said.id).await?;
    let mut clean = Vec::new();
    for value in values {
        let fitting = fitting(context, entity, column, value);
        clean.push(fitting.map_err(|why| refused(field, &why))?);
    }
    match column.rule {
        Rule::Union => {
            clean.sort();
            clean.dedup();
        }
        _ if clean.len() > 1 => {
            let what = format!("{field} takes one value, and there are {}", clean.len());
            return Err(Problem::new(Kind::Usage, what).hint("only a union takes several"));
        }
        _ => {}
    }
    try_out(&session, (entity, column), &id, &clean).await?;
    let decision = store::set(&session, &Said { id: &id, values: &clean, ..said }).await?;
    Ok(Set { decision, id, field: field.to_owned(), values: clean })
}

fn refused(field: &str, why: &str) -> Problem {
    Problem::new(Kind::Usage, format!("{field} does not take a value that {why}"))
        .hint("values are cleaned and read as those that records offer for the field")
}

/// A value as cleaning leaves one that is offered, or why it cannot be offered.
fn fitting(
    context: &Context<'_>,
    entity: &Entity,
    column: &GoldenColumn,
    value: &str,
) -> Result<String, String> {
    let rules = clean::Context { region: context.project.region.clone() };
    let columns = match &column.from {
        GoldenFrom::Field(name) => {
            let field = entity.fields.iter().find(|field| field.name == *name);
            let clean = field.map_or(&[][..], |field| &field.clean);
            return cleaned(value, clean, &rules).map_err(str::to_owned);
        }
        GoldenFrom::Columns(columns) => columns,
    };
    let declared = entity.sources.iter().zip(columns).find_map(|(source, name)| {
        let dataset = context.project.dataset(&source.dataset)?;
        dataset.columns.iter().find(|column| Some(&column.name) == name.as_ref())
    });
    let Some(declared) = declared else {
        return cleaned(value, &[], &rules).map_err(str::to_owned);
    };
    let mut text = cleaned(value, &declared.clean, &rules)?;
    if let Some(alias) = &declared.alias {
        match alias.table.canonical(&text) {
            Some(canonical) => text = canonical.to_owned(),
            None if alias.unmapped == Unmapped::Keep => {}
            None => return Err(format!("is not in aliases/{}", alias.name)),
        }
    }
    let fits = declared.kind.map(|kind| read(kind, &text).map(drop)).transpose();
    fits.map_err(|finding| finding.message)?;
    Ok(text)
}

/// Finds out whether the golden table takes the values.
async fn try_out(
    session: &Session,
    (entity, column): (&Entity, &GoldenColumn),
    id: &str,
    values: &[String],
) -> Result<()> {
    let golden = &entity.golden;
    let target = Target::find(session, &golden.table).await?;
    let found = target.as_ref().and_then(|target| target.column(&column.name));
    let Some(found) = found else {
        let what = format!("the golden table {} has no column {:?} yet", golden.table, column.name);
        return Err(Problem::new(Kind::Usage, what).hint("karat run brings it up to date"));
    };
    let texts: Vec<&str> = values.iter().map(String::as_str).collect();
    let mut out = Encoder::with_capacity(0);
    out.begin(1);
    golden::encode(column, &found.kind, &texts, &mut out).map_err(|finding| {
        refused(&column.name, &finding.message)
            .hint(format!("the golden column is of type {}", found.declared))
    })?;
    let (send, receive) = channel(1);
    let gone = |_| Problem::new(Kind::Internal, "nobody takes the value");
    send.send(out.take()).await.map_err(gone)?;
    drop(send);
    let row = (&golden.table, golden.id.as_str(), id);
    let tried = store::try_out(session, row, &column.name, receive).await;
    tried.map_err(|problem| match problem.kind {
        Kind::Sql => {
            Problem::new(Kind::Usage, format!("the golden table refuses: {}", problem.what))
                .hint("say a value that the table's constraints allow")
        }
        _ => problem,
    })
}

//! Resolution: records in, entities and golden records out, in one transaction; nothing when
//! nothing changed.

pub mod conflicts;
mod custom;
pub mod engine;
pub mod found;
mod golden;
pub mod history;
mod offers;
pub mod origin;
mod people;
mod published;
mod read;
mod summary;
mod trail;
mod write;

use std::time::{Duration, Instant};

use karat_connect::vault::hash_text;
use karat_record::{Kind, Problem, Result, Stage};
use karat_resolve::{Constraints, identity};
use karat_store::load::Target;
use karat_store::model::Origin;
use karat_store::{Session, own, resolution as store, table};

use crate::context::Context;
use crate::model::{self, Model};
use crate::project::Entity;
use engine::{Given, Resources};

pub(crate) use offers::{Answers, Offers, folded};
pub use read::Records;
pub(crate) use read::cleaned;
pub use summary::{Summary, TierCount};

/// Resolves an entity, unless records, decisions, declaration and golden table are as the last
/// resolution left them. The write lock must be held.
pub async fn resolve(context: &Context<'_>, entity: &Entity) -> Result<Summary> {
    let stage = Stage::new("resolve", entity.name.clone());
    let since = Instant::now();
    context.reporter.started(&stage, None);
    let session = context.connect().await?;
    let sources = read::sources(context, &session, entity).await?;
    let kept = model::in_force(&session, entity).await?;
    let input = Input::new(&session, entity, &sources).await?;
    let number = kept.as_ref().map(|(number, _)| *number);
    if is_settled(&session, entity, &input.with_model(number)).await? {
        let summary = Summary::unchanged(entity, since.elapsed());
        context.reporter.ended(&stage, &summary.line());
        return Ok(summary);
    }
    golden::prepare(&session, entity).await?;
    let log = open_log(context, entity, &session).await?;
    let work = Work { context, entity, session: &session, sources: &sources, input: &input, log };
    match work.run(kept).await {
        Ok(mut summary) => {
            summary.took = since.elapsed();
            context.reporter.ended(&stage, &summary.line());
            Ok(summary)
        }
        Err(problem) => {
            record_failure(context, entity, log, &problem).await?;
            Err(problem)
        }
    }
}

/// An entity's records with the model in force, to be looked at.
pub struct View {
    pub records: Records,
    pub model: Option<Model>,
    pub constraints: Constraints,
    pub resources: Resources,
}

impl View {
    /// What an engine is given of it.
    pub fn given(&self) -> Given<'_> {
        let View { records, model, resources, .. } = self;
        Given { records, kept: model.as_ref(), resources }
    }
}

/// Reads what a resolution would be made of. Nothing is written.
pub async fn view(context: &Context<'_>, entity: &Entity) -> Result<View> {
    let session = context.connect().await?;
    if !own::is_ready(&session).await? {
        let problem = Problem::new(Kind::Usage, "nothing was loaded here yet");
        return Err(problem.hint("karat run loads and resolves"));
    }
    let sources = read::sources(context, &session, entity).await?;
    let model = model::in_force(&session, entity).await?.map(|(_, model)| model);
    let records = read::records(context, entity, &sources).await?;
    let decisions = store::decisions(&session, &entity.name).await?;
    let constraints = people::constraints(&records, &decisions, &entity.distinct());
    let resources = Resources::of(context.project);
    Ok(View { records, model, constraints, resources })
}

/// A resolution that has to be done.
struct Work<'a> {
    context: &'a Context<'a>,
    entity: &'a Entity,
    session: &'a Session,
    sources: &'a [read::Opened<'a>],
    input: &'a Input,
    /// The row of the project's own log that is open for it.
    log: Option<i64>,
}

impl Work<'_> {
    async fn run(&self, kept: Option<(i64, Model)>) -> Result<Summary> {
        let Work { context, entity, session, sources, input, log } = *self;
        let records = read::records(context, entity, sources).await?;
        let decisions = store::decisions(session, &entity.name).await?;
        let before = store::before(session, &entity.name).await?;
        let constraints = people::constraints(&records, &decisions, &entity.distinct());
        let (number, kept) = kept.unzip();
        let (declared, since) = (entity.clone(), Instant::now());
        let (reporter, resources) = (context.reporter.clone(), Resources::of(context.project));
        let found = tokio::task::spawn_blocking(move || {
            let given = Given { records: &records, kept: kept.as_ref(), resources: &resources };
            let found = engine::run(&declared, given, &constraints, &*reporter);
            found.map(|(found, new)| (records, found, new))
        });
        let ended = |e| Problem::new(Kind::Internal, format!("resolution ended: {e}"));
        let (records, found, new) = found.await.map_err(ended)??;
        let engine_took = since.elapsed();
        let earlier = people::earlier(&records, &before);
        let carried = identity::carry_over(&found.of, &earlier.of);
        let ids = people::ids(entity, &records, &found.of, &carried, &earlier);
        let mut summary = summary::of(entity, &records, &found);
        summary.engine = engine_took;
        summary.allowed = context.project.memory;
        let result = write::Resolved { entity, records, found, ids };
        session.begin().await?;
        store::attribute(session, context.run).await?;
        let number = match &new {
            Some(model) => Some(model.keep(session, (Origin::Resolve, context.run)).await?),
            None => number,
        };
        write::write(session, &result, &mut summary).await?;
        let golden = table::digest(session, &entity.golden.table).await?.0;
        let input = input.with_model(number);
        let state = (input.as_str(), entity.settings.as_str(), golden.as_str());
        store::finish(session, &entity.name, state, context.run, &summary.json()).await?;
        if let (Some(table), Some(log)) = (&entity.log, log) {
            store::close_log(session, table, log, Ok(&summary.tier_counts())).await?;
        }
        session.commit().await?;
        Ok(summary)
    }
}

/// Everything that the answer depends on but the declaration, as digests.
struct Input(Vec<String>);

impl Input {
    async fn new(
        session: &Session,
        entity: &Entity,
        sources: &[read::Opened<'_>],
    ) -> Result<Input> {
        let mut parts = Vec::new();
        for source in sources {
            parts.push(table::digest(session, &source.target.table).await?.0);
        }
        for decision in store::decisions(session, &entity.name).await? {
            parts.push(format!("{decision:?}"));
        }
        Ok(Input(parts))
    }

    /// One digest of it and the model in force.
    fn with_model(&self, number: Option<i64>) -> String {
        let model = number.map(|number| format!("\nmodel {number}")).unwrap_or_default();
        hash_text(&format!("{}{model}", self.0.join("\n")))
    }
}

async fn is_settled(session: &Session, entity: &Entity, input: &str) -> Result<bool> {
    let Some((known, settings, golden)) = store::state(session, &entity.name).await? else {
        return Ok(false);
    };
    if known != input || settings != entity.settings {
        return Ok(false);
    }
    if Target::find(session, &entity.golden.table).await?.is_none() {
        return Ok(false);
    }
    Ok(table::digest(session, &entity.golden.table).await?.0 == golden)
}

async fn open_log(
    context: &Context<'_>,
    entity: &Entity,
    session: &Session,
) -> Result<Option<i64>> {
    let Some(table) = &entity.log else { return Ok(None) };
    if Target::find(session, table).await?.is_none() {
        let what = format!("the log table {table} of entity {} does not exist", entity.name);
        return Err(Problem::new(Kind::Project, what).hint("declare it in the schema"));
    }
    let mut total = 0;
    for source in &entity.sources {
        if let Some(dataset) = context.project.dataset(&source.dataset) {
            total += table::count(session, &dataset.table).await?;
        }
    }
    store::open_log(session, table, total).await.map(Some)
}

/// Puts a failure on record by a connection of its own: the failed one's transaction is void.
async fn record_failure(
    context: &Context<'_>,
    entity: &Entity,
    log: Option<i64>,
    problem: &Problem,
) -> Result<()> {
    let (Some(table), Some(log)) = (&entity.log, log) else { return Ok(()) };
    let session = context.connect().await?;
    store::close_log(&session, table, log, Err(&problem.what)).await
}

/// Seconds with three decimals, for JSON.
pub(crate) fn seconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1000.0).round() / 1000.0
}

//! Resolution: records in, entities and golden records out, in one transaction; nothing when
//! nothing changed.

mod golden;
mod people;
mod read;
mod summary;
mod write;

use std::time::{Duration, Instant};

use karat_connect::vault::hash_text;
use karat_record::{Kind, Problem, Result, Stage};
use karat_resolve::{Constraints, Plan, Tier, cluster, identity, tiers};
use karat_store::load::Target;
use karat_store::{Session, resolution as store, table};

use crate::context::Context;
use crate::project::Entity;
use crate::project::entity::Condition;

pub use summary::{Summary, TierCount};

/// Resolves an entity, unless records, decisions, declaration and golden table are as the last
/// resolution left them. The write lock must be held.
pub async fn resolve(context: &Context<'_>, entity: &Entity) -> Result<Summary> {
    let stage = Stage::new("resolve", entity.name.clone());
    let since = Instant::now();
    context.reporter.started(&stage, None);
    let session = context.connect().await?;
    let sources = read::sources(context, &session, entity).await?;
    let input = input(&session, entity, &sources).await?;
    if is_settled(&session, entity, &input).await? {
        let summary = Summary::unchanged(entity, since.elapsed());
        context.reporter.ended(&stage, &summary.line());
        return Ok(summary);
    }
    golden::prepare(&session, entity).await?;
    let log = open_log(context, entity, &session).await?;
    let work = Work { context, entity, session: &session, sources: &sources, input: &input, log };
    match work.run().await {
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

/// A resolution that has to be done.
struct Work<'a> {
    context: &'a Context<'a>,
    entity: &'a Entity,
    session: &'a Session,
    sources: &'a [read::Opened<'a>],
    input: &'a str,
    /// The row of the project's own log that is open for it.
    log: Option<i64>,
}

impl Work<'_> {
    async fn run(&self) -> Result<Summary> {
        let Work { context, entity, session, sources, input, log } = *self;
        let records = read::records(context, entity, sources).await?;
        let read_done = Instant::now();
        let decisions = store::decisions(session, &entity.name).await?;
        let before = store::before(session, &entity.name).await?;
        let plan = plan(entity);
        let constraints = people::constraints(&records, &decisions, &plan.distinct);
        let (evidence, clusters) = {
            let (records, plan) = (records.frame.clone(), plan.clone());
            let found = tokio::task::spawn_blocking(move || engine(&records, &plan, &constraints));
            found
                .await
                .map_err(|e| Problem::new(Kind::Internal, format!("resolution ended: {e}")))?
        };
        let engine_took = read_done.elapsed();
        let earlier = people::earlier(&records, &before);
        let carried = identity::carry_over(&clusters.of, &earlier.of);
        let ids = people::ids(entity, &records, &clusters.of, &carried, &earlier);
        let mut summary = summary::of(entity, &plan, &records, &evidence, &clusters);
        summary.engine = engine_took;
        let result = write::Resolved { entity, records, plan, evidence, clusters, ids };
        session.begin().await?;
        write::write(session, &result, &mut summary).await?;
        let golden = table::digest(session, &entity.golden.table).await?.0;
        let state = (input, entity.settings.as_str(), golden.as_str());
        store::finish(session, &entity.name, state, context.run, &summary.json()).await?;
        if let (Some(table), Some(log)) = (&entity.log, log) {
            store::close_log(session, table, log, Ok(&summary.tier_counts())).await?;
        }
        session.commit().await?;
        Ok(summary)
    }
}

fn engine(
    frame: &karat_resolve::Frame,
    plan: &Plan,
    constraints: &Constraints,
) -> (tiers::Evidence, cluster::Clusters) {
    let evidence = tiers::evidence(frame, plan);
    let clusters = cluster::cluster(frame, &evidence.pairs, constraints);
    (evidence, clusters)
}

/// A digest of everything that the answer depends on but the declaration.
async fn input(session: &Session, entity: &Entity, sources: &[read::Opened<'_>]) -> Result<String> {
    let mut parts = Vec::new();
    for source in sources {
        parts.push(table::digest(session, &source.target.table).await?.0);
    }
    for decision in store::decisions(session, &entity.name).await? {
        parts.push(format!("{decision:?}"));
    }
    Ok(hash_text(&parts.join("\n")))
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

/// The declared tiers with fields by number.
fn plan(entity: &Entity) -> Plan {
    let number = |field: &str| {
        let at = entity.fields.iter().position(|f| f.name == field);
        at.expect("fields were checked when the project was read")
    };
    let condition = |condition: &Condition| match condition {
        Condition::Same(field) => tiers::Condition::Same { column: number(field) },
        Condition::Similar(field, least) => {
            tiers::Condition::Similar { column: number(field), jaro_winkler: *least }
        }
        Condition::NamesAgree(field) => tiers::Condition::NamesAgree { column: number(field) },
    };
    let tier = |tier: &crate::project::entity::Tier| Tier {
        name: tier.name.clone(),
        score: tier.score,
        when: tier.when.iter().map(condition).collect(),
        confirm: tier.confirm.iter().map(condition).collect(),
        denied_by: tier.denied_by.iter().map(|f| number(f)).collect(),
    };
    let sharing = entity.fields.iter().enumerate().filter_map(|(column, field)| {
        let (limit, by) = field.shared_by.as_ref()?;
        Some(tiers::Sharing { column, by: number(by), limit: *limit })
    });
    Plan {
        tiers: entity.tiers.iter().map(tier).collect(),
        sharing: sharing.collect(),
        auto: entity.auto,
        distinct: entity.sources.iter().map(|s| s.distinct).collect(),
    }
}

/// Seconds with three decimals, for JSON.
pub(crate) fn seconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1000.0).round() / 1000.0
}

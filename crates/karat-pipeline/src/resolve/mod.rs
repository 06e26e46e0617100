//! Resolution: records in, entities and golden records out, in one transaction; nothing when
//! nothing changed, and no more than changes can reach when little did.

pub mod conflicts;
mod custom;
mod differing;
mod due;
pub mod engine;
pub mod evidence;
pub mod found;
mod golden;
pub mod history;
mod offers;
pub mod origin;
pub mod overrides;
pub mod pair;
mod part;
mod people;
mod published;
mod reach;
mod read;
mod summary;
mod terms;
mod trail;
mod whole;
mod write;

use std::sync::Arc;
use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Quiet, Reporter, Result, Stage};
use karat_resolve::linkage::Known;
use karat_resolve::{Constraints, identity};
use karat_store::load::Target;
use karat_store::resolution::{self as store, Extent, change, watch};
use karat_store::{Session, own, table};
use rustc_hash::FxHashSet;

use crate::audit;
use crate::context::Context;
use crate::drift::{self, Counts};
use crate::model::{self, Model};
use crate::project::Entity;
use due::Due;
use engine::{Given, Resources};

pub(crate) use offers::{Answers, Offers, folded};
pub(crate) use overrides::Overrides;
pub use people::{id, shown};
pub use read::Records;
pub(crate) use read::cleaned;
pub use summary::{Summary, TierCount};

/// How often a part is tried while others change its golden rows; then everything is resolved.
const ATTEMPTS: u32 = 3;

/// How much is resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// What changes can reach; nothing where nothing changed.
    #[default]
    Changes,
    /// Everything, whatever changed.
    Everything,
}

/// Resolves an entity, unless records, decisions, declaration and golden table are as the last
/// resolution left them. The write lock must be held.
pub async fn resolve(context: &Context<'_>, entity: &Entity, effort: Effort) -> Result<Summary> {
    let stage = Stage::new("resolve", entity.name.clone());
    let since = Instant::now();
    context.reporter.started(&stage, None);
    let session = context.connect().await?;
    let sources = read::sources(context, &session, entity).await?;
    let kept = model::in_force(&session, entity).await?;
    let work = Work { context, entity, session: &session, sources: &sources, kept: &kept };
    let mut summary = work.run(effort).await?;
    summary.took = since.elapsed();
    context.reporter.ended(&stage, &summary.line());
    Ok(summary)
}

/// An entity's records with the model in force, to be looked at.
pub struct View {
    pub records: Records,
    pub model: Option<Model>,
    pub constraints: Constraints,
    pub resources: Resources,
    terms: Option<Known>,
}

impl View {
    /// What an engine is given of it.
    pub fn given(&self) -> Given<'_> {
        let View { records, model, resources, terms, constraints } = self;
        let (kept, terms, decided) = (model.as_ref(), terms.as_ref(), Some(constraints));
        Given { records, kept, terms, large: None, counted: None, decided, resources }
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
    let kept = model::in_force(&session, entity).await?;
    let records = read::records(context, entity, &sources).await?;
    let terms = match &kept {
        Some((number, _)) => terms::all(&session, *number, records.frame.len() as u64).await?,
        None => None,
    };
    let decisions = store::decisions(&session, &entity.name, Extent::Whole).await?;
    let constraints = people::constraints(&records, &decisions, &entity.distinct());
    let resources = Resources::of(context.project);
    let model = kept.map(|(_, model)| model);
    Ok(View { records, model, constraints, resources, terms })
}

/// The same of two records, each as SOURCE:KEY, where they weigh the same whatever other records
/// there are: the model and its term frequencies are kept. None where that is not so, or where one of
/// them is not there.
pub async fn view_of(
    context: &Context<'_>,
    entity: &Entity,
    pair: [&str; 2],
) -> Result<Option<View>> {
    let session = context.connect().await?;
    if !own::is_ready(&session).await? {
        return Ok(None);
    }
    let Some((number, model)) = model::in_force(&session, entity).await? else { return Ok(None) };
    let split = pair.map(|record| record.split_once(':').unwrap_or((record, "")));
    let sources = read::sources(context, &session, entity).await?;
    let records = read::pair(context, entity, &sources, split).await?;
    let terms = terms::some(&session, number, (entity, &records)).await?;
    let is_told = records.frame.len() == 2 && !part::has_lists(entity, &records);
    let Some(terms) = terms.filter(|_| is_told) else { return Ok(None) };
    let (constraints, resources) = (Constraints::default(), Resources::of(context.project));
    Ok(Some(View { records, model: Some(model), constraints, resources, terms: Some(terms) }))
}

/// A resolution on its way.
struct Work<'a> {
    context: &'a Context<'a>,
    entity: &'a Entity,
    session: &'a Session,
    sources: &'a [read::Opened<'a>],
    /// The model in force, with its number.
    kept: &'a Option<(i64, Model)>,
}

/// How much of the entity records are, and what is known beyond them.
struct Basis {
    extent: Extent,
    /// The term frequencies that the model keeps; none where they are still to be counted.
    terms: Option<Known>,
    /// Digests of blocks that are too large among all records; none where these are all.
    large: Option<FxHashSet<u64>>,
    /// Of a part the records that came or were changed, by number; none where these are all.
    fresh: Option<Vec<bool>>,
}

impl Work<'_> {
    async fn run(&self, effort: Effort) -> Result<Summary> {
        let Work { context, entity, session, .. } = *self;
        let declared: Vec<&str> =
            context.project.entities.iter().map(|entity| entity.name.as_str()).collect();
        watch::forget_others(session, &declared).await?;
        let mark = change::mark(session).await?;
        let due = match effort {
            Effort::Everything => Due::Whole,
            Effort::Changes => self.due(&mark).await?,
        };
        if matches!(due, Due::Nothing) {
            return Ok(Summary::unchanged(entity, Duration::ZERO));
        }
        golden::prepare(session, entity).await?;
        // Its first change already is put on record.
        audit::keep(context.project, session).await?;
        let log = open_log(context, entity, session).await?;
        match self.resolved(due, log).await {
            Ok(summary) => Ok(summary),
            Err(problem) => {
                record_failure(context, entity, log, &problem).await?;
                Err(problem)
            }
        }
    }

    async fn resolved(&self, due: Due, log: Option<i64>) -> Result<Summary> {
        if let Due::Part(state) = due {
            for _ in 0..ATTEMPTS {
                match self.part(&state, log).await {
                    Ok(Some(summary)) => return Ok(summary),
                    Ok(None) => break,
                    // Somebody changed a golden row that the part's snapshot has as it was.
                    Err(problem) if problem.kind == Kind::Busy => self.session.rollback().await?,
                    Err(problem) => return Err(problem),
                }
            }
        }
        self.whole(log).await
    }

    /// Finds the entities of records, with the model if a new one was learned, and counts them.
    async fn found(
        &self,
        records: Records,
        Basis { extent, terms, large, fresh }: Basis,
    ) -> Result<(write::Resolved<'_>, Option<Model>, Summary)> {
        let Work { context, entity, session, kept, .. } = *self;
        let decisions = store::decisions(session, &entity.name, extent).await?;
        let before = store::before(session, &entity.name, extent).await?;
        let constraints = people::constraints(&records, &decisions, &entity.distinct());
        let (declared, since) = (entity.clone(), Instant::now());
        let model = kept.as_ref().map(|(_, model)| model.clone());
        let resources = Resources::of(context.project);
        // What an engine says of all records is nothing to say of a part.
        let reporter: Arc<dyn Reporter> = match extent {
            Extent::Whole => context.reporter.clone(),
            Extent::Part => Arc::new(Quiet),
        };
        let found = tokio::task::spawn_blocking(move || {
            let (kept, terms, large) = (model.as_ref(), terms.as_ref(), large.as_ref());
            let counted = fresh.as_deref();
            let (decided, resources) = (Some(&constraints), &resources);
            let given =
                Given { records: &records, kept, terms, large, counted, decided, resources };
            let (found, new) = engine::run(&declared, given, &constraints, &*reporter)?;
            let counts =
                Counts::new(&declared, &records, &found, drift::Of { terms, marked: counted });
            Ok::<_, Problem>((records, found, counts, new))
        });
        let ended = |e| Problem::new(Kind::Internal, format!("resolution ended: {e}"));
        let (records, found, counts, new) = found.await.map_err(ended)??;
        let took = since.elapsed();
        let mut earlier = people::earlier(&records, &before);
        let carried = identity::carry_over(&found.of, &earlier.of);
        if extent == Extent::Part {
            let new = people::candidates(entity, &records, &found.of, &carried);
            earlier.ids.extend(store::in_use(session, &new).await?);
        }
        let ids = people::ids(entity, &records, &found.of, (&carried, &earlier));
        let mut summary = summary::of(entity, &records, &found);
        summary.engine = took;
        summary.allowed = context.project.memory;
        Ok((write::Resolved { entity, records, found, ids, extent, counts }, new, summary))
    }

    /// The number of the model in force.
    fn number(&self) -> Option<i64> {
        self.kept.as_ref().map(|(number, _)| *number)
    }
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

//! All records of an entity at once.

use std::time::Instant;

use karat_record::{Kind, Problem, Result};
use karat_resolve::identity;
use karat_store::model::Origin;
use karat_store::resolution::{self as store, Extent, State, change, watch};
use karat_store::table;
use rustc_hash::FxHashSet;

use super::engine::{self, Given, Resources};
use super::{Summary, Work, people, reach, read, summary, terms, write};

impl Work<'_> {
    /// Resolves all records.
    pub(super) async fn whole(&self, log: Option<i64>) -> Result<Summary> {
        let Work { context, entity, session, sources, kept } = *self;
        let tables = self.watched();
        let watched = watch::is_watched(session, &entity.name, &tables).await?
            || watch::watch(session, &entity.name, &tables).await?;
        // What changes from here on is looked at again, whether or not it is read below.
        let mark = change::mark(session).await?;
        let input = if watched { String::new() } else { self.input().await? };
        let records = read::records(context, entity, sources).await?;
        let decisions = store::decisions(session, &entity.name, Extent::Whole).await?;
        let before = store::before(session, &entity.name, Extent::Whole).await?;
        let constraints = people::constraints(&records, &decisions, &entity.distinct());
        let terms = match self.number() {
            Some(number) => terms::all(session, number, records.frame.len() as u64).await?,
            None => None,
        };
        let (declared, since) = (entity.clone(), Instant::now());
        let model = kept.as_ref().map(|(_, model)| model.clone());
        let (reporter, resources) = (context.reporter.clone(), Resources::of(context.project));
        let found = tokio::task::spawn_blocking(move || {
            let (kept, terms, large) = (model.as_ref(), terms.as_ref(), &FxHashSet::default());
            let given = Given { records: &records, kept, terms, large, resources: &resources };
            let found = engine::run(&declared, given, &constraints, &*reporter);
            found.map(|(found, new)| (records, found, new))
        });
        let ended = |e| Problem::new(Kind::Internal, format!("resolution ended: {e}"));
        let (records, found, new) = found.await.map_err(ended)??;
        let engine_took = since.elapsed();
        let earlier = people::earlier(&records, &before);
        let carried = identity::carry_over(&found.of, &earlier.of);
        let ids = people::ids(entity, &records, &found.of, (&carried, &earlier));
        let mut summary = summary::of(entity, &records, &found);
        summary.engine = engine_took;
        summary.allowed = context.project.memory;
        let result = write::Resolved { entity, records, found, ids, extent: Extent::Whole };
        session.begin().await?;
        store::attribute(session, context.run).await?;
        let number = match &new {
            Some(model) => Some(model.keep(session, (Origin::Resolve, context.run)).await?),
            None => self.number(),
        };
        write::write(session, &result, &mut summary).await?;
        let parted = watched && reach::keep(session, &result, number).await?;
        let golden = match watched {
            true => String::new(),
            false => table::digest(session, &entity.golden.table).await?.0,
        };
        let state = State {
            input,
            settings: entity.settings.clone(),
            golden,
            model: number,
            parted,
            summary: summary.json(),
        };
        self.finish(&state, &mark, (&summary, log)).await?;
        Ok(summary)
    }

    /// Puts the outcome on record and ends the transaction.
    pub(super) async fn finish(
        &self,
        state: &State,
        mark: &change::Mark,
        (summary, log): (&Summary, Option<i64>),
    ) -> Result<()> {
        let Work { context, entity, session, .. } = *self;
        change::settle(session, &entity.name, mark).await?;
        store::finish(session, &entity.name, state, context.run).await?;
        if let (Some(table), Some(log)) = (&entity.log, log) {
            store::close_log(session, table, log, Ok(&summary.tier_counts())).await?;
        }
        session.commit().await
    }
}

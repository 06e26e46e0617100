//! All records of an entity at once.

use karat_record::Result;
use karat_store::drift::By;
use karat_store::model::Origin;
use karat_store::resolution::{self as store, Extent, State, change, watch};
use karat_store::table;

use super::{Basis, Summary, Work, reach, read, terms, write};
use crate::drift;

impl Work<'_> {
    /// Resolves all records.
    pub(super) async fn whole(&self, log: Option<i64>) -> Result<Summary> {
        let Work { context, entity, session, sources, .. } = *self;
        let tables = self.watched();
        let watched = watch::is_watched(session, &entity.name, &tables).await?
            || watch::watch(session, &entity.name, &tables).await?;
        // What changes from here on is looked at again, whether or not it is read below.
        let mark = change::mark(session).await?;
        let input = if watched { String::new() } else { self.input().await? };
        let records = read::records(context, entity, sources).await?;
        let terms = match self.number() {
            Some(number) => terms::all(session, number, records.frame.len() as u64).await?,
            None => None,
        };
        let basis = Basis { extent: Extent::Whole, terms, large: None, fresh: None };
        let (result, new, mut summary) = self.found(records, basis).await?;
        session.begin().await?;
        let number = match &new {
            Some(model) => Some(model.keep(session, (Origin::Resolve, context.run)).await?),
            None => self.number(),
        };
        write::write(session, &result, &mut summary).await?;
        let parted = watched && reach::keep(session, &result, number).await?;
        drift::whole(session, self.by(number), &result.counts).await?;
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

    /// What counts are kept of.
    pub(super) fn by(&self, model: Option<i64>) -> By<'_> {
        let Work { context, entity, .. } = *self;
        By { entity: &entity.name, model, settings: &entity.settings, run: context.run }
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

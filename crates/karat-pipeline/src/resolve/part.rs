//! The part of an entity that changes can reach, as if all were resolved anew.
//!
//! A pair is a candidate only if its records share a blocking key, weighs the same whatever other
//! records there are (its term frequencies stay with the model), and nothing passes between records
//! that no chain of evidence connects. So a change to a record can make a difference only to the
//! records that evidence connects with it, or with a record that shares a blocking key with it, as
//! it is or as it was. These are resolved by the same engine, and everything else stays.

use std::collections::BTreeMap;

use karat_record::Result;
use karat_resolve::linkage::BlockDigests;
use karat_store::drift as kept_drift;
use karat_store::overrides;
use karat_store::resolution::{self as store, Extent, State, change, part, terms as kept_terms};
use rustc_hash::FxHashSet;

use super::{Basis, Records, Summary, Work, engine, reach, read, summary, terms, write};
use crate::drift;
use crate::project::Entity;
use crate::project::entity::Matching;

/// So many records, or half of all, are resolved as a part; more are not.
const FEW: u64 = 20_000;

impl Work<'_> {
    /// Resolves what changes can reach, all as it is at one moment; none, with nothing done, where
    /// that is too much or cannot be told.
    pub(super) async fn part(&self, state: &State, log: Option<i64>) -> Result<Option<Summary>> {
        let Work { entity, session, .. } = *self;
        session.begin_still().await?;
        let mark = &change::mark(session).await?;
        if change::pending(session, &entity.name, mark).await?.all {
            session.rollback().await?;
            return Ok(None);
        }
        change::changed(session, &entity.name, mark).await?;
        let Some((changed, records)) = self.reached(state).await? else {
            session.rollback().await?;
            return Ok(None);
        };
        let looked_at = records.frame.len() as u64;
        let was = store::tally(session, &entity.name, Extent::Part).await?;
        let basis = self.basis(&records).await?;
        let (result, _, mut summary) = self.found(records, basis).await?;
        summary.part = Some(summary::Part { changed, looked_at });
        overrides::remember_homes(session, &entity.name).await?;
        write::write(session, &result, &mut summary).await?;
        if overrides::have_strayed(session).await? {
            session.rollback().await?;
            return Ok(None);
        }
        // Those of the part would be taken for all.
        summary.conflicts.clear();
        reach::renew(session, &result).await?;
        let now = store::tally(session, &entity.name, Extent::Part).await?;
        drift::part(session, self.by(self.number()), (&result.counts, &was, &now)).await?;
        summary.add_up(&state.summary, &was, &now);
        if self.outgrown(summary.records).await? {
            session.rollback().await?;
            return Ok(None);
        }
        let state = State { summary: summary.json(), ..state.clone() };
        self.finish(&state, mark, (&summary, log)).await?;
        Ok(Some(summary))
    }

    /// Whether there are so many more records that the model's term frequencies are counted anew.
    async fn outgrown(&self, records: u64) -> Result<bool> {
        let Some(number) = self.number() else { return Ok(false) };
        let pinned = kept_terms::pinned(self.session, number).await?;
        Ok(pinned.is_some_and(|pinned| pinned.is_outgrown(records)))
    }

    /// The number of changed records, and all records that they can reach.
    async fn reached(&self, state: &State) -> Result<Option<(u64, Records)>> {
        let Work { context, entity, session, sources, kept } = *self;
        let changed = read::within(context, entity, sources, (session, "karat_changed")).await?;
        let model = kept.as_ref().map(|(_, model)| model);
        if has_lists(entity, &changed) {
            return Ok(None);
        }
        let Some(digests) = engine::digests(entity, &changed, model)? else { return Ok(None) };
        let now = counts(&digests, &changed);
        let all = state.summary["records"].as_u64().unwrap_or_default();
        let limits = (largest_block(entity), FEW.max(all / 2));
        if part::reach(session, &entity.name, &now, limits).await?.is_none() {
            return Ok(None);
        }
        let records = read::within(context, entity, sources, (session, part::SCOPE)).await?;
        let changed = part::changed(session).await?;
        Ok((!has_lists(entity, &records)).then_some((changed, records)))
    }

    /// What cannot be told from the records of a part alone.
    async fn basis(&self, records: &Records) -> Result<Basis> {
        let Work { entity, session, .. } = *self;
        let terms = match self.number() {
            Some(number) => terms::some(session, number, (entity, records)).await?,
            None => None,
        };
        let large = part::large(session, &entity.name).await?;
        let large = large.into_iter().map(i64::cast_unsigned).collect();
        let fresh = kept_drift::fresh(session, &entity.name).await?;
        let fresh: FxHashSet<(&str, &str)> =
            fresh.iter().map(|(source, key)| (source.as_str(), key.as_str())).collect();
        let all = 0..records.frame.len() as u32;
        let is_fresh = |r| fresh.contains(&(records.source(r), records.key(r)));
        let fresh = Some(all.map(is_fresh).collect());
        Ok(Basis { extent: Extent::Part, terms, large: Some(large), fresh })
    }
}

/// Blocks of more records connect nobody. Of scopes all are compared.
pub(super) fn largest_block(entity: &Entity) -> u32 {
    match &entity.matching {
        Matching::Model(declared) => declared.largest_block,
        Matching::Tiers(_) | Matching::People(_) => u32::MAX,
    }
}

/// Each digest, ascending, with how many of the records have it.
fn counts(digests: &BlockDigests, records: &Records) -> Vec<(i64, i64)> {
    let mut counts: BTreeMap<u64, i64> = BTreeMap::new();
    for record in 0..records.frame.len() as u32 {
        digests.of(record).for_each(|digest| *counts.entry(digest).or_default() += 1);
    }
    counts.into_iter().map(|(digest, n)| (digest.cast_signed(), n)).collect()
}

/// Whether some record has several texts of a field that is compared as one text.
pub(super) fn has_lists(entity: &Entity, records: &Records) -> bool {
    let is_weighed = matches!(entity.matching, Matching::Model(_));
    let all = 0..records.frame.len() as u32;
    let fields = entity.fields.iter().zip(&records.frame.columns);
    let mut compared = fields.filter(|(field, _)| !field.role.is_some_and(|role| role.is_name()));
    is_weighed && compared.any(|(_, texts)| all.clone().any(|record| texts.of(record).len() > 1))
}

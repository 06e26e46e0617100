//! What has to be resolved: nothing, what changes can reach, or everything.

use karat_connect::vault::hash_text;
use karat_record::Result;
use karat_store::load::Target;
use karat_store::overrides;
use karat_store::resolution::{self as store, Extent, State, change, watch};
use karat_store::table;

use super::Work;

/// What has to be done.
pub(super) enum Due {
    Nothing,
    /// What changes since this state can reach.
    Part(State),
    Whole,
}

/// So many changes, or a fifth of the records, are looked at one by one; more are not.
const FEW: u64 = 10_000;

impl Work<'_> {
    pub(super) async fn due(&self, mark: &change::Mark) -> Result<Due> {
        let Work { entity, session, .. } = *self;
        let Some(state) = store::state(session, &entity.name).await? else {
            return Ok(Due::Whole);
        };
        if state.settings != entity.settings || state.model != self.number() {
            return Ok(Due::Whole);
        }
        if !watch::is_watched(session, &entity.name, &self.watched()).await? {
            return Ok(if self.is_settled(&state).await? { Due::Nothing } else { Due::Whole });
        }
        let pending = change::pending(session, &entity.name, mark).await?;
        let records = state.summary["records"].as_u64().unwrap_or_default();
        Ok(match pending.changes {
            0 => Due::Nothing,
            _ if pending.all || !state.parted => Due::Whole,
            many if many > FEW.max(records / 5) => Due::Whole,
            _ => Due::Part(state),
        })
    }

    /// Whether nothing changed, where changes are not on record.
    async fn is_settled(&self, state: &State) -> Result<bool> {
        let Work { entity, session, .. } = *self;
        if Target::find(session, &entity.golden.table).await?.is_none() {
            return Ok(false);
        }
        Ok(self.input().await? == state.input
            && table::digest(session, &entity.golden.table).await?.0 == state.golden)
    }

    /// A digest of everything that the answer depends on but the declaration and the model.
    pub(super) async fn input(&self) -> Result<String> {
        let mut parts = Vec::new();
        for source in self.sources {
            parts.push(table::digest(self.session, &source.target.table).await?.0);
        }
        for decision in store::decisions(self.session, &self.entity.name, Extent::Whole).await? {
            parts.push(format!("{decision:?}"));
        }
        for said in overrides::in_force(self.session, &self.entity.name).await? {
            parts.push(format!("{said:?}"));
        }
        Ok(hash_text(&parts.join("\n")))
    }

    /// The tables that the answer depends on.
    pub(super) fn watched(&self) -> Vec<watch::Watched<'_>> {
        let sources = self.sources.iter().map(|opened| watch::Watched {
            source: Some(opened.source.dataset.as_str()),
            table: &opened.target.table,
            key: opened.key,
        });
        let golden = &self.entity.golden;
        let golden = watch::Watched {
            source: None,
            table: &golden.table,
            key: std::slice::from_ref(&golden.id),
        };
        sources.chain([golden]).collect()
    }
}

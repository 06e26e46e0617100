//! Merging into a table that keeps every version of its rows: at one moment, what is no longer so
//! is closed, and what is new or different is opened.

use karat_record::Result;

use super::merge::{KEPT, Merge};
use super::target::{LOAD, ROW, Target};
use crate::name::{Ident, list};
use crate::session::Session;

/// When a version became current, and when it ceased to be; the latter is null while it is.
pub const FROM: &str = "karat_from";
pub const TO: &str = "karat_to";

/// What became of the versions of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// First versions of new keys.
    pub inserted: u64,
    /// New versions of known keys, be they of rows that changed or of rows that are back.
    pub updated: u64,
    /// Current versions that were closed because their key did not come.
    pub removed: u64,
}

impl Target {
    /// The condition that a row `alias` is current, to follow others; empty for a table that
    /// keeps no versions.
    pub(crate) fn and_current(&self, alias: &str) -> String {
        if self.versions { format!(" and {alias}.{TO} is null") } else { String::new() }
    }

    /// The unique index that would refuse a second version of a row, by its columns: one without
    /// condition, all of whose columns are among those that are loaded.
    pub fn forbids_versions(&self, loaded: &[&str]) -> Option<&[String]> {
        let all_loaded = |columns: &[String]| columns.iter().all(|c| loaded.contains(&c.as_str()));
        let plain = self.unique.iter().filter(|unique| !unique.current);
        plain.map(|unique| unique.columns.as_slice()).find(|columns| all_loaded(columns))
    }

    /// Columns that no load fills and no default: a new version has the value of the one before.
    fn carried<'a>(&'a self, loaded: &'a [String]) -> impl Iterator<Item = &'a str> {
        let left = self.columns.iter().filter(|c| !c.has_default && !loaded.contains(&c.name));
        left.map(|c| c.name.as_str())
    }
}

impl Merge<'_> {
    /// Closes versions that changed, and, where the stage is complete, those whose key is not in
    /// it; opens the staged ones that are not current. Rows that people put there by other means
    /// are not closed for being missing. All of it happens at one moment: the beginning of the
    /// transaction, or just after the latest of the table where the clock was set back.
    pub async fn keep_versions(&self, session: &Session, complete: bool) -> Result<Versions> {
        let moment = self.moment(session).await?;
        let removed = if complete { self.close_missing(session, &moment).await? } else { 0 };
        self.close_changed(session, &moment).await?;
        let changed = self.open_changed(session, &moment).await?;
        let back = self.count_returning(session).await?;
        let opened = self.open_others(session, &moment).await?;
        Ok(Versions { inserted: opened - back, updated: changed + back, removed })
    }

    /// The moment as text; after every other of the table.
    async fn moment(&self, session: &Session) -> Result<String> {
        let statement = format!(
            "select greatest(transaction_timestamp(), \
             max(greatest({FROM}, {TO})) + interval '1 microsecond')::text from {}",
            self.target.table
        );
        Ok(session.row(&statement, &[]).await?.get(0))
    }

    async fn close_missing(&self, session: &Session, moment: &String) -> Result<u64> {
        let statement = format!(
            "update {target} t set {TO} = $1::text::timestamptz \
             where t.{LOAD} is not null and t.{TO} is null \
             and not exists (select 1 from {stage} s where {matched})",
            target = self.target.table,
            stage = self.stage.table(),
            matched = self.matched("t", "s"),
        );
        session.execute(&statement, &[moment]).await
    }

    async fn close_changed(&self, session: &Session, moment: &String) -> Result<u64> {
        let statement = format!(
            "update {target} t set {TO} = $1::text::timestamptz from {stage} s \
             where s.{KEPT} and t.{TO} is null and {matched} and not ({same})",
            target = self.target.table,
            stage = self.stage.table(),
            matched = self.matched("t", "s"),
            same = self.equal("t", "s"),
        );
        session.execute(&statement, &[moment]).await
    }

    /// Versions that follow one that was closed just now.
    async fn open_changed(&self, session: &Session, moment: &String) -> Result<u64> {
        let carried: Vec<&str> = self.target.carried(self.stage.columns()).collect();
        let columns = self.stage.columns().iter().map(String::as_str).chain(carried.clone());
        let kept = carried.iter().map(|c| format!("t.{}", Ident(c)));
        let values: Vec<String> =
            self.stage.columns().iter().map(|c| self.cast(c)).chain(kept).collect();
        let statement = format!(
            "insert into {target} ({columns}, {LOAD}, {ROW}, {FROM}) \
             select {values}, {load}, s.{ROW}, t.{TO} from {stage} s join {target} t on {matched} \
             where s.{KEPT} and t.{TO} = $1::text::timestamptz order by s.{ROW}",
            target = self.target.table,
            columns = list("", columns),
            values = values.join(", "),
            load = self.load,
            stage = self.stage.table(),
            matched = self.matched("t", "s"),
        );
        session.execute(&statement, &[moment]).await
    }

    /// Staged rows that have versions, but no current one.
    async fn count_returning(&self, session: &Session) -> Result<u64> {
        let statement = format!(
            "select count(*) from {stage} s where s.{KEPT} and {absent} \
             and exists (select 1 from {target} t where {matched})",
            stage = self.stage.table(),
            absent = self.is_absent(),
            target = self.target.table,
            matched = self.matched("t", "s"),
        );
        let count: i64 = session.row(&statement, &[]).await?.get(0);
        Ok(count as u64)
    }

    async fn open_others(&self, session: &Session, moment: &String) -> Result<u64> {
        let values: Vec<String> = self.stage.columns().iter().map(|c| self.cast(c)).collect();
        let statement = format!(
            "insert into {target} ({columns}, {LOAD}, {ROW}, {FROM}) \
             select {values}, {load}, s.{ROW}, $1::text::timestamptz \
             from {stage} s where s.{KEPT} and {absent} order by s.{ROW}",
            target = self.target.table,
            columns = list("", self.stage.columns().iter().map(String::as_str)),
            values = values.join(", "),
            load = self.load,
            stage = self.stage.table(),
            absent = self.is_absent(),
        );
        session.execute(&statement, &[moment]).await
    }

    fn is_absent(&self) -> String {
        let (target, matched) = (&self.target.table, self.matched("t", "s"));
        format!("not exists (select 1 from {target} t where {matched} and t.{TO} is null)")
    }
}

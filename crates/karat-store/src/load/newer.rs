//! Mended rows are older than what came since they were rejected: they overwrite none of it.

use karat_record::Result;

use super::merge::{KEPT, Merge};
use super::screen::Misfit;
use super::target::{LOAD, ROW};
use crate::session::Session;

/// Of which load each staged row is: that in which it was rejected first.
#[derive(Clone, Debug, Default)]
pub struct Ages {
    pub rows: Vec<i64>,
    pub loads: Vec<i64>,
}

impl Merge<'_> {
    /// Marks staged rows whose record a later load has brought with other values, so that they
    /// are not written, and says which. A record that a replay brought is of the load in which
    /// its row was rejected first. `full`: the last load of all there was; no row from before it
    /// is written.
    pub async fn newer(
        &self,
        session: &Session,
        ages: &Ages,
        full: Option<i64>,
    ) -> Result<Vec<Misfit>> {
        let stage = self.stage.table();
        let statement = format!(
            "with given as (select * from unnest($1::bigint[], $2::bigint[]) given (row, load)), \
             late as (
               select s.{ROW} as row
               from {stage} s
               join given on given.row = s.{ROW}
               join {target} t on {matched}{current}
               left join karat.reject r on r.replayed_by = t.{LOAD} and r.replayed_line = t.{ROW} \
                 and r.state = 'replayed'
               where s.{KEPT} and not ({same}) \
                 and coalesce(r.first_load, r.load, t.{LOAD}) > given.load
               union
               select row from given where load < $3
             )
             update {stage} u set {KEPT} = false from late \
             where u.{ROW} = late.row and u.{KEPT} returning u.{ROW}",
            target = self.target.table,
            matched = self.matched("t", "s"),
            current = self.target.and_current("t"),
            same = self.equal("t", "s"),
        );
        let rows = session.rows(&statement, &[&ages.rows, &ages.loads, &full]).await?;
        let message = match full {
            Some(load) => format!("is older than load {load}, which read all records"),
            None => "a later load has brought this record with other values".to_owned(),
        };
        let misfit = |row: &tokio_postgres::Row| Misfit {
            row: row.get(0),
            columns: self.key.to_vec(),
            rule: "replay.newer",
            message: message.clone(),
        };
        let mut misfits: Vec<Misfit> = rows.iter().map(misfit).collect();
        misfits.sort_by_key(|misfit| misfit.row);
        Ok(misfits)
    }
}

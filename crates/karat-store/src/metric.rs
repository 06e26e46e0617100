//! The metrics of checks of anomalies on record, run by run.

use karat_record::{Kind, Problem, Result};
use karat_rules::anomaly::Known;
use serde_json::Value as Json;

use crate::session::Session;

/// Which metric: a check of a suite, as it was declared.
#[derive(Clone, Copy, Debug)]
pub struct Metric<'a> {
    pub suite: &'a str,
    pub check: &'a str,
    /// A fingerprint of what is measured: another makes a history of its own.
    pub settings: &'a str,
}

/// What is on record of the `days` before a day, in the order of the runs. Days are counted from
/// 1970-01-01.
pub async fn earlier(
    session: &Session,
    metric: Metric<'_>,
    (day, days): (i64, i32),
) -> Result<Vec<Known<Json>>> {
    let sql = include_str!("../queries/metric/earlier.sql");
    let Metric { suite, check, settings } = metric;
    let rows = session.rows(sql, &[&suite, &check, &settings, &(day as i32), &days]).await?;
    let known = |row: &tokio_postgres::Row| {
        let value: String = row.get(1);
        let failed = |e| Problem::new(Kind::Internal, format!("a metric on record: {e}"));
        Ok(Known {
            day: i64::from(row.get::<_, i32>(0)),
            value: serde_json::from_str(&value).map_err(failed)?,
            is_anomalous: row.get(2),
        })
    };
    rows.iter().map(known).collect()
}

/// Keeps the metric of a run.
pub async fn keep(
    session: &Session,
    run: i64,
    metric: Metric<'_>,
    known: &Known<Json>,
) -> Result<()> {
    let sql = include_str!("../queries/metric/keep.sql");
    let Metric { suite, check, settings } = metric;
    let (day, value) = (known.day as i32, known.value.to_string());
    let params: crate::session::Params<'_> =
        &[&run, &suite, &check, &day, &settings, &value, &known.is_anomalous];
    session.execute(sql, params).await.map(drop)
}

//! How things stand, from what is kept of them: no table of records is looked at.

use karat_record::Result;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::session::Session;

/// A moment: as ISO 8601 in UTC, and how many seconds ago it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct When {
    pub at: String,
    pub age: f64,
}

/// An entity that was resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    pub resolved: When,
    pub settings: String,
    /// The number of its model.
    pub model: Option<i64>,
    /// What the last resolution said, as JSON.
    pub summary: String,
    /// Changes on record that the next one looks at.
    pub changes: u64,
    /// Pairs that wait and that nobody decided or was unsure about.
    pub reviews: u64,
}

/// A dataset.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Dataset {
    pub name: String,
    /// Rows that its loads inserted, less those that they removed.
    pub rows: i64,
    pub open_rejects: u64,
    pub last: Option<Load>,
}

/// A load.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Load {
    pub finished: When,
    pub origin: String,
    pub read: u64,
    pub rejected: u64,
}

/// A check whose last result is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub suite: String,
    pub check: String,
    pub relation: String,
    pub blocks: bool,
    pub unexpected: Option<u64>,
    pub error: Option<String>,
}

/// An objective that is missed.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    pub file: String,
    pub objective: String,
    pub blocks: bool,
    pub dimension: String,
    pub target: f64,
    pub actual: Option<f64>,
}

/// How an entity stands; none where it was never resolved.
pub async fn entity(session: &Session, name: &str) -> Result<Option<Entity>> {
    let sql = include_str!("../queries/status/entity.sql");
    let row = session.maybe_row(sql, &[&name]).await?;
    Ok(row.map(|row| Entity {
        resolved: When { at: row.get("resolved_at"), age: row.get("age") },
        settings: row.get("settings"),
        model: row.get("model"),
        summary: row.get("summary"),
        changes: row.get::<_, i64>("changes") as u64,
        reviews: row.get::<_, i64>("reviews") as u64,
    }))
}

/// How many jobs were given up and need somebody.
pub async fn given_up(session: &Session) -> Result<u64> {
    let given_up: i64 = session.row(include_str!("../queries/status/jobs.sql"), &[]).await?.get(0);
    Ok(given_up as u64)
}

/// How datasets stand, in the order given.
pub async fn datasets(session: &Session, names: &[&str]) -> Result<Vec<Dataset>> {
    let sql = include_str!("../queries/status/datasets.sql");
    let rows = session.rows(sql, &[&names]).await?;
    let load = |row: &Row| {
        Some(Load {
            finished: When { at: row.get::<_, Option<String>>("loaded_at")?, age: row.get("age") },
            origin: row.get("origin"),
            read: row.get::<_, i64>("read") as u64,
            rejected: row.get::<_, i64>("rejected") as u64,
        })
    };
    let dataset = |row: &Row| Dataset {
        name: row.get("dataset"),
        rows: row.get("rows"),
        open_rejects: row.get::<_, i64>("rejects") as u64,
        last: load(row),
    };
    Ok(rows.iter().map(dataset).collect())
}

/// The checks, as suite and name, whose last result is not as expected.
pub async fn checks(session: &Session, names: &[(&str, &str)]) -> Result<Vec<Check>> {
    let (suites, checks): (Vec<&str>, Vec<&str>) = names.iter().copied().unzip();
    let sql = include_str!("../queries/status/checks.sql");
    let rows = session.rows(sql, &[&suites, &checks]).await?;
    let check = |row: &Row| Check {
        suite: row.get("suite"),
        check: row.get("check"),
        relation: row.get("relation"),
        blocks: row.get::<_, &str>("severity") == "block",
        unexpected: row.get::<_, Option<i64>>("unexpected").map(|n| n as u64),
        error: row.get("error"),
    };
    Ok(rows.iter().map(check).collect())
}

/// The objectives, as file and name, that the last measuring found missed.
pub async fn objectives(session: &Session, names: &[(&str, &str)]) -> Result<Vec<Objective>> {
    let (files, objectives): (Vec<&str>, Vec<&str>) = names.iter().copied().unzip();
    let sql = include_str!("../queries/status/objectives.sql");
    let rows = session.rows(sql, &[&files, &objectives]).await?;
    let objective = |row: &Row| Objective {
        file: row.get("file"),
        objective: row.get("objective"),
        blocks: row.get::<_, &str>("severity") == "block",
        dimension: row.get("dimension"),
        target: row.get("target"),
        actual: row.get("actual"),
    };
    Ok(rows.iter().map(objective).collect())
}

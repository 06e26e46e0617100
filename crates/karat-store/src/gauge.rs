//! What is watched from outside: jobs, runs, steps, and the database itself.

use karat_record::Result;

use crate::session::Session;

/// How often something ended in one way, and how long the last took.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub command: String,
    pub status: String,
    pub count: i64,
    /// In seconds; none where it goes on.
    pub took: Option<f64>,
}

/// The database itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Database {
    pub bytes: i64,
    pub connections: i64,
    pub most_connections: i64,
}

/// How many jobs there are by their states; ended ones only where they were given up.
pub async fn jobs(session: &Session) -> Result<Vec<(String, i64)>> {
    let rows = session.rows(include_str!("../queries/gauge/jobs.sql"), &[]).await?;
    Ok(rows.iter().map(|row| (row.get("state"), row.get("jobs"))).collect())
}

/// How the runs of the last week ended.
pub async fn runs(session: &Session) -> Result<Vec<Ended>> {
    let rows = session.rows(include_str!("../queries/gauge/runs.sql"), &[]).await?;
    let ended = |row: &tokio_postgres::Row| Ended {
        command: row.get("command"),
        status: row.get("status"),
        count: row.get("runs"),
        took: row.get("took"),
    };
    Ok(rows.iter().map(ended).collect())
}

/// The seconds that each step took when it last had something to do.
pub async fn steps(session: &Session) -> Result<Vec<(String, Option<f64>)>> {
    let rows = session.rows(include_str!("../queries/gauge/steps.sql"), &[]).await?;
    Ok(rows.iter().map(|row| (row.get("name"), row.get("took"))).collect())
}

/// How large the database is, and how many connections it has.
pub async fn database(session: &Session) -> Result<Database> {
    let row = session.row(include_str!("../queries/gauge/database.sql"), &[]).await?;
    Ok(Database {
        bytes: row.get("bytes"),
        connections: row.get("connections"),
        most_connections: row.get("most"),
    })
}

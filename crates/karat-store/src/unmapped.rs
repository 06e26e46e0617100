//! Values for which an alias table has no canonical value.

use karat_record::Result;
use serde::Serialize;

use crate::session::Session;

/// A value that stands in rows of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmapped {
    pub dataset: String,
    pub column: String,
    pub value: String,
    /// In how many rows at least and at most; the same where all were counted.
    pub least: u64,
    pub most: u64,
}

/// A value of a load's column, with in how many rows it stands at least and at most.
pub type Counted = (String, String, u64, u64);

/// Keeps those of a load, inside the transaction that holds its rows.
pub async fn keep(session: &Session, load: i64, values: &[Counted]) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let columns: Vec<&str> = values.iter().map(|(column, ..)| column.as_str()).collect();
    let texts: Vec<&str> = values.iter().map(|(_, value, ..)| value.as_str()).collect();
    let least: Vec<i64> = values.iter().map(|(.., least, _)| *least as i64).collect();
    let most: Vec<i64> = values.iter().map(|(.., most)| *most as i64).collect();
    let sql = include_str!("../queries/unmapped/keep.sql");
    session.execute(sql, &[&load, &columns, &texts, &least, &most]).await.map(drop)
}

/// Those of each file's last load, by dataset and column, the most frequent first.
pub async fn list(session: &Session, dataset: Option<&str>) -> Result<Vec<Unmapped>> {
    let rows = session.rows(include_str!("../queries/unmapped/list.sql"), &[&dataset]).await?;
    let unmapped = |row: &tokio_postgres::Row| Unmapped {
        dataset: row.get("dataset"),
        column: row.get("column"),
        value: row.get("value"),
        least: row.get::<_, i64>("least") as u64,
        most: row.get::<_, i64>("most") as u64,
    };
    Ok(rows.iter().map(unmapped).collect())
}

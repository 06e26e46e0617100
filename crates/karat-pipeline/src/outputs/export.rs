//! Exports: the rows of a table as a file.

use karat_connect::write::{Column, begin};
use karat_record::Result;
use karat_store::load::Target;
use karat_store::output::{self as store};
use serde_json::json;

use super::make::{Made, Maker};
use super::pivot::cells_of;
use crate::project::outputs::Export;

/// Writes the file of an export.
pub async fn make(maker: &Maker<'_>, export: &Export, target: &Target) -> Result<Made> {
    let all = || target.columns.iter().map(|column| column.name.clone()).collect();
    let columns = if export.columns.is_empty() { all() } else { export.columns.clone() };
    let wanted = store::Export {
        target,
        condition: export.condition.as_deref(),
        columns: &columns,
        order: &export.order,
    };
    let header = |name: &String| {
        let given = export.headers.iter().find(|(column, _)| column == name);
        given.map_or_else(|| name.clone(), |(_, header)| header.clone())
    };
    let kinds = wanted.kinds()?;
    let named = columns.iter().zip(&kinds);
    let file = named.map(|(name, kind)| Column { name: header(name), cells: cells_of(kind) });
    let mut writer = begin(&maker.storage, export.file.format, file.collect())?;
    let mut rows = store::exported(maker.session, &wanted).await?;
    let mut count = 0;
    while let Some(row) = rows.next_texts().await? {
        let cells: Vec<Option<&str>> = (0..columns.len()).map(|at| row.get(at)).collect();
        writer.row(&cells)?;
        count += 1;
    }
    let detail = json!({
        "table": target.table.to_string(),
        "columns": columns,
        "condition": export.condition,
        "order": export.order,
    });
    Ok(Made {
        name: export.file.name.clone(),
        content: maker.storage.keep(writer.finish()?)?,
        content_type: export.file.format.content_type(),
        rows: Some(count),
        detail,
    })
}

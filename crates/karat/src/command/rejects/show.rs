//! `karat rejects show`: one rejected row from where it stood first to what became of it.

use karat_record::{Kind, Problem};
use karat_store::Session;
use karat_store::rejects;
use serde_json::json;

use super::super::{Done, Shell};
use super::nothing_loaded;
use crate::Ending;

pub async fn run(shell: &Shell, session: Option<&Session>, load: i64, line: i64) -> Done {
    let session = session.ok_or_else(nothing_loaded)?;
    let rows = rejects::history(session, load, line).await?;
    if rows.is_empty() {
        let what = format!("line {line} of load {load} is no rejected row, and mends none");
        let hint = "karat rejects list --all shows loads and lines";
        return Err(Problem::new(Kind::Usage, what).hint(hint).into());
    }
    let out = &shell.output;
    for row in &rows {
        let place = format!("load {}  {} {}", row.load, row.dataset, row.place());
        let byte = row.byte.map(|byte| format!("  byte {byte}")).unwrap_or_default();
        out.line(format!("{}{byte}", out.strong(&place)));
        let column = row.column.as_ref().map(|c| format!("{c} ")).unwrap_or_default();
        out.line(format!("  {}  {column}{}", row.rule, row.message));
        for line in row.raw.lines() {
            out.line(format!("      {}", out.faint(line)));
        }
        out.line(format!("  {}", row.outcome()));
    }
    out.document(&json!({ "rejects": rows }));
    Ok(Ending::Done)
}

//! `karat resolve ENTITY --conflicts`: golden records whose records offer different values.

use karat_pipeline::context::Context;
use karat_pipeline::project::Entity;
use karat_pipeline::resolve::conflicts::{self, Conflict, Conflicts, Disputed};
use serde_json::json;

use super::super::explain::decision;
use super::super::{Done, Shell};
use crate::Ending;
use crate::args::Resolve;
use crate::output::{Output, number, table};

pub async fn run(shell: &Shell, context: &Context<'_>, entity: &Entity, command: &Resolve) -> Done {
    let field = command.field.as_deref();
    let found = conflicts::find(context, entity, field, command.limit).await?;
    show(&shell.output, &found);
    shell.output.document(&json!(found));
    Ok(Ending::Done)
}

/// Records of a value that are named; the others are counted.
const NAMED: usize = 3;

fn show(out: &Output, found: &Conflicts) {
    let golden = number(found.entities);
    if found.fields.is_empty() {
        out.line("");
        out.line(format!("  no conflicts: the records of each of {golden} golden records agree"));
        return stale(out, found.is_current);
    }
    for conflict in &found.conflicts {
        out.line("");
        one(out, conflict);
    }
    out.line("");
    let head = ["column", "in conflict", "of all"].map(str::to_owned).to_vec();
    let row = |count: &conflicts::Count| {
        let share = count.entities as f64 / found.entities.max(1) as f64;
        vec![count.field.clone(), number(count.entities), format!("{:.1} %", share * 100.0)]
    };
    let rows: Vec<Vec<String>> = [head].into_iter().chain(found.fields.iter().map(row)).collect();
    for (at, line) in table(&rows, &[false, true, true]).iter().enumerate() {
        out.line(format!("  {}", if at == 0 { out.faint(line) } else { line.clone() }));
    }
    let (all, shown) = (total(found), found.conflicts.len() as u64);
    out.line("");
    out.line(match shown < all {
        true => format!(
            "  {} of {} conflicts in {golden} golden records; see more with --limit, fewer with \
             --field",
            number(shown),
            number(all)
        ),
        false if all == 1 => format!("  1 conflict in {golden} golden records"),
        false => format!("  {} conflicts in {golden} golden records", number(all)),
    });
    stale(out, found.is_current);
}

fn total(found: &Conflicts) -> u64 {
    found.fields.iter().map(|count| count.entities).sum()
}

fn one(out: &Output, conflict: &Conflict) {
    out.line(format!("  {}  {}", out.strong(&conflict.field), out.faint(&conflict.id)));
    let row = |value: &Disputed| {
        let mark = if value.chosen { "golden" } else { "" };
        let said = value.said.iter().map(decision);
        let records = (!value.records.is_empty()).then(|| names(&value.records));
        let who = said.chain(records).collect::<Vec<_>>().join("; also ");
        vec![mark.to_owned(), value.value.clone(), who]
    };
    let rows: Vec<Vec<String>> = conflict.values.iter().map(row).collect();
    table(&rows, &[]).iter().for_each(|line| out.line(format!("    {line}")));
}

/// The first few records, and how many more there are.
fn names(records: &[String]) -> String {
    let named = records.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match records.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Says that what is shown is not what the last resolution published.
pub fn stale(out: &Output, is_current: bool) {
    if !is_current {
        out.line(
            "  note: records, decisions or declaration changed since the last resolution; karat \
             run brings golden records up to date",
        );
    }
}

//! `karat lineage`: from which files, over which datasets and entities, outputs come, and from which
//! columns a golden field.

use karat_pipeline::lineage::{self, FieldLineage, FromColumn, FromSource, Node};
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::args::Lineage;
use crate::output::{Output, table};

pub fn run(shell: &mut Shell, args: &Lineage) -> Done {
    let project = shell.project()?;
    match &args.field {
        Some(name) => {
            let found = lineage::field(&project, name)?;
            field(&shell.output, &found);
            shell.output.document(&json!(found));
        }
        None => {
            let found = lineage::lineage(&project);
            all(&shell.output, &found);
            shell.output.document(&json!(found));
        }
    }
    Ok(Ending::Done)
}

fn lines(out: &Output, rows: &[Vec<String>]) {
    for (i, line) in table(rows, &[]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

fn all(out: &Output, found: &lineage::Lineage) {
    if found.nodes.is_empty() {
        out.line("nothing is declared yet; begin with a file in datasets/");
        return;
    }
    let names = |nodes: &mut dyn Iterator<Item = &Node>| {
        nodes.map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let mut rows = vec![["what", "name", "made from", "used by"].map(str::to_owned).to_vec()];
    rows.extend(found.nodes.iter().map(|node| {
        let (from, by) = (names(&mut found.made_from(node)), names(&mut found.used_by(node)));
        vec![node.kind.name().to_owned(), node.name.clone(), from, by]
    }));
    lines(out, &rows);
}

fn field(out: &Output, found: &FieldLineage) {
    let rule = found.sql.as_ref().map_or(String::new(), |sql| format!(": {sql}"));
    let name = format!("{}.{}", found.entity, found.field);
    out.line(format!("  {} · {}, chosen by {}{rule}", out.strong(&name), found.table, found.rule));
    if let Some(compared) = &found.compared {
        let clean = match found.clean.is_empty() {
            true => String::new(),
            false => format!(", cleaned by {}", found.clean.join(", ")),
        };
        out.line(format!("  from the field {compared}{clean}"));
    }
    out.line("");
    let head = ["dataset", "column", "from", "cleaned by", "files"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    found.sources.iter().for_each(|source| rows.extend(of_source(source)));
    lines(out, &rows);
}

fn of_source(source: &FromSource) -> Vec<Vec<String>> {
    if source.columns.is_empty() {
        return vec![vec![source.dataset.clone(), "none".to_owned()]];
    }
    let row = |column: &FromColumn| {
        let FromColumn { column, from, clean, alias, files } = column;
        let clean = clean.iter().map(|rule| (*rule).to_owned());
        let clean = clean.chain(alias.iter().map(|name| format!("aliases {name}")));
        let clean: Vec<String> = clean.collect();
        let dataset = source.dataset.clone();
        vec![dataset, column.clone(), from.clone(), clean.join(", "), files.join(", ")]
    };
    source.columns.iter().map(row).collect()
}

//! Which input goes into which column: the dataset's declaration meets the header of the file
//! and the table in the database. What does not fit together is refused by name.

use karat_connect::source::Source;
use karat_record::{Kind, Place, Problem, Result, Type};
use karat_store::copy::ColumnType;
use karat_store::load::{FROM, Mode, TO, Target};

use super::header;
use super::maker::{Input, Made};
use crate::project::Project;
use crate::project::dataset::{Column, Dataset, From};

/// For a file: each wanted header with its column, and the declared columns that it may do without.
pub fn for_file(dataset: &Dataset, source: &Source, file: &str) -> Result<Vec<Column>> {
    let place = || match source.header_line() {
        Some(line) => Place::line(file, line),
        None => Place::file(file),
    };
    // A column without a name has no values.
    let headers: Vec<String> = source.headers().iter().filter(|h| !h.is_empty()).cloned().collect();
    let mut columns = header::columns(dataset, &headers).map_err(|p| p.at(place()))?;
    let declared = |header: &String| columns.iter().any(|c| c.from == From::Header(header.clone()));
    let implied: Vec<Column> = headers
        .iter()
        .filter(|header| !declared(header) && !dataset.ignore.contains(header))
        .map(|header| Column::implied(header))
        .collect();
    columns.extend(implied);
    Ok(columns)
}

/// The columns of a table that Karat makes for a dataset without declared table.
pub fn new_table(columns: &[Column]) -> Vec<(String, &'static str)> {
    columns.iter().map(|c| (c.name.clone(), standard_type(c).sql())).collect()
}

/// The type of a column that Karat makes.
pub fn standard_type(column: &Column) -> Type {
    let standard = if column.split.is_some() { Type::List } else { Type::Text };
    let number = if column.from == From::Position { Type::Integer } else { standard };
    column.kind.unwrap_or(number)
}

/// How each column of the target is made. `inputs` finds the number of an input.
pub fn made(
    dataset: &Dataset,
    columns: &[Column],
    target: &Target,
    inputs: impl Fn(&From) -> Option<usize>,
) -> Result<Vec<Made>> {
    let file = format!("datasets/{}.toml", dataset.name);
    let place = || Place::file(&file);
    let mut made = Vec::new();
    for column in columns {
        let Some(found) = target.column(&column.name).filter(|c| !c.generated) else {
            let what = format!("table {} has no column {:?}", target.table, column.name);
            let hint = format!(
                "add the column to the schema, name another with [columns.{}], or leave it out: \
                 ignore = [{:?}]",
                column.name, column.name
            );
            return Err(Problem::new(Kind::Input, what).at(place()).hint(hint));
        };
        let input = match &column.from {
            From::Hash(names) => {
                let of = |name: &String| columns.iter().find(|c| c.name == *name).map(|c| &c.from);
                let inputs: Option<Vec<usize>> =
                    names.iter().map(|name| of(name).and_then(&inputs)).collect();
                Input::Hash(inputs.ok_or_else(|| no_such_input(&column.name, place()))?)
            }
            From::Position => Input::Position(
                inputs(&column.from).ok_or_else(|| no_such_input(&column.name, place()))?,
            ),
            From::Missing(_) => Input::Nothing,
            from => Input::Text(inputs(from).ok_or_else(|| no_such_input(&column.name, place()))?),
        };
        let required = column.required
            || dataset.key.contains(&column.name)
            || found.not_null && found.kind != ColumnType::TextArray;
        if let (From::Missing(header), true) = (&column.from, required) {
            let what = format!(
                "the file has no column {header:?}, and {:?} of {} takes no null",
                column.name, target.table
            );
            return Err(Problem::new(Kind::Input, what).at(place()).hint("mend the file"));
        }
        made.push(Made {
            name: column.name.clone(),
            input,
            kind: found.kind.clone(),
            required,
            never_null: found.not_null,
            split: column.split.clone(),
            clean: column.clean.clone(),
            alias: column.alias.clone(),
        });
    }
    all_there(dataset, target, &made, place())?;
    versions_fit(dataset, target, &made).map_err(|problem| problem.at(place()))?;
    Ok(made)
}

fn no_such_input(column: &str, place: Place) -> Problem {
    let what = format!("column {column:?} is made from something that is not there");
    Problem::new(Kind::Project, what).at(place)
}

/// Every key column and every column that needs a value must be made by something.
fn all_there(dataset: &Dataset, target: &Target, made: &[Made], place: Place) -> Result<()> {
    let is_made = |name: &str| made.iter().any(|m| m.name == name);
    if let Some(key) = dataset.key.iter().find(|key| !is_made(key)) {
        let what = format!("the key column {key:?} is not among the loaded columns");
        return Err(Problem::new(Kind::Input, what).at(place));
    }
    if let Some(column) = target.columns.iter().find(|c| c.required && !is_made(&c.name)) {
        let what =
            format!("column {:?} of {} needs a value and gets none", column.name, target.table);
        let hint = "load it from a column of the file, or give it a default in the schema";
        return Err(Problem::new(Kind::Input, what).at(place).hint(hint));
    }
    Ok(())
}

/// Versions need a table that takes them, and a table that keeps them needs a dataset that does.
fn versions_fit(dataset: &Dataset, target: &Target, made: &[Made]) -> Result<()> {
    let (table, key) = (&target.table, dataset.key.join(", "));
    let keeps = matches!(dataset.mode, Mode::History { .. });
    if !keeps && target.versions {
        let what = format!("table {table} keeps every version of a row, and the dataset does not");
        return Err(Problem::new(Kind::Input, what).hint("write mode = \"history\""));
    }
    if keeps && !target.versions {
        let what = format!("mode = \"history\", but table {table} has no place for versions");
        let hint = format!(
            "add its columns: alter table {table} add column {FROM} timestamptz not null \
             default now(), add column {TO} timestamptz; no key may be unique in it but with \
             {FROM}: primary key ({key}, {FROM})"
        );
        return Err(Problem::new(Kind::Input, what).hint(hint));
    }
    let loaded: Vec<&str> = made.iter().map(|m| m.name.as_str()).collect();
    if keeps && let Some(unique) = target.forbids_versions(&loaded) {
        let unique = unique.join(", ");
        let what = format!("mode = \"history\", but table {table} takes each {unique} only once");
        let hint = format!(
            "replace what makes it unique by one of current versions: create unique index on \
             {table} ({unique}) where {TO} is null"
        );
        return Err(Problem::new(Kind::Input, what).hint(hint));
    }
    Ok(())
}

/// The positions of the key among the made columns.
pub fn key_positions(dataset: &Dataset, made: &[Made]) -> Vec<usize> {
    dataset.key.iter().filter_map(|key| made.iter().position(|m| m.name == *key)).collect()
}

/// Whether some column can only be read by the server, and so has to be staged as text.
pub fn needs_server(made: &[Made]) -> bool {
    made.iter().any(|m| matches!(m.kind, ColumnType::Other(_)))
}

/// The datasets in an order in which each comes after the one it is made from.
///
/// # Errors
/// When datasets are made from each other in a circle.
pub fn ordered(project: &Project) -> Result<Vec<&Dataset>> {
    use crate::project::dataset::Origin;
    let mut done: Vec<&Dataset> = Vec::new();
    let mut left: Vec<&Dataset> = project.datasets.iter().collect();
    while !left.is_empty() {
        let ready = |dataset: &&Dataset| match &dataset.origin {
            Origin::Files { .. } => true,
            Origin::Each { dataset: parent, .. } => done.iter().any(|d| d.name == *parent),
        };
        let Some(next) = left.iter().position(ready) else {
            let names: Vec<&str> = left.iter().map(|d| d.name.as_str()).collect();
            let what = format!("datasets are made from each other: {}", names.join(" → "));
            return Err(Problem::new(Kind::Project, what));
        };
        done.push(left.remove(next));
    }
    Ok(done)
}

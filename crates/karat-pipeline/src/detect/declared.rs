//! What a project declares of the files of its datasets: in dataset files, and for columns that
//! none names in the schema files of their tables.

use karat_record::Type;
use karat_rules::detect::{Column, Declared};
use karat_store::Table;
use karat_store::schema::{self, ObjectKind, Statement};

use crate::project::Project;
use crate::project::dataset::{Dataset, From, Origin};

/// The declaration of a dataset. `statements` are those of the schema files.
pub fn declared(dataset: &Dataset, statements: &[Statement]) -> Declared {
    let table = columns_of(&dataset.table, statements);
    let in_table = |name: &str| table.iter().find(|column| column.name == name);
    let mut columns: Vec<Column> = Vec::new();
    for column in &dataset.columns {
        let From::Header(header) = &column.from else { continue };
        let of_table = in_table(&column.name);
        columns.push(Column {
            name: column.name.clone(),
            header: header.clone(),
            aliases: column.aliases.clone(),
            patterns: column.patterns.clone(),
            is_implied: false,
            kind: column.kind.or_else(|| of_table.map(schema::Column::reads_as)),
            split: column.split.clone(),
            clean: column.clean.clone(),
            is_required: column.required
                || dataset.key.contains(&column.name)
                || of_table.is_some_and(schema::Column::needs_value),
        });
    }
    let is_made = |name: &str| dataset.columns.iter().any(|column| column.name == name);
    let implied = |name: &str, kind: Option<Type>, needs_value: bool| Column {
        name: name.to_owned(),
        header: name.to_owned(),
        is_implied: true,
        kind,
        is_required: needs_value || dataset.key.iter().any(|key| key == name),
        ..Column::default()
    };
    let of_table = table.iter().filter(|c| !is_made(&c.name) && !c.is_computed());
    columns.extend(of_table.map(|c| implied(&c.name, Some(c.reads_as()), c.needs_value())));
    let unknown = dataset.key.iter().filter(|key| !is_made(key) && in_table(key).is_none());
    columns.extend(unknown.map(|key| implied(key, None, true)));
    Declared {
        name: dataset.name.clone(),
        columns,
        nulls: dataset.nulls.clone(),
        ignore: dataset.ignore.clone(),
        files: file_patterns(dataset),
    }
}

/// The columns that the schema files declare for a table.
fn columns_of<'s>(table: &Table, statements: &'s [Statement]) -> &'s [schema::Column] {
    let is_it = |statement: &&Statement| {
        let object = &statement.object;
        object.kind == ObjectKind::Table
            && object.schema.as_deref() == Some(table.schema.as_str())
            && object.name == table.name
    };
    statements.iter().find(is_it).map_or(&[], |statement| &statement.columns)
}

/// Patterns for the name of a file: those declared, and the names in the patterns of the paths
/// that say more than that anything goes.
fn file_patterns(dataset: &Dataset) -> Vec<String> {
    let Origin::Files { patterns, .. } = &dataset.origin else { return Vec::new() };
    let name = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.split('.').next().unwrap_or(name).to_owned()
    };
    let says_something = |pattern: &String| pattern.chars().any(char::is_alphanumeric);
    let of_paths = patterns.iter().map(name).filter(says_something);
    dataset.detection.patterns.iter().cloned().chain(of_paths).collect()
}

/// The datasets that a file may be of.
pub fn candidates(project: &Project) -> impl Iterator<Item = &Dataset> {
    let is_of_files = |dataset: &&Dataset| {
        matches!(dataset.origin, Origin::Files { .. }) && dataset.detection.is_enabled
    };
    project.datasets.iter().filter(is_of_files)
}

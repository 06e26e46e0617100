//! Lineage: of each cell of pivots the rows of the files that it was made from.

use std::collections::HashMap;

use karat_connect::source::Source;
use karat_connect::write::{Cells, Column, Format, RowWriter, begin};
use karat_record::{Kind, Result};
use karat_store::Session;
use karat_store::resolution::places;
use serde_json::{Value as Json, json};

use super::canonical::{Field, fields, hash, of_server};
use super::grid::{keys, shape_of};
use super::make::{Made, Maker, Ready, placed};
use super::shape::row_names;
use crate::project::Project;
use crate::project::dataset::Origin;
use crate::project::outputs::{Lineage, Pivot};

/// What stands behind the columns that make a row.
pub const COLUMNS: [&str; 6] = ["column", "file", "sha256", "sheet", "row", "row_hash"];

/// The file that a load brought.
struct File {
    /// As it was called.
    origin: String,
    sha256: String,
    /// What it is, as it is kept; none where it is not.
    source: Option<Source>,
}

/// Writes the lineage of pivots.
pub async fn make(maker: &Maker<'_>, lineage: &Lineage, ready: &[Ready<'_>]) -> Result<Made> {
    let mut names = vec!["output".to_owned()];
    names.extend(ready.iter().take(1).flat_map(|ready| row_names(ready.pivot)));
    names.extend(COLUMNS.map(str::to_owned));
    let columns = names.into_iter().map(|name| Column { name, cells: Cells::Text });
    let mut writer = begin(&maker.storage, Format::Csv, columns.collect())?;
    let mut rows = 0;
    let mut of = Vec::new();
    for ready in ready {
        let written = one(maker, ready, writer.as_mut()).await;
        let (count, fields) = written.map_err(|problem| placed(problem, ready.output))?;
        rows += count;
        of.push(said(ready, &fields));
    }
    Ok(Made {
        name: lineage.file.clone(),
        content: maker.storage.keep(writer.finish()?)?,
        content_type: Format::Csv.content_type(),
        rows: Some(rows),
        detail: json!({ "of": of }),
    })
}

/// What the manifest says of a pivot's lineage: what its row hashes are made of.
fn said(ready: &Ready<'_>, fields: &[Field]) -> Json {
    let field = |field: &Field| json!({ "column": field.column, "type": field.name });
    json!({
        "output": ready.output.name,
        "files": ready.shapes.iter().map(|shape| &shape.file).collect::<Vec<_>>(),
        "rows": ready.pivot.rows,
        "group": ready.pivot.group.as_ref().map(|group| &group.column),
        "columns": ready.pivot.columns,
        "value": ready.pivot.value,
        "aggregate": ready.aggregate.name(),
        "fields": fields.iter().map(field).collect::<Vec<_>>(),
    })
}

/// The columns of which the hash of a record is made, in their order.
pub fn hashed(pivot: &Pivot) -> impl Iterator<Item = &str> {
    let group = pivot.group.iter().map(|group| group.column.as_str());
    let rows = pivot.rows.iter().map(String::as_str);
    group.chain(rows).chain([pivot.columns.as_str(), pivot.value.as_str()])
}

async fn one(
    maker: &Maker<'_>,
    ready: &Ready<'_>,
    writer: &mut dyn RowWriter,
) -> Result<(u64, Vec<Field>)> {
    let statement = ready.statement();
    let fields = fields(&ready.target, hashed(ready.pivot))?;
    let loads = statement.loads(maker.session).await?;
    let files = files(maker.project, maker.session, &loads).await?;
    let width = ready.pivot.rows.len();
    // Where each field stands among the texts of a row.
    let all: Vec<&str> = [""]
        .into_iter()
        .chain(ready.pivot.rows.iter().map(String::as_str))
        .chain([ready.pivot.columns.as_str(), ready.pivot.value.as_str()])
        .collect();
    let place = |field: &Field| all.iter().position(|name| *name == field.column).unwrap_or(0);
    let places: Vec<usize> = fields.iter().map(place).collect();
    let mut contributions = statement.contributions(maker.session).await?;
    let mut count = 0;
    while let Some(row) = contributions.next_texts().await? {
        let Some(shape) = shape_of(&ready.shapes, &row) else { continue };
        let shape = &ready.shapes[shape];
        let code = row.get(width + 1).unwrap_or_default();
        let Some((name, _)) = shape.place(code).map(|at| &shape.columns[at]) else { continue };
        let number = |at: usize| row.get(at).and_then(|text| text.parse::<i64>().ok());
        let (load, line) = (number(width + 3), number(width + 4));
        let file = load.and_then(|load| files.get(&load));
        let standing = file.and_then(|f| f.source.as_ref()).zip(line);
        let standing = standing.map(|(source, line)| source.standing(line as u64));
        let (sheet, line) = match standing {
            Some((sheet, line)) => (sheet, Some(line.to_string())),
            None => (None, line.map(|line| line.to_string())),
        };
        let values: Vec<Option<String>> =
            fields.iter().zip(&places).map(|(f, at)| of_server(f, row.get(*at))).collect();
        let row_hash = hash(&fields, &values);
        let mut cells = vec![Some(shape.file.as_str())];
        cells.extend(keys(&row, width));
        cells.push(Some(name));
        cells.push(file.map(|file| file.origin.as_str()));
        cells.push(file.map(|file| file.sha256.as_str()));
        cells.extend([sheet, line.as_deref(), Some(row_hash.as_str())]);
        writer.row(&cells)?;
        count += 1;
    }
    Ok((count, fields))
}

/// The files that loads brought, by load.
async fn files(project: &Project, session: &Session, loads: &[i64]) -> Result<HashMap<i64, File>> {
    let rows: Vec<(i64, i64)> = loads.iter().map(|load| (*load, 0)).collect();
    let mut files = HashMap::new();
    for place in places(session, &rows).await?.into_iter().flatten() {
        let source = source(project, &place.dataset, &place.sha256, &place.origin)?;
        files.insert(place.load, File { origin: place.origin, sha256: place.sha256, source });
    }
    Ok(files)
}

/// A kept file, looked at as its dataset is declared; none where it is not kept, or was none.
fn source(project: &Project, dataset: &str, sha256: &str, name: &str) -> Result<Option<Source>> {
    let Some(dataset) = project.dataset(dataset) else { return Ok(None) };
    let Origin::Files { form, .. } = &dataset.origin else { return Ok(None) };
    match kept(project, sha256)? {
        Some(path) => Source::find(&path, name, form).map(Some),
        None => Ok(None),
    }
}

/// Where an input file is kept, if it is.
///
/// # Errors
/// When the bucket does not answer, or has something else under that name.
pub fn kept(project: &Project, sha256: &str) -> Result<Option<std::path::PathBuf>> {
    if sha256.len() != 64 {
        return Ok(None);
    }
    match project.vault().fetch(sha256) {
        Err(problem) if problem.kind == Kind::Input => Ok(None),
        fetched => fetched.map(Some),
    }
}

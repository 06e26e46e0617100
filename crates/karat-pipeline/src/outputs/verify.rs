//! Verifying outputs: kept files against their hashes, the manifest against the record, and lineage
//! against the input files: each row hash and each cell is computed anew from them.

use std::collections::{BTreeMap, HashMap};

use karat_connect::source::{Settings, Source};
use karat_connect::storage::Storage;
use karat_connect::vault::hash_file;
use karat_record::Result;
use karat_store::Session;
use karat_store::copy::canonical_text;
use karat_store::output::{self as store, Aggregate, Kept};
use serde::Serialize;
use serde_json::Value as Json;

use super::canonical::{Field, fields, hash};
use super::lineage::{COLUMNS, hashed, kept};
use super::make::table_of;
use super::manifest::{KIND, entry_of};
use crate::context::Context;
use crate::load::reread::reread;
use crate::project::dataset::Origin;
use crate::project::outputs::Pivot;
use crate::project::{Output, Project};

/// Differences of a kind that are told one by one; the others are counted.
const MOST_TOLD: usize = 10;

/// Cells that are recomputed by one statement.
const AT_ONCE: usize = 50_000;

/// What verifying found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verified {
    pub files: u64,
    /// Rows of lineage whose hash was computed anew from an input file.
    pub rows: u64,
    /// Cells that were computed anew from those rows.
    pub cells: u64,
    /// What is not as it should be, a sentence each.
    pub wrong: Vec<String>,
    /// What could not be verified, a sentence each.
    pub open: Vec<String>,
}

impl Verified {
    fn tell(&mut self, told: &mut usize, what: impl FnOnce() -> String) {
        *told += 1;
        if *told <= MOST_TOLD {
            self.wrong.push(what());
        }
    }

    /// The differences of a kind that were not told.
    fn rest(&mut self, told: usize, of: &str) {
        if told > MOST_TOLD {
            self.wrong.push(format!("and {} more {of}", told - MOST_TOLD));
        }
    }
}

/// Verifies files that are in force.
///
/// # Errors
/// A lost connection, or a file that cannot be read.
pub async fn verify(context: &Context<'_>, files: &[&Kept]) -> Result<Verified> {
    let session = context.connect().await?;
    let storage = context.project.storage();
    let mut verified = Verified::default();
    let mut sound: Vec<&Kept> = Vec::new();
    for file in files {
        match damage(&storage, file) {
            Some(what) => verified.wrong.push(what),
            None => sound.push(file),
        }
        verified.files += 1;
    }
    for file in sound.iter().filter(|file| file.file.kind == KIND) {
        manifest(&storage, file, &mut verified, &store::list(&session, None).await?)?;
    }
    for file in sound.iter().filter(|file| file.file.kind == "lineage") {
        let all = store::list(&session, None).await?;
        let check = Check { context, session: &session, storage: &storage, files: &all };
        check.lineage(file, &mut verified).await?;
    }
    Ok(verified)
}

/// What is wrong with a kept file itself.
fn damage(storage: &Storage, kept: &Kept) -> Option<String> {
    let (name, file) = (&kept.file.name, &kept.file);
    match storage.fetch(&file.sha256).and_then(|path| hash_file(&path)) {
        Err(problem) => Some(format!("{name} is not there: {}", problem.what)),
        Ok((sha256, bytes)) if sha256 != file.sha256 || bytes != file.bytes => {
            Some(format!("{name} was changed after it was made: its SHA-256 is not as on record"))
        }
        Ok(_) => None,
    }
}

fn manifest(storage: &Storage, file: &Kept, verified: &mut Verified, all: &[Kept]) -> Result<()> {
    let path = storage.path(&file.file.sha256);
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|e| karat_record::Problem::io("read", &path, &e))?;
    let said: Json = serde_json::from_str(&text).unwrap_or_default();
    let files: Vec<Json> = all.iter().filter(|kept| kept.file.kind != KIND).map(entry_of).collect();
    let listed: Vec<Json> = said["files"].as_array().cloned().unwrap_or_default();
    let is_same = listed.len() == files.len() && files.iter().all(|file| listed.contains(file));
    if !is_same {
        let name = &file.file.name;
        verified.wrong.push(format!("{name} lists other files than the database has on record"));
    }
    Ok(())
}

/// The lineage of a file, as it is verified.
struct Check<'a> {
    context: &'a Context<'a>,
    session: &'a Session,
    storage: &'a Storage,
    files: &'a [Kept],
}

/// A row of a lineage file.
struct Line {
    /// Its place in the lineage.
    place: usize,
    /// Which cell it belongs to.
    cell: usize,
    sheet: String,
    row: String,
    row_hash: String,
}

/// A cell: the file that it is in, its row's keys, its column.
type Cell = (String, Vec<String>, String);

/// What a lineage file says.
#[derive(Default)]
struct Said {
    rows: usize,
    cells: Vec<Cell>,
    numbers: HashMap<Cell, usize>,
    /// By the SHA-256 of the input file.
    lines: BTreeMap<String, Vec<Line>>,
}

/// The value of each line that was found, for its cell.
#[derive(Default)]
struct Found {
    cells: Vec<i64>,
    values: Vec<String>,
    /// The places of the lines in the lineage.
    places: Vec<usize>,
}

impl Check<'_> {
    async fn lineage(&self, file: &Kept, verified: &mut Verified) -> Result<()> {
        for of in file.file.made_from["of"].as_array().into_iter().flatten() {
            let name = of["output"].as_str().unwrap_or_default();
            let project = self.context.project;
            let pivot = project.outputs.iter().find_map(|output: &Output| {
                output.pivot().filter(|(declared, _)| *declared == name).map(|(_, pivot)| pivot)
            });
            let aggregate = of["aggregate"].as_str().unwrap_or_default();
            let aggregate = Aggregate::ALL.iter().find(|(word, _)| *word == aggregate);
            let (Some(pivot), Some((_, aggregate))) = (pivot, aggregate) else {
                verified.open.push(format!("pivot {name} is not declared any more"));
                continue;
            };
            let files: Vec<&str> =
                of["files"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            let said = self.said(file, pivot, &files)?;
            self.pivot(pivot, *aggregate, (said, &files), verified).await?;
        }
        Ok(())
    }

    /// What a lineage file says of some files.
    fn said(&self, file: &Kept, pivot: &Pivot, files: &[&str]) -> Result<Said> {
        let path = self.storage.path(&file.file.sha256);
        let source = Source::find(&path, &file.file.name, &commas())?;
        let width = pivot.rows.len();
        let mut said = Said::default();
        source.each(&path, &mut |row| {
            let text = |at: usize| row.fields.get(at).cloned().flatten().unwrap_or_default();
            if !files.contains(&text(0).as_str()) {
                return Ok(());
            }
            let keys = (1..=width).map(text).collect();
            let cell = (text(0), keys, text(width + 1));
            let number = *said.numbers.entry(cell.clone()).or_insert_with(|| {
                said.cells.push(cell);
                said.cells.len() - 1
            });
            let at = |name: &str| {
                let place = COLUMNS.iter().position(|column| *column == name);
                text(width + 1 + place.unwrap_or_default())
            };
            let line = Line {
                place: said.rows,
                cell: number,
                sheet: at("sheet"),
                row: at("row"),
                row_hash: at("row_hash"),
            };
            said.rows += 1;
            said.lines.entry(at("sha256")).or_default().push(line);
            Ok(())
        })?;
        Ok(said)
    }

    async fn pivot(
        &self,
        pivot: &Pivot,
        aggregate: Aggregate,
        (said, files): (Said, &[&str]),
        verified: &mut Verified,
    ) -> Result<()> {
        let table = table_of(self.context.project, &pivot.from)?;
        let target = store::source(self.session, table).await?;
        let fields = fields(&target, hashed(pivot))?;
        let dataset = self.context.project.datasets.iter().find(|d| d.table == *table);
        let mut found = Found::default();
        for (sha256, lines) in &said.lines {
            let is_file = |d: &&crate::project::Dataset| matches!(d.origin, Origin::Files { .. });
            let path = kept(self.context.project, sha256)?;
            let (Some(dataset), Some(path)) = (dataset.filter(is_file), path) else {
                let what = format!("{} rows are of a file that is not kept", lines.len());
                verified.open.push(what);
                continue;
            };
            let Origin::Files { form, .. } = &dataset.origin else { continue };
            let source = Source::find(&path, sha256, form)?;
            if hash_file(&path)?.0 != *sha256 {
                let what = "was changed after it was loaded";
                verified.wrong.push(format!("the kept input file {sha256} {what}"));
                continue;
            }
            let of = (self.context.project, dataset, &target);
            rows(of, (&source, &path, sha256), (&fields, lines), &mut found, verified)?;
        }
        let value = fields.last().map(|field| field.column.as_str()).unwrap_or_default();
        let declared = target.column(value).map_or("text", |column| column.declared.as_str());
        let kind = store::kind_of(&target, value)?;
        let mut computed: HashMap<usize, String> = HashMap::new();
        let mut order: Vec<usize> = (0..found.cells.len()).collect();
        order.sort_by_key(|at| (found.cells[*at], found.places[*at]));
        for part in parts(&order, &found.cells) {
            let cells: Vec<i64> = part.iter().map(|at| found.cells[*at]).collect();
            let values: Vec<String> = part.iter().map(|at| found.values[*at].clone()).collect();
            let made =
                store::recompute(self.session, (aggregate, declared), kind, (&cells, &values));
            for (cell, value) in made.await? {
                computed.insert(cell as usize, value.unwrap_or_default());
            }
        }
        let kind = aggregate.of(kind).unwrap_or_else(|| kind.clone());
        let say = |text: &str| canonical_text(&kind, text).unwrap_or_else(|| text.to_owned());
        let is_right = |computed: Option<&String>, shown: &str| match computed {
            Some(value) => say(value) == say(shown),
            // Records without a value count as none, and leave no line.
            None => shown.is_empty() || aggregate == Aggregate::Count && shown == "0",
        };
        self.cells(pivot, (&said, &computed, files), &is_right, verified)
    }

    /// Compares the cells of the files of a pivot with what was computed. A file that is damaged
    /// was named already.
    fn cells(
        &self,
        pivot: &Pivot,
        (said, computed, files): (&Said, &HashMap<usize, String>, &[&str]),
        is_right: &dyn Fn(Option<&String>, &str) -> bool,
        verified: &mut Verified,
    ) -> Result<()> {
        let width = pivot.rows.len();
        let (mut told, mut lost) = (0, 0);
        for name in files {
            let Some(kept) = self.files.iter().find(|kept| kept.file.name == *name) else {
                verified.wrong.push(format!("{name} has a lineage and is not in force"));
                continue;
            };
            if damage(self.storage, kept).is_some() {
                continue;
            }
            let path = self.storage.path(&kept.file.sha256);
            let source = Source::find(&path, name, &commas())?;
            let headers = source.headers().to_vec();
            let of_file = said.cells.iter().enumerate().filter(|(_, cell)| cell.0 == *name);
            let mut left = of_file.filter(|(number, _)| computed.contains_key(number)).count();
            source.each(&path, &mut |row| {
                let text = |at: usize| row.fields.get(at).cloned().flatten().unwrap_or_default();
                let keys: Vec<String> = (0..width).map(text).collect();
                for (at, header) in headers.iter().enumerate().skip(width) {
                    let cell = ((*name).to_owned(), keys.clone(), header.clone());
                    let value = said.numbers.get(&cell).and_then(|number| computed.get(number));
                    left = left.saturating_sub(usize::from(value.is_some()));
                    if is_right(value, &text(at)) {
                        verified.cells += u64::from(value.is_some());
                    } else {
                        verified.tell(&mut told, || {
                            let row = keys.join(", ");
                            format!("{name}: {header} of {row} is not what its rows give")
                        });
                    }
                }
                Ok(())
            })?;
            lost += left;
        }
        if lost > 0 {
            verified.wrong.push(format!("{lost} cells have a lineage and are in no file"));
        }
        verified.rest(told, "cells");
        Ok(())
    }
}

/// Computes the hashes of lines anew from the file that they are of.
fn rows(
    of: (&Project, &crate::project::Dataset, &karat_store::load::Target),
    (source, path, sha256): (&Source, &std::path::Path, &str),
    (fields, lines): (&[Field], &[Line]),
    found: &mut Found,
    verified: &mut Verified,
) -> Result<()> {
    let mut wanted: HashMap<(&str, &str), Vec<&Line>> = HashMap::new();
    for line in lines {
        wanted.entry((line.sheet.as_str(), line.row.as_str())).or_default().push(line);
    }
    let columns: Vec<String> = fields.iter().map(|field| field.column.clone()).collect();
    let (mut told, mut met) = (0, 0);
    let standing = |line: u64| {
        let (sheet, row) = source.standing(line);
        (sheet.unwrap_or_default().to_owned(), row.to_string())
    };
    let lines_of = |line: u64| {
        let (sheet, row) = standing(line);
        wanted.get(&(sheet.as_str(), row.as_str())).cloned().unwrap_or_default()
    };
    reread(
        of,
        (source, path, sha256),
        &columns,
        |line| !lines_of(line).is_empty(),
        |line, values| {
            let values = values.unwrap_or_default();
            for said in lines_of(line) {
                met += 1;
                if hash(fields, &values) != said.row_hash {
                    verified.tell(&mut told, || {
                        format!(
                            "row {} of input {sha256} says something else than its hash",
                            said.row
                        )
                    });
                }
                if let Some(value) = values.last().cloned().flatten() {
                    found.cells.push(said.cell as i64);
                    found.values.push(value);
                    found.places.push(said.place);
                }
            }
        },
    )?;
    verified.rows += met as u64;
    if met < lines.len() {
        let what = format!("{} rows are not in the input {sha256}", lines.len() - met);
        verified.wrong.push(what);
    }
    verified.rest(told, "rows");
    Ok(())
}

/// Runs of about as many places as are recomputed at once, none of which cuts a cell in two.
fn parts<'o>(order: &'o [usize], cells: &[i64]) -> Vec<&'o [usize]> {
    let mut parts = Vec::new();
    let mut rest = order;
    while rest.len() > AT_ONCE {
        let last = cells[rest[AT_ONCE]];
        let end = rest.iter().position(|at| cells[*at] == last).unwrap_or_default();
        // A cell that is larger than that is recomputed alone.
        let end = match end {
            0 => rest.iter().position(|at| cells[*at] != last).unwrap_or(rest.len()),
            end => end,
        };
        let (part, next) = rest.split_at(end);
        parts.push(part);
        rest = next;
    }
    parts.push(rest);
    parts
}

/// How Karat writes CSV.
fn commas() -> Settings {
    let mut settings = Settings::default();
    settings.text.delimiter = Some(b',');
    settings
}

//! JSON, record by record: an array of objects somewhere in a document, or objects one after
//! another (JSON Lines).

mod document;
mod lines;
mod record;
mod scan;
mod survey;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use karat_record::{Finding, Kind, Place, Problem, Result};

use crate::json::document::Document;
use crate::json::lines::Lines;
use crate::rows::{Fields, Row, RowReader};

/// How a JSON file is to be read.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub layout: Layout,
    /// The names that lead to the array of records, such as `data.items`; without it the
    /// document is the array, or an object with one array of objects.
    pub records: Option<String>,
    pub limits: Limits,
}

/// How records stand in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Found out from the file.
    #[default]
    Any,
    /// One document with an array of records.
    Document,
    /// Objects one after another, each usually on a line of its own.
    Lines,
}

/// What a file may ask of the machine.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a record.
    pub record: usize,
    /// How deep arrays and objects may lie in one another.
    pub depth: usize,
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { record: 16 << 20, depth: 128, columns: 16_384 }
    }
}

/// Where the records come from.
enum Source {
    Document(Document),
    Lines(Lines),
}

/// A record as it stands in the file.
#[derive(Default)]
struct Raw {
    /// The line, or in an array the ordinal; from 1.
    at: u64,
    text: String,
    finding: Option<Finding>,
}

impl Source {
    fn next(&mut self, raw: &mut Raw) -> Result<bool> {
        match self {
            Source::Document(document) => document.next(raw),
            Source::Lines(lines) => lines.next(raw),
        }
    }
}

/// The records of a JSON file. Objects in a record become columns `outer.inner`; arrays, and
/// objects deeper than 8, stay JSON text.
pub struct Reader {
    source: Source,
    path: PathBuf,
    settings: Settings,
    headers: Vec<String>,
    columns: HashMap<String, usize>,
    notes: Vec<String>,
    raw: Raw,
    fields: Fields,
}

impl Reader {
    /// Opens a file and reads it once, to find the names of all columns.
    ///
    /// # Errors
    /// That it cannot be read, is no JSON, or has no array of records where one is expected.
    pub fn open(path: &Path, settings: Settings) -> Result<Reader> {
        let name = path.display().to_string();
        let mut notes = Vec::new();
        let settings = survey::settle(path, &name, settings, &mut notes)?;
        let mut reader = Reader {
            source: source(path, &settings)?,
            path: path.to_owned(),
            settings,
            headers: Vec::new(),
            columns: HashMap::new(),
            notes,
            raw: Raw::default(),
            fields: Fields::default(),
        };
        reader.find_columns(&name)?;
        reader.source = source(&reader.path, &reader.settings)?;
        Ok(reader)
    }

    fn find_columns(&mut self, name: &str) -> Result<()> {
        let mut records = 0_u64;
        while self.source.next(&mut self.raw)? {
            records += 1;
            if self.raw.finding.is_some() {
                continue;
            }
            let depth = self.settings.limits.depth;
            let (headers, columns) = (&mut self.headers, &mut self.columns);
            // What is wrong with a record is said when its row is read.
            let _ = record::flatten(&self.raw.text, depth, &mut |column, _| {
                if !columns.contains_key(column) {
                    columns.insert(column.to_owned(), headers.len());
                    headers.push(column.to_owned());
                }
                Ok(())
            });
            if self.headers.len() > self.settings.limits.columns {
                let what = format!("more than {} columns", self.settings.limits.columns);
                let place = Place::line(name, self.raw.at);
                let problem = Problem::new(Kind::Input, what).at(place);
                return Err(problem.hint("names that vary by record are values: make them so"));
            }
        }
        if records == 0 {
            self.notes.push("there are no records".to_owned());
        }
        Ok(())
    }

    fn fill(&mut self) {
        self.fields.clear();
        if self.raw.finding.is_some() {
            return;
        }
        let (columns, fields) = (&self.columns, &mut self.fields);
        let read =
            record::flatten(&self.raw.text, self.settings.limits.depth, &mut |name, text| {
                let Some(at) = columns.get(name) else { return Ok(()) };
                if fields.get(*at).is_some() {
                    return Err(record::twice(name));
                }
                if let Some(text) = text {
                    fields.set(*at, text);
                }
                Ok(())
            });
        if let Err(finding) = read {
            self.fields.clear();
            self.raw.finding = Some(finding);
        }
    }
}

/// The texts of a record's columns in the order of `headers`; empty where it has none.
pub(crate) fn cells(text: &str, headers: &[String]) -> Result<Vec<String>, Finding> {
    let mut cells = vec![String::new(); headers.len()];
    record::flatten(text, Limits::default().depth, &mut |name, text| {
        let at = headers.iter().position(|header| header == name);
        if let (Some(at), Some(text)) = (at, text) {
            text.clone_into(&mut cells[at]);
        }
        Ok(())
    })?;
    Ok(cells)
}

fn source(path: &Path, settings: &Settings) -> Result<Source> {
    Ok(match settings.layout {
        Layout::Lines => Source::Lines(Lines::open(path, settings.limits.record)?),
        Layout::Any | Layout::Document => {
            let names = settings.records.as_deref().map(survey::names).unwrap_or_default();
            Source::Document(Document::open(path, &names, settings.limits.record)?)
        }
    })
}

impl RowReader for Reader {
    fn headers(&self) -> &[String] {
        &self.headers
    }

    fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        if !self.source.next(&mut self.raw)? {
            return Ok(None);
        }
        self.fill();
        let finding = self.raw.finding.as_ref();
        let raw = Some(self.raw.text.as_str());
        Ok(Some(Row { line: self.raw.at, sheet: None, finding, fields: &self.fields, raw }))
    }

    fn progress(&self) -> Option<f64> {
        Some(match &self.source {
            Source::Document(document) => document.progress(),
            Source::Lines(lines) => lines.progress(),
        })
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

fn problem(name: &str, what: impl Into<String>) -> Problem {
    Problem::new(Kind::Input, what).at(Place::file(name))
}

//! JSON, record by record: an array of objects somewhere in a document, or objects one after
//! another (JSON Lines).

mod document;
mod form;
mod lines;
mod origin;
mod record;
mod scan;
mod survey;

use karat_record::{Finding, Kind, Place, Problem, Result};

use crate::json::document::Document;
use crate::json::lines::Lines;
use crate::packed;
use crate::rows::{Fields, Row, RowReader};

pub use form::Form;

/// How a JSON file is to be read.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub layout: Layout,
    /// The names that lead to the array of records, such as `data.items`; without it the
    /// document is the array, or an object with one array of objects.
    pub records: Option<String>,
    pub limits: Limits,
    /// Which member of a zip archive.
    pub member: Option<String>,
    /// How much a packed file may expand to.
    pub packed: packed::Limits,
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

    /// Bytes of text read so far.
    fn read(&self) -> u64 {
        match self {
            Source::Document(document) => document.read(),
            Source::Lines(lines) => lines.read(),
        }
    }
}

/// The records of a JSON file. Objects in a record become columns `outer.inner`; arrays, and
/// objects deeper than 8, stay JSON text.
pub struct Reader {
    source: Source,
    form: Form,
    raw: Raw,
    fields: Fields,
}

impl Reader {
    fn new(source: Source, form: Form) -> Reader {
        Reader { source, form, raw: Raw::default(), fields: Fields::default() }
    }

    fn fill(&mut self) {
        self.fields.clear();
        if self.raw.finding.is_some() {
            return;
        }
        let (columns, fields) = (&self.form.columns, &mut self.fields);
        let depth = self.form.settings.limits.depth;
        let read = record::flatten(&self.raw.text, depth, &mut |name, text| {
            let Some(at) = columns.places.get(name) else { return Ok(()) };
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

impl RowReader for Reader {
    fn headers(&self) -> &[String] {
        self.form.headers()
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
        Some((self.source.read() as f64 / self.form.length.max(1) as f64).min(1.0))
    }

    fn notes(&self) -> &[String] {
        self.form.notes()
    }
}

fn problem(name: &str, what: impl Into<String>) -> Problem {
    Problem::new(Kind::Input, what).at(Place::file(name))
}

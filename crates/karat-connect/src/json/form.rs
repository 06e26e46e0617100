//! How one JSON file is written: where its records are, and the names of all their columns. Found
//! once, for any number of readings.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use karat_record::{Kind, Place, Problem, Result};

use super::document::Document;
use super::lines::Lines;
use super::origin::Origin;
use super::{Layout, Raw, Reader, Settings, Source, record, survey};

/// How one file is written.
#[derive(Clone)]
pub struct Form {
    origin: Origin,
    pub(super) settings: Settings,
    pub(super) columns: Arc<Columns>,
    /// Bytes of its text.
    pub(super) length: u64,
    notes: Vec<String>,
}

/// The names of all columns, in the order in which they first come, and the place of each.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    pub(super) places: HashMap<String, usize>,
}

impl Form {
    /// Reads a file once, plain or packed, to find where its records are and the names of all
    /// columns; `name` is what messages call it.
    ///
    /// # Errors
    /// That it cannot be read or expanded, is no JSON, or has no array of records where one is
    /// expected.
    pub fn find(path: &Path, name: &str, settings: Settings) -> Result<Form> {
        let origin = Origin::find(path, name, settings.member.as_deref(), &settings.packed)?;
        let packed = origin.packed().map(|packing| format!("expanded from {packing}"));
        let mut notes: Vec<String> = packed.into_iter().collect();
        let settings = survey::settle(&origin, settings, &mut notes)?;
        let columns = Arc::default();
        let mut form = Form { origin, settings, columns, length: 0, notes };
        form.survey()?;
        Ok(form)
    }

    /// The names of all columns.
    pub fn headers(&self) -> &[String] {
        &self.columns.names
    }

    /// What was found out about the file, a sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Reads the records of the file from its beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self) -> Result<Reader> {
        Ok(Reader::new(self.source()?, self.clone()))
    }

    fn source(&self) -> Result<Source> {
        let limit = self.settings.limits.record;
        Ok(match self.settings.layout {
            Layout::Lines => Source::Lines(Lines::open(&self.origin, limit)?),
            Layout::Any | Layout::Document => {
                let names = self.settings.records.as_deref().map(survey::names);
                let names = names.unwrap_or_default();
                Source::Document(Document::open(&self.origin, &names, limit)?)
            }
        })
    }

    fn survey(&mut self) -> Result<()> {
        let mut source = self.source()?;
        let (mut columns, mut raw, mut records) = (Columns::default(), Raw::default(), 0_u64);
        while source.next(&mut raw)? {
            records += 1;
            if raw.finding.is_some() {
                continue;
            }
            // What is wrong with a record is said when its row is read.
            let _ = record::flatten(&raw.text, self.settings.limits.depth, &mut |name, _| {
                columns.add(name);
                Ok(())
            });
            if columns.names.len() > self.settings.limits.columns {
                let what = format!("more than {} columns", self.settings.limits.columns);
                let place = Place::line(&self.origin.name, raw.at);
                let problem = Problem::new(Kind::Input, what).at(place);
                return Err(problem.hint("names that vary by record are values: make them so"));
            }
        }
        if records == 0 {
            self.notes.push("there are no records".to_owned());
        }
        (self.columns, self.length) = (Arc::new(columns), source.read());
        Ok(())
    }
}

impl Columns {
    fn add(&mut self, name: &str) {
        if !self.places.contains_key(name) {
            self.places.insert(name.to_owned(), self.names.len());
            self.names.push(name.to_owned());
        }
    }
}

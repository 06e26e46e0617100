//! A file of records of any kind, opened as what it is: delimited text, a workbook, JSON or
//! Parquet.

use std::io::Read;
use std::path::{Path, PathBuf};

use karat_record::{Finding, Kind, Place, Problem, Result};

use crate::csv::{self, Form, Header};
use crate::kind::{FileKind, LOOKED_AT};
use crate::packed::{Packing, unreadable};
use crate::raw::RawForm;
use crate::rows::RowReader;
use crate::sheet::{Format, SHEET, Sheets};
use crate::{json, sheet};

/// How files are to be read. All of it can be left out: what is not said is found in the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub text: csv::Settings,
    pub sheets: Sheets,
    /// The names that lead to the records of a JSON document, such as `data.items`.
    pub records: Option<String>,
}

/// A file that was looked at.
#[derive(Clone)]
pub enum Source {
    Text(Form),
    Records(Records),
}

/// A row of a file of any kind, as texts of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// The line or ordinal number.
    pub line: u64,
    /// One for each header; `None` where nothing stands.
    pub fields: Vec<Option<String>>,
    /// What is wrong with the row; its fields then cannot be trusted.
    pub finding: Option<Finding>,
}

/// A file that is not delimited text.
#[derive(Clone)]
pub struct Records {
    path: PathBuf,
    form: RecordForm,
    headers: Vec<String>,
    notes: Vec<String>,
}

#[derive(Clone)]
enum RecordForm {
    /// And the names of its sheets where all are read, else of the one that is.
    Sheet(Format, sheet::Settings, Vec<String>),
    Json(json::Form),
    Parquet,
}

impl Source {
    /// Looks at a file; `name` is what messages call it.
    ///
    /// # Errors
    /// A file that cannot be read, is of a kind that has no reader, or has no header.
    pub fn find(path: &Path, name: &str, settings: &Settings) -> Result<Source> {
        let (kind, contradiction) = FileKind::of(path)?;
        let (kind, named) = match kind {
            FileKind::Gzip | FileKind::Zstd | FileKind::Zip => unpacked(path, name, settings)?,
            kind => (kind, path.to_owned()),
        };
        let mut notes: Vec<String> = contradiction.into_iter().collect();
        let (form, headers) = match kind {
            FileKind::Text => {
                return Ok(Source::Text(Form::find(path, name, &settings.text)?));
            }
            // Text may begin with a bracket too; then its name says so.
            FileKind::Json if is_named_text(&named) => {
                return Ok(Source::Text(Form::find(path, name, &settings.text)?));
            }
            FileKind::Json => {
                let form = json::Form::find(path, name, of_json(settings))?;
                notes.extend_from_slice(form.notes());
                let headers = form.headers().to_vec();
                (RecordForm::Json(form), headers)
            }
            FileKind::Xlsx => sheets(path, Format::Xlsx, of_sheets(name, settings)?, &mut notes)?,
            FileKind::Xls => sheets(path, Format::Xls, of_sheets(name, settings)?, &mut notes)?,
            FileKind::Ods => sheets(path, Format::Ods, of_sheets(name, settings)?, &mut notes)?,
            FileKind::Parquet => {
                let reader = crate::parquet::Rows::open(path)?;
                notes.extend_from_slice(reader.notes());
                (RecordForm::Parquet, reader.headers().to_vec())
            }
            _ => return Err(no_reader(kind, name)),
        };
        Ok(Source::Records(Records { path: path.to_owned(), form, headers, notes }))
    }

    /// The column names, trimmed; that of a column without name and values is empty.
    pub fn headers(&self) -> &[String] {
        match self {
            Source::Text(form) => form.headers(),
            Source::Records(records) => &records.headers,
        }
    }

    /// Calls `take` with every row of the file, which lies at `path`. For small files: each field
    /// is copied.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `take`.
    pub fn each(&self, path: &Path, take: &mut dyn FnMut(Texts) -> Result<()>) -> Result<()> {
        let width = self.headers().len();
        match self {
            Source::Text(form) => {
                let mut reader = form.read(csv::open(path)?)?;
                while let Some(mut row) = reader.next_row()? {
                    let mut finding = row.finding.take();
                    let fields = (0..width).map(|at| match row.field(at) {
                        Ok(text) => text.map(str::to_owned),
                        Err(_) => {
                            finding = Some(Finding::new("encoding", "is not UTF-8 text"));
                            None
                        }
                    });
                    let fields = fields.collect();
                    take(Texts { line: row.line, fields, finding })?;
                }
            }
            Source::Records(records) => {
                let mut reader = records.open()?;
                while let Some(row) = reader.next_row()? {
                    let fields = (0..width).map(|at| row.field(at).map(str::to_owned)).collect();
                    take(Texts { line: row.line, fields, finding: row.finding.cloned() })?;
                }
            }
        }
        Ok(())
    }

    /// How the raw rows of the file are written, so that they can be cut again without it.
    pub fn raw_form(&self) -> RawForm {
        let headers = self.headers().to_vec();
        match self {
            Source::Text(form) => RawForm::text(headers, form.signs()),
            Source::Records(records) => match &records.form {
                RecordForm::Json(_) => RawForm::json(headers),
                RecordForm::Sheet(_, settings, sheets) if settings.sheets == Sheets::All => {
                    RawForm::fields(headers).of_sheets(sheets.clone())
                }
                RecordForm::Sheet(..) => RawForm::fields(headers),
                RecordForm::Parquet => RawForm::fields(headers),
            },
        }
    }

    /// Where a row stands for people: its sheet, where there are sheets, and its row there.
    pub fn standing(&self, line: u64) -> (Option<&str>, u64) {
        match self {
            Source::Records(Records { form: RecordForm::Sheet(_, settings, sheets), .. }) => {
                let is_all = settings.sheets == Sheets::All;
                let (sheet, row) = if is_all { (line / SHEET, line % SHEET) } else { (1, line) };
                let at = usize::try_from(sheet).unwrap_or_default().wrapping_sub(1);
                (sheets.get(at).map(String::as_str), row)
            }
            _ => (None, line),
        }
    }

    /// The line of the header, where it is one of delimited text.
    pub fn header_line(&self) -> Option<u64> {
        match self {
            Source::Text(form) => form.header_line(),
            Source::Records(_) => None,
        }
    }

    /// What was found out about the file, a sentence each.
    pub fn notes(&self) -> &[String] {
        match self {
            Source::Text(form) => form.notes(),
            Source::Records(records) => &records.notes,
        }
    }
}

impl Records {
    /// Reads the file from its beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(&self) -> Result<Box<dyn RowReader>> {
        Ok(match &self.form {
            RecordForm::Sheet(format, settings, _) => {
                Box::new(sheet::Reader::open(&self.path, *format, settings.clone())?)
            }
            RecordForm::Json(form) => Box::new(form.read()?),
            RecordForm::Parquet => Box::new(crate::parquet::Rows::open(&self.path)?),
        })
    }
}

/// What a packed file holds: its kind, and the name that it has there.
fn unpacked(path: &Path, name: &str, settings: &Settings) -> Result<(FileKind, PathBuf)> {
    let file = csv::open(path)?;
    let text = &settings.text;
    let packing = Packing::find(&file, name, text.member.as_deref(), &text.limits)?;
    let mut start = Vec::new();
    let read = packing.unpack(&file).take(LOOKED_AT).read_to_end(&mut start);
    read.map_err(|e| unreadable(name, &e))?;
    let kind = FileKind::beginning_with(&start);
    if !matches!(kind, FileKind::Json | FileKind::Text) {
        let what = format!("the packed file holds {}", kind.name());
        let problem = Problem::new(Kind::Input, what).at(Place::file(name));
        return Err(problem.hint("unpack it; only text and JSON are read from packed files"));
    }
    Ok((kind, packing.member().map_or_else(|| path.with_extension(""), PathBuf::from)))
}

fn is_named_text(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["csv", "tsv", "txt"].iter().any(|text| ending.eq_ignore_ascii_case(text))
}

/// A workbook, and what its columns are called.
fn sheets(
    path: &Path,
    format: Format,
    settings: sheet::Settings,
    notes: &mut Vec<String>,
) -> Result<(RecordForm, Vec<String>)> {
    let reader = sheet::Reader::open(path, format, settings.clone())?;
    notes.extend_from_slice(reader.notes());
    Ok((RecordForm::Sheet(format, settings, reader.sheets()), reader.headers().to_vec()))
}

fn of_json(settings: &Settings) -> json::Settings {
    json::Settings {
        records: settings.records.clone(),
        member: settings.text.member.clone(),
        packed: settings.text.limits.clone(),
        ..json::Settings::default()
    }
}

fn of_sheets(name: &str, settings: &Settings) -> Result<sheet::Settings> {
    let header = match &settings.text.header {
        Header::First => None,
        Header::Line(line) => Some(*line),
        Header::None(_) => {
            let problem =
                Problem::new(Kind::Input, "a workbook needs a row that names its columns");
            let hint = "add one to the sheet, and leave out header = false";
            return Err(problem.at(Place::file(name)).hint(hint));
        }
    };
    Ok(sheet::Settings { sheets: settings.sheets.clone(), header, ..sheet::Settings::default() })
}

fn no_reader(kind: FileKind, name: &str) -> Problem {
    let hint = match kind {
        FileKind::Xlsb => "open it and save it as XLSX",
        FileKind::Protected => "open it with its password and save it without",
        _ => "save it as CSV, XLSX, JSON or Parquet",
    };
    let what = format!("this is {}, which cannot be read", kind.name());
    Problem::new(Kind::Input, what).at(Place::file(name)).hint(hint)
}

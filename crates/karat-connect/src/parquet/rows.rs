//! The rows of a Parquet file, assembled from batches of its columns.

use std::path::Path;
use std::sync::Arc;

use karat_record::{Finding, Result};
use parquet::basic::Type as Physical;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type as stored;

use crate::parquet::batch;
use crate::parquet::budget::Share;
use crate::parquet::column::{Leaf, Shape};
use crate::parquet::form::Form;
use crate::parquet::text::{AsText, Wrong};
use crate::parquet::{File, guard};
use crate::rows::{Fields, LONGEST, Row, RowReader};

/// Rows of all columns that are held at once.
const ROWS: usize = 1024;

/// A Parquet file, read row by row. Lists become JSON text; a row is named by its ordinal.
pub struct Rows {
    file: Arc<File>,
    headers: Vec<String>,
    notes: Vec<String>,
    columns: Vec<Box<dyn Cells + Send>>,
    /// The row group that is read now, and its rows that are not in a batch yet.
    group: usize,
    left: u64,
    /// Rows of the batch, and which of them is next.
    batch: usize,
    at: usize,
    /// Rows given.
    given: u64,
    fields: Fields,
    finding: Option<Finding>,
}

impl Rows {
    /// Opens a file. Columns that are nested deeper than a list of values are noted and left
    /// out.
    ///
    /// # Errors
    /// As `File::open`.
    pub fn open(path: &Path) -> Result<Rows> {
        let file = Arc::new(File::open(path)?);
        let (mut headers, mut columns, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for (at, column) in file.columns.iter().enumerate() {
            if column.shape == Shape::Nested {
                let name = &column.name;
                notes.push(format!("column {name:?} is nested deeper than a list and not read"));
                continue;
            }
            headers.push(column.name.clone());
            columns.push(cells(at, file.leaves[at].physical_type()));
        }
        Ok(Rows {
            file,
            headers,
            notes,
            columns,
            group: 0,
            left: 0,
            batch: 0,
            at: 0,
            given: 0,
            fields: Fields::default(),
            finding: None,
        })
    }

    /// Reads the next batch; false at the end.
    fn fill(&mut self) -> Result<bool> {
        while self.left == 0 {
            let Some(group) = self.file.metadata.row_groups().get(self.group) else {
                return Ok(false);
            };
            self.left = group.num_rows().unsigned_abs();
            for column in &mut self.columns {
                column.open(&self.file, self.group)?;
            }
            self.group += 1;
        }
        let rows = self.left.min(ROWS as u64) as usize;
        for column in &mut self.columns {
            column.fill(&self.file, rows)?;
        }
        (self.batch, self.at) = (rows, 0);
        self.left -= rows as u64;
        Ok(true)
    }
}

impl RowReader for Rows {
    fn headers(&self) -> &[String] {
        &self.headers
    }

    fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        if self.at == self.batch && !self.fill()? {
            return Ok(None);
        }
        self.fields.clear();
        self.finding = None;
        for (place, column) in self.columns.iter_mut().enumerate() {
            match column.get(&self.file, self.at) {
                Ok(Some(text)) if self.fields.bytes() + text.len() <= LONGEST => {
                    self.fields.set(place, text);
                }
                Ok(Some(_)) => {
                    let message =
                        format!("column {:?} {}", self.headers[place], Wrong::Long.what());
                    self.finding.get_or_insert_with(|| Finding::new("row.long", message));
                }
                Ok(None) => {}
                Err(wrong) => {
                    let message = format!("column {:?} {}", self.headers[place], wrong.what());
                    self.finding.get_or_insert_with(|| Finding::new("parquet.value", message));
                }
            }
        }
        self.at += 1;
        self.given += 1;
        let (line, finding) = (self.given, self.finding.as_ref());
        Ok(Some(Row { line, sheet: None, finding, fields: &self.fields, raw: None }))
    }

    fn progress(&self) -> Option<f64> {
        Some(self.given as f64 / self.file.rows.max(1) as f64)
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The cells of a column, batch by batch.
trait Cells {
    /// Begins a row group.
    fn open(&mut self, file: &File, group: usize) -> Result<()>;

    /// Reads exactly so many rows.
    fn fill(&mut self, file: &File, rows: usize) -> Result<()>;

    /// A cell of the batch; `None` is null.
    fn get(&mut self, file: &File, row: usize) -> Result<Option<&str>, Wrong>;
}

fn cells(column: usize, physical: Physical) -> Box<dyn Cells + Send> {
    match physical {
        Physical::BOOLEAN => Box::new(Typed::<stored::BoolType>::new(column)),
        Physical::INT32 => Box::new(Typed::<stored::Int32Type>::new(column)),
        Physical::INT64 => Box::new(Typed::<stored::Int64Type>::new(column)),
        Physical::INT96 => Box::new(Typed::<stored::Int96Type>::new(column)),
        Physical::FLOAT => Box::new(Typed::<stored::FloatType>::new(column)),
        Physical::DOUBLE => Box::new(Typed::<stored::DoubleType>::new(column)),
        Physical::BYTE_ARRAY => Box::new(Typed::<stored::ByteArrayType>::new(column)),
        Physical::FIXED_LEN_BYTE_ARRAY => {
            Box::new(Typed::<stored::FixedLenByteArrayType>::new(column))
        }
    }
}

struct Typed<T: stored::DataType> {
    column: usize,
    reader: Option<(ColumnReaderImpl<T>, Arc<Share>)>,
    values: Vec<T::T>,
    defined: Vec<i16>,
    repeated: Vec<i16>,
    /// Where each row of the batch begins; and where the last one ends.
    starts: Vec<Start>,
    room: String,
    list: String,
}

/// The first place of a row among the levels and among the values.
#[derive(Clone, Copy, Default)]
struct Start {
    level: usize,
    value: usize,
}

impl<T: stored::DataType<T: AsText>> Typed<T> {
    fn new(column: usize) -> Typed<T> {
        Typed {
            column,
            reader: None,
            values: Vec::new(),
            defined: Vec::new(),
            repeated: Vec::new(),
            starts: Vec::new(),
            room: String::new(),
            list: String::new(),
        }
    }

    /// Finds where rows begin; `None` when there are not exactly so many, or too few values.
    fn find_rows(&mut self, rows: usize, highest: i16, shape: Shape) -> Option<()> {
        self.starts.clear();
        let mut end = Start::default();
        let levels = if highest > 0 || shape == Shape::List { self.defined.len() } else { rows };
        for level in 0..levels {
            if shape != Shape::List || *self.repeated.get(level)? == 0 {
                self.starts.push(end);
            }
            end.level += 1;
            end.value += usize::from(self.is_defined(level, highest));
        }
        let whole = self.starts.len() == rows && end.value <= self.values.len();
        self.starts.push(end);
        whole.then_some(())
    }

    fn is_defined(&self, level: usize, highest: i16) -> bool {
        self.defined.get(level).is_none_or(|defined| *defined == highest)
    }

    /// Writes the list of a row as JSON; false where null stands for it.
    fn write_list(&mut self, leaf: &Leaf, start: Start, end: Start) -> Result<bool, Wrong> {
        self.list.clear();
        self.list.push('[');
        let mut values = self.values.get(start.value..end.value).unwrap_or_default().iter();
        for level in start.level..end.level {
            let defined = self.defined.get(level).copied().unwrap_or_default();
            if defined < leaf.list.list {
                return Ok(false);
            }
            if defined < leaf.list.item {
                continue;
            }
            if self.list.len() > 1 {
                self.list.push(',');
            }
            let value = if defined == leaf.defined() { values.next() } else { None };
            let text = value.map(|value| value.as_text(leaf.form, &mut self.room)).transpose()?;
            self.list.push_str(&json(text, leaf.form));
            if self.list.len() > LONGEST {
                return Err(Wrong::Long);
            }
        }
        self.list.push(']');
        Ok(true)
    }
}

impl<T: stored::DataType<T: AsText>> Cells for Typed<T> {
    fn open(&mut self, file: &File, group: usize) -> Result<()> {
        // What the last row group took has to come back first.
        self.reader = None;
        let group = &file.metadata.row_groups()[group];
        self.reader = Some(batch::open::<T>(file, &file.leaves[self.column], group)?);
        Ok(())
    }

    fn fill(&mut self, file: &File, rows: usize) -> Result<()> {
        self.values.clear();
        self.defined.clear();
        self.repeated.clear();
        let Some((reader, share)) = &mut self.reader else {
            return Err(guard::damaged(&file.name));
        };
        share.settle();
        let (defined, repeated) = (&mut self.defined, &mut self.repeated);
        let (read, _, _) = guard::run(&file.name, || {
            reader.read_records(rows, Some(defined), Some(repeated), &mut self.values)
        })?;
        let highest = file.leaves[self.column].defined();
        let found = self.find_rows(rows, highest, file.columns[self.column].shape);
        if read != rows || found.is_none() {
            return Err(guard::damaged(&file.name));
        }
        Ok(())
    }

    fn get(&mut self, file: &File, row: usize) -> Result<Option<&str>, Wrong> {
        let leaf = &file.leaves[self.column];
        let (start, end) = (self.starts[row], self.starts[row + 1]);
        if file.columns[self.column].shape == Shape::List {
            let is_there = self.write_list(leaf, start, end)?;
            return Ok(is_there.then_some(self.list.as_str()));
        }
        if start.value == end.value {
            return Ok(None);
        }
        self.values[start.value].as_text(leaf.form, &mut self.room).map(Some)
    }
}

/// An item of a list. Numbers stay as they are, all else is quoted; so are those that are no
/// numbers in JSON.
fn json(item: Option<&str>, form: Form) -> String {
    let Some(text) = item else { return "null".to_owned() };
    let is_number = matches!(
        form,
        Form::Integer | Form::Unsigned | Form::Decimal(_) | Form::Float | Form::Half
    );
    let is_plain = text.bytes().any(|byte| byte.is_ascii_digit());
    if form == Form::Boolean || is_number && is_plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

//! What every reader of a file that is not delimited text gives: rows, one after another.

use karat_record::{Finding, Result};
use std::ops::Range;

use crate::raw::{KEPT, push_field};

/// Rows of a file that is not delimited text.
pub trait RowReader {
    /// The column names, trimmed, no two equal.
    fn headers(&self) -> &[String];

    /// The next row; its fields stand in the reader until the next call. `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read on. A row that alone is broken is no error: it has a finding.
    fn next_row(&mut self) -> Result<Option<Row<'_>>>;

    /// How much of the whole is read, 0 to 1, if known.
    fn progress(&self) -> Option<f64>;

    /// What was found out about the file, for people.
    fn notes(&self) -> &[String];
}

/// One row.
pub struct Row<'a> {
    /// Where it stands: the row number of a sheet (with the sheet in front where all are read:
    /// `Sheets::All`), the line of a JSON file on which the record begins, the ordinal of a
    /// Parquet row; from 1.
    pub line: u64,
    /// The sheet, where a file has sheets.
    pub sheet: Option<&'a str>,
    /// What is wrong with the row itself, so that it cannot be loaded.
    pub finding: Option<&'a Finding>,
    pub(crate) fields: &'a Fields,
    pub(crate) raw: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// The text of a field; `None` where nothing stands.
    pub fn field(&self, at: usize) -> Option<&'a str> {
        self.fields.get(at)
    }

    /// The number of fields, up to the last in which something stands.
    pub fn width(&self) -> usize {
        self.fields.width()
    }

    /// The row for people: a JSON record as it stands in the file, else a line of delimited text.
    /// At most 64 KiB of it.
    pub fn raw(&self) -> String {
        let mut raw = self.raw.map_or_else(|| self.fields.delimited(KEPT), str::to_owned);
        raw.truncate(raw.floor_char_boundary(KEPT));
        raw
    }
}

/// The most bytes of text in a row of a workbook or a Parquet file: one that rows share costs
/// nothing to repeat.
pub(crate) const LONGEST: usize = 16 << 20;

/// The texts of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    texts: String,
    places: Vec<Option<Range<usize>>>,
}

impl Fields {
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.places.clear();
    }

    pub(crate) fn set(&mut self, at: usize, text: &str) {
        if self.places.len() <= at {
            self.places.resize(at + 1, None);
        }
        let from = self.texts.len();
        self.texts.push_str(text);
        self.places[at] = Some(from..self.texts.len());
    }

    pub(crate) fn get(&self, at: usize) -> Option<&str> {
        let range = self.places.get(at)?.clone()?;
        self.texts.get(range)
    }

    pub(crate) fn width(&self) -> usize {
        self.places.len()
    }

    /// Bytes of all texts.
    pub(crate) fn bytes(&self) -> usize {
        self.texts.len()
    }

    /// A line of delimited text, ended when it has as many bytes as are asked for.
    fn delimited(&self, enough: usize) -> String {
        let mut line = String::new();
        for at in 0..self.width() {
            if line.len() > enough {
                break;
            }
            if at > 0 {
                line.push(',');
            }
            push_field(&mut line, self.get(at).unwrap_or_default());
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_for_people_is_quoted_where_it_must_be() {
        let mut fields = Fields::default();
        fields.set(0, "a,b");
        fields.set(2, "say \"x\"");
        assert_eq!(fields.delimited(100), "\"a,b\",,\"say \"\"x\"\"\"");
        assert_eq!((fields.get(1), fields.width()), (None, 3));
    }
}

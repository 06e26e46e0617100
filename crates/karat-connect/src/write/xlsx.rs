//! Workbooks of one sheet, written through a temporary file and not held in memory.

use karat_record::{Kind, Problem, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cells, Column, RowWriter, unfit};
use crate::storage::Draft;

/// Rows of a sheet, the header among them.
const MOST_ROWS: u32 = 1_048_576;

/// Columns of a sheet.
const MOST_COLUMNS: usize = 16_384;

/// Digits that a cell's number keeps; one of more is written as text.
const DIGITS: usize = 15;

/// A workbook in the making.
pub struct Writer {
    draft: Draft,
    book: Workbook,
    columns: Vec<Column>,
    date: Format,
    time: Format,
    /// The number of the next row, from 0.
    next: u32,
}

impl Writer {
    pub fn begin(draft: Draft, columns: Vec<Column>) -> Result<Writer> {
        if columns.len() > MOST_COLUMNS {
            let what = format!("{} columns, and a sheet has {MOST_COLUMNS}", columns.len());
            return Err(Problem::new(Kind::Data, what).hint("write CSV or Parquet instead"));
        }
        let mut writer = Writer {
            book: book(&draft).map_err(|e| broken(&draft, &e))?,
            draft,
            columns,
            date: Format::new().set_num_format("yyyy-mm-dd"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            next: 0,
        };
        let names: Vec<String> = writer.columns.iter().map(|column| column.name.clone()).collect();
        let sheet = writer.book.worksheet_from_index(0).map_err(|e| broken(&writer.draft, &e))?;
        for (at, name) in names.iter().enumerate() {
            sheet.write_string(0, at as u16, name).map_err(|e| refused(name, &e))?;
        }
        writer.next = 1;
        Ok(writer)
    }
}

fn book(draft: &Draft) -> std::result::Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // The same rows are the same bytes, whenever they are written.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    if let Some(folder) = draft.path().parent() {
        book.set_tempdir(folder)?;
    }
    book.add_worksheet_with_constant_memory()?.set_name("Data")?.set_freeze_panes(1, 0)?;
    Ok(book)
}

impl RowWriter for Writer {
    fn row(&mut self, cells: &[Option<&str>]) -> Result<()> {
        if self.next == MOST_ROWS {
            let what = format!("a sheet has {MOST_ROWS} rows, and there are more");
            return Err(Problem::new(Kind::Data, what).hint("write CSV or Parquet instead"));
        }
        let sheet = self.book.worksheet_from_index(0).map_err(|e| broken(&self.draft, &e))?;
        for (at, (cell, column)) in cells.iter().zip(&self.columns).enumerate() {
            let Some(text) = cell else { continue };
            let place = (self.next, at as u16);
            let written = match column.cells {
                Cells::Date => put_time(sheet, place, text, &self.date),
                Cells::Timestamp => put_time(sheet, place, text, &self.time),
                Cells::Boolean => sheet.write_boolean(place.0, place.1, *text == "true").map(drop),
                Cells::Integer | Cells::Number | Cells::Decimal(..) => match exact(text) {
                    Some(number) => sheet.write_number(place.0, place.1, number).map(drop),
                    None => sheet.write_string(place.0, place.1, *text).map(drop),
                },
                Cells::Text | Cells::Json => sheet.write_string(place.0, place.1, *text).map(drop),
            };
            written.map_err(|e| refused(&column.name, &e))?;
        }
        self.next += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Draft> {
        let Writer { mut draft, mut book, .. } = *self;
        match book.save_to_writer(&mut draft) {
            Ok(()) => Ok(draft),
            Err(error) => Err(broken(&draft, &error)),
        }
    }
}

/// A day or a time as a cell that is one; what lies before 1900 or after 9999 stays text.
fn put_time(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: &Format,
) -> std::result::Result<(), XlsxError> {
    let day = text.get(..10).filter(|_| text.len() < 30);
    let is_whole = text.trim_end_matches("+00").len() <= "2021-01-01 00:00:00.123".len();
    let readable = day.is_some_and(|day| ("1900-03-01".."9999-12-32").contains(&day));
    let plain = text.trim_end_matches("+00");
    match ExcelDateTime::parse_from_str(plain) {
        Ok(time) if readable && is_whole => {
            sheet.write_datetime_with_format(row, column, &time, format).map(drop)
        }
        _ => sheet.write_string(row, column, text).map(drop),
    }
}

/// The number that a text is, if a cell keeps all of its digits.
fn exact(text: &str) -> Option<f64> {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    let significant = match mantissa.contains('.') {
        true => digits.len(),
        false => digits.trim_end_matches('0').len(),
    };
    let number: f64 = text.parse().ok()?;
    (significant <= DIGITS && number.is_finite()).then_some(number)
}

fn refused(column: &str, error: &XlsxError) -> Problem {
    match error {
        XlsxError::MaxStringLengthExceeded => {
            let what = "has a text of more than 32,767 characters, which no cell holds";
            unfit(column, what).hint("write CSV or Parquet instead")
        }
        other => unfit(column, &format!("has a value that no cell holds: {other}")),
    }
}

fn broken(draft: &Draft, error: &XlsxError) -> Problem {
    let what = format!("cannot write {}: {error}", draft.path().display());
    Problem::new(Kind::Input, what).hint("see that the disk has room")
}

#[cfg(test)]
mod tests {
    use super::exact;

    #[test]
    fn a_number_of_more_digits_than_a_cell_keeps_is_none() {
        let cases = [
            ("1.50", Some(1.5)),
            ("-700", Some(-700.0)),
            ("123456789012345", Some(123_456_789_012_345.0)),
            ("1234567890123456", None),
            ("1000000000000000000", Some(1e18)),
            ("0.1234567890123456", None),
            ("NaN", None),
            ("1e-7", Some(1e-7)),
        ];
        for (text, expected) in cases {
            assert_eq!(exact(text), expected, "{text}");
        }
    }
}

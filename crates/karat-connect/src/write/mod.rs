//! Tables as files: CSV, XLSX and Parquet, written row by row with bounded memory.

mod csv;
mod parquet;
mod xlsx;

use karat_record::{Kind as ProblemKind, Problem, Result};

use crate::storage::{Draft, Storage};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 in UTF-8, lines ended by LF; a missing value is nothing, an empty text `""`.
    Csv,
    /// The same for spreadsheet programs: with a byte order mark, lines ended by CRLF, and no text
    /// that such a program would take for a formula.
    ExcelCsv,
    Xlsx,
    Parquet,
}

impl Format {
    /// Its media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Csv | Format::ExcelCsv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// What the cells of a column hold. All are handed over as texts, as PostgreSQL writes them with
/// ISO dates in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cells {
    Text,
    Integer,
    /// A number that has no declared size.
    Number,
    /// Digits, and how many of them stand behind the point.
    Decimal(u32, u32),
    Boolean,
    Date,
    Timestamp,
    Json,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub cells: Cells,
}

/// A file that is written row by row.
pub trait RowWriter: Send {
    /// Adds a row: a text, or nothing, for each column.
    ///
    /// # Errors
    /// A value that the format cannot hold, and when the disk refuses.
    fn row(&mut self, cells: &[Option<&str>]) -> Result<()>;

    /// Writes what is left.
    ///
    /// # Errors
    /// When the disk refuses.
    fn finish(self: Box<Self>) -> Result<Draft>;
}

/// Begins a file in storage, its header written.
///
/// # Errors
/// When the disk refuses, or there are more columns than the format has.
pub fn begin(
    storage: &Storage,
    format: Format,
    columns: Vec<Column>,
) -> Result<Box<dyn RowWriter>> {
    let draft = storage.draft()?;
    Ok(match format {
        Format::Csv => Box::new(csv::Writer::begin(draft, columns, false)?),
        Format::ExcelCsv => Box::new(csv::Writer::begin(draft, columns, true)?),
        Format::Xlsx => Box::new(xlsx::Writer::begin(draft, columns)?),
        Format::Parquet => Box::new(parquet::Writer::begin(draft, columns)?),
    })
}

/// A value that a format cannot hold.
fn unfit(column: &str, what: &str) -> Problem {
    Problem::new(ProblemKind::Data, format!("column {column:?} {what}"))
}

/// Day, or day and time, of a text: days since 1970-01-01 and microseconds of the day.
fn moment(text: &str) -> Option<(i64, i64)> {
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, time),
        None => (text, "00:00:00"),
    };
    let mut parts = date.split('-');
    let mut next = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let (year, month, day) = (next()?, next()?, next()?);
    let time = time.trim_end_matches("+00").trim_end_matches('Z');
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
    let mut next = || parts.next().flatten();
    let (hour, minute, second) = (next()?, next()?, next()?);
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let of_day = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
    Some((karat_record::calendar::days_from(year, month, day), of_day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_and_what_has_passed_of_it() {
        let cases = [
            ("1970-01-01", Some((0, 0))),
            ("2021-03-31", Some((18_717, 0))),
            ("1969-12-31 23:59:59.5", Some((-1, 86_399_500_000))),
            ("2021-01-01 00:00:01+00", Some((18_628, 1_000_000))),
            ("0044-03-15 BC", None),
            ("infinity", None),
        ];
        for (text, expected) in cases {
            assert_eq!(moment(text), expected, "{text}");
        }
    }
}

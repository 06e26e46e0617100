//! The rows of the CSV file of events of `cargo xtask bench load` in another form:
//! `forms FILE.csv FILE.xlsx` or `forms FILE.csv FILE.parquet`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::StringRecord;
use karat_record::calendar::days_from;
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use rust_xlsxwriter::Workbook;

type Fallible<T> = Result<T, Box<dyn Error>>;
type Group<'a> = SerializedRowGroupWriter<'a, std::fs::File>;

/// Rows of a row group.
const ROWS: usize = 100_000;

const EVENTS: &str = "message events {
    required int64 id; required binary account (STRING); required binary city (STRING);
    required binary note (STRING); required double amount;
    required int64 at (TIMESTAMP(MILLIS, true)); required boolean active;
    required binary extra (STRING);
}";

fn main() -> Fallible<()> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let from = arguments.next().ok_or("which CSV file?")?;
    let to = arguments.next().ok_or("into which file?")?;
    match to.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => xlsx(&from, &to),
        Some("parquet") => parquet(&from, &to),
        _ => Err("the second file is named .xlsx or .parquet".into()),
    }
}

/// Numbers and truths are what they are, all else is text.
fn xlsx(from: &Path, to: &Path) -> Fallible<()> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut rows = csv::Reader::from_path(from)?;
    sheet.write_row(0, 0, rows.headers()?.iter())?;
    for (row, fields) in (1..).zip(rows.records()) {
        for (column, text) in (0..).zip(&fields?) {
            match column {
                0 | 4 => sheet.write(row, column, text.parse::<f64>()?)?,
                6 => sheet.write(row, column, text == "true")?,
                _ => sheet.write(row, column, text)?,
            };
        }
    }
    Ok(book.save(to)?)
}

fn parquet(from: &Path, to: &Path) -> Fallible<()> {
    let schema = Arc::new(parse_message_type(EVENTS)?);
    let how = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = std::fs::File::create(to)?;
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(how))?;
    let mut rows = csv::Reader::from_path(from)?;
    let mut rows = rows.records();
    loop {
        let group: Vec<StringRecord> = rows.by_ref().take(ROWS).collect::<Result<_, _>>()?;
        if group.is_empty() {
            break;
        }
        fill(&mut writer, &group)?;
    }
    writer.close()?;
    Ok(())
}

fn fill(writer: &mut SerializedFileWriter<std::fs::File>, rows: &[StringRecord]) -> Fallible<()> {
    let mut group = writer.next_row_group()?;
    column::<Int64Type>(&mut group, rows, 0, |text| Ok(text.parse()?))?;
    for at in 1..4 {
        column::<ByteArrayType>(&mut group, rows, at, |text| Ok(text.into()))?;
    }
    column::<DoubleType>(&mut group, rows, 4, |text| Ok(text.parse()?))?;
    column::<Int64Type>(&mut group, rows, 5, milliseconds)?;
    column::<BoolType>(&mut group, rows, 6, |text| Ok(text == "true"))?;
    column::<ByteArrayType>(&mut group, rows, 7, |text| Ok(text.into()))?;
    group.close()?;
    Ok(())
}

fn column<T: DataType>(
    group: &mut Group<'_>,
    rows: &[StringRecord],
    at: usize,
    value: impl Fn(&str) -> Fallible<T::T>,
) -> Fallible<()> {
    let values = rows.iter().map(|row| value(row.get(at).unwrap_or_default()));
    let values: Vec<T::T> = values.collect::<Fallible<_>>()?;
    let mut column = group.next_column()?.ok_or("the schema has fewer columns")?;
    column.typed::<T>().write_batch(&values, None, None)?;
    column.close()?;
    Ok(())
}

/// Of `2025-03-04 12:34:56.789+00`, since 1970.
fn milliseconds(text: &str) -> Fallible<i64> {
    let numbers: Vec<i64> = text
        .trim_end_matches("+00")
        .split(['-', ' ', ':', '.'])
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [year, month, day, hour, minute, second, milli] = numbers[..] else {
        return Err("a moment has seven numbers".into());
    };
    let seconds = ((days_from(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Ok(seconds * 1000 + milli)
}

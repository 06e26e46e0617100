//! Parquet files: a group of rows at a time is held in memory.

use std::sync::Arc;

use karat_record::{Kind, Problem, Result};
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::{Cells, Column, RowWriter, moment, unfit};
use crate::storage::Draft;

/// Rows of a group at most.
const ROWS: usize = 64 * 1024;

/// Bytes of a group at most, about.
const BYTES: usize = 32 << 20;

/// Bytes of a decimal of more than 18 digits.
const WIDE: usize = 16;

/// A Parquet file in the making.
pub struct Writer {
    out: SerializedFileWriter<Draft>,
    columns: Vec<Column>,
    held: Vec<Held>,
    rows: usize,
    bytes: usize,
}

/// The values of a column that wait, and which rows have one.
struct Held {
    defined: Vec<i16>,
    values: Values,
}

enum Values {
    Truths(Vec<bool>),
    Days(Vec<i32>),
    Longs(Vec<i64>),
    Doubles(Vec<f64>),
    Wide(Vec<FixedLenByteArray>),
    Texts(Vec<ByteArray>),
}

impl Writer {
    pub fn begin(draft: Draft, columns: Vec<Column>) -> Result<Writer> {
        let fields: Vec<_> = columns.iter().map(field).collect::<Result<_, _>>().map_err(broken)?;
        let schema = Type::group_type_builder("rows").with_fields(fields).build();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("karat".to_owned())
            .build();
        let schema = Arc::new(schema.map_err(broken)?);
        let out = SerializedFileWriter::new(draft, schema, Arc::new(properties));
        let held = columns.iter().map(|column| Held::new(column.cells)).collect();
        Ok(Writer { out: out.map_err(broken)?, columns, held, rows: 0, bytes: 0 })
    }

    fn flush(&mut self) -> Result<()> {
        let mut group = self.out.next_row_group().map_err(broken)?;
        for held in &mut self.held {
            held.write(&mut group).map_err(broken)?;
        }
        group.close().map_err(broken)?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl RowWriter for Writer {
    fn row(&mut self, cells: &[Option<&str>]) -> Result<()> {
        for ((cell, column), held) in cells.iter().zip(&self.columns).zip(&mut self.held) {
            held.defined.push(i16::from(cell.is_some()));
            let Some(text) = cell else { continue };
            self.bytes += text.len() + 8;
            held.put(text, column.cells).ok_or_else(|| {
                unfit(&column.name, "has a value that Parquet cannot hold as its type")
                    .hint("write CSV instead")
            })?;
        }
        self.rows += 1;
        if self.rows >= ROWS || self.bytes >= BYTES { self.flush() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<Draft> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.out.into_inner().map_err(broken)
    }
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, converted) = match column.cells {
        Cells::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
        Cells::Json => (Physical::BYTE_ARRAY, ConvertedType::JSON),
        Cells::Integer => (Physical::INT64, ConvertedType::INT_64),
        Cells::Number => (Physical::DOUBLE, ConvertedType::NONE),
        Cells::Decimal(precision, _) if precision <= 18 => {
            (Physical::INT64, ConvertedType::DECIMAL)
        }
        Cells::Decimal(precision, _) if precision <= 38 => {
            (Physical::FIXED_LEN_BYTE_ARRAY, ConvertedType::DECIMAL)
        }
        Cells::Decimal(..) => (Physical::DOUBLE, ConvertedType::NONE),
        Cells::Boolean => (Physical::BOOLEAN, ConvertedType::NONE),
        Cells::Date => (Physical::INT32, ConvertedType::DATE),
        Cells::Timestamp => (Physical::INT64, ConvertedType::TIMESTAMP_MICROS),
    };
    let mut field = Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_converted_type(converted);
    if let (Cells::Decimal(precision, scale), ConvertedType::DECIMAL) = (column.cells, converted) {
        field = field.with_precision(precision as i32).with_scale(scale as i32);
        if physical == Physical::FIXED_LEN_BYTE_ARRAY {
            field = field.with_length(WIDE as i32);
        }
    }
    field.build().map(Arc::new)
}

impl Held {
    fn new(cells: Cells) -> Held {
        let values = match cells {
            Cells::Text | Cells::Json => Values::Texts(Vec::new()),
            Cells::Integer | Cells::Timestamp => Values::Longs(Vec::new()),
            Cells::Decimal(precision, _) if precision <= 18 => Values::Longs(Vec::new()),
            Cells::Decimal(precision, _) if precision <= 38 => Values::Wide(Vec::new()),
            Cells::Number | Cells::Decimal(..) => Values::Doubles(Vec::new()),
            Cells::Boolean => Values::Truths(Vec::new()),
            Cells::Date => Values::Days(Vec::new()),
        };
        Held { defined: Vec::new(), values }
    }

    /// Adds a value; `None` when it is not of its type.
    fn put(&mut self, text: &str, cells: Cells) -> Option<()> {
        match &mut self.values {
            Values::Truths(truths) => truths.push(text == "true"),
            Values::Days(days) => days.push(i32::try_from(moment(text)?.0).ok()?),
            Values::Longs(longs) => longs.push(match cells {
                Cells::Timestamp => {
                    let (day, micros) = moment(text)?;
                    day.checked_mul(86_400_000_000)?.checked_add(micros)?
                }
                Cells::Decimal(_, scale) => i64::try_from(unscaled(text, scale)?).ok()?,
                _ => text.parse().ok()?,
            }),
            Values::Doubles(doubles) => doubles.push(text.parse().ok()?),
            Values::Wide(wide) => {
                let Cells::Decimal(_, scale) = cells else { return None };
                let bytes = unscaled(text, scale)?.to_be_bytes();
                wide.push(ByteArray::from(bytes.to_vec()).into());
            }
            Values::Texts(texts) => texts.push(ByteArray::from(text)),
        }
        Some(())
    }

    fn write(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, Draft>,
    ) -> Result<(), ParquetError> {
        let defined = std::mem::take(&mut self.defined);
        match &mut self.values {
            Values::Truths(values) => column::<BoolType>(group, values, &defined),
            Values::Days(values) => column::<Int32Type>(group, values, &defined),
            Values::Longs(values) => column::<Int64Type>(group, values, &defined),
            Values::Doubles(values) => column::<DoubleType>(group, values, &defined),
            Values::Wide(values) => column::<FixedLenByteArrayType>(group, values, &defined),
            Values::Texts(values) => column::<ByteArrayType>(group, values, &defined),
        }
    }
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Draft>,
    values: &mut Vec<T::T>,
    defined: &[i16],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    column.typed::<T>().write_batch(values, Some(defined), None)?;
    values.clear();
    column.close()
}

/// A decimal as a whole number of its last place: 1.5 of scale 2 is 150.
fn unscaled(text: &str, scale: u32) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<width$}", width = scale as usize);
    (fraction.len() == scale as usize).then(|| format!("{whole}{fraction}").parse().ok())?
}

fn broken(error: ParquetError) -> Problem {
    let what = format!("a Parquet file cannot be written: {error}");
    Problem::new(Kind::Input, what).hint("see that the disk has room")
}

#[cfg(test)]
mod tests {
    use super::unscaled;

    #[test]
    fn a_decimal_is_a_number_of_its_last_place() {
        let cases = [
            ("1.50", 2, Some(150)),
            ("-0.05", 2, Some(-5)),
            ("7", 3, Some(7000)),
            ("1.234", 2, None),
            ("NaN", 2, None),
        ];
        for (text, scale, expected) in cases {
            assert_eq!(unscaled(text, scale), expected, "{text}");
        }
    }
}

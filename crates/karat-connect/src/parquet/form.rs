//! What the stored values of a column mean, and so how they are written as text.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::schema::types::ColumnDescriptor;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Text in UTF-8; also bytes of unknown meaning, as which many programs write texts.
    Text,
    Bytes,
    Uuid,
    Boolean,
    Integer,
    /// The stored number is meant without a sign.
    Unsigned,
    /// Digits after the point.
    Decimal(u32),
    Float,
    /// Two bytes.
    Half,
    Date,
    Time(Unit),
    Timestamp(Unit, Zone),
    Interval,
}

/// What a day or a second is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Milli,
    Micro,
    Nano,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Utc,
    /// The clock on some wall, nobody knows which.
    Local,
}

impl Form {
    pub(super) fn of(column: &ColumnDescriptor) -> Form {
        match column.logical_type_ref() {
            Some(logical) => logical_form(logical, column),
            None => converted_form(column),
        }
    }

    /// What messages call it.
    pub(super) fn name(self) -> String {
        let name = match self {
            Form::Text => "text",
            Form::Bytes => "bytes",
            Form::Uuid => "uuid",
            Form::Boolean => "boolean",
            Form::Integer | Form::Unsigned => "integer",
            Form::Decimal(scale) => return format!("decimal with {scale} digits after the point"),
            Form::Float | Form::Half => "floating point number",
            Form::Date => "date",
            Form::Time(_) => "time of day",
            Form::Timestamp(_, Zone::Utc) => "timestamp in UTC",
            Form::Timestamp(_, Zone::Local) => "timestamp without time zone",
            Form::Interval => "interval",
        };
        name.to_owned()
    }
}

fn logical_form(logical: &LogicalType, column: &ColumnDescriptor) -> Form {
    match logical {
        LogicalType::String | LogicalType::Enum | LogicalType::Json => Form::Text,
        LogicalType::Decimal(it) => Form::Decimal(u32::try_from(it.scale).unwrap_or(0)),
        LogicalType::Date => Form::Date,
        LogicalType::Time(it) => Form::Time(unit(&it.unit)),
        LogicalType::Timestamp(it) => {
            let zone = if it.is_adjusted_to_u_t_c { Zone::Utc } else { Zone::Local };
            Form::Timestamp(unit(&it.unit), zone)
        }
        LogicalType::Integer(it) if it.is_signed => Form::Integer,
        LogicalType::Integer(_) => Form::Unsigned,
        LogicalType::Uuid => Form::Uuid,
        LogicalType::Float16 => Form::Half,
        // Well-known binary and its like: bytes that are no text.
        _ if column.physical_type() == Physical::BYTE_ARRAY => Form::Bytes,
        _ => physical_form(column.physical_type()),
    }
}

/// By the older mark, which files of old programs have alone.
fn converted_form(column: &ColumnDescriptor) -> Form {
    match column.converted_type() {
        ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => Form::Text,
        ConvertedType::BSON => Form::Bytes,
        ConvertedType::DECIMAL => Form::Decimal(u32::try_from(column.type_scale()).unwrap_or(0)),
        ConvertedType::DATE => Form::Date,
        ConvertedType::TIME_MILLIS => Form::Time(Unit::Milli),
        ConvertedType::TIME_MICROS => Form::Time(Unit::Micro),
        ConvertedType::TIMESTAMP_MILLIS => Form::Timestamp(Unit::Milli, Zone::Utc),
        ConvertedType::TIMESTAMP_MICROS => Form::Timestamp(Unit::Micro, Zone::Utc),
        ConvertedType::UINT_8
        | ConvertedType::UINT_16
        | ConvertedType::UINT_32
        | ConvertedType::UINT_64 => Form::Unsigned,
        ConvertedType::INTERVAL => Form::Interval,
        _ => physical_form(column.physical_type()),
    }
}

fn physical_form(physical: Physical) -> Form {
    match physical {
        Physical::BOOLEAN => Form::Boolean,
        Physical::INT32 | Physical::INT64 => Form::Integer,
        // Nothing but timestamps was ever written so, and none says of which zone.
        Physical::INT96 => Form::Timestamp(Unit::Nano, Zone::Local),
        Physical::FLOAT | Physical::DOUBLE => Form::Float,
        Physical::BYTE_ARRAY => Form::Text,
        Physical::FIXED_LEN_BYTE_ARRAY => Form::Bytes,
    }
}

fn unit(unit: &TimeUnit) -> Unit {
    match unit {
        TimeUnit::MILLIS => Unit::Milli,
        TimeUnit::MICROS => Unit::Micro,
        TimeUnit::NANOS => Unit::Nano,
    }
}

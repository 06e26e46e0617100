//! The values that a condition computes with, their order and their text.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::calendar;
use super::cast;
use super::decimal::Decimal;

/// A value as DuckDB would hold it. The kinds of numbers are kept apart because DuckDB compares
/// a REAL with `0.1` in single precision and adds decimals exactly.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Real(f32),
    Float(f64),
    Text(Arc<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 00:00:00.
    Timestamp(i64),
    List(Vec<Value>),
    /// The fields of a struct or the entries of a map, by name.
    Struct(Vec<(Arc<str>, Value)>),
}

/// Why a checked condition has no value for a certain pair of records; DuckDB ends the whole
/// query with an error in the same place. Shows kinds, never the values of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationError {
    pub message: String,
}

impl EvaluationError {
    pub(super) fn new(message: impl Into<String>) -> EvaluationError {
        EvaluationError { message: message.into() }
    }
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for EvaluationError {}

/// A value or why there is none.
pub type Outcome = Result<Value, EvaluationError>;

impl Value {
    /// A text value.
    pub fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    /// True for NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The name of the value's type in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "NULL",
            Value::Boolean(_) => "BOOLEAN",
            Value::Integer(_) => "INTEGER",
            Value::Decimal(_) => "DECIMAL",
            Value::Real(_) => "REAL",
            Value::Float(_) => "DOUBLE",
            Value::Text(_) => "VARCHAR",
            Value::Date(_) => "DATE",
            Value::Timestamp(_) => "TIMESTAMP",
            Value::List(_) => "LIST",
            Value::Struct(_) => "STRUCT",
        }
    }

    /// The value as a condition: NULL is neither true nor false, numbers are true unless zero.
    pub fn truth(&self) -> Result<Option<bool>, EvaluationError> {
        match self {
            Value::Null => Ok(None),
            Value::Boolean(truth) => Ok(Some(*truth)),
            other => match cast::to_boolean(other) {
                Some(truth) => Ok(Some(truth)),
                None => {
                    let message = format!("this {} is neither true nor false", other.kind());
                    Err(EvaluationError::new(message))
                }
            },
        }
    }

    /// The number as a DOUBLE; `None` for anything that is not a number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Integer(whole) => Some(*whole as f64),
            Value::Decimal(decimal) => Some(decimal.to_f64()),
            Value::Real(number) => Some((*number).into()),
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }
}

/// The text that DuckDB casts the value to.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => out.write_str("NULL"),
            Value::Boolean(truth) => write!(out, "{truth}"),
            Value::Integer(whole) => write!(out, "{whole}"),
            Value::Decimal(decimal) => write!(out, "{decimal}"),
            Value::Real(number) => out.write_str(&float_text(format!("{number:e}"))),
            Value::Float(number) => out.write_str(&float_text(format!("{number:e}"))),
            Value::Text(text) => out.write_str(text),
            Value::Date(days) => out.write_str(&calendar::date_text(*days)),
            Value::Timestamp(micros) => out.write_str(&calendar::timestamp_text(*micros)),
            Value::List(items) => write_items(out, items),
            Value::Struct(fields) => {
                let values: Vec<Value> = fields.iter().map(|(_, value)| value.clone()).collect();
                write_items(out, &values)
            }
        }
    }
}

fn write_items(out: &mut fmt::Formatter<'_>, items: &[Value]) -> fmt::Result {
    let texts: Vec<String> = items.iter().map(Value::to_string).collect();
    write!(out, "[{}]", texts.join(", "))
}

/// Turns the shortest digits (`1.5e-7`) into what DuckDB writes: plain from 1e-4 up to 1e16.
fn float_text(shortest: String) -> String {
    let Some((mantissa, exponent)) = shortest.split_once('e') else {
        return shortest.to_lowercase();
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    }
    let whole = exponent as usize + 1;
    let padded = format!("{digits:0<width$}", width = whole + 1);
    format!("{sign}{}.{}", &padded[..whole], &padded[whole..])
}

/// The order of two values after the casts that DuckDB adds; `None` when either is NULL.
pub fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, EvaluationError> {
    if left.is_null() || right.is_null() {
        return Ok(None);
    }
    if let Some(order) = number_order(left, right) {
        return Ok(Some(order));
    }
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Ok(Some(a.as_bytes().cmp(b.as_bytes()))),
        (Value::Boolean(a), Value::Boolean(b)) => Ok(Some(a.cmp(b))),
        (Value::Date(a), Value::Date(b)) => Ok(Some(a.cmp(b))),
        (Value::Timestamp(a), Value::Timestamp(b)) => Ok(Some(a.cmp(b))),
        (Value::Date(days), Value::Timestamp(b)) => Ok(Some(calendar::midnight(*days).cmp(b))),
        (Value::Timestamp(a), Value::Date(days)) => Ok(Some(a.cmp(&calendar::midnight(*days)))),
        (Value::List(a), Value::List(b)) => nested_order(a.iter(), b.iter()).map(Some),
        (Value::Struct(a), Value::Struct(b)) => {
            let values = |fields| <[(Arc<str>, Value)]>::iter(fields).map(|(_, value)| value);
            nested_order(values(a), values(b)).map(Some)
        }
        (Value::Text(_), _) => compare(&cast::like(left, right)?, right),
        (_, Value::Text(_)) => compare(left, &cast::like(right, left)?),
        (Value::Boolean(a), _) if right.as_f64().is_some() => {
            compare(&Value::Integer((*a).into()), right)
        }
        (_, Value::Boolean(b)) if left.as_f64().is_some() => {
            compare(left, &Value::Integer((*b).into()))
        }
        _ => {
            let message = format!("{} and {} cannot be compared", left.kind(), right.kind());
            Err(EvaluationError::new(message))
        }
    }
}

/// Two numbers in the more general of their kinds.
fn number_order(left: &Value, right: &Value) -> Option<Ordering> {
    let exact = |value: &Value| match value {
        Value::Integer(whole) => Some(Decimal::whole(*whole)),
        Value::Decimal(decimal) => Some(*decimal),
        _ => None,
    };
    if let (Value::Integer(a), Value::Integer(b)) = (left, right) {
        return Some(a.cmp(b));
    }
    if let (Some(a), Some(b)) = (exact(left), exact(right)) {
        return Some(a.compare(b));
    }
    let (a, b) = (left.as_f64()?, right.as_f64()?);
    match (left, right) {
        (Value::Float(_), _) | (_, Value::Float(_)) => Some(float_order(a, b)),
        _ => Some(float_order((a as f32).into(), (b as f32).into())),
    }
}

/// NaN equals itself and is greater than everything else; zero has no sign.
pub fn float_order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Inside lists and structs NULL equals itself and is greater than everything else.
pub(super) fn nested_compare(a: &Value, b: &Value) -> Result<Ordering, EvaluationError> {
    let missing = a.is_null().cmp(&b.is_null());
    Ok(compare(a, b)?.unwrap_or(missing))
}

fn nested_order<'a>(
    mut left: impl Iterator<Item = &'a Value>,
    mut right: impl Iterator<Item = &'a Value>,
) -> Result<Ordering, EvaluationError> {
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ok(Ordering::Equal),
            (None, Some(_)) => return Ok(Ordering::Less),
            (Some(_), None) => return Ok(Ordering::Greater),
            (Some(a), Some(b)) => match nested_compare(a, b)? {
                Ordering::Equal => continue,
                order => return Ok(order),
            },
        }
    }
}

//! Casts between values, explicit and implied. `None` means that the value has no counterpart.

use std::sync::Arc;

use super::ast::Type;
use super::calendar;
use super::decimal::Decimal;
use super::value::{EvaluationError, Outcome, Value};

/// `CAST` and, with `lenient`, `TRY_CAST`, which yields NULL instead of failing.
pub fn cast(value: &Value, to: &Type, lenient: bool) -> Outcome {
    if value.is_null() {
        return Ok(Value::Null);
    }
    match convert(value, to) {
        Some(converted) => Ok(converted),
        None if lenient => Ok(Value::Null),
        None => {
            let message = format!("this {} cannot be cast to {to}", value.kind());
            Err(EvaluationError::new(message))
        }
    }
}

/// The cast that DuckDB adds to a text that meets another kind of value.
pub(super) fn like(text: &Value, other: &Value) -> Outcome {
    let to = match other {
        Value::Boolean(_) => Type::Boolean,
        Value::Integer(_) => Type::BigInteger,
        Value::Decimal(decimal) => Type::Decimal { width: 38, scale: decimal.scale() },
        Value::Real(_) => Type::Real,
        Value::Float(_) => Type::Double,
        Value::Date(_) => Type::Date,
        Value::Timestamp(_) => Type::Timestamp,
        _ => {
            let message = format!("VARCHAR and {} cannot be compared", other.kind());
            return Err(EvaluationError::new(message));
        }
    };
    cast(text, &to, false)
}

fn convert(value: &Value, to: &Type) -> Option<Value> {
    match to {
        Type::Boolean => to_boolean(value).map(Value::Boolean),
        Type::TinyInteger => integer(value, -128, 127),
        Type::SmallInteger => integer(value, -32_768, 32_767),
        Type::Integer => integer(value, i32::MIN.into(), i32::MAX.into()),
        Type::BigInteger => integer(value, i64::MIN, i64::MAX),
        Type::Real => to_real(value).map(Value::Real),
        Type::Double => to_double(value).map(Value::Float),
        Type::Decimal { width, scale } => to_decimal(value, *width, *scale).map(Value::Decimal),
        Type::Text => match value {
            Value::List(_) | Value::Struct(_) => None,
            other => Some(Value::Text(Arc::from(other.to_string()))),
        },
        Type::Date => to_date(value).map(Value::Date),
        Type::Timestamp => to_timestamp(value).map(Value::Timestamp),
        Type::List { of, length } => to_list(value, of, *length),
    }
}

fn to_list(value: &Value, of: &Type, length: Option<u32>) -> Option<Value> {
    let Value::List(items) = value else { return None };
    if length.is_some_and(|length| length as usize != items.len()) {
        return None;
    }
    let each = |item: &Value| if item.is_null() { Some(Value::Null) } else { convert(item, of) };
    items.iter().map(each).collect::<Option<Vec<Value>>>().map(Value::List)
}

pub(super) fn to_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(truth) => Some(*truth),
        Value::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "0" => Some(false),
            _ => None,
        },
        number => number.as_f64().map(|number| number != 0.0),
    }
}

fn integer(value: &Value, least: i64, most: i64) -> Option<Value> {
    let whole = match value {
        Value::Boolean(truth) => Some((*truth).into()),
        Value::Integer(whole) => Some(*whole),
        Value::Decimal(decimal) => decimal.to_integer(),
        Value::Real(number) => round_even((*number).into()),
        Value::Float(number) => round_even(*number),
        Value::Text(text) => read_integer(text),
        _ => None,
    };
    whole.filter(|whole| (least..=most).contains(whole)).map(Value::Integer)
}

/// Floats round half to even, unlike decimals and texts.
fn round_even(number: f64) -> Option<i64> {
    let rounded = number.round_ties_even();
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded);
    fits.then_some(rounded as i64)
}

/// A text without the blanks around it and without `_` between two digits.
fn plain_number(text: &str) -> Option<String> {
    let trimmed =
        text.trim_matches(|letter: char| u8::try_from(letter).is_ok_and(calendar::is_blank));
    let bytes = trimmed.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'_' && !(at > 0 && digit(at - 1) && digit(at + 1)) {
            return None;
        }
    }
    Some(trimmed.replace('_', ""))
}

/// Whole numbers, decimals and exponents, rounded half away from zero, and `0x`/`0b` digits.
fn read_integer(text: &str) -> Option<i64> {
    let plain = plain_number(text)?;
    let lower = plain.to_ascii_lowercase();
    if let Some(digits) = lower.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with(['+', '-']));
    }
    if let Some(digits) = lower.strip_prefix("0b") {
        return i64::from_str_radix(digits, 2).ok().filter(|_| !digits.starts_with(['+', '-']));
    }
    read_decimal(&lower)?.to_integer()
}

/// Plain digits with an optional exponent.
fn read_decimal(plain: &str) -> Option<Decimal> {
    let Some((mantissa, exponent)) = plain.split_once('e') else {
        return Decimal::parse(plain);
    };
    let exponent: i16 = exponent.parse().ok()?;
    let mantissa = Decimal::parse(mantissa)?;
    let scale = i32::from(mantissa.scale()) - i32::from(exponent);
    match u8::try_from(scale) {
        Ok(scale) => Decimal::new(mantissa.digits(), scale),
        Err(_) => {
            let factor = 10i128.checked_pow(u32::try_from(-scale).ok()?)?;
            Decimal::new(mantissa.digits().checked_mul(factor)?, 0)
        }
    }
}

fn to_double(value: &Value) -> Option<f64> {
    match value {
        Value::Boolean(truth) => Some(f64::from(u8::from(*truth))),
        Value::Text(text) => plain_number(text)?.parse().ok(),
        number => number.as_f64(),
    }
}

fn to_real(value: &Value) -> Option<f32> {
    match value {
        Value::Real(number) => Some(*number),
        Value::Text(text) => plain_number(text)?.parse().ok(),
        other => {
            let double = to_double(other)?;
            let real = double as f32;
            (real.is_finite() || !double.is_finite()).then_some(real)
        }
    }
}

fn to_decimal(value: &Value, width: u8, scale: u8) -> Option<Decimal> {
    let exact = match value {
        Value::Boolean(truth) => Some(Decimal::whole((*truth).into())),
        Value::Integer(whole) => Some(Decimal::whole(*whole)),
        Value::Decimal(decimal) => Some(*decimal),
        Value::Text(text) => read_decimal(&plain_number(text)?.to_ascii_lowercase()),
        float => {
            let scaled = float.as_f64()? * 10f64.powi(scale.into());
            let fits = scaled.is_finite() && scaled.abs() < 1e38;
            fits.then(|| Decimal::new(scaled.round() as i128, scale)).flatten()
        }
    };
    let rounded = exact?.rounded(scale)?;
    (rounded.digits().unsigned_abs() < 10u128.pow(width.into())).then_some(rounded)
}

fn to_date(value: &Value) -> Option<i32> {
    match value {
        Value::Date(days) => Some(*days),
        Value::Timestamp(micros) => Some(calendar::day_of(*micros)),
        Value::Text(text) => calendar::read_date(text),
        _ => None,
    }
}

fn to_timestamp(value: &Value) -> Option<i64> {
    match value {
        Value::Date(days) => Some(calendar::midnight(*days)),
        Value::Timestamp(micros) => Some(*micros),
        Value::Text(text) => calendar::read_timestamp(text),
        _ => None,
    }
}

//! Functions of numbers, and the choices among values of any kind.

use std::cmp::Ordering;

use super::cast;
use super::decimal::Decimal;
use super::functions::{integer_at, number_at, wrong};
use super::value::{EvaluationError, Outcome, Value, compare};

/// A function of one DOUBLE.
pub(super) fn float(args: &[Value], apply: fn(f64) -> f64) -> Outcome {
    Ok(Value::Float(apply(number_at(args, 0)?)))
}

/// A function of two DOUBLEs.
pub(super) fn float2(args: &[Value], apply: fn(f64, f64) -> f64) -> Outcome {
    Ok(Value::Float(apply(number_at(args, 0)?, number_at(args, 1)?)))
}

/// In the order of operations of DuckDB, which the last bit depends on.
pub(super) fn radians(degrees: f64) -> f64 {
    degrees * (std::f64::consts::PI / 180.0)
}

pub(super) fn degrees(radians: f64) -> f64 {
    radians * (180.0 / std::f64::consts::PI)
}

pub(super) fn abs(args: &[Value]) -> Outcome {
    Ok(match &args[0] {
        Value::Integer(whole) => Value::Integer(whole.checked_abs().ok_or_else(overflow)?),
        Value::Decimal(decimal) => Value::Decimal(decimal.abs()),
        Value::Real(number) => Value::Real(number.abs()),
        Value::Float(number) => Value::Float(number.abs()),
        other => return Err(wrong(Some(other), 0, "a number")),
    })
}

pub(super) fn sign(args: &[Value]) -> Outcome {
    let number = number_at(args, 0)?;
    Ok(Value::Integer(i64::from(number > 0.0) - i64::from(number < 0.0)))
}

pub(super) fn floor(args: &[Value]) -> Outcome {
    toward(args, f64::floor, false)
}

pub(super) fn ceil(args: &[Value]) -> Outcome {
    toward(args, f64::ceil, true)
}

fn toward(args: &[Value], apply: fn(f64) -> f64, up: bool) -> Outcome {
    Ok(match &args[0] {
        Value::Decimal(decimal) => Value::Decimal(decimal.toward(up).ok_or_else(overflow)?),
        Value::Real(number) => Value::Real(apply((*number).into()) as f32),
        _ => Value::Float(apply(number_at(args, 0)?)),
    })
}

/// Halves go away from zero.
pub(super) fn round(args: &[Value]) -> Outcome {
    let places = if args.len() > 1 { integer_at(args, 1)? } else { 0 };
    let places = places.clamp(-400, 400) as i32;
    match &args[0] {
        Value::Integer(whole) if places >= 0 => Ok(Value::Integer(*whole)),
        Value::Integer(whole) => {
            let rounded = tens(Decimal::whole(*whole), places).and_then(Decimal::to_integer);
            rounded.map(Value::Integer).ok_or_else(overflow)
        }
        Value::Decimal(decimal) => {
            let rounded = match u8::try_from(places) {
                Ok(places) => decimal.rounded(places.min(decimal.scale())),
                Err(_) => tens(*decimal, places),
            };
            rounded.map(Value::Decimal).ok_or_else(overflow)
        }
        Value::Real(number) => Ok(Value::Real(round_float((*number).into(), places) as f32)),
        _ => Ok(Value::Float(round_float(number_at(args, 0)?, places))),
    }
}

/// Rounds to tens, hundreds and so on.
fn tens(number: Decimal, places: i32) -> Option<Decimal> {
    let zeros = u8::try_from(-places).ok()?;
    if zeros > 38 {
        return Decimal::new(0, 0);
    }
    let scaled = Decimal::new(number.digits(), number.scale() + zeros)?;
    let factor = 10i128.checked_pow(zeros.into())?;
    Decimal::new(scaled.rounded(0)?.digits().checked_mul(factor)?, 0)
}

fn round_float(number: f64, places: i32) -> f64 {
    let factor = 10f64.powi(places.abs());
    let rounded = match places {
        0 => return number.round(),
        1.. => (number * factor).round() / factor,
        _ => (number / factor).round() * factor,
    };
    match (rounded.is_finite(), places > 0) {
        (true, _) => rounded,
        (false, true) => number,
        (false, false) => 0.0,
    }
}

pub(super) fn nullif(args: &[Value]) -> Outcome {
    let equal = compare(&args[0], &args[1])? == Some(Ordering::Equal);
    Ok(if equal { Value::Null } else { args[0].clone() })
}

pub(super) fn least(args: &[Value]) -> Outcome {
    extreme_of_kind(args, Ordering::Less)
}

pub(super) fn greatest(args: &[Value]) -> Outcome {
    extreme_of_kind(args, Ordering::Greater)
}

/// A text among dates or numbers becomes one of them.
fn extreme_of_kind(args: &[Value], wanted: Ordering) -> Outcome {
    let best = extreme(args.iter(), wanted)?;
    let other = args.iter().find(|value| !matches!(value, Value::Null | Value::Text(_)));
    match (&best, other) {
        (Value::Text(_), Some(other)) => cast::like(&best, other),
        _ => Ok(best),
    }
}

/// The first value that stands on the wanted side of all others; NULLs do not count.
pub(super) fn extreme<'a>(values: impl Iterator<Item = &'a Value>, wanted: Ordering) -> Outcome {
    let mut best = &Value::Null;
    for value in values {
        if best.is_null() || compare(value, best)? == Some(wanted) {
            best = value;
        }
    }
    Ok(best.clone())
}

fn overflow() -> EvaluationError {
    EvaluationError::new("the result is out of range")
}

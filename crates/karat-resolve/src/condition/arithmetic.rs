//! The operators `+ - * / // % ||` and the sign.

use super::ast::Arithmetic;
use super::decimal::Decimal;
use super::value::{EvaluationError, Outcome, Value};

/// Two numbers in the more general of their kinds.
enum Pair {
    Integers(i64, i64),
    Decimals(Decimal, Decimal),
    Reals(f32, f32),
    Floats(f64, f64),
}

/// The value of an operator; NULL when either side is.
pub(super) fn apply(op: Arithmetic, left: &Value, right: &Value) -> Outcome {
    if left.is_null() || right.is_null() {
        return Ok(Value::Null);
    }
    match op {
        Arithmetic::Concatenate => concatenate(left, right),
        Arithmetic::Divide => divide(left, right),
        _ => match pair(left, right) {
            Some(Pair::Integers(a, b)) => integers(op, a, b),
            Some(Pair::Decimals(a, b)) => decimals(op, a, b),
            Some(Pair::Reals(a, b)) => {
                floats(op, a.into(), b.into()).map(|result| Value::Real(result as f32))
            }
            Some(Pair::Floats(a, b)) => floats(op, a, b).map(Value::Float),
            None => dates(op, left, right),
        },
    }
}

/// The value with the other sign.
pub(super) fn negate(value: &Value) -> Outcome {
    Ok(match value {
        Value::Null => Value::Null,
        Value::Integer(whole) => Value::Integer(whole.checked_neg().ok_or_else(overflow)?),
        Value::Decimal(decimal) => Value::Decimal(decimal.negated()),
        Value::Real(number) => Value::Real(-number),
        Value::Float(number) => Value::Float(-number),
        other => {
            let message = format!("{} has no sign", other.kind());
            return Err(EvaluationError::new(message));
        }
    })
}

fn pair(left: &Value, right: &Value) -> Option<Pair> {
    let exact = |value: &Value| match value {
        Value::Integer(whole) => Some(Decimal::whole(*whole)),
        Value::Decimal(decimal) => Some(*decimal),
        _ => None,
    };
    if let (Value::Integer(a), Value::Integer(b)) = (left, right) {
        return Some(Pair::Integers(*a, *b));
    }
    if let (Some(a), Some(b)) = (exact(left), exact(right)) {
        return Some(Pair::Decimals(a, b));
    }
    let (a, b) = (left.as_f64()?, right.as_f64()?);
    Some(match (left, right) {
        (Value::Float(_), _) | (_, Value::Float(_)) => Pair::Floats(a, b),
        _ => Pair::Reals(a as f32, b as f32),
    })
}

fn overflow() -> EvaluationError {
    EvaluationError::new("the result is out of range")
}

fn integers(op: Arithmetic, a: i64, b: i64) -> Outcome {
    if b == 0 && matches!(op, Arithmetic::DivideWhole | Arithmetic::Remainder) {
        return Err(EvaluationError::new("division by zero"));
    }
    let result = match op {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::DivideWhole => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    result.map(Value::Integer).ok_or_else(overflow)
}

fn decimals(op: Arithmetic, a: Decimal, b: Decimal) -> Outcome {
    let result = match op {
        Arithmetic::Add => a.plus(b),
        Arithmetic::Subtract => a.plus(b.negated()),
        Arithmetic::Multiply => a.multiply(b),
        Arithmetic::Remainder if b.digits() == 0 => {
            return Err(EvaluationError::new("division by zero"));
        }
        Arithmetic::Remainder => a.remainder(b),
        _ => return floats(op, a.to_f64(), b.to_f64()).map(Value::Float),
    };
    result.map(Value::Decimal).ok_or_else(overflow)
}

fn floats(op: Arithmetic, a: f64, b: f64) -> Result<f64, EvaluationError> {
    Ok(match op {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        // Between floats DuckDB does not truncate.
        Arithmetic::DivideWhole if b == 0.0 => {
            return Err(EvaluationError::new("division by zero"));
        }
        Arithmetic::DivideWhole => a / b,
        _ => a % b,
    })
}

/// `/` never stays among integers or decimals.
fn divide(left: &Value, right: &Value) -> Outcome {
    match pair(left, right) {
        Some(Pair::Reals(a, b)) => Ok(Value::Real(a / b)),
        Some(Pair::Integers(..) | Pair::Decimals(..) | Pair::Floats(..)) => {
            let quotient = left.as_f64().zip(right.as_f64()).map(|(a, b)| a / b);
            quotient.map(Value::Float).ok_or_else(overflow)
        }
        None => Err(unsupported("/", left, right)),
    }
}

/// Days added to, taken from or between dates.
fn dates(op: Arithmetic, left: &Value, right: &Value) -> Outcome {
    let moved = |days: i32, by: i64| {
        let day = i64::from(days).checked_add(by).and_then(|day| i32::try_from(day).ok());
        day.map(Value::Date).ok_or_else(overflow)
    };
    match (op, left, right) {
        (Arithmetic::Add, Value::Date(days), Value::Integer(by))
        | (Arithmetic::Add, Value::Integer(by), Value::Date(days)) => moved(*days, *by),
        (Arithmetic::Subtract, Value::Date(days), Value::Integer(by)) => {
            moved(*days, by.checked_neg().ok_or_else(overflow)?)
        }
        (Arithmetic::Subtract, Value::Date(a), Value::Date(b)) => {
            Ok(Value::Integer(i64::from(*a) - i64::from(*b)))
        }
        (Arithmetic::Subtract, Value::Timestamp(_), _)
        | (Arithmetic::Subtract, _, Value::Timestamp(_)) => {
            Err(EvaluationError::new("times are subtracted as EPOCH(a) - EPOCH(b) here"))
        }
        _ => Err(unsupported(sign(op), left, right)),
    }
}

fn concatenate(left: &Value, right: &Value) -> Outcome {
    match (left, right) {
        (Value::List(a), Value::List(b)) => Ok(Value::List([a.as_slice(), b].concat())),
        (Value::List(_) | Value::Struct(_), _) | (_, Value::List(_) | Value::Struct(_)) => {
            Err(unsupported("||", left, right))
        }
        _ => Ok(Value::Text(format!("{left}{right}").into())),
    }
}

fn sign(op: Arithmetic) -> &'static str {
    match op {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::DivideWhole => "//",
        Arithmetic::Remainder => "%",
        Arithmetic::Concatenate => "||",
    }
}

fn unsupported(sign: &str, left: &Value, right: &Value) -> EvaluationError {
    EvaluationError::new(format!("{} {sign} {} is not defined", left.kind(), right.kind()))
}

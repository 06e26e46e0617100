//! Numbers: whole, floating and exact decimal. A point is the decimal sign; no grouping.

use std::borrow::Cow;

use karat_record::{Finding, Value};

pub(super) fn integer(raw: &str) -> Result<Value<'static>, Finding> {
    match raw.parse::<i64>() {
        Ok(n) => Ok(Value::Integer(n)),
        Err(_) if is_decimal(raw) && !raw.contains('.') => {
            Err(Finding::new("type.integer", "is out of range for a 64-bit whole number"))
        }
        Err(_) => Err(Finding::new("type.integer", "is not a whole number")),
    }
}

pub(super) fn double(raw: &str) -> Result<Value<'static>, Finding> {
    let bad = || Finding::new("type.double", "is not a number");
    let number = raw.parse::<f64>().map_err(|_| bad())?;
    if number.is_infinite() && raw.bytes().any(|b| b.is_ascii_digit()) {
        return Err(Finding::new("type.double", "is out of range for a 64-bit float"));
    }
    Ok(Value::Double(number))
}

pub(super) fn numeric(raw: &str) -> Result<Value<'_>, Finding> {
    if is_decimal(raw) {
        Ok(Value::Numeric(Cow::Borrowed(raw)))
    } else {
        Err(Finding::new("type.numeric", "is not a decimal number"))
    }
}

/// An optional sign, digits, optionally a point and digits; at least one digit.
fn is_decimal(raw: &str) -> bool {
    let body = raw.strip_prefix(['+', '-']).unwrap_or(raw);
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::read::shown;
    use karat_record::Type::{Double, Integer, Numeric};

    #[test]
    fn numbers_are_read_or_refused() {
        for (kind, raw, expected) in [
            (Integer, "-12", "Integer(-12)"),
            (Integer, "+7", "Integer(7)"),
            (Integer, "12.0", "type.integer: is not a whole number"),
            (Integer, "", "type.integer: is not a whole number"),
            (
                Integer,
                "99999999999999999999",
                "type.integer: is out of range for a 64-bit whole number",
            ),
            (Double, "1e3", "Double(1000.0)"),
            (Double, "1e999", "type.double: is out of range for a 64-bit float"),
            (Double, "1,5", "type.double: is not a number"),
            (Numeric, "-0012.50", "Numeric(\"-0012.50\")"),
            (Numeric, ".", "type.numeric: is not a decimal number"),
            (Numeric, "1e3", "type.numeric: is not a decimal number"),
        ] {
            assert_eq!(shown(kind, raw), expected, "{raw}");
        }
    }
}

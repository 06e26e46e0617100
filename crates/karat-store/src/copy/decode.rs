//! Values in PostgreSQL's binary form as the canonical texts of what they say: equal values are
//! equal texts, however they were written.

use karat_record::calendar::{EPOCH_2000, civil};

use super::encode::ColumnType;

/// The canonical text of a value as `Encoder` adds it: its length and its bytes. `None` in the
/// outer option: the value is of a type that has no canonical text, or is none; in the inner: null.
///
/// Texts are what they are, numbers have no digits that say nothing (`1.50` is `1.5`, `-0` is `0`),
/// days are `2021-01-31`, times `2021-01-31 12:00:00.5` in UTC, truths `true` and `false`.
pub fn canonical(kind: &ColumnType, value: &[u8]) -> Option<Option<String>> {
    let (length, bytes) = value.split_first_chunk::<4>()?;
    if i32::from_be_bytes(*length) < 0 {
        return Some(None);
    }
    let long = || bytes.try_into().ok().map(i64::from_be_bytes);
    let text = match kind {
        ColumnType::Boolean => (bytes == [1]).to_string(),
        ColumnType::Int2 => i16::from_be_bytes(bytes.try_into().ok()?).to_string(),
        ColumnType::Int4 => i32::from_be_bytes(bytes.try_into().ok()?).to_string(),
        ColumnType::Int8 => long()?.to_string(),
        ColumnType::Float4 => shortest(&f32::from_be_bytes(bytes.try_into().ok()?).to_string()),
        ColumnType::Float8 => shortest(&f64::from_be_bytes(bytes.try_into().ok()?).to_string()),
        ColumnType::Numeric(size) => {
            let digits = decimal(bytes)?;
            plain(&size.map_or(digits.clone(), |(_, scale)| rounded(&digits, scale as usize)))
        }
        ColumnType::Text(_) => std::str::from_utf8(bytes).ok()?.to_owned(),
        ColumnType::Date => day(i64::from(i32::from_be_bytes(bytes.try_into().ok()?))),
        ColumnType::Timestamp => time(long()?),
        ColumnType::Uuid => uuid(bytes),
        ColumnType::Json | ColumnType::Jsonb | ColumnType::TextArray | ColumnType::Other(_) => {
            return None;
        }
    };
    Some(Some(text))
}

/// The canonical text of a value that the server wrote as text, with ISO dates in UTC; `None` for
/// types that have none.
pub fn canonical_text(kind: &ColumnType, text: &str) -> Option<String> {
    Some(match kind {
        ColumnType::Numeric(_) => plain(text),
        ColumnType::Float4 => shortest(&text.parse::<f32>().ok()?.to_string()),
        ColumnType::Float8 => shortest(&text.parse::<f64>().ok()?.to_string()),
        ColumnType::Timestamp => text.trim_end_matches("+00").to_owned(),
        ColumnType::Json | ColumnType::Jsonb | ColumnType::TextArray | ColumnType::Other(_) => {
            return None;
        }
        _ => text.to_owned(),
    })
}

/// A decimal without zeros that say nothing.
fn plain(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    let whole = digits.trim_start_matches('0');
    let digits = match whole.is_empty() || whole.starts_with('.') {
        true => format!("0{whole}"),
        false => whole.to_owned(),
    };
    if digits == "0" { digits } else { format!("{sign}{digits}") }
}

fn shortest(text: &str) -> String {
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A decimal with so many places, half away from zero, as the server rounds.
fn rounded(text: &str, scale: usize) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let Some(rest) = fraction.get(scale..).filter(|rest| !rest.is_empty()) else {
        return text.to_owned();
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(whole) => ("-", whole),
        None => ("", whole),
    };
    let mut digits: Vec<u8> = format!("0{whole}{}", &fraction[..scale]).into_bytes();
    if rest.as_bytes()[0] >= b'5' {
        for digit in digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
    }
    let digits = String::from_utf8(digits).unwrap_or_default();
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// Base-10000 digits with the weight of the first one, as decimal digits.
fn decimal(bytes: &[u8]) -> Option<String> {
    let words: Vec<i16> =
        bytes.chunks_exact(2).map(|word| i16::from_be_bytes([word[0], word[1]])).collect();
    let [count, weight, sign, scale] = *words.first_chunk::<4>()?;
    let groups = words.get(4..4 + count as usize)?;
    let group = |at: i16| groups.get(usize::try_from(at).ok()?).copied();
    let mut text = if sign == 0x4000 { "-".to_owned() } else { String::new() };
    for at in 0..=weight {
        text += &format!("{:04}", group(at).unwrap_or(0));
    }
    if weight < 0 {
        text.push('0');
    }
    let mut fraction = String::new();
    for at in weight + 1..weight + 1 + scale.div_euclid(4) + 1 {
        fraction += &format!("{:04}", group(at).unwrap_or(0));
    }
    fraction.truncate(scale as usize);
    Some(if fraction.is_empty() { text } else { format!("{text}.{fraction}") })
}

fn day(days: i64) -> String {
    let (year, month, day) = civil(days + EPOCH_2000);
    match year {
        1.. => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{:04}-{month:02}-{day:02} BC", 1 - year),
    }
}

fn time(micros: i64) -> String {
    const OF_DAY: i64 = 86_400_000_000;
    let (days, rest) = (micros.div_euclid(OF_DAY), micros.rem_euclid(OF_DAY));
    let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = match micros {
        0 => String::new(),
        _ => format!(".{micros:06}").trim_end_matches('0').to_owned(),
    };
    let day = day(days);
    let (date, era) = match day.strip_suffix(" BC") {
        Some(date) => (date, " BC"),
        None => (day.as_str(), ""),
    };
    format!("{date} {hour:02}:{minute:02}:{second:02}{fraction}{era}")
}

fn uuid(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use karat_record::Value;

    use super::*;
    use crate::copy::Encoder;

    fn said(value: &Value<'_>, kind: &ColumnType) -> Option<String> {
        let mut encoder = Encoder::default();
        encoder.value(value, kind).unwrap();
        canonical(kind, &encoder.take()).unwrap()
    }

    #[test]
    fn a_number_is_the_same_however_it_was_written() {
        let cases = [
            ("1.411", "1.411"),
            ("1.50", "1.5"),
            ("-0.00", "0"),
            ("0", "0"),
            ("700", "700"),
            ("-12345678.000100", "-12345678.0001"),
            ("0.00001", "0.00001"),
            ("10000", "10000"),
            ("007.0", "7"),
            ("0.1234567", "0.1234567"),
        ];
        for (text, expected) in cases {
            let value = Value::Numeric(Cow::Borrowed(text));
            let kind = ColumnType::Numeric(None);
            assert_eq!(said(&value, &kind).as_deref(), Some(expected), "{text}");
            assert_eq!(canonical_text(&kind, text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_the_server_rounds_is_rounded_alike() {
        let cases = [("1.4115", "1.412"), ("-9.9995", "-10"), ("2.0004", "2"), ("7", "7")];
        for (text, expected) in cases {
            let value = Value::Numeric(Cow::Borrowed(text));
            let kind = ColumnType::Numeric(Some((10, 3)));
            assert_eq!(said(&value, &kind).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn each_type_has_its_text_and_a_missing_value_none() {
        let cases = [
            (Value::Boolean(true), ColumnType::Boolean, "true"),
            (Value::Integer(-7), ColumnType::Int2, "-7"),
            (Value::Double(-0.0), ColumnType::Float8, "0"),
            (Value::Double(1e21), ColumnType::Float8, "1000000000000000000000"),
            (Value::Date(7670), ColumnType::Date, "2020-12-31"),
            (Value::Date(-730_500), ColumnType::Date, "0002-12-17 BC"),
            (Value::Timestamp(500_000), ColumnType::Timestamp, "2000-01-01 00:00:00.5"),
            (Value::Timestamp(-1), ColumnType::Timestamp, "1999-12-31 23:59:59.999999"),
            (Value::Text(" a ".into()), ColumnType::Text(None), " a "),
        ];
        for (value, kind, expected) in cases {
            assert_eq!(said(&value, &kind).as_deref(), Some(expected));
        }
        assert_eq!(said(&Value::Null, &ColumnType::Date), None);
        assert_eq!(canonical_text(&ColumnType::Jsonb, "{}"), None);
        let at = canonical_text(&ColumnType::Timestamp, "2021-01-31 12:00:00+00");
        assert_eq!(at.as_deref(), Some("2021-01-31 12:00:00"));
    }
}

//! Reading raw text as a typed value. One file per family of types; nothing is guessed: text
//! that does not read as its type is a finding.

mod boolean;
mod json;
mod list;
mod number;
mod time;
mod uuid;

use std::borrow::Cow;

use karat_record::{Finding, Type, Value};

pub use json::elements;

/// Reads `raw` as a value of type `kind`. The text is not trimmed; empty text is not null here
/// (null tokens are the caller's).
///
/// # Errors
/// A finding that says why it does not read.
#[inline]
pub fn read(kind: Type, raw: &str) -> Result<Value<'_>, Finding> {
    match kind {
        Type::Text => text(raw),
        Type::Integer => number::integer(raw),
        Type::Double => number::double(raw),
        Type::Numeric => number::numeric(raw),
        Type::Boolean => boolean::boolean(raw),
        Type::Date => time::date(raw),
        Type::Timestamp => time::timestamp(raw),
        Type::Uuid => uuid::uuid(raw),
        Type::Json => json::json(raw),
        Type::List => list::list(raw),
    }
}

fn text(raw: &str) -> Result<Value<'_>, Finding> {
    if memchr::memchr(0, raw.as_bytes()).is_some() {
        return Err(Finding::new(
            "type.text",
            "contains a NUL character, which PostgreSQL cannot hold",
        ));
    }
    Ok(Value::Text(Cow::Borrowed(raw)))
}

#[cfg(test)]
pub(crate) fn shown(kind: Type, raw: &str) -> String {
    match read(kind, raw) {
        Ok(value) => format!("{value:?}"),
        Err(finding) => format!("{}: {}", finding.rule, finding.message),
    }
}

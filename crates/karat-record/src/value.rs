//! One typed value of a record, and what a rule found wrong with one.

use std::borrow::Cow;

/// A typed value. Borrowed from the row where its text is unchanged.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Double(f64),
    /// Digits with an optional sign and point, already checked: `-12.50`.
    Numeric(Cow<'a, str>),
    Boolean(bool),
    /// Days since 2000-01-01.
    Date(i32),
    /// Microseconds since 2000-01-01 00:00:00 UTC.
    Timestamp(i64),
    Uuid([u8; 16]),
    /// Valid JSON text.
    Json(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
}

impl Value<'_> {
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

/// What a rule found in a value or row. It says what is wrong, never the value itself; the raw
/// text is kept beside it in the reject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it, such as `type.integer` or `required`.
    pub rule: &'static str,
    /// A sentence without the value: `is not a whole number`.
    pub message: String,
}

impl Finding {
    pub fn new(rule: &'static str, message: impl Into<String>) -> Finding {
        Finding { rule, message: message.into() }
    }
}

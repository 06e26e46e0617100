//! Makes typed rows out of raw ones: null tokens, cleaning, types, what is required. The same
//! for every origin of rows.

use std::borrow::Cow;

use karat_connect::vault::hash_bytes;
use karat_record::{Finding, Value};
use karat_rules::clean::{Cleaned, Context, Rule};
use karat_rules::read;
use karat_store::copy::{ColumnType, Encoder};

/// Raw texts of one row, by input number.
pub trait Raw {
    /// The text of an input; `None` when there is none.
    ///
    /// # Errors
    /// A finding when its bytes are no text.
    fn text(&self, input: usize) -> Result<Option<&str>, Finding>;
}

/// How one column of the target is made.
pub struct Made {
    pub name: String,
    pub input: Input,
    pub kind: ColumnType,
    pub required: bool,
    /// The column takes no null: a missing list is an empty one.
    pub never_null: bool,
    pub split: Option<String>,
    pub clean: Vec<&'static Rule>,
}

/// Where a column's text comes from.
pub enum Input {
    /// One of the raw texts.
    Text(usize),
    /// The row's number within what it came from.
    Position(usize),
    /// SHA-256 over raw texts.
    Hash(Vec<usize>),
    /// From nothing: null.
    Nothing,
}

/// Why a row was refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub column: Option<String>,
    pub finding: Finding,
}

/// Makes rows of one dataset.
pub struct Maker {
    pub columns: Vec<Made>,
    nulls: Vec<String>,
    context: Context,
    /// For each column why values were dropped in cleaning, and how often.
    pub(super) dropped: Vec<Vec<(&'static str, u64)>>,
    /// Inputs that must hold no value, with the headers that they stand under.
    barred: Vec<(String, usize)>,
    /// For each column how many types wider it would have to be; only where that is asked.
    pub(super) needed: Option<Vec<usize>>,
}

impl Maker {
    pub fn new(columns: Vec<Made>, nulls: Vec<String>, region: &str) -> Maker {
        let dropped = columns.iter().map(|_| Vec::new()).collect();
        let context = Context { region: region.to_owned() };
        Maker { columns, nulls, context, dropped, barred: Vec::new(), needed: None }
    }

    /// Also rejects rows that have a value in a barred input, and, where types may be widened,
    /// finds out to which.
    pub fn under(mut self, barred: Vec<(String, usize)>, widens: bool) -> Maker {
        self.barred = barred;
        self.needed = widens.then(|| vec![0; self.columns.len()]);
        self
    }

    /// Adds the values of a row to `out`, in the order of `columns`.
    ///
    /// # Errors
    /// The first column that does not fit; `out` then holds part of the row.
    #[inline]
    pub fn encode<R: Raw>(&mut self, raw: &R, out: &mut Encoder) -> Result<(), Refusal> {
        for at in 0..self.columns.len() {
            self.column(at, raw, out).map_err(|finding| Refusal {
                column: Some(self.columns[at].name.clone()),
                finding,
            })?;
        }
        self.bar(raw)
    }

    #[inline]
    pub(super) fn bar<R: Raw>(&self, raw: &R) -> Result<(), Refusal> {
        for (header, input) in &self.barred {
            let refusal = |finding| Refusal { column: Some(header.clone()), finding };
            let text = raw.text(*input).map_err(refusal)?;
            if text.is_some_and(|text| !self.is_null(text.trim_ascii())) {
                let what = "has a value in a column that the table does not have";
                return Err(refusal(Finding::new("contract.column", what)));
            }
        }
        Ok(())
    }

    /// Adds the key of a row and null for all else; for rows that were refused.
    pub fn encode_key<R: Raw>(
        &mut self,
        raw: &R,
        key: &[usize],
        out: &mut Encoder,
    ) -> Result<(), Finding> {
        for at in 0..self.columns.len() {
            if key.contains(&at) { self.column(at, raw, out)? } else { out.null() }
        }
        Ok(())
    }

    /// What cleaning dropped: column, reason, count.
    pub fn dropped(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        let by_column = self.columns.iter().zip(&self.dropped);
        by_column.flat_map(|(c, d)| d.iter().map(|(why, n)| (c.name.as_str(), *why, *n)))
    }

    #[inline]
    pub(super) fn column<R: Raw>(
        &mut self,
        at: usize,
        raw: &R,
        out: &mut Encoder,
    ) -> Result<(), Finding> {
        let made = &self.columns[at];
        let value = match &made.input {
            Input::Text(input) => match raw.text(*input)? {
                Some(text) => {
                    let text = text.trim_ascii();
                    if self.is_null(text) {
                        Value::Null
                    } else if made.kind == ColumnType::TextArray {
                        made.list(text, &self.context, &mut self.dropped[at])?
                    } else {
                        made.scalar(text, &self.context, &mut self.dropped[at])?
                    }
                }
                None => Value::Null,
            },
            Input::Position(position) => match raw.text(*position)? {
                Some(text) => read::read(made.kind.kind(), text)?,
                None => Value::Null,
            },
            Input::Hash(inputs) => Value::Text(hash(raw, inputs)?.into()),
            Input::Nothing => Value::Null,
        };
        if value.is_null() && made.never_null && made.kind == ColumnType::TextArray {
            return out.value(&Value::List(Vec::new()), &made.kind);
        }
        if made.required && value.is_null() {
            return Err(Finding::new("required", "has no value, but needs one"));
        }
        out.value(&value, &made.kind)
    }

    #[inline]
    fn is_null(&self, text: &str) -> bool {
        text.is_empty() || self.nulls.iter().any(|null| null == text)
    }
}

impl Made {
    #[inline]
    fn scalar<'t>(
        &self,
        text: &'t str,
        context: &Context,
        dropped: &mut Vec<(&'static str, u64)>,
    ) -> Result<Value<'t>, Finding> {
        if self.clean.is_empty() {
            return read::read(self.kind.kind(), text);
        }
        match clean(text, &self.clean, context) {
            Ok(Cow::Borrowed(text)) => read::read(self.kind.kind(), text),
            Ok(Cow::Owned(text)) => Ok(owned(read::read(self.kind.kind(), &text)?)),
            Err(why) => {
                count(dropped, why);
                Ok(Value::Null)
            }
        }
    }

    /// Several texts out of one: cut at the declared signs, or the elements of a JSON array.
    fn list(
        &self,
        text: &str,
        context: &Context,
        dropped: &mut Vec<(&'static str, u64)>,
    ) -> Result<Value<'static>, Finding> {
        let parts: Vec<String> = match &self.split {
            Some(signs) => text.split(|c| signs.contains(c)).map(str::to_owned).collect(),
            None => match read::read(karat_record::Type::List, text)? {
                Value::List(parts) => parts.into_iter().map(Cow::into_owned).collect(),
                _ => Vec::new(),
            },
        };
        let mut kept: Vec<Cow<'static, str>> = Vec::new();
        for part in parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
            match clean(part, &self.clean, context) {
                Ok(text) if kept.contains(&text) => {}
                Ok(text) => kept.push(Cow::Owned(text.into_owned())),
                Err(why) => count(dropped, why),
            }
        }
        if kept.iter().any(|text| text.contains('\0')) {
            return Err(Finding::new(
                "type.text",
                "contains a NUL character, which PostgreSQL cannot hold",
            ));
        }
        Ok(Value::List(kept))
    }
}

fn clean<'t>(
    text: &'t str,
    rules: &[&'static Rule],
    context: &Context,
) -> Result<Cow<'t, str>, &'static str> {
    let mut text = Cow::Borrowed(text);
    for rule in rules {
        text = match &text {
            Cow::Borrowed(borrowed) => match rule.apply(borrowed, context) {
                Cleaned::Kept(cleaned) => cleaned,
                Cleaned::Dropped(why) => return Err(why),
            },
            Cow::Owned(owned) => match rule.apply(owned, context) {
                Cleaned::Kept(cleaned) => Cow::Owned(cleaned.into_owned()),
                Cleaned::Dropped(why) => return Err(why),
            },
        };
    }
    Ok(text)
}

fn count(dropped: &mut Vec<(&'static str, u64)>, why: &'static str) {
    match dropped.iter_mut().find(|(known, _)| *known == why) {
        Some((_, n)) => *n += 1,
        None => dropped.push((why, 1)),
    }
}

/// The same value without a loan.
fn owned(value: Value<'_>) -> Value<'static> {
    let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    match value {
        Value::Text(text) => Value::Text(own(text)),
        Value::Numeric(text) => Value::Numeric(own(text)),
        Value::Json(text) => Value::Json(own(text)),
        Value::List(texts) => Value::List(texts.into_iter().map(own).collect()),
        Value::Null => Value::Null,
        Value::Integer(n) => Value::Integer(n),
        Value::Double(n) => Value::Double(n),
        Value::Boolean(b) => Value::Boolean(b),
        Value::Date(d) => Value::Date(d),
        Value::Timestamp(t) => Value::Timestamp(t),
        Value::Uuid(u) => Value::Uuid(u),
    }
}

/// Each text with its length in front, so that no two rows of different texts run together;
/// a missing text differs from an empty one.
fn hash<R: Raw>(raw: &R, inputs: &[usize]) -> Result<String, Finding> {
    let mut bytes = Vec::new();
    for input in inputs {
        match raw.text(*input)? {
            Some(text) => {
                bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
            None => bytes.extend_from_slice(&u64::MAX.to_be_bytes()),
        }
    }
    Ok(hash_bytes(&bytes).iter().map(|b| format!("{b:02x}")).collect())
}

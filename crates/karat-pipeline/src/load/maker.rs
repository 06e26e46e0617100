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
#[derive(Clone)]
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
#[derive(Clone)]
pub enum Input {
    /// One of the raw texts.
    Text(usize),
    /// The row's number within what it came from.
    Position(usize),
    /// SHA-256 over raw texts.
    Hash(Vec<usize>),
}

/// Why a row was refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub column: Option<usize>,
    pub finding: Finding,
}

/// Makes rows of one dataset.
pub struct Maker {
    pub columns: Vec<Made>,
    nulls: Vec<String>,
    context: Context,
    /// For each column why values were dropped in cleaning, and how often.
    dropped: Vec<Vec<(&'static str, u64)>>,
}

impl Maker {
    pub fn new(columns: Vec<Made>, nulls: Vec<String>, region: &str) -> Maker {
        let dropped = columns.iter().map(|_| Vec::new()).collect();
        Maker { columns, nulls, context: Context { region: region.to_owned() }, dropped }
    }

    /// Adds the values of a row to `out`, in the order of `columns`.
    ///
    /// # Errors
    /// The first column that does not fit; `out` then holds part of the row.
    #[inline]
    pub fn encode<R: Raw>(&mut self, raw: &R, out: &mut Encoder) -> Result<(), Refusal> {
        for at in 0..self.columns.len() {
            self.column(at, raw, out).map_err(|finding| Refusal { column: Some(at), finding })?;
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

    /// What cleaning dropped since the last time: column, reason, count.
    pub fn take_dropped(&mut self) -> Vec<(String, String, u64)> {
        let by_column = self.columns.iter().zip(&mut self.dropped);
        let taken = by_column.flat_map(|(column, dropped)| {
            dropped.drain(..).map(|(why, n)| (column.name.clone(), why.to_owned(), n))
        });
        taken.collect()
    }

    #[inline]
    fn column<R: Raw>(&mut self, at: usize, raw: &R, out: &mut Encoder) -> Result<(), Finding> {
        let Maker { columns, nulls, context, dropped } = self;
        let (made, dropped) = (&columns[at], &mut dropped[at]);
        match &made.input {
            Input::Text(input) => match raw.text(*input)?.map(str::trim_ascii) {
                Some(text) if is_null(nulls, text) => made.put(Value::Null, out),
                Some(text) if made.kind == ColumnType::TextArray => {
                    made.put(made.list(text, context, dropped)?, out)
                }
                Some(text) if made.clean.is_empty() => made.read(text, out),
                Some(text) => match clean(text, &made.clean, context) {
                    Ok(text) => made.read(&text, out),
                    Err(why) => {
                        count(dropped, why);
                        made.put(Value::Null, out)
                    }
                },
                None => made.put(Value::Null, out),
            },
            Input::Position(position) => match raw.text(*position)? {
                Some(text) => made.read(text, out),
                None => made.put(Value::Null, out),
            },
            Input::Hash(inputs) => made.put(Value::Text(hash(raw, inputs)?.into()), out),
        }
    }
}

impl Made {
    /// Adds what a clean text says as the column's type.
    #[inline]
    fn read(&self, text: &str, out: &mut Encoder) -> Result<(), Finding> {
        self.put(read::read(self.kind.kind(), text)?, out)
    }

    /// Adds a value, if the column takes it.
    #[inline]
    fn put(&self, value: Value<'_>, out: &mut Encoder) -> Result<(), Finding> {
        if value.is_null() && self.never_null && self.kind == ColumnType::TextArray {
            return out.value(&Value::List(Vec::new()), &self.kind);
        }
        if self.required && value.is_null() {
            return Err(Finding::new("required", "has no value, but needs one"));
        }
        out.value(&value, &self.kind)
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

#[inline]
fn is_null(nulls: &[String], text: &str) -> bool {
    text.is_empty() || nulls.iter().any(|null| null == text)
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

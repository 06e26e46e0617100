//! Makes typed rows out of raw ones: null tokens, cleaning, types, what is required. The same
//! for every origin of rows.

use std::borrow::Cow;

use karat_connect::vault::{hash_bytes, hex};
use karat_record::{Finding, Value};
use karat_rules::clean::{Cleaned, Context, Rule};
use karat_rules::profile::{Frequent, Top, hash};
use karat_rules::read;
use karat_store::copy::{ColumnType, Encoder};
use karat_store::unmapped::Counted;

use crate::project::alias::{Alias, Unmapped};

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
    pub alias: Option<Alias>,
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
    /// From nothing: null.
    Nothing,
}

/// What became of a column's values on the way.
#[derive(Default)]
struct Tally {
    /// Why values were dropped in cleaning, and how often.
    dropped: Vec<(&'static str, u64)>,
    unmapped: Unknown,
}

/// Values without alias, in bounded memory.
#[derive(Default)]
struct Unknown {
    rows: u64,
    values: Frequent,
}

impl Unknown {
    fn count(&mut self, text: &str) {
        const LONGEST: usize = 200;
        self.rows += 1;
        // What no alias table will ever hold need not be listed.
        if text.len() <= LONGEST && !text.contains('\0') {
            self.values.add(hash(text), || text.into());
        }
    }
}

/// Why a row was refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub column: Option<String>,
    pub finding: Finding,
}

/// What alias tables lack.
pub struct Lacking {
    /// Values that a column's table does not know: column, value, how many at least and at most.
    pub values: Vec<Counted>,
    /// A sentence for each column with such values.
    pub notes: Vec<String>,
}

/// Makes rows of one dataset.
pub struct Maker {
    pub columns: Vec<Made>,
    nulls: Vec<String>,
    context: Context,
    /// For each column.
    tallies: Vec<Tally>,
    /// Inputs that must hold no value, with the headers that they stand under.
    barred: Vec<(String, usize)>,
    /// For each column how many types wider it would have to be; only where that is asked.
    pub(super) needed: Option<Vec<usize>>,
}

impl Maker {
    pub fn new(columns: Vec<Made>, nulls: Vec<String>, region: &str) -> Maker {
        let tallies = columns.iter().map(|_| Tally::default()).collect();
        let context = Context { region: region.to_owned() };
        Maker { columns, nulls, context, tallies, barred: Vec::new(), needed: None }
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
            if text.is_some_and(|text| !is_null(&self.nulls, text.trim_ascii())) {
                let what = "has a value in a column that the table does not have";
                return Err(refusal(Finding::new("contract.column", what)));
            }
        }
        Ok(())
    }

    /// Adds the key of a row and null for all else; for rows that were refused. Nothing of it is
    /// counted.
    pub fn encode_key<R: Raw>(
        &mut self,
        raw: &R,
        key: &[usize],
        out: &mut Encoder,
    ) -> Result<(), Finding> {
        self.uncounted(|maker| {
            (0..maker.columns.len()).try_for_each(|at| {
                if key.contains(&at) {
                    return maker.column(at, raw, out);
                }
                out.null();
                Ok(())
            })
        })
    }

    /// Does something of which nothing is counted.
    pub(super) fn uncounted<T>(&mut self, work: impl FnOnce(&mut Maker) -> T) -> T {
        let spare = self.columns.iter().map(|_| Tally::default()).collect();
        let counted = std::mem::replace(&mut self.tallies, spare);
        let done = work(self);
        self.tallies = counted;
        done
    }

    /// What cleaning dropped since the last time: column, reason, count.
    pub fn take_dropped(&mut self) -> Vec<(String, String, u64)> {
        let by_column = self.columns.iter().zip(&mut self.tallies);
        let taken = by_column.flat_map(|(column, tally)| {
            tally.dropped.drain(..).map(|(why, n)| (column.name.clone(), why.to_owned(), n))
        });
        taken.collect()
    }

    /// What the alias tables of columns lack, of all rows so far.
    pub fn lacking(&self) -> Lacking {
        Lacking { values: self.unmapped(), notes: self.unmapped_notes() }
    }

    /// Values that a column's alias table does not know, the most frequent of each first: column,
    /// value, how many at least and at most.
    fn unmapped(&self) -> Vec<Counted> {
        let by_column = self.columns.iter().zip(&self.tallies);
        let counted = by_column.flat_map(|(made, tally)| {
            tally.unmapped.values.top(usize::MAX).into_iter().map(|top| {
                let Top { text, least, most } = top;
                (made.name.clone(), text, least, most)
            })
        });
        counted.collect()
    }

    /// A sentence for each column with such values.
    fn unmapped_notes(&self) -> Vec<String> {
        let by_column = self.columns.iter().zip(&self.tallies);
        let note = |(made, tally): (&Made, &Tally)| {
            let alias = made.alias.as_ref().filter(|_| tally.unmapped.rows > 0)?;
            Some(format!(
                "{} values of {} are not in aliases/{}; karat rejects unmapped lists them",
                tally.unmapped.rows, made.name, alias.name
            ))
        };
        by_column.filter_map(note).collect()
    }

    #[inline]
    pub(super) fn column<R: Raw>(
        &mut self,
        at: usize,
        raw: &R,
        out: &mut Encoder,
    ) -> Result<(), Finding> {
        let Maker { columns, nulls, context, tallies, .. } = self;
        let (made, tally) = (&columns[at], &mut tallies[at]);
        match &made.input {
            Input::Text(input) => match raw.text(*input)?.map(str::trim_ascii) {
                Some(text) if is_null(nulls, text) => made.put(Value::Null, out),
                Some(text) if made.kind == ColumnType::TextArray => {
                    made.put(made.list(text, context, tally)?, out)
                }
                Some(text) if made.clean.is_empty() && made.alias.is_none() => made.read(text, out),
                Some(text) => match made.clean(text, context, tally)? {
                    Some(text) => made.read(&text, out),
                    None => made.put(Value::Null, out),
                },
                None => made.put(Value::Null, out),
            },
            Input::Position(position) => match raw.text(*position)? {
                Some(text) => made.read(text, out),
                None => made.put(Value::Null, out),
            },
            Input::Hash(inputs) => made.put(Value::Text(digest(raw, inputs)?.into()), out),
            Input::Nothing => made.put(Value::Null, out),
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

    /// The text by the column's rules and its alias table; `None` where nothing is left of it.
    fn clean<'t>(
        &self,
        text: &'t str,
        context: &Context,
        tally: &mut Tally,
    ) -> Result<Option<Cow<'t, str>>, Finding> {
        let text = match clean(text, &self.clean, context) {
            Ok(text) => text,
            Err(why) => {
                count(&mut tally.dropped, why);
                return Ok(None);
            }
        };
        let Some(alias) = &self.alias else { return Ok(Some(text)) };
        if let Some(canonical) = alias.table.canonical(&text) {
            return Ok(Some(if text == canonical { text } else { canonical.to_owned().into() }));
        }
        tally.unmapped.count(&text);
        match alias.unmapped {
            Unmapped::Keep => Ok(Some(text)),
            Unmapped::Null => Ok(None),
            Unmapped::Reject => {
                Err(Finding::new("alias", format!("is not in aliases/{}", alias.name)))
            }
        }
    }

    /// Several texts out of one: cut at the declared signs, or the elements of a JSON array.
    fn list(
        &self,
        text: &str,
        context: &Context,
        tally: &mut Tally,
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
            match self.clean(part, context, tally)? {
                Some(text) if !kept.contains(&text) => kept.push(Cow::Owned(text.into_owned())),
                Some(_) | None => {}
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
fn digest<R: Raw>(raw: &R, inputs: &[usize]) -> Result<String, Finding> {
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
    Ok(hex(&hash_bytes(&bytes)))
}

//! Dictionary-encoded columns: each distinct value is kept, transformed and compared once, however
//! many records bear it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::texts::{Interner, Texts};
use crate::condition::Value;

/// The number of a value that is missing.
pub const MISSING: u32 = u32::MAX;

/// The distinct values of a column, by number.
#[derive(Clone, Debug)]
pub enum Dictionary {
    Texts(Texts),
    Values(Vec<Value>),
}

impl Dictionary {
    pub fn len(&self) -> usize {
        match self {
            Dictionary::Texts(texts) => texts.len(),
            Dictionary::Values(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value with a number; `MISSING` is null.
    pub fn value(&self, id: u32) -> Value {
        match self {
            _ if id == MISSING => Value::Null,
            Dictionary::Texts(texts) => Value::Text(texts.text(id).into()),
            Dictionary::Values(values) => values[id as usize].clone(),
        }
    }

    /// Bytes that the values take.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Dictionary::Texts(texts) => texts.size(),
            Dictionary::Values(values) => values.iter().map(size).sum(),
        }
    }

    /// The texts, if that is what they are.
    pub fn texts(&self) -> Option<&Texts> {
        match self {
            Dictionary::Texts(texts) => Some(texts),
            Dictionary::Values(_) => None,
        }
    }
}

/// One value per record, or none.
#[derive(Clone, Debug)]
pub struct Column {
    /// For each record the number of its value.
    pub ids: Arc<Vec<u32>>,
    pub values: Arc<Dictionary>,
}

impl Column {
    /// A column of values of any kind, one for each record.
    pub fn of_values(values: &[Value]) -> Column {
        let (ids, values) = number(values);
        Column { ids: Arc::new(ids), values: Arc::new(values) }
    }

    /// How many records bear each value.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.values.len()];
        for id in self.ids.iter().filter(|id| **id != MISSING) {
            counts[*id as usize] += 1;
        }
        counts
    }

    /// The column with other numbers for its values.
    pub(crate) fn renumbered(&self, numbers: &[u32], values: &Arc<Dictionary>) -> Column {
        let new = |id: &u32| numbers.get(*id as usize).copied().unwrap_or(MISSING);
        Column { ids: Arc::new(self.ids.iter().map(new).collect()), values: Arc::clone(values) }
    }

    /// The column with its records in another order.
    pub fn reordered(&self, order: &[u32]) -> Column {
        let ids = order.iter().map(|record| self.ids[*record as usize]).collect();
        Column { ids: Arc::new(ids), values: Arc::clone(&self.values) }
    }
}

/// Builds a column of texts record by record.
#[derive(Debug, Default)]
pub struct TextColumn {
    ids: Vec<u32>,
    values: Interner,
}

impl TextColumn {
    pub fn push(&mut self, text: Option<&str>) {
        self.ids.push(text.map_or(MISSING, |text| self.values.intern(text)));
    }

    pub fn finish(mut self) -> Column {
        self.ids.shrink_to_fit();
        Column {
            ids: Arc::new(self.ids),
            values: Arc::new(Dictionary::Texts(self.values.finish())),
        }
    }
}

/// Numbers distinct values: for each value its number, and the values by number.
pub(crate) fn number(values: &[Value]) -> (Vec<u32>, Dictionary) {
    if values.iter().all(|value| matches!(value, Value::Null | Value::Text(_))) {
        let mut interner = Interner::default();
        let id = |value: &Value| match value {
            Value::Text(text) => interner.intern(text),
            _ => MISSING,
        };
        let ids = values.iter().map(id).collect();
        return (ids, Dictionary::Texts(interner.finish()));
    }
    let mut known: FxHashMap<Vec<u8>, u32> = FxHashMap::default();
    let mut distinct = Vec::new();
    let id = |value: &Value| {
        if *value == Value::Null {
            return MISSING;
        }
        let mut bytes = Vec::new();
        bytes_of(value, &mut bytes);
        *known.entry(bytes).or_insert_with(|| {
            distinct.push(value.clone());
            distinct.len() as u32 - 1
        })
    };
    let ids = values.iter().map(id).collect();
    (ids, Dictionary::Values(distinct))
}

/// Bytes that a value takes, with what it points to.
fn size(value: &Value) -> u64 {
    let beyond = match value {
        Value::Text(text) => text.len() as u64,
        Value::List(values) => values.iter().map(size).sum(),
        Value::Struct(fields) => fields.iter().map(|(n, v)| n.len() as u64 + size(v)).sum(),
        _ => 0,
    };
    size_of::<Value>() as u64 + beyond
}

/// Bytes that are equal where values are: a tag per kind, -0 as 0, every NaN alike.
pub(super) fn bytes_of(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0),
        Value::Boolean(b) => out.extend([1, u8::from(*b)]),
        Value::Integer(n) => tagged(2, &n.to_le_bytes(), out),
        Value::Float(x) => {
            let x = if x.is_nan() { f64::NAN } else { x + 0.0 };
            tagged(3, &x.to_bits().to_le_bytes(), out);
        }
        Value::Decimal(decimal) => tagged(9, decimal.to_string().as_bytes(), out),
        Value::Real(x) => tagged(10, &x.to_bits().to_le_bytes(), out),
        Value::Text(text) => {
            tagged(4, &(text.len() as u64).to_le_bytes(), out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Date(days) => tagged(5, &days.to_le_bytes(), out),
        Value::Timestamp(micros) => tagged(6, &micros.to_le_bytes(), out),
        Value::List(values) => {
            tagged(7, &(values.len() as u64).to_le_bytes(), out);
            values.iter().for_each(|value| bytes_of(value, out));
        }
        Value::Struct(fields) => {
            tagged(8, &(fields.len() as u64).to_le_bytes(), out);
            for (name, value) in fields.iter() {
                bytes_of(&Value::Text(name.clone()), out);
                bytes_of(value, out);
            }
        }
    }
}

fn tagged(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

/// Two columns with one dictionary, so that equal values have equal numbers in both.
pub(crate) fn unify(a: &Column, b: &Column) -> (Column, Column) {
    let all = |column: &Column| {
        (0..column.values.len() as u32).map(|id| column.values.value(id)).collect::<Vec<_>>()
    };
    let mut values = all(a);
    values.extend(all(b));
    let (numbers, values) = number(&values);
    let (of_a, of_b) = numbers.split_at(a.values.len());
    let values = Arc::new(values);
    (a.renumbered(of_a, &values), b.renumbered(of_b, &values))
}

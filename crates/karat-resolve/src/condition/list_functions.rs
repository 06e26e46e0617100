//! Functions of lists.

use std::cmp::Ordering;

use super::ast::Type;
use super::cast;
use super::functions::{list_at, text_at, wrong};
use super::number_functions::extreme;
use super::value::{EvaluationError, Outcome, Value, nested_compare};

pub(super) fn array_length(args: &[Value]) -> Outcome {
    Ok(Value::Integer(list_at(args, 0)?.len() as i64))
}

fn holds(items: &[Value], wanted: &Value) -> Result<bool, EvaluationError> {
    for item in items.iter().filter(|item| !item.is_null()) {
        if nested_compare(item, wanted)? == Ordering::Equal {
            return Ok(true);
        }
    }
    Ok(false)
}

fn distinct<'a>(items: &'a [Value]) -> Result<Vec<Value>, EvaluationError> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items.iter().filter(|item: &&'a Value| !item.is_null()) {
        if !holds(&kept, item)? {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

/// The distinct items of both, in the order of the right list. A NULL on the left is NULL, a
/// NULL on the right is an empty list.
pub(super) fn list_intersect(args: &[Value]) -> Outcome {
    if args[0].is_null() {
        return Ok(Value::Null);
    }
    let left = list_at(args, 0)?;
    if args[1].is_null() {
        return Ok(Value::List(Vec::new()));
    }
    let mut both = Vec::new();
    for item in distinct(list_at(args, 1)?)? {
        if holds(left, &item)? {
            both.push(item);
        }
    }
    Ok(Value::List(both))
}

pub(super) fn list_contains(args: &[Value]) -> Outcome {
    holds(list_at(args, 0)?, &args[1]).map(Value::Boolean)
}

pub(super) fn list_has_any(args: &[Value]) -> Outcome {
    let (left, right) = (list_at(args, 0)?, list_at(args, 1)?);
    for item in right.iter().filter(|item| !item.is_null()) {
        if holds(left, item)? {
            return Ok(Value::Boolean(true));
        }
    }
    Ok(Value::Boolean(false))
}

pub(super) fn list_has_all(args: &[Value]) -> Outcome {
    let (left, right) = (list_at(args, 0)?, list_at(args, 1)?);
    for item in right.iter().filter(|item| !item.is_null()) {
        if !holds(left, item)? {
            return Ok(Value::Boolean(false));
        }
    }
    Ok(Value::Boolean(true))
}

/// DuckDB returns these in the order of its hashes, so nothing may depend on the order.
pub(super) fn list_distinct(args: &[Value]) -> Outcome {
    distinct(list_at(args, 0)?).map(Value::List)
}

pub(super) fn list_unique(args: &[Value]) -> Outcome {
    Ok(Value::Integer(distinct(list_at(args, 0)?)?.len() as i64))
}

pub(super) fn list_sort(args: &[Value]) -> Outcome {
    let down = match args.get(1) {
        None => false,
        Some(_) => match text_at(args, 1)?.to_ascii_uppercase().as_str() {
            "ASC" | "ASCENDING" => false,
            "DESC" | "DESCENDING" => true,
            _ => return Err(EvaluationError::new("the order is neither ASC nor DESC")),
        },
    };
    sorted(list_at(args, 0)?, down)
}

pub(super) fn list_reverse_sort(args: &[Value]) -> Outcome {
    sorted(list_at(args, 0)?, true)
}

/// NULLs come last in either direction.
fn sorted(items: &[Value], down: bool) -> Outcome {
    let (nulls, mut values): (Vec<Value>, Vec<Value>) =
        items.iter().cloned().partition(Value::is_null);
    let mut failure = None;
    values.sort_by(|a, b| {
        let order = nested_compare(a, b).unwrap_or_else(|error| {
            failure = Some(error);
            Ordering::Equal
        });
        if down { order.reverse() } else { order }
    });
    values.extend(nulls);
    failure.map_or(Ok(Value::List(values)), Err)
}

/// `list[index]`, 1-based or from the end; outside is NULL. Also a letter of a text (outside is
/// empty) and the field of a struct or the entry of a map (a missing one is NULL).
pub(super) fn list_extract(args: &[Value]) -> Outcome {
    match &args[0] {
        Value::Struct(fields) => {
            let wanted = text_at(args, 1)?;
            let exact = fields.iter().find(|(name, _)| **name == *wanted);
            let folded = || fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            let found = exact.or_else(folded);
            Ok(found.map_or(Value::Null, |(_, value)| value.clone()))
        }
        Value::List(items) => {
            Ok(place(&args[1], items.len())?.map_or(Value::Null, |place| items[place].clone()))
        }
        Value::Text(text) => {
            let letters: Vec<char> = text.chars().collect();
            let letter = place(&args[1], letters.len())?.map(|place| letters[place].to_string());
            Ok(Value::Text(letter.unwrap_or_default().into()))
        }
        other => Err(wrong(Some(other), 0, "a list, a text or a struct")),
    }
}

fn place(index: &Value, count: usize) -> Result<Option<usize>, EvaluationError> {
    let Value::Integer(index) = cast::cast(index, &Type::BigInteger, false)? else {
        return Ok(None);
    };
    let from_start = match index {
        0 => None,
        1.. => usize::try_from(index - 1).ok(),
        _ => usize::try_from((count as i64).saturating_add(index)).ok(),
    };
    Ok(from_start.filter(|place| *place < count))
}

pub(super) fn list_min(args: &[Value]) -> Outcome {
    extreme(list_at(args, 0)?.iter(), Ordering::Less)
}

pub(super) fn list_max(args: &[Value]) -> Outcome {
    extreme(list_at(args, 0)?.iter(), Ordering::Greater)
}

pub(super) fn flatten(args: &[Value]) -> Outcome {
    let mut items = Vec::new();
    for inner in list_at(args, 0)?.iter().filter(|inner| !inner.is_null()) {
        items.extend_from_slice(list_at(std::slice::from_ref(inner), 0)?);
    }
    Ok(Value::List(items))
}

pub(super) fn concat(args: &[Value]) -> Outcome {
    let mut items = Vec::new();
    for (at, value) in args.iter().enumerate().filter(|(_, value)| !value.is_null()) {
        let Value::List(more) = value else { return Err(wrong(Some(value), at, "a list")) };
        items.extend_from_slice(more);
    }
    Ok(Value::List(items))
}

/// In single precision when both lists are REAL; NaN when a side has no length; NULL for empty
/// lists. DuckDB's build fuses each product with its sum, which shows in the last bit.
pub(super) fn cosine_similarity(args: &[Value]) -> Outcome {
    let (left, right) = (list_at(args, 0)?, list_at(args, 1)?);
    if left.len() != right.len() {
        return Err(EvaluationError::new(format!(
            "the lists have {} and {} items",
            left.len(),
            right.len()
        )));
    }
    if left.is_empty() {
        return Ok(Value::Null);
    }
    let single = |items: &[Value]| items.iter().all(|item| matches!(item, Value::Real(_)));
    let (a, b) = (numbers(left)?, numbers(right)?);
    if single(left) && single(right) {
        return Ok(Value::Real(cosine_single(&a, &b)));
    }
    let dot =
        |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0, |sum: f64, (a, b)| a.mul_add(*b, sum));
    let cosine = dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt();
    Ok(Value::Float(if cosine.is_nan() { cosine } else { cosine.clamp(-1.0, 1.0) }))
}

fn cosine_single(a: &[f64], b: &[f64]) -> f32 {
    let dot = |a: &[f64], b: &[f64]| {
        a.iter().zip(b).fold(0f32, |sum, (a, b)| (*a as f32).mul_add(*b as f32, sum))
    };
    let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    if cosine.is_nan() { cosine } else { cosine.clamp(-1.0, 1.0) }
}

fn numbers(items: &[Value]) -> Result<Vec<f64>, EvaluationError> {
    let message = "a list holds something other than numbers";
    items.iter().map(|item| item.as_f64().ok_or_else(|| EvaluationError::new(message))).collect()
}

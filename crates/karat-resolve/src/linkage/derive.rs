//! Columns made from columns: an expression over one record is evaluated once for each distinct
//! value, or for each distinct combination of values, and never per pair.

use std::sync::Arc;

use rayon::prelude::*;

use super::columns::{Column, Dictionary, MISSING, number};
use super::keys::combine;
use super::records::Records;
use super::refusal::Refusal;
use crate::condition::{self, Expr, Side, Value};

/// The column that an expression over the left record makes.
pub(super) fn derive(expr: &Expr, records: &Records) -> Result<Column, Refusal> {
    let mut names: Vec<String> = Vec::new();
    for (_, name) in condition::columns(expr) {
        if !names.contains(&name.folded()) {
            names.push(name.folded());
        }
    }
    let bases = names.iter().map(|name| base(name, records)).collect::<Result<Vec<_>, _>>()?;
    if let (Expr::Column { .. }, [only]) = (expr, bases.as_slice()) {
        return Ok((*only).clone());
    }
    let bound = condition::bind(expr)?;
    let evaluate = |ids: &[u32]| -> Result<Value, Refusal> {
        let value = |_: Side, name: &str| {
            let at = names.iter().position(|n| n.eq_ignore_ascii_case(name));
            at.map_or(Value::Null, |at| bases[at].values.value(ids[at]))
        };
        Ok(bound.evaluate(&value)?)
    };
    match bases.as_slice() {
        [only] => of_one(only, evaluate),
        _ => of_several(&bases, records.len(), evaluate),
    }
}

/// A column of the records by its name.
fn base<'a>(name: &str, records: &'a Records) -> Result<&'a Column, Refusal> {
    let missing = || Refusal::new(format!("there is no column {name}"));
    records.column(name).ok_or_else(missing)
}

fn of_one(
    base: &Column,
    evaluate: impl Fn(&[u32]) -> Result<Value, Refusal> + Sync,
) -> Result<Column, Refusal> {
    let distinct = base.values.len() as u32;
    let all: Vec<u32> = (0..distinct).chain([MISSING]).collect();
    let values: Vec<Value> = all.par_iter().map(|id| evaluate(&[*id])).collect::<Result<_, _>>()?;
    let (numbers, dictionary) = number(&values);
    let of = |id: &u32| numbers[(*id).min(distinct) as usize];
    Ok(Column { ids: Arc::new(base.ids.iter().map(of).collect()), values: Arc::new(dictionary) })
}

fn of_several(
    bases: &[&Column],
    records: usize,
    evaluate: impl Fn(&[u32]) -> Result<Value, Refusal> + Sync,
) -> Result<Column, Refusal> {
    // Here a missing value is one more value.
    let whole = |base: &&Column| -> Vec<u32> {
        base.ids.iter().map(|id| (*id).min(base.values.len() as u32)).collect()
    };
    let parts: Vec<Vec<u32>> = bases.iter().map(whole).collect();
    let parts: Vec<&[u32]> = parts.iter().map(Vec::as_slice).collect();
    let keys = if parts.is_empty() { vec![0; records] } else { combine(&parts) };
    let mut first = vec![MISSING; keys.iter().max().map_or(0, |key| *key as usize + 1)];
    for (record, key) in keys.iter().enumerate().rev() {
        first[*key as usize] = record as u32;
    }
    let of_record = |record: &u32| {
        let ids: Vec<u32> = bases.iter().map(|base| base.ids[*record as usize]).collect();
        evaluate(&ids)
    };
    let values: Vec<Value> = first.par_iter().map(of_record).collect::<Result<_, _>>()?;
    let (numbers, dictionary) = number(&values);
    let ids = keys.iter().map(|key| numbers[*key as usize]).collect();
    Ok(Column { ids: Arc::new(ids), values: Arc::new(dictionary) })
}

/// Records whose lists in some columns are spread over rows, an element each, and for each row
/// the record it comes from. A record with an empty or missing list has no row. Other columns
/// come along if they are `used`; ids do not.
pub(super) fn explode(
    records: &Records,
    columns: &[String],
    used: &[String],
) -> Result<(Records, Vec<u32>), Refusal> {
    let wanted = |name: &str| columns.iter().chain(used).any(|n| n.eq_ignore_ascii_case(name));
    let mut exploded = Records {
        sources: records.sources.clone(),
        columns: records.columns.iter().filter(|(name, _)| wanted(name)).cloned().collect(),
        ..Records::default()
    };
    let mut owners: Vec<u32> = (0..records.len() as u32).collect();
    for name in columns {
        let column = base(name, &exploded)?.clone();
        let Dictionary::Values(values) = &*column.values else {
            if column.values.is_empty() {
                owners.clear();
                continue;
            }
            return Err(Refusal::new(format!("column {name} holds no lists to explode")));
        };
        let (mut order, mut elements) = (Vec::new(), Vec::new());
        for (row, id) in column.ids.iter().enumerate() {
            if let Some(Value::List(list)) = values.get(*id as usize) {
                order.extend(std::iter::repeat_n(row as u32, list.len()));
                elements.extend(list.iter().cloned());
            }
        }
        let (ids, dictionary) = number(&elements);
        let elements = Column { ids: Arc::new(ids), values: Arc::new(dictionary) };
        owners = order.iter().map(|row| owners[*row as usize]).collect();
        exploded.columns = exploded
            .columns
            .iter()
            .map(|(n, column)| match n.eq_ignore_ascii_case(name) {
                true => (n.clone(), elements.clone()),
                false => (n.clone(), column.reordered(&order)),
            })
            .collect();
        exploded.sources = order.iter().map(|row| exploded.sources[*row as usize]).collect();
    }
    Ok((exploded, owners))
}

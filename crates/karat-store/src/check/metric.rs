//! The metrics of checks of anomalies as SQL: what a run has, to be compared with earlier runs.

use karat_rules::check::{Arguments, Check, Kind};
use serde_json::Value;

use super::literal::column;
use super::rows::{missing, scope};
use super::whole::{Apart, Whole};
use super::{Clock, Relation};
use crate::name::quoted;

/// Categories of a column that are kept; the most frequent ones.
const MOST: usize = 100;

/// The metric of a check as SQL; what it is worth only earlier runs can say.
pub(super) fn metric(relation: &Relation, check: &Check, clock: &Clock) -> Whole {
    let arguments = &check.arguments;
    let name = arguments.text("column").unwrap_or_default();
    let (x, scope) = (column(name), scope(arguments));
    let whole = |observed: String| Whole { observed, holds: "true".to_owned(), apart: None };
    match check.expectation.kind {
        Kind::VolumeAnomaly => whole(match arguments.text("dataset") {
            Some(dataset) => of_load(dataset, clock),
            None => format!("jsonb_build_object('rows', count(*) filter (where {scope}))"),
        }),
        Kind::NullShareAnomaly => {
            let missing = missing(&x, &arguments.texts("placeholders"));
            whole(format!(
                "jsonb_build_object('rows', count(*) filter (where {scope}), \
                 'missing', count(*) filter (where {scope} and {missing}))"
            ))
        }
        _ if by_quantiles(relation, arguments) => Whole {
            apart: Some(Apart::Sorted { column: name.to_owned() }),
            ..whole(quantiles(&x, &scope, arguments))
        },
        _ => Whole {
            apart: Some(Apart::Groups { columns: vec![name.to_owned()], scope }),
            ..whole(format!(
                "jsonb_build_object('rows', coalesce(sum(g.n), 0), 'values', coalesce(to_jsonb(\
                 (array_agg(jsonb_build_array(g.v::text, g.n) order by g.n desc, \
                 g.v::text collate \"C\"))[:{MOST}]), '[]'))"
            ))
        },
    }
}

/// The rows of the last load of a dataset before now, and its day. The count makes it an aggregate
/// like the others of the pass.
fn of_load(dataset: &str, clock: &Clock) -> String {
    format!(
        "case when count(*) >= 0 then (select jsonb_build_object('rows', l.read, \
         'day', (l.finished_at at time zone 'UTC')::date - date '1970-01-01') \
         from karat.load l where l.dataset = {} and l.finished_at <= {}::timestamptz \
         order by l.id desc limit 1) end",
        quoted(dataset),
        quoted(&clock.0),
    )
}

/// Whether a column's quantiles are compared, not its categories: as asked, else for numbers.
fn by_quantiles(relation: &Relation, arguments: &Arguments) -> bool {
    let column = relation.column(arguments.text("column").unwrap_or_default());
    let numbers = ["int2", "int4", "int8", "float4", "float8", "numeric"];
    match arguments.text("by") {
        Some(word) => word == "quantiles",
        None => column.is_some_and(|column| numbers.contains(&column.kind.as_str())),
    }
}

fn quantiles(x: &str, scope: &str, arguments: &Arguments) -> String {
    let asked: Vec<f64> = arguments.values("quantiles").iter().filter_map(Value::as_f64).collect();
    let asked = if asked.is_empty() { vec![0.1, 0.5, 0.9] } else { asked };
    let of = |share: &f64| {
        format!(
            "jsonb_build_array({share:?}, percentile_cont({share:?}) within group \
             (order by {x}::float8) filter (where {scope}))"
        )
    };
    let found: Vec<String> = asked.iter().map(of).collect();
    format!(
        "jsonb_build_object('rows', count({x}) filter (where {scope}), \
         'quantiles', jsonb_build_array({}))",
        found.join(", ")
    )
}

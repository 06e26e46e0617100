//! Checks of a table's definition: no row is read.

use karat_rules::check::{Check, Kind, Outcome};
use serde_json::{Value, json};

use super::Relation;

/// What became of a check of the table's definition.
pub(super) fn shape(relation: &Relation, check: &Check) -> Outcome {
    let arguments = &check.arguments;
    let names: Vec<&str> = relation.columns.iter().map(|column| column.name.as_str()).collect();
    let found = arguments.text("column").and_then(|name| names.iter().position(|n| *n == name));
    let column = found.map(|at| &relation.columns[at]);
    let (observed, holds) = match check.expectation.kind {
        Kind::ColumnCountBetween | Kind::ColumnCountEqual => {
            (json!(names.len()), is_count(check, names.len() as u64))
        }
        Kind::ColumnsOrdered => (json!(names), names == arguments.texts("column_list")),
        Kind::ColumnsSet => {
            let wanted = arguments.texts("column_set");
            let is_exact = arguments.value("exact_match").is_none_or(|v| v == &Value::Bool(true));
            let has_all = wanted.iter().all(|name| names.contains(name));
            let no_more = names.iter().all(|name| wanted.contains(name));
            (json!(names), has_all && (no_more || !is_exact))
        }
        Kind::ColumnExists => {
            let at = arguments.number("column_index").map(|at| at as usize);
            (json!(found), found.is_some() && at.is_none_or(|at| found == Some(at)))
        }
        _ => {
            let Some(column) = column else {
                return Outcome::Error("there is no such column".to_owned());
            };
            let wanted = arguments.text("type_").into_iter().chain(arguments.texts("type_list"));
            let mut wanted = wanted.map(type_of);
            let fits = |name: String| name == column.kind || name == column.shown;
            (json!(column.shown), wanted.any(fits))
        }
    };
    Outcome::Value { observed, holds }
}

fn is_count(check: &Check, count: u64) -> bool {
    let arguments = &check.arguments;
    let number = |key: &str| arguments.value(key).and_then(Value::as_u64);
    let low = number("min_value").is_none_or(|low| match arguments.truth("strict_min") {
        true => count > low,
        false => count >= low,
    });
    let high = number("max_value").is_none_or(|high| match arguments.truth("strict_max") {
        true => count < high,
        false => count <= high,
    });
    low && high && number("value").is_none_or(|value| count == value)
}

/// The server's name of a type by its usual names, SQLAlchemy's among them.
fn type_of(name: &str) -> String {
    let name = name.trim().to_lowercase().replace("double_precision", "double precision");
    let known = match name.as_str() {
        "integer" | "int" | "int32" | "serial" => "int4",
        "bigint" | "biginteger" | "int64" | "bigserial" => "int8",
        "smallint" | "smallinteger" => "int2",
        "string" | "str" | "character varying" => "varchar",
        "char" | "character" => "bpchar",
        "boolean" => "bool",
        "double precision" | "double" | "float" | "float64" => "float8",
        "real" => "float4",
        "decimal" => "numeric",
        "datetime" | "timestamp without time zone" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "time without time zone" => "time",
        _ => return name,
    };
    known.to_owned()
}

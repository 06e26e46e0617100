//! Values and columns of checks as SQL text.

use serde_json::Value;

use super::Column;
use crate::name::{Ident, Table, quoted};

/// A value as a literal that the server reads as the column's type: numbers stand bare, unless
/// they are compared with texts.
pub(crate) fn literal(value: &Value, column: Option<&Column>) -> String {
    match value {
        Value::Number(number) if !column.is_some_and(|column| column.is_text) => number.to_string(),
        Value::Null => "null".to_owned(),
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    }
}

/// The literals of a list without nulls, each once; none where nothing is left.
pub(crate) fn literals(values: &[Value], column: Option<&Column>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for value in values.iter().filter(|value| !value.is_null()) {
        let literal = literal(value, column);
        if !found.contains(&literal) {
            found.push(literal);
        }
    }
    found
}

/// A column of the checked table.
pub(crate) fn column(name: &str) -> String {
    format!("t.{}", Ident(name))
}

/// The table of a name as checks write it, or the name itself, which the server will refuse.
pub(crate) fn table(name: &str) -> String {
    Table::parse(name).map_or_else(|| Ident(name).to_string(), |table| table.to_string())
}

/// `x in (...)`; of an empty list nothing is in.
pub(crate) fn is_in(x: &str, literals: &[String]) -> String {
    match literals.is_empty() {
        true => "false".to_owned(),
        false => format!("{x} in ({})", literals.join(", ")),
    }
}

/// That all of these conditions are fulfilled; `true` says nothing.
pub(crate) fn all_of(conditions: &[&str]) -> String {
    let said: Vec<&str> = conditions.iter().copied().filter(|one| *one != "true").collect();
    if said.is_empty() { "true".to_owned() } else { said.join(" and ") }
}

//! Check files: what is expected of a table.

use karat_rules::check::{self, Check, Declared};
use karat_store::Table;
use serde_json::{Map, Number, Value as Json};
use toml_edit::{Item, Value};

use super::dataset::table;
use super::section::Section;

/// What is expected of a table.
#[derive(Clone)]
pub struct Suite {
    pub name: String,
    pub table: Table,
    /// Columns that tell its rows apart; empty: the primary key.
    pub key: Vec<String>,
    /// The score below which the table blocks like a check that does.
    pub threshold: Option<f64>,
    /// Whether values are kept beside the keys of failing rows.
    pub values: bool,
    pub checks: Vec<Check>,
}

/// Reads `checks/NAME.toml`.
pub fn read(name: &str, section: &Section<'_>) -> Option<Suite> {
    let table = match section.text("table") {
        Some(text) => table(section, &text),
        None => Some(Table::new("public", name)),
    };
    let key = section.texts("key").unwrap_or_default();
    let threshold = section.share("threshold");
    let values = section.truth("values").unwrap_or(true);
    let mut checks: Vec<Check> = section.tables("checks").iter().filter_map(read_check).collect();
    if !section.has("checks") {
        section.missing("checks", "write each as [[checks]] with expect = \"...\"");
    }
    check::name_all(&mut checks);
    for (at, check) in checks.iter().enumerate() {
        if checks[..at].iter().any(|earlier| earlier.name == check.name) {
            let what = format!("two checks are named {}", check.name);
            section.wrong("checks", what, "leave one out, or give it a name = \"...\" of its own");
        }
    }
    Some(Suite { name: name.to_owned(), table: table?, key, threshold, values, checks })
}

fn read_check(section: &Section<'_>) -> Option<Check> {
    let mut declared = Declared::new();
    for key in section.keys() {
        let expected = ("a text, a number, a list or a table", "\"...\"");
        let value = section.typed(&key, expected, json_of)?;
        declared.insert(key, value);
    }
    let faults = match check::read(&declared) {
        Ok(check) => return Some(check),
        Err(faults) => faults,
    };
    for fault in faults {
        section.wrong(&fault.key, fault.what, &fault.hint);
    }
    None
}

/// A value as JSON; dates are texts.
fn json_of(item: &Item) -> Option<Json> {
    match item {
        Item::Value(value) => json_of_value(value),
        Item::Table(table) => {
            let pair = |(key, item): (&str, &Item)| Some((key.to_owned(), json_of(item)?));
            table.iter().map(pair).collect::<Option<Map<_, _>>>().map(Json::Object)
        }
        Item::None | Item::ArrayOfTables(_) => None,
    }
}

fn json_of_value(value: &Value) -> Option<Json> {
    Some(match value {
        Value::String(text) => Json::from(text.value().as_str()),
        Value::Integer(number) => Json::from(*number.value()),
        Value::Float(number) => Json::Number(Number::from_f64(*number.value())?),
        Value::Boolean(truth) => Json::from(*truth.value()),
        Value::Datetime(at) => Json::from(at.value().to_string()),
        Value::Array(values) => {
            Json::Array(values.iter().map(json_of_value).collect::<Option<_>>()?)
        }
        Value::InlineTable(table) => {
            let pair = |(key, value): (&str, &Value)| Some((key.to_owned(), json_of_value(value)?));
            Json::Object(table.iter().map(pair).collect::<Option<_>>()?)
        }
    })
}

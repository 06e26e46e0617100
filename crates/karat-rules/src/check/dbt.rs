//! dbt's data tests, from a properties file, as checks: its own four, and those of `dbt_utils` and
//! `dbt_expectations` that mean the same here.

use serde_json::{Map, Value, json};

use super::gx::valid;
use super::{Declared, Imported, expectation};

/// Reads a properties file, as JSON; each table with tests becomes one import. Tables that do not
/// name their schema are in `schema`. None where the JSON declares no table.
pub fn properties(json: &Value, schema: &str) -> Option<Vec<Imported>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut tables: Vec<(String, String, Value)> = Vec::new();
    for section in ["models", "seeds", "snapshots"] {
        for model in list(&json[section]) {
            let name = model["name"].as_str()?.to_owned();
            tables.push((name.clone(), format!("{schema}.{name}"), model));
        }
    }
    for source in list(&json["sources"]) {
        let of = source["schema"].as_str().or(source["name"].as_str())?.to_owned();
        for table in list(&source["tables"]) {
            let name = table["name"].as_str()?.to_owned();
            let relation = table["identifier"].as_str().unwrap_or(&name);
            tables.push((name.clone(), format!("{of}.{relation}"), table.clone()));
        }
    }
    let is_empty = tables.is_empty();
    let imported = tables.into_iter().map(|(name, table, of)| one(name, table, &of, schema));
    let imported: Vec<Imported> =
        imported.filter(|i| !i.checks.is_empty() || !i.refused.is_empty()).collect();
    (!is_empty).then_some(imported)
}

fn one(name: String, table: String, of: &Value, schema: &str) -> Imported {
    let mut imported = Imported { name, table: Some(table), ..Imported::default() };
    take(&mut imported, of, None, schema);
    for column in of["columns"].as_array().into_iter().flatten() {
        take(&mut imported, column, column["name"].as_str(), schema);
    }
    imported
}

/// Takes the tests of a table or of one of its columns.
fn take(imported: &mut Imported, of: &Value, column: Option<&str>, schema: &str) {
    let lists = [&of["tests"], &of["data_tests"]];
    for test in lists.into_iter().filter_map(Value::as_array).flatten() {
        let (name, arguments) = parts(test);
        let label = column.map_or_else(|| name.clone(), |column| format!("{name} ({column})"));
        match check(&name, &arguments, column, schema) {
            Ok(declared) => imported.checks.push(declared),
            Err(why) => imported.refused.push((label, why)),
        }
    }
}

/// A test's name and arguments, in any of the forms that dbt reads.
fn parts(test: &Value) -> (String, Map<String, Value>) {
    if let Some(name) = test.as_str() {
        return (name.to_owned(), Map::new());
    }
    let object = test.as_object().cloned().unwrap_or_default();
    if let Some(name) = object.get("test_name").and_then(Value::as_str) {
        let name = name.to_owned();
        return (name, object.into_iter().filter(|(key, _)| key != "test_name").collect());
    }
    let Some((name, inner)) = object.into_iter().next() else { return Default::default() };
    (name, inner.as_object().cloned().unwrap_or_default())
}

fn check(
    name: &str,
    given: &Map<String, Value>,
    column: Option<&str>,
    schema: &str,
) -> Result<Declared, String> {
    let mut given = given.clone();
    if let Some(Value::Object(nested)) = given.remove("arguments") {
        given.extend(nested);
    }
    let mut declared = Declared::new();
    settings(&mut given, &mut declared)?;
    if let (Some(column), false) = (column, given.contains_key("column_name")) {
        given.insert("column".to_owned(), column.into());
    } else if let Some(column) = given.remove("column_name") {
        given.insert("column".to_owned(), column);
    }
    let (package, short) = name.rsplit_once('.').unwrap_or(("", name));
    let expect = match package {
        "" => own(short, &mut given, schema)?,
        "dbt_utils" => utils(short, &mut given, schema)?,
        "dbt_expectations" => expectations(short, &mut given)?,
        other => return Err(format!("tests of the package {other} are not known")),
    };
    declared.insert("expect".to_owned(), expect.into());
    declared.extend(given);
    valid(declared)
}

/// Takes the keys that every test may have.
fn settings(given: &mut Map<String, Value>, declared: &mut Declared) -> Result<(), String> {
    if let Some(Value::Object(config)) = given.remove("config") {
        given.extend(config);
    }
    for key in ["meta", "tags", "store_failures", "store_failures_as", "limit", "enabled"] {
        if key == "enabled" && given.get(key) == Some(&Value::Bool(false)) {
            return Err("it is not enabled".to_owned());
        }
        given.remove(key);
    }
    if let Some(key) = ["error_if", "warn_if", "fail_calc", "group_by", "group_by_columns"]
        .into_iter()
        .find(|key| given.contains_key(*key))
    {
        return Err(format!("{key} has no counterpart; mostly = ... says what share may fail"));
    }
    let is_warning = given.remove("severity").is_some_and(|s| s == "warn" || s == "WARN");
    declared.insert("severity".to_owned(), if is_warning { "warn" } else { "block" }.into());
    for key in ["name", "description"] {
        if let Some(text) = given.remove(key) {
            declared.insert(key.to_owned(), text);
        }
    }
    if let Some(condition) = given.remove("where") {
        given.insert("row_condition".to_owned(), condition);
    }
    Ok(())
}

fn own(name: &str, given: &mut Map<String, Value>, schema: &str) -> Result<&'static str, String> {
    Ok(match name {
        "not_null" => "column_values_to_not_be_null",
        "unique" => "column_values_to_be_unique",
        "accepted_values" => {
            given.remove("quote");
            rename(given, "values", "value_set");
            "column_values_to_be_in_set"
        }
        "relationships" => {
            refer(given, "to", schema)?;
            "relationships"
        }
        _ => return Err("it is a test of the project's own".to_owned()),
    })
}

fn utils(name: &str, given: &mut Map<String, Value>, schema: &str) -> Result<&'static str, String> {
    Ok(match name {
        "unique_combination_of_columns" => {
            rename(given, "combination_of_columns", "column_list");
            given.remove("quote_columns");
            "compound_columns_to_be_unique"
        }
        "accepted_range" => {
            if given.remove("inclusive") == Some(Value::Bool(false)) {
                for (bound, strict) in [("min_value", "strict_min"), ("max_value", "strict_max")] {
                    if given.contains_key(bound) {
                        given.insert(strict.to_owned(), true.into());
                    }
                }
            }
            "column_values_to_be_between"
        }
        "not_null_proportion" => {
            rename(given, "at_least", "mostly");
            "column_values_to_not_be_null"
        }
        "not_accepted_values" => {
            given.remove("quote");
            rename(given, "values", "value_set");
            "column_values_to_not_be_in_set"
        }
        "not_empty_string" => {
            given.remove("trim_whitespace");
            given.insert("min_value".to_owned(), 1.into());
            "column_value_lengths_to_be_between"
        }
        "relationships_where" => {
            refer(given, "to", schema)?;
            rename(given, "from_condition", "row_condition");
            "relationships"
        }
        "equal_rowcount" => {
            refer(given, "compare_model", schema)?;
            rename(given, "compare_model", "other_table_name");
            "table_row_count_to_equal_other_table"
        }
        "recency" => {
            rename(given, "field", "column");
            recent(given)?;
            "fresh"
        }
        _ => return Err("it has no counterpart that means the same".to_owned()),
    })
}

fn expectations(name: &str, given: &mut Map<String, Value>) -> Result<&'static str, String> {
    let name = name.to_lowercase();
    if name == "expect_row_values_to_have_recent_data" {
        recent(given)?;
        return Ok("fresh");
    }
    rename(given, "column_type", "type_");
    rename(given, "column_type_list", "type_list");
    rename(given, "column_a", "column_A");
    rename(given, "column_b", "column_B");
    for key in ["quote_values", "quote_columns"] {
        given.remove(key);
    }
    if given.remove("strictly") == Some(Value::Bool(true)) {
        for (bound, strict) in [("min_value", "strict_min"), ("max_value", "strict_max")] {
            if given.contains_key(bound) {
                given.insert(strict.to_owned(), true.into());
            }
        }
    }
    let found =
        expectation::named(&name).filter(|e| name.starts_with("expect_") && e.name != "fresh");
    let found = found.ok_or("it has no counterpart that means the same")?;
    if !found.arguments.iter().any(|argument| argument.name == "column") {
        given.remove("column");
    }
    Ok(found.name)
}

fn rename(given: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = given.remove(from) {
        given.insert(to.to_owned(), value);
    }
}

/// `datepart` and `interval` as `max_days` or `max_hours`.
fn recent(given: &mut Map<String, Value>) -> Result<(), String> {
    let part = given.remove("datepart");
    let count = given.remove("interval").and_then(|count| count.as_f64());
    let (key, factor) = match part.as_ref().and_then(Value::as_str) {
        Some("hour") => ("max_hours", 1.0),
        Some("day") => ("max_days", 1.0),
        Some("week") => ("max_days", 7.0),
        _ => return Err("its interval is not in hours, days or weeks".to_owned()),
    };
    let count = count.ok_or("its interval is no number")?;
    given.insert(key.to_owned(), json!(count * factor));
    Ok(())
}

/// `ref('name')` and `source('schema', 'name')` as the name of a table.
fn refer(given: &mut Map<String, Value>, key: &str, schema: &str) -> Result<(), String> {
    let text = given.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let call = text.trim().trim_start_matches("{{").trim_end_matches("}}").trim();
    let inside = |name: &str| call.strip_prefix(name)?.trim().strip_prefix('(')?.strip_suffix(')');
    let words = |inside: &str| -> Vec<String> {
        inside.split(',').map(|w| w.trim().trim_matches(['\'', '"']).to_owned()).collect()
    };
    let table = match (inside("ref").map(words), inside("source").map(words)) {
        (Some(names), _) => names.last().map(|name| format!("{schema}.{name}")),
        (_, Some(names)) => Some(names.join(".")),
        (None, None) => None,
    };
    let table = table.ok_or_else(|| format!("{key} names no table by ref or source"))?;
    given.insert(key.to_owned(), table.into());
    Ok(())
}

//! Great Expectations' suites, of 0.x and 1.x, as checks.

use serde_json::{Map, Value};

use super::{Declared, Imported, expectation, read};

/// Arguments that change what is printed and not what is expected; they are left out.
const OF_OUTPUT: [&str; 8] = [
    "result_format",
    "catch_exceptions",
    "include_config",
    "batch_id",
    "auto",
    "profiler_config",
    "condition_parser",
    "allow_relative_error",
];

/// Expectations of Great Expectations that Karat has not, and why.
const NOT_HERE: [(&str, &str); 10] = [
    ("column_values_to_be_increasing", "a table has no order of rows"),
    ("column_values_to_be_decreasing", "a table has no order of rows"),
    ("column_values_to_be_dateutil_parseable", "declare the column as a date instead"),
    ("column_values_to_match_strftime_format", "declare the column as a date instead"),
    ("column_values_to_be_json_parseable", "declare the column as jsonb instead"),
    ("column_values_to_match_json_schema", "PostgreSQL cannot evaluate a JSON schema"),
    ("column_bootstrapped_ks_test_p_value_to_be_greater_than", "it is random"),
    ("column_chisquare_test_p_value_to_be_greater_than", "statistical tests are not evaluated"),
    (
        "column_parameterized_distribution_ks_test_p_value_to_be_greater_than",
        "statistical tests are not evaluated",
    ),
    ("column_pair_cramers_phi_value_to_be_less_than", "statistical tests are not evaluated"),
];

/// Reads a suite; none where the JSON is no suite.
pub fn suite(json: &Value) -> Option<Imported> {
    let expectations = json["expectations"].as_array()?;
    let name = json["name"].as_str().or(json["expectation_suite_name"].as_str())?;
    let parameters = [&json["suite_parameters"], &json["evaluation_parameters"]]
        .into_iter()
        .find_map(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let mut imported = Imported { name: name.to_owned(), ..Imported::default() };
    for one in expectations {
        let kind = one["type"].as_str().or(one["expectation_type"].as_str()).unwrap_or_default();
        match check(kind, one, &parameters) {
            Ok(declared) => imported.checks.push(declared),
            Err(why) => imported.refused.push((label(kind, &one["kwargs"]), why)),
        }
    }
    Some(imported)
}

/// An expectation with the column that it is about.
fn label(kind: &str, kwargs: &Value) -> String {
    match kwargs["column"].as_str() {
        Some(column) => format!("{kind} ({column})"),
        None => kind.to_owned(),
    }
}

fn check(kind: &str, one: &Value, parameters: &Map<String, Value>) -> Result<Declared, String> {
    let short = kind.to_lowercase();
    let short = short.strip_prefix("expect_").unwrap_or(&short);
    let Some(expectation) = expectation::named(short) else {
        let known = NOT_HERE.iter().find(|(name, _)| *name == short);
        return Err(known.map_or("there is no such expectation", |(_, why)| why).to_owned());
    };
    let mut declared = Declared::new();
    declared.insert("expect".to_owned(), expectation.name.into());
    for (key, value) in one["kwargs"].as_object().into_iter().flatten() {
        if OF_OUTPUT.contains(&key.as_str()) || value.is_null() {
            continue;
        }
        let value = resolved(value, parameters)?;
        let value = match key.as_str() {
            "row_condition" => condition(&value, &one["kwargs"]["condition_parser"])?.into(),
            "parse_strings_as_datetimes" if value == false => continue,
            _ => value,
        };
        declared.insert(key.clone(), value);
    }
    if one["severity"] == "critical" {
        declared.insert("severity".to_owned(), "block".into());
    }
    let note = [&one["description"], &one["notes"], &one["meta"]["notes"]];
    if let Some(note) = note.into_iter().find_map(Value::as_str).filter(|n| !n.trim().is_empty()) {
        declared.insert("description".to_owned(), note.into());
    }
    valid(declared)
}

/// The same declaration, if it is one.
pub(super) fn valid(declared: Declared) -> Result<Declared, String> {
    match read(&declared) {
        Ok(_) => Ok(declared),
        Err(faults) => {
            Err(faults.into_iter().map(|fault| fault.what).collect::<Vec<_>>().join("; "))
        }
    }
}

/// A value with the suite's parameters put in.
fn resolved(value: &Value, parameters: &Map<String, Value>) -> Result<Value, String> {
    let Some(name) = value.get("$PARAMETER") else { return Ok(value.clone()) };
    let found = name.as_str().and_then(|name| parameters.get(name));
    found.cloned().ok_or_else(|| format!("the parameter {name} has no value in the suite"))
}

/// A condition on rows as SQL: `col("a") > 5` and `col("a").notNull()` are understood.
fn condition(value: &Value, parser: &Value) -> Result<String, String> {
    let refused = || {
        let parser = parser.as_str().unwrap_or("another parser");
        format!("its row_condition is for {parser} and cannot be read as SQL")
    };
    let text = value.as_str().ok_or_else(refused)?;
    let (column, rest) = text
        .trim()
        .strip_prefix("col(")
        .and_then(|rest| rest.split_once(')'))
        .ok_or_else(refused)?;
    let column = column.trim().trim_matches(['"', '\'']).replace('"', "\"\"");
    let rest = rest.trim();
    if rest == ".notNull()" || rest == ".notnull()" {
        return Ok(format!("\"{column}\" is not null"));
    }
    let signs = [("==", "="), ("!=", "<>"), (">=", ">="), ("<=", "<="), (">", ">"), ("<", "<")];
    let found = signs.into_iter().find_map(|(sign, sql)| Some((rest.strip_prefix(sign)?, sql)));
    let (operand, sign) = found.ok_or_else(refused)?;
    let operand = operand.trim();
    let text = ['"', '\'']
        .into_iter()
        .find_map(|q| operand.strip_prefix(q)?.strip_suffix(q).filter(|inner| !inner.contains(q)));
    match text {
        Some(text) => Ok(format!("\"{column}\" {sign} '{}'", text.replace('\'', "''"))),
        None if operand.parse::<f64>().is_ok_and(f64::is_finite) => {
            Ok(format!("\"{column}\" {sign} {operand}"))
        }
        None => Err(refused()),
    }
}

//! Every expression of the fixture has the value that DuckDB gave it.

use std::sync::Arc;

use karat_resolve::condition::{Decimal, Side, Value, bind, evaluate, parse_condition};
use serde_json::Value as Json;

const FIXTURE: &str = include_str!("fixtures/condition/duckdb.jsonl");

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Integer),
        Json::String(text) => Value::text(text),
        Json::Object(tagged) => {
            let (tag, inner) = tagged.iter().next().expect("a tag");
            tagged_value(tag, inner)
        }
        Json::Array(_) => panic!("an untagged list"),
    }
}

fn tagged_value(tag: &str, inner: &Json) -> Value {
    let text = || inner.as_str().expect("a text");
    let cast = |to: &str| {
        let sql = format!("CAST('{}' AS {to})", text());
        evaluate(&parse_condition(&sql).expect("a cast"), &|_, _| Value::Null).expect("a time")
    };
    match tag {
        "float" => Value::Float(text().parse().expect("a float")),
        "decimal" => Value::Decimal(Decimal::parse(text()).expect("a decimal")),
        "date" | "timestamp" => cast(tag),
        "list" => Value::List(inner.as_array().expect("items").iter().map(value).collect()),
        "struct" => {
            let fields = inner.as_object().expect("fields").iter();
            Value::Struct(fields.map(|(name, inner)| (Arc::from(&**name), value(inner))).collect())
        }
        other => panic!("unknown tag {other}"),
    }
}

/// Bit for bit, but an integer may stand for a decimal of the same value and so on.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        _ => match (ours.as_f64(), theirs.as_f64()) {
            (Some(a), Some(b)) => a == b || (a.is_nan() && b.is_nan()),
            _ => ours == theirs,
        },
    }
}

#[test]
fn every_expression_has_the_value_that_duckdb_gives() {
    let mut lines = FIXTURE.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let rows = lines.next().unwrap();
    let mut failures = Vec::new();
    let mut checked = 0;
    for line in lines {
        let sql = line["sql"].as_str().unwrap();
        let pair = &rows["rows"][line["row"].as_u64().unwrap() as usize];
        let columns = |side, name: &str| {
            let record = &pair[if side == Side::Left { 0 } else { 1 }];
            value(&record[name])
        };
        let ours = parse_condition(sql)
            .map_err(|error| error.to_string())
            .and_then(|expr| bind(&expr).map_err(|refusal| refusal.to_string()))
            .and_then(|bound| bound.evaluate(&columns).map_err(|error| error.to_string()));
        checked += 1;
        match (&ours, line.get("value")) {
            (Ok(ours), Some(theirs)) if same(ours, &value(theirs)) => {}
            (Err(_), None) => {}
            _ => failures.push(format!("{sql} [{}]: ours {ours:?}, theirs {line}", line["row"])),
        }
    }
    assert!(checked > 400, "the fixture has only {checked} rows");
    assert!(failures.is_empty(), "{} of {checked}:\n{}", failures.len(), failures.join("\n"));
}

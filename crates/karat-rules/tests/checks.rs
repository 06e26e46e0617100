//! Verdicts at their edges, scores, names that stay, and conditions of other tools.

use karat_rules::check::{
    Check, Declared, Imported, Outcome, Rows, dbt, divergence, gx, name_all, read, score,
};
use serde_json::{Value, json};

fn check(declared: Value) -> Check {
    let declared: Declared = declared.as_object().cloned().unwrap_or_default();
    read(&declared).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn rows(evaluated: u64, unexpected: u64, waived: u64) -> Outcome {
    Outcome::Rows(Rows { elements: evaluated + 1, evaluated, unexpected, waived })
}

#[test]
fn mostly_is_reached_exactly_or_not() {
    let mostly = |share: f64| {
        check(json!({ "expect": "column_values_to_be_unique", "column": "a", "mostly": share }))
    };
    for (share, outcome, passes) in [
        (0.9, rows(10, 1, 0), true),
        (0.9, rows(10, 2, 0), false),
        (0.9, rows(10, 2, 1), true),
        (0.95, rows(20, 1, 0), true),
        (0.7, rows(10, 3, 0), true),
        (1.0, rows(1_000_000_000, 1, 0), false),
        (1.0, rows(5, 2, 2), true),
        (1.0, rows(0, 0, 0), true),
        (0.0, rows(5, 5, 0), true),
        (0.0, Outcome::Error("no".to_owned()), false),
    ] {
        assert_eq!(outcome.passes(&mostly(share)), passes, "{share} {outcome:?}");
    }
}

#[test]
fn percents_are_of_judged_rows() {
    let rows = Rows { elements: 10, evaluated: 8, unexpected: 2, waived: 1 };
    assert_eq!(rows.unexpected_percent(), Some(25.0));
    assert_eq!(rows.missing_percent(), Some(20.0));
    let none = Rows { elements: 3, ..Rows::default() };
    assert_eq!(none.unexpected_percent(), Some(0.0));
    assert_eq!(Rows::default().unexpected_percent(), None);
}

#[test]
fn a_score_is_the_weighted_mean_of_shares() {
    let weighing = |weight: f64| {
        check(json!({ "expect": "column_values_to_be_unique", "column": "a", "weight": weight }))
    };
    let [one, three, nothing] = [weighing(1.0), weighing(3.0), weighing(0.0)];
    let holds = Outcome::Value { observed: Value::Null, holds: true };
    let (bad, error) = (rows(4, 2, 1), Outcome::Error("no".to_owned()));
    assert_eq!(score([(&one, &holds), (&three, &bad)]), Some((1.0 + 3.0 * 0.75) / 4.0));
    assert_eq!(score([(&one, &holds), (&one, &error), (&nothing, &error)]), Some(0.5));
    assert_eq!(score([(&nothing, &holds)]), None);
    assert_eq!(score([]), None);
}

#[test]
fn divergence_is_of_the_counted_from_the_expected_partition() {
    let of = |holdout: f64| {
        check(json!({
            "expect": "column_kl_divergence_to_be_less_than", "column": "a", "threshold": 0.5,
            "partition_object": { "values": ["a", 2], "weights": [0.5, 0.5] },
            "tail_weight_holdout": holdout,
        }))
    };
    let found = |holdout: f64, counts: &[(&str, u64)]| {
        let counts: Vec<(String, u64)> =
            counts.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect();
        match divergence(&of(holdout), &counts) {
            Outcome::Value { observed, holds } => (observed.as_f64(), holds),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(found(0.0, &[("a", 5), ("2", 5)]), (Some(0.0), true));
    // All of one value: ln 2.
    assert_eq!(found(0.0, &[("a", 7)]), (Some(2f64.ln()), false));
    // A value that nobody expected has no weight, or that held out for it.
    assert_eq!(found(0.0, &[("a", 1), ("x", 1)]), (None, false));
    let (value, holds) = found(0.5, &[("a", 1), ("2", 1), ("x", 2)]);
    assert!(value.is_some_and(|v| v.abs() < 1e-12) && holds, "{value:?}");
    assert_eq!(found(0.0, &[]), (None, false));
}

#[test]
fn names_stay_when_other_checks_come_and_go() {
    let between = |max: u64| {
        check(json!({ "expect": "column_values_to_be_between", "column": "Net Sum",
            "min_value": 0, "max_value": max }))
    };
    let named = |mut checks: Vec<Check>| {
        name_all(&mut checks);
        checks.into_iter().map(|check| check.name).collect::<Vec<_>>()
    };
    assert_eq!(named(vec![between(1)]), ["net_sum_be_between"]);
    let both = named(vec![between(1), between(2)]);
    let mut turned = named(vec![between(2), between(1)]);
    turned.reverse();
    assert_eq!(both, turned);
    assert_ne!(both[0], both[1]);
}

#[test]
fn conditions_of_great_expectations_become_sql() {
    for (condition, sql) in [
        ("col(\"a b\").notNull()", Some("\"a b\" is not null")),
        ("col('a') == 'it''s'", None),
        ("col(\"a\") == \"it's\"", Some("\"a\" = 'it''s'")),
        ("col(\"a\") != 5", Some("\"a\" <> 5")),
        ("col(\"a\")<=-1.5", Some("\"a\" <= -1.5")),
        ("col(\"a\") > b", None),
        ("a == 5", None),
    ] {
        let suite = gx::suite(&json!({ "name": "s", "expectations": [{
            "type": "expect_column_values_to_be_unique",
            "kwargs": { "column": "id", "row_condition": condition },
        }]}));
        let Imported { checks, refused, .. } = suite.unwrap_or_default();
        let found = checks.first().and_then(|check| check["row_condition"].as_str());
        assert_eq!(found, sql, "{condition}");
        assert_eq!(refused.len(), usize::from(sql.is_none()), "{condition}");
    }
    assert_eq!(gx::suite(&json!({ "models": [] })), None);
}

#[test]
fn nothing_of_a_properties_file_is_lost() {
    let file = json!({
        "sources": [{ "name": "crm", "schema": "raw", "tables": [{
            "name": "people", "identifier": "people_v2",
            "columns": [{ "name": "id", "tests": [
                "unique",
                { "not_null": { "config": { "enabled": false } } },
                { "dbt_utils.accepted_range": { "min_value": 0, "inclusive": false } },
                { "dbt_utils.not_null_proportion": { "at_least": 0.9, "at_most": 0.95 } },
                { "dbt_expectations.expect_column_values_to_be_of_type": { "column_type": "int" } },
                { "test_name": "relationships", "to": "source('crm', 'roles')", "field": "id" },
                { "other.thing": {} },
            ]}],
        }]}],
        "models": [{ "name": "untested" }],
    });
    let imported = dbt::properties(&file, "public").unwrap_or_default();
    assert_eq!(imported.len(), 1);
    assert_eq!(imported[0].table.as_deref(), Some("raw.people_v2"));
    let expected: Vec<&str> =
        imported[0].checks.iter().filter_map(|check| check["expect"].as_str()).collect();
    assert_eq!(
        expected,
        [
            "column_values_to_be_unique",
            "column_values_to_be_between",
            "column_values_to_be_of_type",
            "relationships"
        ]
    );
    assert_eq!(imported[0].checks[1]["strict_min"], true);
    assert_eq!(imported[0].checks[3]["to"], "crm.roles");
    let refused: Vec<&str> = imported[0].refused.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        refused,
        ["not_null (id)", "dbt_utils.not_null_proportion (id)", "other.thing (id)"]
    );
    assert_eq!(dbt::properties(&json!({ "version": 2 }), "public"), None);
}

//! Every expectation against a table whose truth was counted by hand, and the plan of the pass.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use karat_rules::check::{ALL, Check, Declared, Outcome, name_all, read};
use karat_store::check::{self, Clock, Relation};
use karat_store::{Address, Session, Table};
use karat_testdb::TestDb;

const TABLE: &str = "
    create table t (id int primary key, name text, n int, m int, amount numeric, day date);
    insert into t values
        (1, 'Ann', 10, 1, 1.5, '2026-01-01'),
        (2, 'Bob', 20, 2, 2.5, '2026-01-02'),
        (3, 'Bob', 30, 40, 3.5, '2026-01-03'),
        (4, '', 40, null, null, '2026-01-04'),
        (5, null, null, 5, 5.5, null),
        (6, 'N/A', 50, 50, 6.5, '2026-02-01'),
        (7, null, null, null, null, null),
        (8, 'carla', 20, 20, 1.5, '2026-01-02');
    create table empty (like t including all);
    create table known (code int);
    insert into known values (10), (20), (20), (30), (null);
";

/// What is declared, and `elements/evaluated/unexpected passes`, or `value passes`.
const CASES: &[(&str, &str)] = &[
    // Table
    (r#"{"expect": "table_column_count_to_equal", "value": 6}"#, "6 true"),
    (
        r#"{"expect": "table_column_count_to_be_between", "min_value": 6, "strict_min": true}"#,
        "6 false",
    ),
    (r#"{"expect": "table_column_count_to_be_between", "max_value": 6}"#, "6 true"),
    (
        r#"{"expect": "table_columns_to_match_ordered_list", "column_list": ["id", "name", "n", "m", "amount", "day"]}"#,
        r#"["id","name","n","m","amount","day"] true"#,
    ),
    (
        r#"{"expect": "table_columns_to_match_ordered_list", "column_list": ["name", "id", "n", "m", "amount", "day"]}"#,
        r#"["id","name","n","m","amount","day"] false"#,
    ),
    (
        r#"{"expect": "table_columns_to_match_set", "column_set": ["name", "id"]}"#,
        r#"["id","name","n","m","amount","day"] false"#,
    ),
    (
        r#"{"expect": "table_columns_to_match_set", "column_set": ["name", "id"], "exact_match": false}"#,
        r#"["id","name","n","m","amount","day"] true"#,
    ),
    (r#"{"expect": "column_to_exist", "column": "n", "column_index": 2}"#, "2 true"),
    (r#"{"expect": "column_to_exist", "column": "n", "column_index": 3}"#, "2 false"),
    (r#"{"expect": "column_to_exist", "column": "none"}"#, "null false"),
    (r#"{"expect": "table_row_count_to_equal", "value": 8}"#, "8 true"),
    (r#"{"expect": "table_row_count_to_equal", "value": 3, "row_condition": "n > 20"}"#, "3 true"),
    (
        r#"{"expect": "table_row_count_to_be_between", "min_value": 8, "max_value": 9, "strict_max": true}"#,
        "8 true",
    ),
    (
        r#"{"expect": "table_row_count_to_be_between", "min_value": 8, "strict_min": true}"#,
        "8 false",
    ),
    (
        r#"{"expect": "table_row_count_to_equal_other_table", "other_table_name": "known"}"#,
        r#"{"self":8,"other":5} false"#,
    ),
    (
        r#"{"expect": "row_count_to_equal_query", "query": "select count(*) + 3 from known;"}"#,
        r#"{"self":8,"query":8} true"#,
    ),
    (
        r#"{"expect": "column_values_to_be_of_type", "column": "n", "type_": "INTEGER"}"#,
        r#""integer" true"#,
    ),
    (
        r#"{"expect": "column_values_to_be_of_type", "column": "n", "type_": "BIGINT"}"#,
        r#""integer" false"#,
    ),
    (
        r#"{"expect": "column_values_to_be_in_type_list", "column": "amount", "type_list": ["FLOAT", "DECIMAL"]}"#,
        r#""numeric" true"#,
    ),
    // Rows
    (r#"{"expect": "column_values_to_not_be_null", "column": "name"}"#, "8/8/2 false"),
    (
        r#"{"expect": "column_values_to_not_be_null", "column": "name", "mostly": 0.75}"#,
        "8/8/2 true",
    ),
    (
        r#"{"expect": "column_values_to_not_be_null", "column": "name", "mostly": 0.7501}"#,
        "8/8/2 false",
    ),
    (
        r#"{"expect": "column_values_to_not_be_null", "column": "name", "placeholders": ["n/a", ""]}"#,
        "8/8/4 false",
    ),
    (r#"{"expect": "column_values_to_be_null", "column": "name"}"#, "8/8/6 false"),
    (
        r#"{"expect": "column_values_to_be_null", "column": "n", "row_condition": "m = 5"}"#,
        "1/1/0 true",
    ),
    (
        r#"{"expect": "column_values_to_be_between", "column": "n", "min_value": 10, "max_value": 40}"#,
        "8/6/1 false",
    ),
    (
        r#"{"expect": "column_values_to_be_between", "column": "n", "min_value": 10, "strict_min": true}"#,
        "8/6/1 false",
    ),
    (
        r#"{"expect": "column_values_to_be_between", "column": "n", "max_value": 50, "strict_max": true, "mostly": 0.8}"#,
        "8/6/1 true",
    ),
    (
        r#"{"expect": "column_values_to_be_between", "column": "n", "min_value": 20.5, "row_condition": "n < 40"}"#,
        "4/4/3 false",
    ),
    (
        r#"{"expect": "column_values_to_be_between", "column": "day", "min_value": "2026-01-02", "max_value": "2026-01-31"}"#,
        "8/6/2 false",
    ),
    (
        r#"{"expect": "column_values_to_be_between", "column": "name", "min_value": "A", "max_value": "C"}"#,
        "NAMES",
    ),
    (
        r#"{"expect": "column_values_to_be_in_set", "column": "n", "value_set": [10, 20, 30.0, "40", null]}"#,
        "8/6/1 false",
    ),
    (
        r#"{"expect": "column_values_to_be_in_set", "column": "name", "value_set": ["Ann", "Bob", 7]}"#,
        "8/6/3 false",
    ),
    (
        r#"{"expect": "column_values_to_be_in_set", "column": "name", "value_set": []}"#,
        "8/6/6 false",
    ),
    (
        r#"{"expect": "column_values_to_not_be_in_set", "column": "name", "value_set": ["Bob", ""]}"#,
        "8/6/3 false",
    ),
    (
        r#"{"expect": "column_values_to_not_be_in_set", "column": "name", "value_set": []}"#,
        "8/6/0 true",
    ),
    (r#"{"expect": "column_values_to_be_unique", "column": "name"}"#, "8/6/2 false"),
    (
        r#"{"expect": "column_values_to_be_unique", "column": "n", "row_condition": "id < 8"}"#,
        "7/5/0 true",
    ),
    (
        r#"{"expect": "column_values_to_match_regex", "column": "name", "regex": "^[A-Z]"}"#,
        "8/6/2 false",
    ),
    (r#"{"expect": "column_values_to_match_regex", "column": "n", "regex": "0$"}"#, "8/6/0 true"),
    (
        r#"{"expect": "column_values_to_not_match_regex", "column": "name", "regex": "^B"}"#,
        "8/6/2 false",
    ),
    (
        r#"{"expect": "column_values_to_match_regex_list", "column": "name", "regex_list": ["^A", "b$"]}"#,
        "8/6/3 false",
    ),
    (
        r#"{"expect": "column_values_to_match_regex_list", "column": "name", "regex_list": ["^B", "b$"], "match_on": "all"}"#,
        "8/6/4 false",
    ),
    (
        r#"{"expect": "column_values_to_not_match_regex_list", "column": "name", "regex_list": ["^A", "^B"]}"#,
        "8/6/3 false",
    ),
    (
        r#"{"expect": "column_values_to_match_like_pattern", "column": "name", "like_pattern": "_o%"}"#,
        "8/6/4 false",
    ),
    (
        r#"{"expect": "column_values_to_not_match_like_pattern", "column": "name", "like_pattern": "%a"}"#,
        "8/6/1 false",
    ),
    (
        r#"{"expect": "column_values_to_match_like_pattern_list", "column": "name", "like_pattern_list": ["A%", "B%"]}"#,
        "8/6/3 false",
    ),
    (
        r#"{"expect": "column_values_to_match_like_pattern_list", "column": "name", "like_pattern_list": ["A%", "%n"], "match_on": "all"}"#,
        "8/6/5 false",
    ),
    (
        r#"{"expect": "column_values_to_not_match_like_pattern_list", "column": "name", "like_pattern_list": ["A%", "B%"]}"#,
        "8/6/3 false",
    ),
    (
        r#"{"expect": "column_value_lengths_to_be_between", "column": "name", "min_value": 3, "max_value": 3}"#,
        "8/6/2 false",
    ),
    (
        r#"{"expect": "column_value_lengths_to_be_between", "column": "name", "max_value": 5, "strict_max": true}"#,
        "8/6/1 false",
    ),
    (r#"{"expect": "column_value_lengths_to_equal", "column": "n", "value": 2}"#, "8/6/0 true"),
    // Mean 28.33, deviation 14.72: 50 is 1.47 above, 10 is 1.25 below.
    (
        r#"{"expect": "column_value_z_scores_to_be_less_than", "column": "n", "threshold": 1.2, "double_sided": true}"#,
        "8/6/2 false",
    ),
    (
        r#"{"expect": "column_value_z_scores_to_be_less_than", "column": "n", "threshold": 1.2, "double_sided": false}"#,
        "8/6/1 false",
    ),
    // The deviation of all six is 13.44: 50 is 1.61 above, 10 is 1.36 below.
    (
        r#"{"expect": "column_values_to_not_be_outliers", "column": "n", "threshold": 1.5}"#,
        "8/6/1 false",
    ),
    (
        r#"{"expect": "column_values_to_not_be_outliers", "column": "n", "threshold": 1.3, "max_outliers": 2}"#,
        "8/6/2 true",
    ),
    (
        r#"{"expect": "column_values_to_not_be_outliers", "column": "n", "threshold": 1.3, "max_outliers": 1}"#,
        "8/6/2 false",
    ),
    (r#"{"expect": "column_values_to_not_be_outliers", "column": "n"}"#, "8/6/0 true"),
    // Two are called Bob, each one deviation from their mean; the others are alone.
    (
        r#"{"expect": "column_values_to_not_be_outliers", "column": "n", "threshold": 0.9, "group_by": ["name"]}"#,
        "8/6/2 false",
    ),
    (
        r#"{"expect": "relationships", "column": "n", "to": "known", "field": "code"}"#,
        "8/6/2 false",
    ),
    // Aggregates
    (
        r#"{"expect": "column_min_to_be_between", "column": "n", "min_value": 10, "strict_min": true}"#,
        "10 false",
    ),
    (
        r#"{"expect": "column_min_to_be_between", "column": "day", "min_value": "2026-01-01"}"#,
        r#""2026-01-01" true"#,
    ),
    (r#"{"expect": "column_max_to_be_between", "column": "n", "max_value": 50}"#, "50 true"),
    (
        r#"{"expect": "column_max_to_be_between", "column": "n", "max_value": 50, "strict_max": true}"#,
        "50 false",
    ),
    (
        r#"{"expect": "column_mean_to_be_between", "column": "amount", "min_value": 3.5, "max_value": 3.5}"#,
        "3.5 true",
    ),
    (
        r#"{"expect": "column_median_to_be_between", "column": "n", "min_value": 25, "max_value": 25}"#,
        "25 true",
    ),
    (
        r#"{"expect": "column_sum_to_be_between", "column": "n", "min_value": 170, "max_value": 170}"#,
        "170 true",
    ),
    (
        r#"{"expect": "column_sum_to_be_between", "column": "n", "max_value": 99, "row_condition": "id > 4"}"#,
        "70 true",
    ),
    (
        r#"{"expect": "column_stdev_to_be_between", "column": "m", "max_value": 1, "row_condition": "id <= 2"}"#,
        "0.7071067811865476 true",
    ),
    (
        r#"{"expect": "column_quantile_values_to_be_between", "column": "n", "quantile_ranges": {"quantiles": [0, 0.5, 1], "value_ranges": [[10, 10], [null, 20], [50, ""]]}}"#,
        r#"{"values":[10,20,50],"quantiles":[0,0.5,1]} true"#,
    ),
    (
        r#"{"expect": "column_quantile_values_to_be_between", "column": "n", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[21, 30]]}}"#,
        r#"{"values":[20],"quantiles":[0.5]} false"#,
    ),
    (
        r#"{"expect": "column_proportion_of_unique_values_to_be_between", "column": "amount", "min_value": 0.8, "max_value": 0.84}"#,
        "0.8333333333333334 true",
    ),
    (
        r#"{"expect": "column_unique_value_count_to_be_between", "column": "n", "min_value": 5, "max_value": 5}"#,
        "5 true",
    ),
    (
        r#"{"expect": "column_most_common_value_to_be_in_set", "column": "n", "value_set": [20]}"#,
        "[20] true",
    ),
    (
        r#"{"expect": "column_most_common_value_to_be_in_set", "column": "m", "value_set": [20]}"#,
        "[1,2,5,20,40,50] false",
    ),
    (
        r#"{"expect": "column_most_common_value_to_be_in_set", "column": "m", "value_set": [20], "ties_okay": true}"#,
        "[1,2,5,20,40,50] true",
    ),
    (
        r#"{"expect": "column_distinct_values_to_be_in_set", "column": "n", "value_set": [10, 20, 30, 40, 50, 60]}"#,
        "[10,20,30,40,50] true",
    ),
    (
        r#"{"expect": "column_distinct_values_to_be_in_set", "column": "n", "value_set": [10, 20, 30, 40]}"#,
        "[10,20,30,40,50] false",
    ),
    (
        r#"{"expect": "column_distinct_values_to_contain_set", "column": "n", "value_set": [50, 10]}"#,
        "[10,20,30,40,50] true",
    ),
    (
        r#"{"expect": "column_distinct_values_to_contain_set", "column": "n", "value_set": [50, 11]}"#,
        "[10,20,30,40,50] false",
    ),
    (
        r#"{"expect": "column_distinct_values_to_equal_set", "column": "n", "value_set": [10, 20, 30, 40, 50]}"#,
        "[10,20,30,40,50] true",
    ),
    (
        r#"{"expect": "column_distinct_values_to_equal_set", "column": "n", "value_set": [10, 20, 30, 40, 50, 60]}"#,
        "[10,20,30,40,50] false",
    ),
    // Counts 2 of 6 and 4 of 6 against a half each: 1/3 ln(2/3) + 2/3 ln(4/3) = 0.0566.
    (
        r#"{"expect": "column_kl_divergence_to_be_less_than", "column": "amount", "partition_object": {"values": ["1.5", "x"], "weights": [0.5, 0.5]}, "threshold": 0.1}"#,
        "null false",
    ),
    (
        r#"{"expect": "column_kl_divergence_to_be_less_than", "column": "n", "row_condition": "n <= 20", "partition_object": {"values": [10, 20], "weights": [0.5, 0.5]}, "threshold": 0.057}"#,
        "0.056633012265132426 true",
    ),
    (
        r#"{"expect": "fresh", "column": "day", "max_days": 28}"#,
        r#""2026-02-01T00:00:00+00:00" true"#,
    ),
    (
        r#"{"expect": "fresh", "column": "day", "max_hours": 671}"#,
        r#""2026-02-01T00:00:00+00:00" false"#,
    ),
    (
        r#"{"expect": "fresh", "column": "day", "max_days": 1, "row_condition": "n < 0"}"#,
        "null false",
    ),
    // Pairs and several
    (
        r#"{"expect": "column_pair_values_A_to_be_greater_than_B", "column_A": "n", "column_B": "m"}"#,
        "8/7/3 false",
    ),
    (
        r#"{"expect": "column_pair_values_A_to_be_greater_than_B", "column_A": "n", "column_B": "m", "or_equal": true, "ignore_row_if": "either_value_is_missing"}"#,
        "8/5/1 false",
    ),
    (
        r#"{"expect": "column_pair_values_to_be_equal", "column_A": "n", "column_B": "m"}"#,
        "8/7/5 false",
    ),
    (
        r#"{"expect": "column_pair_values_to_be_equal", "column_A": "n", "column_B": "m", "ignore_row_if": "either_value_is_missing"}"#,
        "8/5/3 false",
    ),
    (
        r#"{"expect": "column_pair_values_to_be_equal", "column_A": "n", "column_B": "m", "ignore_row_if": "neither"}"#,
        "8/8/6 false",
    ),
    (
        r#"{"expect": "column_pair_values_to_be_in_set", "column_A": "name", "column_B": "n", "value_pairs_set": [["Ann", 10], ["Bob", 20]]}"#,
        "8/6/4 false",
    ),
    (r#"{"expect": "compound_columns_to_be_unique", "column_list": ["n", "day"]}"#, "8/6/2 false"),
    (r#"{"expect": "compound_columns_to_be_unique", "column_list": ["name", "n"]}"#, "8/6/0 true"),
    (
        r#"{"expect": "select_column_values_to_be_unique_within_record", "column_list": ["n", "m"]}"#,
        "8/7/2 false",
    ),
    (
        r#"{"expect": "select_column_values_to_be_unique_within_record", "column_list": ["n", "m"], "ignore_row_if": "never"}"#,
        "8/8/3 false",
    ),
    (
        r#"{"expect": "multicolumn_sum_to_equal", "column_list": ["n", "m"], "sum_total": 22}"#,
        "8/7/4 false",
    ),
    (
        r#"{"expect": "unexpected_rows_expectation", "unexpected_rows_query": "select * from {batch} where n > 30;"}"#,
        "2 false",
    ),
    (
        r#"{"expect": "unexpected_rows", "unexpected_rows_query": "select * from {batch} where n > 99"}"#,
        "0 true",
    ),
    // What the server refuses spoils no other check.
    (r#"{"expect": "column_values_to_be_in_set", "column": "n", "value_set": ["a"]}"#, "error"),
    (r#"{"expect": "column_values_to_be_in_set", "column": "gone", "value_set": ["a"]}"#, "error"),
    (r#"{"expect": "column_values_to_be_null", "column": "n", "row_condition": "oops("}"#, "error"),
    // Metrics that only earlier runs can judge
    (r#"{"expect": "volume_anomaly", "row_condition": "n > 10"}"#, r#"{"rows":5} true"#),
    (r#"{"expect": "null_share_anomaly", "column": "n"}"#, r#"{"rows":8,"missing":2} true"#),
    (
        r#"{"expect": "null_share_anomaly", "column": "name", "placeholders": ["n/a", ""]}"#,
        r#"{"rows":8,"missing":4} true"#,
    ),
    (
        r#"{"expect": "distribution_anomaly", "column": "name"}"#,
        r#"{"rows":6,"values":[["Bob",2],["",1],["Ann",1],["N/A",1],["carla",1]]} true"#,
    ),
    (
        r#"{"expect": "distribution_anomaly", "column": "n", "quantiles": [0.5]}"#,
        r#"{"rows":6,"quantiles":[[0.5,25]]} true"#,
    ),
    (
        r#"{"expect": "distribution_anomaly", "column": "n", "by": "categories", "row_condition": "n < 25"}"#,
        r#"{"rows":3,"values":[["20",2],["10",1]]} true"#,
    ),
];

/// The same of a table without rows.
const EMPTY: &[(&str, &str)] = &[
    (r#"{"expect": "column_values_to_not_be_null", "column": "name"}"#, "0/0/0 true"),
    (r#"{"expect": "column_values_to_be_unique", "column": "name"}"#, "0/0/0 true"),
    (
        r#"{"expect": "column_value_z_scores_to_be_less_than", "column": "n", "threshold": 1}"#,
        "0/0/0 true",
    ),
    (r#"{"expect": "column_max_to_be_between", "column": "n", "max_value": 50}"#, "null false"),
    (
        r#"{"expect": "column_proportion_of_unique_values_to_be_between", "column": "n", "max_value": 1}"#,
        "0 true",
    ),
    (
        r#"{"expect": "column_unique_value_count_to_be_between", "column": "n", "min_value": 1}"#,
        "0 false",
    ),
    (
        r#"{"expect": "column_distinct_values_to_be_in_set", "column": "n", "value_set": [1]}"#,
        "[] true",
    ),
    (
        r#"{"expect": "column_most_common_value_to_be_in_set", "column": "n", "value_set": [1]}"#,
        "[] false",
    ),
    (
        r#"{"expect": "column_quantile_values_to_be_between", "column": "n", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[null, null]]}}"#,
        r#"{"values":[null],"quantiles":[0.5]} false"#,
    ),
    (r#"{"expect": "table_row_count_to_equal", "value": 0}"#, "0 true"),
    (r#"{"expect": "fresh", "column": "day", "max_days": 1}"#, "null false"),
    (r#"{"expect": "volume_anomaly"}"#, r#"{"rows":0} true"#),
    (r#"{"expect": "null_share_anomaly", "column": "n"}"#, r#"{"rows":0,"missing":0} true"#),
    (r#"{"expect": "distribution_anomaly", "column": "name"}"#, r#"{"rows":0,"values":[]} true"#),
    (
        r#"{"expect": "distribution_anomaly", "column": "n"}"#,
        r#"{"rows":0,"quantiles":[[0.1,null],[0.5,null],[0.9,null]]} true"#,
    ),
];

fn checks(cases: &[(&str, &str)]) -> Vec<Check> {
    let read = |(text, _): &(&str, &str)| {
        let declared: Declared = serde_json::from_str(text).unwrap();
        read(&declared).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
    };
    let mut checks: Vec<Check> = cases.iter().map(read).collect();
    name_all(&mut checks);
    checks
}

fn shown(check: &Check, outcome: &Outcome) -> String {
    let passes = outcome.passes(check);
    match outcome {
        Outcome::Rows(r) => format!("{}/{}/{} {passes}", r.elements, r.evaluated, r.unexpected),
        Outcome::Value { observed, .. } => format!("{observed} {passes}"),
        Outcome::Error(_) => "error".to_owned(),
    }
}

async fn session(db: &TestDb) -> Session {
    Session::open(&Address::parse(&db.url()).unwrap()).await.unwrap()
}

async fn found(db: &TestDb, table: &str, checks: &[Check]) -> Vec<String> {
    let session = session(db).await;
    let relation = Relation::find(&session, &Table::new("public", table), &[]).await.unwrap();
    let all: Vec<&Check> = checks.iter().collect();
    check::begin(&session).await.unwrap();
    let clock = Clock("2026-03-01T00:00:00Z".to_owned());
    let outcomes = check::evaluate(&session, &relation, &all, &clock).await.unwrap();
    all.iter().zip(&outcomes).map(|(check, outcome)| shown(check, outcome)).collect()
}

fn assert_found(cases: &[(&str, &str)], found: &[String], db: &TestDb) {
    let names = db.sql("select count(*) filter (where not (name >= 'A' and name <= 'C')) from t");
    let names = format!("8/6/{names} false");
    let mut wrong = Vec::new();
    for ((text, expected), found) in cases.iter().zip(found) {
        let expected = if *expected == "NAMES" { &names } else { *expected };
        if found != expected {
            wrong.push(format!("{text}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases.len(), found.len());
}

#[tokio::test]
async fn every_expectation_counts_what_is_there() {
    let db = TestDb::new();
    db.sql(TABLE);
    let checks = checks(CASES);
    for expectation in ALL {
        let is_tried = checks.iter().any(|check| check.expectation == expectation);
        assert!(is_tried, "no case of {}", expectation.name);
    }
    assert_found(CASES, &found(&db, "t", &checks).await, &db);
}

#[tokio::test]
async fn all_checks_in_one_statement_count_as_each_alone() {
    let db = TestDb::new();
    db.sql(TABLE);
    let sound: Vec<(&str, &str)> =
        CASES.iter().copied().filter(|(_, expected)| *expected != "error").collect();
    let session = session(&db).await;
    let relation = Relation::find(&session, &Table::new("public", "t"), &[]).await.unwrap();
    let checks = checks(&sound);
    let all: Vec<&Check> = checks.iter().collect();
    let sql = check::counting(&relation, &all, &Clock("2026-03-01T00:00:00Z".to_owned()));
    let sql = sql.unwrap();
    // The statement itself runs: nothing falls back to one check at a time.
    db.sql(&sql);
    assert_found(&sound, &found(&db, "t", &checks).await, &db);
}

#[tokio::test]
async fn a_table_without_rows_is_judged_too() {
    let db = TestDb::new();
    db.sql(TABLE);
    assert_found(EMPTY, &found(&db, "empty", &checks(EMPTY)).await, &db);
}

/// Rows with few distinct values in each column but one.
const MANY: &str = "
    create table t as
    select i as id,
           nullif((array['Ann', 'Bob', '', 'N/A', 'carla', 'AB-7', 'none'])[1 + i % 7], 'none') as name,
           nullif(i % 6 * 10, 0) as n,
           nullif(i % 5 * 10, 0) as m,
           nullif(i % 9, 0) + 0.5 as amount,
           case when i % 4 > 0 then date '2026-01-01' + i % 4 end as day
    from generate_series(1, 20000) i;
    create table known (code int);
    insert into known values (10), (20), (20), (30), (null)";

#[tokio::test]
async fn groups_of_equal_values_count_as_their_rows() {
    let db = TestDb::new();
    db.sql(MANY);
    let sound = CASES.iter().copied().filter(|(_, expected)| *expected != "error");
    let more = [
        r#"{"expect": "column_values_to_match_regex", "column": "name", "regex": "^[^-]+-[0-9]$"}"#,
        r#"{"expect": "column_values_to_match_regex", "column": "name", "regex": "^[^-]+-7$"}"#,
        r#"{"expect": "column_values_to_be_unique", "column": "id"}"#,
        r#"{"expect": "compound_columns_to_be_unique", "column_list": ["id", "n"]}"#,
    ];
    let cases: Vec<(&str, &str)> = sound.chain(more.map(|text| (text, ""))).collect();
    let checks = checks(&cases);
    let all: Vec<&Check> = checks.iter().collect();
    let clock = Clock("2026-03-01T00:00:00Z".to_owned());
    let session = session(&db).await;
    let counting = async || {
        let relation = Relation::find(&session, &Table::new("public", "t"), &[]).await.unwrap();
        check::counting(&relation, &all, &clock).unwrap()
    };
    // Without statistics nothing is known of distinct values.
    assert!(!counting().await.contains("karat_rows"));
    let by_row = found(&db, "t", &checks).await;
    db.sql("analyze t");
    let sql = counting().await;
    assert!(sql.contains("karat_rows") && sql.contains("count(distinct t.id)"), "{sql}");
    db.sql(&sql);
    assert_eq!(found(&db, "t", &checks).await, by_row);
    // Where what looked unique is not, the rows are counted after all.
    let of_id = |found: &[String]| found[found.len() - 2..].to_vec();
    assert_eq!(of_id(&by_row), ["20000/20000/0 true", "20000/20000/0 true"]);
    db.sql("update t set id = 1, n = 10 where id in (1, 2)");
    let twice = ["20000/20000/2 false", "20000/20000/2 false"];
    assert_eq!(of_id(&found(&db, "t", &checks).await), twice);
    // A unique index is believed.
    db.sql("update t set id = 0 where ctid = (select min(ctid) from t where id = 1)");
    db.sql("create unique index on t (id)");
    assert!(!counting().await.contains("count(distinct t.id)"));
    assert_eq!(of_id(&found(&db, "t", &checks).await), of_id(&by_row));
}

#[tokio::test]
async fn a_large_table_of_which_nothing_is_known_is_analyzed() {
    let db = TestDb::new();
    db.sql("create table t as select i % 3 as a, i as b, repeat('x', 200) as filled from generate_series(1, 60000) i");
    db.sql("create table small as select * from t limit 10");
    let check = r#"{"expect": "column_values_to_be_unique", "column": "a"}"#;
    let checks = checks(&[(check, "")]);
    let all: Vec<&Check> = checks.iter().collect();
    let session = session(&db).await;
    let distinct = async |name: &str| {
        let relation = Relation::find(&session, &Table::new("public", name), &[]).await.unwrap();
        (relation.columns[0].distinct, relation.columns[1].distinct)
    };
    for (name, known) in [("t", Some(3.0)), ("small", None)] {
        check::acquaint(&session, &Table::new("public", name), &all).await.unwrap();
        assert_eq!(distinct(name).await, (known, None), "{name}");
    }
    // What was known of other rows says nothing of these.
    db.sql("analyze t; truncate t; insert into t select i, i, repeat('x', 200) from generate_series(1, 60000) i");
    assert_eq!(distinct("t").await, (None, None));
    check::acquaint(&session, &Table::new("public", "t"), &all).await.unwrap();
    assert_eq!(distinct("t").await.0, Some(60_000.0));
}

#[tokio::test]
async fn simple_expressions_match_what_the_server_matches() {
    let db = TestDb::new();
    let alphabet = ["a", "b", "@", ".", "%", "_", "\\", "\n", "é", "-"];
    let texts = format!(
        "create table t as
         with recursive x(v, n) as (
             select '', 0 union all select v || c, n + 1 from x, unnest($k${{{}}}$k$::text[]) c where n < 4)
         select v from x",
        alphabet.map(|c| format!("\"{}\"", c.replace('\\', "\\\\"))).join(",")
    );
    db.sql(&texts);
    let expressions = [
        "^a",
        "b$",
        "^a.b$",
        "^.+@",
        "^.*[.]b$",
        "%",
        "_a",
        "\\\\$",
        "^[^@]+@[^@]+$",
        "^[^@]*$",
        "^@[^@]@$",
        "^[^%]+%b$",
        "^[^_]*_[^_]*$",
        "^a$",
        "^$",
        "$",
        "^[^é]+é$",
        "a-b",
        "^[^.]+\\.[^.]$",
    ];
    let session = session(&db).await;
    let relation = Relation::find(&session, &Table::new("public", "t"), &[]).await.unwrap();
    for expression in expressions {
        let declared = serde_json::json!(
            {"expect": "column_values_to_match_regex", "column": "v", "regex": expression});
        let check = read(&serde_json::from_value(declared).unwrap()).unwrap();
        let clock = Clock("2026-03-01T00:00:00Z".to_owned());
        let sql = check::counting(&relation, &[&check], &clock).unwrap();
        assert!(sql.contains(" like ") && !sql.contains(" ~ "), "{sql}");
        let found = found(&db, "t", &[check]).await;
        let quoted = expression.replace('\'', "''");
        let wanted = db.sql(&format!(
            "select concat_ws('/', count(*), count(*), count(*) filter (where not v ~ '{quoted}')) from t"
        ));
        assert_eq!(found[0].split(' ').next(), Some(wanted.as_str()), "{expression}");
    }
}

#[tokio::test]
async fn twenty_map_checks_read_the_table_once() {
    let db = TestDb::new();
    db.sql(TABLE);
    let aside = ["unique", "z_scores", "outliers", "relationships"];
    let mut once: Vec<(&str, &str)> = CASES
        .iter()
        .copied()
        .filter(|(text, found)| found.contains('/') || *found == "NAMES" || text.contains("_min_"))
        .filter(|(text, _)| !aside.iter().any(|name| text.contains(name)))
        .collect();
    once.truncate(24);
    assert!(once.len() >= 20, "{}", once.len());
    let session = session(&db).await;
    let relation = Relation::find(&session, &Table::new("public", "t"), &[]).await.unwrap();
    let checks = checks(&once);
    let all: Vec<&Check> = checks.iter().collect();
    let clock = Clock("2026-03-01T00:00:00Z".to_owned());
    let scans = |sql: &str| db.sql(&format!("explain {sql}")).matches("Scan on t ").count();
    assert_eq!(scans(&check::counting(&relation, &all, &clock).unwrap()), 1);
    // Uniqueness looks for values that come twice, and no check more than once.
    let unique = r#"{"expect": "column_values_to_be_unique", "column": "name"}"#;
    once.push((unique, ""));
    let checks = self::checks(&once);
    let all: Vec<&Check> = checks.iter().collect();
    assert_eq!(scans(&check::counting(&relation, &all, &clock).unwrap()), 2);
}

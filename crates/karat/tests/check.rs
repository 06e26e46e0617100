//! `karat check`: verdicts and exit codes, failing rows from open to fixed, imports, and runs that
//! a check stops.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use std::ops::Deref;

use serde_json::Value;

/// A project with checks.
struct Project(project::Project);

impl Deref for Project {
    type Target = project::Project;

    fn deref(&self) -> &project::Project {
        &self.0
    }
}

impl Project {
    fn new(checks: &str) -> Project {
        Project(project::Project::new(&[("checks/people.toml", checks)]))
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ends(code, arguments)).unwrap()
    }

    /// The failing rows on record: check, key, value, state.
    fn failures(&self) -> String {
        self.db.sql(
            "select concat_ws(' ', \"check\", key, value, state, last_run - first_run)
             from karat.check_failure order by \"check\", key",
        )
    }
}

const PEOPLE: &str = "
    create table people (id int primary key, email text, age int);
    insert into people values (1, 'a@x.org', 30), (2, null, 200), (3, 'c', 40), (4, null, -1)";

const CHECKS: &str = "
table = \"public.people\"

[[checks]]
expect = \"expect_column_values_to_not_be_null\"
column = \"email\"
severity = \"block\"
mostly = 0.75

[[checks]]
name = \"age\"
expect = \"column_values_to_be_between\"
column = \"age\"
min_value = 0
max_value = 120
";

#[test]
fn failing_rows_are_open_then_waived_then_fixed() {
    let project = Project::new(CHECKS);
    project.db.sql(PEOPLE);
    let said = project.ends(1, &["check"]);
    assert!(
        said.contains("people.email_not_be_null     4           2    50.00  violated (block)"),
        "{said}"
    );
    assert!(
        said.contains("people.age                   4           2    50.00  violated (warn)"),
        "{said}"
    );
    assert!(said.contains("2 of 2 checks are violated, score 50.0 %"), "{said}");
    assert_eq!(
        project.failures(),
        "age {\"id\": 2} 200 open 0\nage {\"id\": 4} -1 open 0\n\
         email_not_be_null {\"id\": 2} open 0\nemail_not_be_null {\"id\": 4} open 0"
    );
    let check = "people.email_not_be_null";
    let said = project.ends(2, &["check", "waive", check, "3", "--reason", "no"]);
    assert!(said.contains("no row of that key fails the check"), "{said}");
    project.ends(0, &["check", "waive", check, "2", "--reason", "has none"]);
    let said = project.ends(0, &["check"]);
    assert!(said.contains("holds, 1 waived"), "{said}");
    let said = project.ends(0, &["check", "show", check]);
    assert!(said.contains("waived {\"id\":2} (has none)"), "{said}");
    project.ends(0, &["check", "unwaive", check, "{ \"id\": 2 }"]);
    project.ends(1, &["check"]);
    project.db.sql("update people set email = 'd', age = 50 where id = 4");
    project.db.sql("delete from people where id = 2");
    project.ends(0, &["check", "--fail-on", "warn"]);
    let states = project.db.sql("select distinct state from karat.check_failure");
    assert_eq!(states, "fixed");
    let shown = project.json(0, &["check", "show", check, "--all", "--format", "json"]);
    let runs = |at: &str| shown["rows"][0][at].as_i64().unwrap();
    assert_eq!(runs("last_run") - runs("first_run"), 2, "it failed in three runs: {shown}");
    assert!(project.ends(0, &["check", "show", check]).contains("no rows fail"));
    // What fails again is open again.
    project.db.sql("update people set email = null where id in (1, 4)");
    project.ends(1, &["check"]);
    let states = project.db.sql(
        "select string_agg(state || key::text, ' ' order by key) from karat.check_failure
         where \"check\" = 'email_not_be_null'",
    );
    assert_eq!(states, "open{\"id\": 1} fixed{\"id\": 2} open{\"id\": 4}");
    let results = project.db.sql("select count(*), count(distinct run) from karat.check_result");
    assert_eq!(results, "10|5");
}

#[test]
fn results_have_great_expectations_shape() {
    let project = Project::new(CHECKS);
    project.db.sql(PEOPLE);
    let json = project.json(1, &["check", "--format", "json"]);
    let result = &json["validation_results"][0];
    assert_eq!(result["success"], false);
    assert_eq!(result["statistics"]["unsuccessful_expectations"], 2);
    let age = &result["results"][1];
    assert_eq!(age["expectation_config"]["type"], "expect_column_values_to_be_between");
    assert_eq!(age["expectation_config"]["kwargs"]["max_value"], 120);
    assert_eq!(age["result"]["element_count"], 4);
    assert_eq!(age["result"]["unexpected_percent"], 50.0);
    assert_eq!(age["result"]["missing_count"], 0);
    assert_eq!(age["result"]["partial_unexpected_list"].to_string(), "[200,-1]");
    let keys = age["result"]["partial_unexpected_index_list"].to_string();
    assert_eq!(keys, "[{\"id\":2},{\"id\":4}]");
    assert_eq!(age["exception_info"]["raised_exception"], false);
    assert_eq!(result["results"][0]["result"].get("missing_count"), None);
    let json = project.json(1, &["check", "--format", "json", "--without-values"]);
    let list = &json["validation_results"][0]["results"][1]["result"]["partial_unexpected_list"];
    assert_eq!(list.to_string(), "[null,null]");
    let kept = project.db.sql("select count(value) from karat.check_failure");
    assert_eq!(kept, "0");
}

#[test]
fn failing_rows_beyond_the_limit_are_counted() {
    let project =
        Project::new("[[checks]]\nexpect = \"column_values_to_be_null\"\ncolumn = \"id\"\n");
    project.db.sql("create table people as select id from generate_series(1, 100050) id");
    let said = project.ends(0, &["check"]);
    assert!(said.contains("the table has no key"), "{said}");
    project.db.sql("alter table people add primary key (id)");
    let said = project.ends(0, &["check"]);
    assert!(said.contains("100,050     100,050   100.00"), "{said}");
    let kept = "select count(*), max((key ->> 'id')::int) from karat.check_failure";
    assert_eq!(project.db.sql(kept), "100000|100000");
    // The rows that are kept are the same again, so none of them looks fixed.
    project.ends(0, &["check"]);
    let states = project.db.sql("select distinct state from karat.check_failure");
    assert_eq!(states, "open");
}

#[test]
fn wrong_declarations_are_refused_with_file_and_line() {
    let project = Project::new(
        "table = \"people\"\n[[checks]]\nexpect = \"column_values_to_be_nul\"\n\
         [[checks]]\nexpect = \"column_values_to_be_unique\"\ncolum = \"id\"\nmostly = 2\n\
         [[checks]]\nexpect = \"column_values_to_be_between\"\ncolumn = \"id\"\nmin_value = 9\n\
         max_value = 1\nseverity = \"fatal\"\n\
         [[checks]]\nexpect = \"column_values_to_be_between\"\ncolumn = \"id\"\n",
    );
    let said = project.ends(2, &["check"]);
    for expected in [
        "there is no expectation \"column_values_to_be_nul\"\n  at checks/people.toml:3",
        "did you mean column_values_to_be_null?",
        "column_values_to_be_unique has no argument colum\n  at checks/people.toml:6",
        "column_values_to_be_unique needs column\n  at checks/people.toml:5",
        "mostly is a share of rows\n  at checks/people.toml:7",
        "min_value is above max_value\n  at checks/people.toml:11",
        "severity must be \"block\" or \"warn\"\n  at checks/people.toml:13",
        "without min_value and max_value expects nothing\n  at checks/people.toml:15",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
}

#[test]
fn a_score_below_its_threshold_blocks() {
    let checks = format!("threshold = 0.62\n{CHECKS}weight = 3\n").replace("-1", "1");
    let project = Project::new(&checks);
    project.db.sql(PEOPLE);
    project.db.sql("update people set email = 'x'; update people set age = 5 where id = 4");
    // (1 · 4/4 + 3 · 3/4) / 4 = 0.8125
    let said = project.ends(0, &["check"]);
    assert!(said.contains("score 81.2 %, of at least 62.0 %"), "{said}");
    // (1 · 4/4 + 3 · 2/4) / 4 = 0.625, and with one more 0.4375.
    project.db.sql("update people set age = 500 where id = 4");
    project.ends(0, &["check"]);
    project.db.sql("update people set age = 500 where id = 1");
    let said = project.ends(1, &["check"]);
    assert!(said.contains("score 43.7 %, BELOW 62.0 %"), "{said}");
    let kept =
        project.db.sql("select score, threshold from karat.check_score order by run desc limit 1");
    assert_eq!(kept, "0.4375|0.62");
}

#[test]
fn the_statements_can_be_seen_and_the_clock_be_set() {
    let project = Project::new(
        "[[checks]]\nexpect = \"fresh\"\ncolumn = \"seen\"\nmax_days = 30\nseverity = \"block\"\n",
    );
    project.db.sql("create table people (id int primary key, seen date)");
    project.db.sql("insert into people values (1, '2026-01-01'), (2, '2026-01-31')");
    let sql = project.ends(0, &["check", "--sql", "--as-of", "2026-02-01"]);
    assert!(sql.contains("2026-02-01T00:00:00Z"), "{sql}");
    project.ends(0, &["check", "--as-of", "2026-03-02"]);
    project.ends(1, &["check", "--as-of", "2026-03-02T00:00:01Z"]);
    project.ends(2, &["check", "--as-of", "today"]);
}

/// A project that loads people and publishes golden ones.
fn with_entity() -> Project {
    let project = Project::new(
        "[[checks]]\nexpect = \"column_values_to_be_unique\"\ncolumn = \"email\"\n\
         severity = \"block\"\n",
    );
    project.write("datasets/people.toml", "files = \"people.csv\"\nkey = [\"id\"]\n");
    project.write(
        "entities/person.toml",
        "[[sources]]\ndataset = \"people\"\n[fields.email]\nfrom = \"email\"\n\
         [fields.name]\nfrom = \"name\"\n\
         [[tiers]]\nname = \"name\"\nscore = 90\nwhen = [{ same = \"name\" }]\n",
    );
    project.write(
        "checks/golden.toml",
        "table = \"golden_person\"\nkey = [\"id\"]\n[[checks]]\n\
         expect = \"table_row_count_to_be_between\"\nmax_value = 2\nseverity = \"block\"\n",
    );
    project
}

#[test]
fn a_check_that_blocks_stops_what_would_publish() {
    let project = with_entity();
    project.write("people.csv", "id,name,email\n1,Ann,a@x.org\n2,Ann,a@x.org\n");
    let said = project.ends(1, &["run"]);
    assert!(said.contains("a check that blocks is violated: people.email_be_unique"), "{said}");
    let golden = "select to_regclass('public.golden_person') is null";
    assert_eq!(project.db.sql(golden), "t", "nothing is published");
    let steps = "select string_agg(name || ' ' || status, ', ' order by started_at)
                 from karat.step where run = (select max(id) from karat.run)";
    assert_eq!(project.db.sql(steps), "deploy unchanged, load done, check failed");
    project.write("people.csv", "id,name,email\n1,Ann,a@x.org\n2,Ann,b@x.org\n");
    project.ends(0, &["run"]);
    assert_eq!(project.db.sql("select count(*) from golden_person"), "1");
    project.write("people.csv", "id,name,email\n1,Ann,a\n2,Bob,b\n3,Cid,c\n");
    let said = project.ends(1, &["run"]);
    assert!(said.contains("golden.row_count_to_be_between"), "{said}");
    assert_eq!(
        project.db.sql(steps),
        "deploy unchanged, load done, check unchanged, resolve done, check-golden failed"
    );
    let said = project.ends(0, &["run", "--dry-run"]);
    assert!(said.contains("would run: deploy, load, check, resolve, check-golden"), "{said}");
}

#[test]
fn suites_of_great_expectations_are_imported() {
    let project = Project::new(CHECKS);
    project.db.sql(PEOPLE);
    project.write(
        "new.json",
        r#"{"name": "new suite", "suite_parameters": {"oldest": 120}, "meta": {}, "expectations": [
            {"type": "expect_column_values_to_be_between", "severity": "critical", "kwargs":
                {"column": "age", "min_value": 0, "max_value": {"$PARAMETER": "oldest"},
                 "mostly": 0.5, "result_format": "COMPLETE", "strict_min": null}},
            {"type": "expect_column_values_to_not_be_null", "notes": "ask \"Ann\"", "kwargs":
                {"column": "email", "row_condition": "col(\"age\") >= 18",
                 "condition_parser": "great_expectations"}},
            {"type": "expect_column_quantile_values_to_be_between", "kwargs": {"column": "age",
                "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[null, 99]]}}},
            {"type": "expect_column_values_to_be_increasing", "kwargs": {"column": "id"}},
            {"type": "expect_column_values_to_be_unique", "kwargs":
                {"column": "id", "row_condition": "age>3", "condition_parser": "pandas"}},
            {"type": "expect_my_own", "kwargs": {}}]}"#,
    );
    let said = project.ends(2, &["check", "import", "new.json"]);
    assert!(said.contains("add --table NAME"), "{said}");
    let said = project.ends(0, &["check", "import", "new.json", "--table", "people"]);
    for expected in [
        "wrote checks/new_suite.toml with 3 checks",
        "expect_column_values_to_be_increasing (id): a table has no order of rows",
        "expect_column_values_to_be_unique (id): its row_condition is for pandas",
        "expect_my_own: there is no such expectation",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    let file = project.read("checks/new_suite.toml");
    assert!(file.contains("row_condition = \"\\\"age\\\" >= 18\""), "{file}");
    // 30 and 40 are from 0 to 120, 200 and -1 are not: half, which is enough.
    let said = project.ends(0, &["check", "new_suite"]);
    assert!(said.contains("new_suite.age_be_between"), "{said}");
    let said = project.ends(2, &["check", "import", "new.json", "--table", "people"]);
    assert!(said.contains("checks/new_suite.toml is there already"), "{said}");
    project.write(
        "old.json",
        r#"{"expectation_suite_name": "old", "data_asset_type": "Dataset", "expectations": [
            {"expectation_type": "expect_column_pair_values_A_to_be_greater_than_B",
             "kwargs": {"column_A": "age", "column_B": "id", "or_equal": true}}]}"#,
    );
    project.ends(0, &["check", "import", "old.json", "--table", "people"]);
    let said = project.ends(0, &["check", "old"]);
    assert!(
        said.contains("old.age_id_a_to_be_greater_than_b     4           1    25.00"),
        "{said}"
    );
}

#[test]
fn tests_of_dbt_are_imported() {
    let project = Project::new(CHECKS);
    project.db.sql(PEOPLE);
    project
        .db
        .sql("create table visits (id int primary key, person int, kind text, at timestamptz)");
    project
        .db
        .sql("insert into visits values (1, 1, 'a', now()), (2, 9, 'z', now()), (3, 1, 'a', null)");
    project.write(
        "schema.yml",
        "version: 2
models:
  - name: visits
    tests:
      - dbt_utils.unique_combination_of_columns:
          combination_of_columns: [person, kind]
      - dbt_utils.expression_is_true:
          expression: id > 0
      - dbt_expectations.expect_table_row_count_to_equal:
          value: 3
    columns:
      - name: id
        data_tests: [unique, not_null, my_own]
      - name: person
        tests:
          - relationships:
              arguments: {to: ref('people'), field: id}
      - name: kind
        tests:
          - accepted_values:
              values: ['a', 'b']
              config: {severity: warn, where: \"person = 9\"}
          - dbt_expectations.expect_column_value_lengths_to_equal:
              value: 1
      - name: at
        tests:
          - dbt_utils.recency: {datepart: day, field: at, interval: 1}
          - not_null: {config: {error_if: '>10'}}
",
    );
    let said = project.ends(0, &["check", "import", "schema.yml"]);
    for expected in [
        "wrote checks/visits.toml with 8 checks",
        "dbt_utils.expression_is_true: it has no counterpart that means the same",
        "my_own (id): it is a test of the project's own",
        "not_null (at): error_if has no counterpart",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    let json = project.json(1, &["check", "visits", "--format", "json"]);
    let results = json["validation_results"][0]["results"].as_array().unwrap().clone();
    let shown: Vec<String> = results
        .iter()
        .map(|r| {
            let (name, bad) = (&r["meta"]["karat"]["name"], &r["result"]["unexpected_count"]);
            format!("{} {} {bad}", name.as_str().unwrap(), r["success"])
        })
        .collect();
    assert_eq!(
        shown,
        [
            "person_kind_compound_columns_to_be_unique false 2",
            "row_count_to_equal true null",
            "id_be_unique true 0",
            "id_not_be_null true 0",
            "person_relationships false 1",
            "kind_be_in_set false 1",
            "kind_lengths_to_equal true 0",
            "at_fresh true null",
        ]
    );
}

const ODD: &str = "
    create type mood as enum ('sad', 'ok');
    create table \"Odd T\" (\"Key A\" uuid default gen_random_uuid(), \"key b\" int, j json, m mood,
        ts timestamptz, \"select\" text, arr text[], f float8, ok bool);
    insert into \"Odd T\" (\"key b\", j, m, ts, \"select\", arr, f, ok) values
        (1, '{}', 'sad', '2026-01-01', 'it''s', '{a}', 'NaN', true),
        (1, '{}', 'ok', null, 'x\\y', '{}', 1e300, false),
        (2, null, null, null, null, null, null, null)";

#[test]
fn odd_names_types_keys_and_comments_do_no_harm() {
    let project = Project::new(
        r#"table = "\"Odd T\""
key = ["key b"]
[[checks]]
expect = "column_values_to_not_be_null"
column = "j"
[[checks]]
expect = "column_values_to_be_null"
column = "j"
[[checks]]
expect = "column_values_to_be_in_set"
column = "m"
value_set = ["ok"]
[[checks]]
expect = "column_values_to_be_in_set"
column = "ok"
value_set = [true]
[[checks]]
expect = "column_values_to_match_regex"
column = "select"
regex = "^it's$"
row_condition = "\"key b\" > 0 -- all"
[[checks]]
expect = "column_values_to_match_like_pattern"
column = "select"
like_pattern = "x\\\\%"
[[checks]]
expect = "column_max_to_be_between"
column = "f"
max_value = 1
[[checks]]
expect = "column_mean_to_be_between"
column = "f"
max_value = 1
[[checks]]
expect = "column_distinct_values_to_equal_set"
column = "Key A"
value_set = ["x"]
[[checks]]
expect = "column_distinct_values_to_equal_set"
column = "m"
value_set = ["ok", "sad"]
[[checks]]
expect = "column_values_to_be_between"
column = "ts"
min_value = 2026-01-01
[[checks]]
expect = "unexpected_rows"
unexpected_rows_query = """select *, 1 as one from {batch} -- bad ones
where "key b" = 1 -- end"""
[[checks]]
expect = "column_values_to_be_unique"
column = "m"
[[checks]]
expect = "column_values_to_be_unique"
column = "j"
[[checks]]
expect = "column_most_common_value_to_be_in_set"
column = "arr"
value_set = ["{a}", "{}"]
ties_okay = true
[[checks]]
expect = "column_median_to_be_between"
column = "f"
min_value = 0
"#,
    );
    project.db.sql(ODD);
    // The key is of two rows: what is kept is kept once.
    for _ in 0..2 {
        project.ends(0, &["check"]);
    }
    let verdicts = project.db.sql(
        "select concat_ws(' ', \"check\", verdict, unexpected) from karat.check_result
         where run = 2 order by 1",
    );
    assert_eq!(
        verdicts,
        "arr_most_common_value_to_be_in_set passed\n\
         f_max_to_be_between violated\n\
         f_mean_to_be_between violated\n\
         f_median_to_be_between passed\n\
         j_be_null violated 2\n\
         j_be_unique error\n\
         j_not_be_null violated 1\n\
         key_a_distinct_values_to_equal_set error\n\
         m_be_in_set violated 1\n\
         m_be_unique passed 0\n\
         m_distinct_values_to_equal_set passed\n\
         ok_be_in_set violated 1\n\
         select_match_like_pattern violated 1\n\
         select_match_regex violated 1\n\
         ts_be_between passed 0\n\
         unexpected_rows violated"
    );
    let kept = project.db.sql(
        "select string_agg(\"check\" || (key ->> 'key b'), ' ' order by \"check\", key)
         from karat.check_failure where state = 'open'",
    );
    assert_eq!(
        kept,
        "j_be_null1 j_not_be_null2 m_be_in_set1 ok_be_in_set1 select_match_like_pattern1 \
         select_match_regex1 unexpected_rows1"
    );
}

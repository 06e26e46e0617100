//! The statement that collects the rows that fail, by their keys.

use karat_rules::check::{Check, Form};

use super::Relation;
use super::literal::{all_of, column};
use super::rows::{self, Row};
use super::whole::statement;
use crate::name::quoted;

/// Failing rows that are kept for each check; those beyond are counted only.
pub const MOST_FAILURES: u64 = 100_000;

/// A check that some rows fail.
#[derive(Clone, Copy, Debug)]
pub struct Bad<'a> {
    pub check: &'a Check,
    /// How many, as far as it is known.
    pub rows: u64,
    /// Whether any of its rows are waived.
    pub has_waived: bool,
}

impl Bad<'_> {
    fn is_cut(&self) -> bool {
        self.rows > MOST_FAILURES
    }
}

/// The statement that puts the failing rows of checks into `karat_failing`: check, key, value,
/// whether the row is waived, and its place among the check's rows, waived ones first and then by
/// key. None where no check is about rows, or the table has no key.
///
/// One pass finds all rows of the checks that keep all of theirs. Each of the others has a pass of
/// its own, which keeps the first by key in a heap and never sorts the rest.
pub fn failing(relation: &Relation, suite: &str, checks: &[Bad<'_>]) -> Option<String> {
    let of_rows = |bad: &&Bad<'_>| bad.check.expectation.form == Form::Row;
    let whole: Vec<&Bad<'_>> = checks.iter().filter(of_rows).filter(|bad| !bad.is_cut()).collect();
    let cut = checks.iter().filter(of_rows).filter(|bad| bad.is_cut());
    let parts: Vec<String> = (!whole.is_empty())
        .then(|| together(relation, suite, &whole))
        .into_iter()
        .chain(cut.map(|bad| first(relation, suite, bad)))
        .chain(checks.iter().filter_map(|bad| of_query(relation, suite, bad)))
        .collect();
    let is_any = !parts.is_empty() && !relation.key.is_empty();
    is_any.then(|| format!("insert into karat_failing\n{}", parts.join("\nunion all\n")))
}

/// All failing rows of several checks.
fn together(relation: &Relation, suite: &str, checks: &[&Bad<'_>]) -> String {
    let names: Vec<&str> = checks.iter().map(|bad| bad.check.name.as_str()).collect();
    let rows: Vec<Row> = checks
        .iter()
        .enumerate()
        .map(|(place, bad)| rows::row(relation, bad.check, place))
        .collect();
    let joins: String =
        rows.iter().filter_map(|row| row.join.as_ref()).map(|join| format!("\n  {join}")).collect();
    // Most rows fail nothing: one look tells that, and only the others are taken apart.
    let any: Vec<String> = rows.iter().map(|row| format!("({})", fails(row))).collect();
    let bad: Vec<String> =
        names.iter().zip(&any).map(|(name, bad)| format!("({}, {bad})", quoted(name))).collect();
    let value: Vec<String> = names
        .iter()
        .zip(&rows)
        .map(|(name, row)| format!("when {} then {}", quoted(name), row.value))
        .collect();
    let key = key(relation, column);
    let has_waived = checks.iter().any(|bad| bad.has_waived);
    let (waived, join, first) = waived(suite, "v.name", &key, has_waived);
    format!(
        "select v.name, {key}, case v.name {} end, {waived},\n  \
         row_number() over (partition by v.name order by {first}{})\n\
         from {} t{joins}\ncross join lateral (values {}) v (name, bad){join}\n\
         where ({}) and v.bad",
        value.join(" "),
        order(relation),
        relation.table,
        bad.join(", "),
        any.join(" or "),
    )
}

/// The first failing rows of a check.
fn first(relation: &Relation, suite: &str, bad: &Bad<'_>) -> String {
    let row = rows::row(relation, bad.check, 0);
    let name = quoted(&bad.check.name);
    let key = key(relation, column);
    let (waived, join, first) = waived(suite, &name, &key, bad.has_waived);
    let joins = row.join.as_ref().map_or_else(String::new, |join| format!("\n  {join}"));
    // Keys and values are put together of the rows that are kept alone.
    format!(
        "select {name}, {key}, {}, t.karat_waived, row_number() over ()\n\
         from (\n  select t.*, {waived} as karat_waived\n  from {} t{joins}{join}\n  \
         where {}\n  order by {first}{}\n  limit {MOST_FAILURES}\n) t",
        row.value,
        relation.table,
        fails(&row),
        order(relation),
    )
}

/// The rows of a query that have the table's key.
fn of_query(relation: &Relation, suite: &str, bad: &Bad<'_>) -> Option<String> {
    let query = bad.check.arguments.text("unexpected_rows_query")?;
    let keys: Vec<String> = relation.key.iter().map(|name| quoted(name)).collect();
    let value = |name: &str| format!("to_jsonb(q) -> {}", quoted(name));
    let name = quoted(&bad.check.name);
    let (waived, join, first) = waived(suite, &name, "r.key", bad.has_waived);
    Some(format!(
        "select *, row_number() over ()\nfrom (\n  select {name}, r.key, r.value, {waived}\n  \
         from (\n    select distinct on (1) {} as key, to_jsonb(q) as value\n    from (\n{}\n) q\n    \
         where to_jsonb(q) ?& array[{}]\n    order by 1, 2\n  ) r{join}\n  \
         order by {first}r.key\n  limit {MOST_FAILURES}\n) r",
        key(relation, value),
        statement(relation, query),
        keys.join(", "),
    ))
}

/// That a row is not as expected.
fn fails(row: &Row) -> String {
    all_of(&[&row.scope, &row.over, &row.bad])
}

/// Whether a row is waived, what is joined to tell, and how waived rows come first.
fn waived(
    suite: &str,
    check: &str,
    key: &str,
    has_waived: bool,
) -> (&'static str, String, &'static str) {
    if !has_waived {
        return ("false", String::new(), "");
    }
    let join = format!(
        "\nleft join karat.check_failure f on f.suite = {} and f.\"check\" = {check} \
         and f.key = {key} and f.state = 'waived'",
        quoted(suite)
    );
    ("f.key is not null", join, "f.key is null, ")
}

/// A row's key as jsonb: `{"column": value}`.
fn key(relation: &Relation, value: impl Fn(&str) -> String) -> String {
    let pairs = relation.key.iter().map(|name| format!("{}, {}", quoted(name), value(name)));
    format!("jsonb_build_object({})", pairs.collect::<Vec<_>>().join(", "))
}

/// The columns of the key.
fn order(relation: &Relation) -> String {
    let columns: Vec<String> = relation.key.iter().map(|name| column(name)).collect();
    columns.join(", ")
}

//! All checks of a table as one statement that reads it once, and another that collects the keys
//! of rows that fail.

use karat_rules::check::{Check, Form};

use super::literal::{column, quoted};
use super::rows::{self, Row};
use super::whole::{Whole, statement, whole};
use super::{Clock, Relation};

/// Failing rows that are kept for each check; those beyond are counted only.
pub const MOST_FAILURES: u64 = 100_000;

/// The statement that counts. Its columns are the answers to those of the checks that read rows,
/// in their order, each as JSON text: `{"elements", "evaluated", "unexpected"}`, or
/// `{"observed", "holds"}`. None where no check reads rows.
///
/// It reads the table once. Besides, once each, for: every column whose values are counted or
/// listed; every check of uniqueness, to find the values that come twice; every check of z-scores,
/// for mean and deviation; and the other tables that checks name.
pub fn counting(relation: &Relation, checks: &[&Check], clock: &Clock) -> Option<String> {
    let mut columns = Vec::new();
    let mut pass = Pass::default();
    for (place, check) in checks.iter().enumerate() {
        match check.expectation.form {
            Form::Shape => continue,
            Form::Row => pass.row(rows::row(relation, check, place), place),
            Form::Aggregate => pass.whole(whole(relation, check, clock), place),
            Form::Query => pass.query(whole(relation, check, clock), place),
        }
        columns.push(format!("c{place}::text"));
    }
    let sources = pass.sources(relation);
    let all = || format!("select {}\nfrom {}", columns.join(", "), sources.join("\ncross join "));
    (!columns.is_empty()).then(all)
}

/// The parts of the counting statement.
#[derive(Default)]
struct Pass {
    table: Vec<String>,
    joins: Vec<String>,
    /// What queries of the user's own say, apart from the table.
    queries: Vec<String>,
    /// By column and rows: what is asked of its groups.
    groups: Vec<((String, String), Vec<String>)>,
}

impl Pass {
    /// What the statement selects from: the pass over the table, the user's queries, the groups.
    fn sources(&self, relation: &Relation) -> Vec<String> {
        let from = &relation.table;
        let mut sources = Vec::new();
        if !self.table.is_empty() {
            let joins = lines(&self.joins);
            let selected = self.table.join(",\n    ");
            sources.push(format!("(select {selected}\n  from {from} t{joins}) m"));
        }
        if !self.queries.is_empty() {
            sources.push(format!("(select {}) q", self.queries.join(",\n    ")));
        }
        for (at, ((x, scope), selected)) in self.groups.iter().enumerate() {
            let selected = selected.join(",\n    ");
            sources.push(format!(
                "(select {selected}\n  from (select {x} as v, count(*) as n, max(count(*)) over () as top\
                 \n    from {from} t where {scope} and {x} is not null group by {x}) g) g{at}"
            ));
        }
        sources
    }

    fn row(&mut self, row: Row, place: usize) {
        let Row { scope, over, bad, join, .. } = row;
        self.table.push(format!(
            "jsonb_build_object('elements', count(*) filter (where {scope}), \
             'evaluated', count(*) filter (where {scope} and {over}), \
             'unexpected', count(*) filter (where {scope} and {over} and {bad})) as c{place}"
        ));
        self.joins.extend(join);
    }

    fn query(&mut self, whole: Whole, place: usize) {
        self.queries.push(answer(&whole, place));
    }

    fn whole(&mut self, whole: Whole, place: usize) {
        let selected = answer(&whole, place);
        let Some(of) = whole.groups else { return self.table.push(selected) };
        match self.groups.iter_mut().find(|(known, _)| *known == of) {
            Some((_, asked)) => asked.push(selected),
            None => self.groups.push((of, vec![selected])),
        }
    }
}

fn answer(whole: &Whole, place: usize) -> String {
    let Whole { observed, holds, .. } = whole;
    format!(
        "jsonb_build_object('observed', {observed}, 'holds', coalesce({holds}, false)) as c{place}"
    )
}

fn lines(joins: &[String]) -> String {
    joins.iter().map(|join| format!("\n  {join}")).collect()
}

/// The statement that puts the failing rows of checks into `karat_failing`: check, key, value,
/// whether the row is waived, and its place among the check's rows, waived ones first. None where
/// no check is about rows, or the table has no key.
pub fn failing(relation: &Relation, suite: &str, checks: &[&Check]) -> Option<String> {
    let parts: Vec<String> = [of_rows(relation, checks)]
        .into_iter()
        .flatten()
        .chain(checks.iter().filter_map(|check| of_query(relation, check)))
        .collect();
    if parts.is_empty() || relation.key.is_empty() {
        return None;
    }
    Some(format!(
        "insert into karat_failing\nselect * from (\n  select r.name, r.key, r.value, \
         f.key is not null as waived, row_number() over (partition by r.name \
         order by f.key is null, r.key) as place\n  from (\n    {}\n  ) r\n  \
         left join karat.check_failure f on f.suite = {} and f.\"check\" = r.name \
         and f.key = r.key and f.state = 'waived'\n) p\nwhere p.place <= {MOST_FAILURES}",
        parts.join("\n    union all\n    "),
        quoted(suite),
    ))
}

fn of_rows(relation: &Relation, checks: &[&Check]) -> Option<String> {
    let rows: Vec<(&str, Row)> = checks
        .iter()
        .enumerate()
        .filter(|(_, check)| check.expectation.form == Form::Row)
        .map(|(place, check)| (check.name.as_str(), rows::row(relation, check, place)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let joins: Vec<String> = rows.iter().filter_map(|(_, row)| row.join.clone()).collect();
    let bad = rows.iter().map(|(name, row)| {
        let Row { scope, over, bad, .. } = row;
        format!("({}, {scope} and {over} and {bad})", quoted(name))
    });
    let bad: Vec<String> = bad.collect();
    let value = rows.iter().map(|(name, row)| format!("when {} then {}", quoted(name), row.value));
    let value: Vec<String> = value.collect();
    Some(format!(
        "select v.name, {} as key, case v.name {} end as value\n    from {} t{}\n    \
         cross join lateral (values {}) v (name, bad)\n    where v.bad",
        key(relation, column),
        value.join(" "),
        relation.table,
        lines(&joins),
        bad.join(", "),
    ))
}

/// The rows of a query that have the table's key.
fn of_query(relation: &Relation, check: &Check) -> Option<String> {
    let query = check.arguments.text("unexpected_rows_query")?;
    let keys: Vec<String> = relation.key.iter().map(|name| quoted(name)).collect();
    let value = |name: &str| format!("to_jsonb(q) -> {}", quoted(name));
    Some(format!(
        "select distinct on (2) {}, {} as key, to_jsonb(q) as value\n    from (\n{}\n) q\n    \
         where to_jsonb(q) ?& array[{}]",
        quoted(&check.name),
        key(relation, value),
        statement(relation, query),
        keys.join(", "),
    ))
}

/// A row's key as jsonb: `{"column": value}`.
fn key(relation: &Relation, value: impl Fn(&str) -> String) -> String {
    let pairs = relation.key.iter().map(|name| format!("{}, {}", quoted(name), value(name)));
    format!("jsonb_build_object({})", pairs.collect::<Vec<_>>().join(", "))
}

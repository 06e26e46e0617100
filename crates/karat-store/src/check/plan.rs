//! All checks of a table as one statement that reads it once, and another that collects the keys
//! of rows that fail.

use karat_rules::check::{Check, Form};

use super::literal::{column, quoted};
use super::rows::{self, Row};
use super::whole::{Apart, Whole, statement, whole};
use super::{Clock, Relation};

/// Failing rows that are kept for each check; those beyond are counted only.
pub const MOST_FAILURES: u64 = 100_000;

/// The statement that counts. Its columns are the answers to those of the checks that read rows,
/// in their order, each as JSON text: `{"elements", "evaluated", "unexpected"}`, or
/// `{"observed", "holds"}`. None where no check reads rows.
///
/// It reads the table once. Besides, once each, for: every column, or list of columns, whose equal
/// values are counted or listed, as checks of uniqueness ask; every column of which a quantile is
/// asked; every check of z-scores, for mean and deviation; and the other tables that checks name.
/// What cannot be counted by several processes at once stands apart from the pass, which then can.
pub fn counting(relation: &Relation, checks: &[&Check], clock: &Clock) -> Option<String> {
    let mut columns = Vec::new();
    let mut pass = Pass::default();
    for (place, check) in checks.iter().enumerate() {
        match check.expectation.form {
            Form::Shape => continue,
            Form::Row => {
                columns.push(pass.row(rows::row(relation, check, place), place));
                continue;
            }
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
    /// What is asked of what is read apart.
    apart: Vec<(Apart, Vec<String>)>,
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
        for (at, (apart, selected)) in self.apart.iter().enumerate() {
            let selected = selected.join(",\n    ");
            sources.push(match apart {
                Apart::Sorted { .. } => format!("(select {selected}\n  from {from} t) g{at}"),
                Apart::Joined { join } => {
                    format!("(select {selected}\n  from {from} t\n  {join}) g{at}")
                }
                Apart::Groups { columns, scope } => {
                    let is_asked = selected.contains("g.top");
                    let top = if is_asked { ", max(count(*)) over () as top" } else { "" };
                    let filled = columns.iter().map(|column| format!("{column} is not null"));
                    let filled: Vec<String> = filled.collect();
                    format!(
                        "(select {selected}\n  from (select {} as v, count(*) as n{top}\n    \
                         from {from} t where {scope} and {} group by {}) g) g{at}",
                        columns[0],
                        filled.join(" and "),
                        columns.join(", "),
                    )
                }
            });
        }
        sources
    }

    /// Adds a check of rows; what its answer is put together from.
    fn row(&mut self, row: Row, place: usize) -> String {
        let Row { scope, over, bad, join, is_late, again, .. } = row;
        let counts = format!(
            "jsonb_build_object('elements', count(*) filter (where {scope}), \
             'evaluated', count(*) filter (where {scope} and {over})"
        );
        let Some(columns) = again else {
            let unexpected = format!("count(*) filter (where {scope} and {over} and {bad})");
            let selected = format!("{counts}, 'unexpected', {unexpected}) as c{place}");
            match join {
                Some(join) if is_late => self.ask(Apart::Joined { join }, selected),
                join => {
                    self.table.push(selected);
                    self.joins.extend(join);
                }
            }
            return format!("c{place}::text");
        };
        self.table.push(format!("{counts}) as c{place}"));
        let again = "coalesce(sum(g.n) filter (where g.n > 1), 0)";
        let selected = format!("jsonb_build_object('unexpected', {again}) as u{place}");
        self.ask(Apart::Groups { columns, scope }, selected);
        format!("(c{place} || u{place})::text")
    }

    fn query(&mut self, whole: Whole, place: usize) {
        self.queries.push(answer(&whole, place));
    }

    fn whole(&mut self, whole: Whole, place: usize) {
        let selected = answer(&whole, place);
        match whole.apart {
            Some(apart) => self.ask(apart, selected),
            None => self.table.push(selected),
        }
    }

    fn ask(&mut self, apart: Apart, selected: String) {
        match self.apart.iter_mut().find(|(known, _)| *known == apart) {
            Some((_, asked)) => asked.push(selected),
            None => self.apart.push((apart, vec![selected])),
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
    // Most rows fail nothing: one look tells that, and only the others are taken apart.
    let any = rows.iter().map(|(_, row)| format!("{} and {} and {}", row.scope, row.over, row.bad));
    let any: Vec<String> = any.map(|bad| format!("({bad})")).collect();
    let value = rows.iter().map(|(name, row)| format!("when {} then {}", quoted(name), row.value));
    let value: Vec<String> = value.collect();
    Some(format!(
        "select v.name, {} as key, case v.name {} end as value\n    from {} t{}\n    \
         cross join lateral (values {}) v (name, bad)\n    where ({}) and v.bad",
        key(relation, column),
        value.join(" "),
        relation.table,
        lines(&joins),
        bad.join(", "),
        any.join(" or "),
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

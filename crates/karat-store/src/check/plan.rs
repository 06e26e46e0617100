//! All checks of a table as one statement that reads it as seldom as it can.

use karat_rules::check::{Check, Form, Kind};

use super::ground::Grounds;
use super::literal::{all_of, column};
use super::rows::{self, Row};
use super::whole::{Apart, Whole, whole};
use super::{Clock, Column, Equality, Relation};

/// Distinct values for each row, by the server's statistics, from which on a column's values are
/// taken to come once until they are known not to.
const NEARLY_ALL: f64 = 0.99;

/// The statement that counts. Its columns are the answers to those of the checks that read rows,
/// in their order, each as JSON text: `{"elements", "evaluated", "unexpected"}`, or
/// `{"observed", "holds"}`. None where no check reads rows.
///
/// It reads the table once for what is asked of its rows (`m`), and once for each of the groups
/// (`karat_g0`, `karat_g1`, ...) of columns with few values, on which it counts instead what looks at those
/// columns alone. Besides, once each, for: every other column, or list of columns, whose equal
/// values are counted or listed; every other column of which a quantile is asked; every check of
/// z-scores of such; and the other tables that checks name. What cannot be counted by several
/// processes at once stands apart from the pass, which then can.
pub fn counting(relation: &Relation, checks: &[&Check], clock: &Clock) -> Option<String> {
    let grounds = Grounds::choose(relation, checks);
    let mut statement = Statement { relation, grounds: &grounds, parts: Vec::new() };
    let mut columns = Vec::new();
    for (place, check) in checks.iter().enumerate() {
        let ground = grounds.of(relation, check);
        let whole = || whole(relation, check, clock, ground.is_some());
        columns.push(match check.expectation.form {
            Form::Shape => continue,
            Form::Row => statement.row(check, checks, place),
            Form::Aggregate => statement.whole(whole(), place),
            Form::Query => {
                statement.select(From::Nothing, answer(&whole(), place));
                format!("c{place}::text")
            }
        });
    }
    (!columns.is_empty()).then(|| statement.text(&columns))
}

/// What a part of the statement reads.
#[derive(PartialEq)]
enum From {
    /// The table, or the groups of a number.
    Rows(Option<usize>),
    /// The same, with the mean and deviation that the pass finds for a check.
    Scores {
        ground: Option<usize>,
        place: usize,
    },
    /// Nothing: what queries of the user's own say.
    Nothing,
    /// Whether a column's values come again, where they hardly do.
    Repeated {
        column: String,
    },
    Apart(Apart),
}

/// A part of the statement.
struct Part {
    from: From,
    joins: Vec<String>,
    selected: Vec<String>,
}

/// The counting statement, as it is put together.
struct Statement<'a> {
    relation: &'a Relation,
    grounds: &'a Grounds,
    parts: Vec<Part>,
}

impl Statement<'_> {
    fn text(&self, columns: &[String]) -> String {
        let from = &self.relation.table;
        let grouped = self.grounds.0.iter().enumerate().map(|(at, names)| {
            let names: Vec<String> = names.iter().map(|name| column(name)).collect();
            let names = names.join(", ");
            format!(
                "karat_g{at} as materialized (\n  select {names}, count(*) as karat_rows\n  \
                 from {from} t group by {names})"
            )
        });
        let grouped: Vec<String> = grouped.collect();
        let with = if grouped.is_empty() { "" } else { "with " };
        let end = if grouped.is_empty() { "" } else { "\n" };
        // What the pass finds stands before what asks for it.
        let mut parts: Vec<(usize, &Part)> = self.parts.iter().enumerate().collect();
        parts.sort_by_key(|(_, part)| part.from != From::Rows(None));
        let sources: Vec<String> = parts.iter().map(|(at, part)| self.source(part, *at)).collect();
        format!(
            "{with}{}{end}select {}\nfrom {}",
            grouped.join(",\n"),
            columns.join(", "),
            sources.join("\ncross join ")
        )
    }

    /// What the statement selects from for a part.
    fn source(&self, part: &Part, at: usize) -> String {
        let table = |ground: Option<usize>| {
            ground.map_or_else(|| self.relation.table.to_string(), |at| format!("karat_g{at}"))
        };
        let selected = part.selected.join(",\n    ");
        let joins: String = part.joins.iter().map(|join| format!("\n  {join}")).collect();
        match &part.from {
            From::Rows(ground) => {
                let name = ground.map_or_else(|| "m".to_owned(), |at| format!("m{at}"));
                format!("(select {selected}\n  from {} t{joins}) {name}", table(*ground))
            }
            From::Scores { ground, place } => format!(
                "lateral (select {selected}\n  from {} t\n  cross join (select m.mean{place} as \
                 karat_0, m.deviation{place} as karat_1) j{place}) p{at}",
                table(*ground)
            ),
            From::Nothing => format!("(select {selected}) p{at}"),
            From::Repeated { .. } => {
                format!("(select {selected}\n  from {} t) p{at}", self.relation.table)
            }
            From::Apart(apart) => {
                let from = self.apart(apart, selected.contains("g.top"));
                format!("(select {selected}\n  from {from}) p{at}")
            }
        }
    }

    /// What is read apart from the pass; with the most rows of any group if that is asked.
    fn apart(&self, apart: &Apart, asks_top: bool) -> String {
        match apart {
            Apart::Sorted { .. } => format!("{} t", self.relation.table),
            Apart::Ranked { column: name } => {
                let x = column(name);
                let ground = self.grounds.with(&[name.as_str()]).unwrap_or_default();
                format!(
                    "(select {x} as v, (sum(t.karat_rows) over (order by {x}))::float8 as upto, \
                     (sum(t.karat_rows) over ())::float8 as total\n    \
                     from karat_g{ground} t where {x} is not null) g"
                )
            }
            Apart::Groups { columns: names, scope } => self.groups(names, scope, asks_top),
        }
    }

    /// The groups of equal values: of the table's rows, or of finer groups.
    fn groups(&self, names: &[String], scope: &str, asks_top: bool) -> String {
        let plain: Vec<&str> = names.iter().map(String::as_str).collect();
        let finer = self.grounds.with(&plain).filter(|_| scope == "true");
        let columns: Vec<String> = names.iter().map(|name| column(name)).collect();
        let (from, rows) = match finer {
            Some(at) => (format!("karat_g{at}"), "sum(t.karat_rows)::bigint"),
            None => (self.relation.table.to_string(), "count(*)"),
        };
        let top = if asks_top { format!(", max({rows}) over () as top") } else { String::new() };
        format!(
            "(select {} as v, {rows} as n{top}\n    \
             from {from} t where {} group by {}) g",
            columns[0],
            all_of(&[scope, &filled(&columns)]),
            columns.join(", "),
        )
    }

    fn select(&mut self, from: From, selected: String) {
        match self.parts.iter_mut().find(|part| part.from == from) {
            Some(part) => part.selected.push(selected),
            None => self.parts.push(Part { from, joins: Vec::new(), selected: vec![selected] }),
        }
    }

    fn join(&mut self, from: From, join: String) {
        if let Some(part) = self.parts.iter_mut().find(|part| part.from == from) {
            part.joins.push(join);
        }
    }

    fn whole(&mut self, whole: Whole, place: usize) -> String {
        let selected = answer(&whole, place);
        self.select(whole.apart.map_or(From::Rows(None), From::Apart), selected);
        format!("c{place}::text")
    }

    /// Adds a check of rows; what its answer is put together from.
    fn row(&mut self, check: &Check, checks: &[&Check], place: usize) -> String {
        let Row { scope, over, bad, join, again, .. } = rows::row(self.relation, check, place);
        let ground = self.grounds.of(self.relation, check);
        let counts = format!(
            "jsonb_build_object('elements', {}, 'evaluated', {}",
            counted(ground, &[&scope]),
            counted(ground, &[&scope, &over])
        );
        if let Some(names) = again {
            self.select(From::Rows(ground), format!("{counts}) as c{place}"));
            let unexpected = self.again(names, scope, checks, place);
            return format!("(c{place} || jsonb_build_object('unexpected', {unexpected}))::text");
        }
        let unexpected = counted(ground, &[&scope, &over, &bad]);
        let selected = format!("{counts}, 'unexpected', {unexpected}) as c{place}");
        if check.expectation.kind == Kind::ZScore {
            let x = column(check.arguments.text("column").unwrap_or_default());
            let filter = filter(&[&scope]);
            self.select(
                From::Rows(None),
                format!(
                    "avg({x}){filter}::float8 as mean{place}, \
                     stddev_samp({x}){filter}::float8 as deviation{place}"
                ),
            );
            self.select(From::Scores { ground, place }, selected);
        } else {
            self.select(From::Rows(ground), selected);
            if let Some(join) = join {
                self.join(From::Rows(ground), join);
            }
        }
        format!("c{place}::text")
    }

    /// How many rows have values that come again, as cheaply as it is known.
    fn again(
        &mut self,
        names: Vec<String>,
        scope: String,
        checks: &[&Check],
        place: usize,
    ) -> String {
        let relation = self.relation;
        if relation.is_unique(&names) {
            return "0".to_owned();
        }
        let columns: Vec<String> = names.iter().map(|name| column(name)).collect();
        let one_by_one = format!(
            "(select coalesce(sum(g.n), 0)\n  from (select count(*) as n\n    \
             from {} t where {} group by {} having count(*) > 1) g)",
            relation.table,
            all_of(&[&scope, &filled(&columns)]),
            columns.join(", "),
        );
        if scope == "true" && names.len() == 1 && is_nearly_unique(relation, &names[0]) {
            let x = distinct(relation, &names[0]);
            let (is_unique, name) = (format!("count(distinct {x}) = count({x})"), names[0].clone());
            let selected =
                format!("case when {is_unique} then 0 else {one_by_one} end as u{place}");
            self.select(From::Repeated { column: name }, selected);
            return format!("u{place}");
        }
        // Where one column's values come once, so do those of several.
        let of_one = checks.iter().position(|other| {
            let column = other.arguments.text("column").unwrap_or_default();
            let is_asked = other.expectation.kind == Kind::Unique;
            is_asked
                && other.arguments.condition().is_none()
                && names.iter().any(|name| name == column)
                && is_nearly_unique(relation, column)
        });
        if let Some(one) = of_one.filter(|one| *one != place) {
            return format!("case when u{one} = 0 then 0 else {one_by_one} end");
        }
        let selected = format!("coalesce(sum(g.n) filter (where g.n > 1), 0) as u{place}");
        self.select(From::Apart(Apart::Groups { columns: names, scope }), selected);
        format!("u{place}")
    }
}

fn answer(whole: &Whole, place: usize) -> String {
    let Whole { observed, holds, .. } = whole;
    format!(
        "jsonb_build_object('observed', {observed}, 'holds', coalesce({holds}, false)) as c{place}"
    )
}

/// The number of rows that fulfil all of these conditions.
fn counted(ground: Option<usize>, conditions: &[&str]) -> String {
    let filter = filter(conditions);
    match ground {
        None => format!("count(*){filter}"),
        Some(_) => format!("coalesce(sum(t.karat_rows){filter}, 0)"),
    }
}

fn filter(conditions: &[&str]) -> String {
    match all_of(conditions).as_str() {
        "true" => String::new(),
        all => format!(" filter (where {all})"),
    }
}

fn filled(columns: &[String]) -> String {
    let each: Vec<String> = columns.iter().map(|x| format!("{x} is not null")).collect();
    each.join(" and ")
}

fn is_nearly_unique(relation: &Relation, name: &str) -> bool {
    let distinct = relation.column(name).and_then(|column| column.distinct);
    distinct.is_some_and(|distinct| distinct >= NEARLY_ALL * relation.rows)
}

/// A column whose values are told apart by sorting: texts that are equal by their bytes alone.
fn distinct(relation: &Relation, name: &str) -> String {
    let is_text = |c: &Column| c.is_text && c.equality == Equality::Text;
    let of_bytes = relation.column(name).is_some_and(is_text);
    format!("{}{}", column(name), if of_bytes { " collate \"C\"" } else { "" })
}

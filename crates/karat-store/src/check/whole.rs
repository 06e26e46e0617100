//! Checks of one value over all rows: an aggregate of the pass over the table, or of the groups of
//! a column's equal values.

use karat_rules::check::{Arguments, Check, Kind};
use serde_json::Value;

use super::literal::{column, is_in, literal, literals, table};
use super::metric::metric;
use super::rows::{bounds, scope};
use super::{Clock, Relation};
use crate::name::quoted;

/// A check of one value as SQL.
pub(super) struct Whole {
    /// What was found, as jsonb.
    pub observed: String,
    /// Whether it is as expected; null counts as not.
    pub holds: String,
    /// What it is read from, where that is not the pass over the table.
    pub apart: Option<Apart>,
}

/// What is read apart from the pass over the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Apart {
    /// The groups of equal values of columns in some rows. A group is `g`, with the value `v` of
    /// the first column, its rows `n`, and `top`, the most rows of any.
    Groups { columns: Vec<String>, scope: String },
    /// The values of a column in order, which no two processes could sort together.
    Sorted { column: String },
    /// The distinct values `v` of a column of which there are groups, with `upto`, the rows that
    /// have it or a lesser one, and `total`, all rows.
    Ranked { column: String },
}

/// The check as SQL. `is_grouped`: there are groups of its columns' equal values.
pub(super) fn whole(relation: &Relation, check: &Check, clock: &Clock, is_grouped: bool) -> Whole {
    let kind = check.expectation.kind;
    match kind {
        kind if kind.is_of_distinct_values() => grouped(relation, check),
        Kind::Quantiles => quantiles(relation, check, is_grouped),
        Kind::Median => median(check, is_grouped),
        Kind::Fresh => fresh(check, clock),
        kind if kind.is_anomaly() => metric(relation, check, clock),
        Kind::RowCountBetween
        | Kind::RowCountEqual
        | Kind::RowCountOtherTable
        | Kind::RowCountQuery
        | Kind::UnexpectedRows => count(relation, check),
        _ => statistic(relation, check),
    }
}

fn filter(arguments: &Arguments) -> String {
    let scope = arguments.condition().map(|_| format!(" filter (where {})", scope(arguments)));
    scope.unwrap_or_default()
}

fn statistic(relation: &Relation, check: &Check) -> Whole {
    let arguments = &check.arguments;
    let name = arguments.text("column").unwrap_or_default();
    let (x, filter) = (column(name), filter(arguments));
    let of = |function: &str| format!("{function}({x}){filter}");
    let (found, is_of_column) = match check.expectation.kind {
        Kind::Min => (of("min"), true),
        Kind::Max => (of("max"), true),
        Kind::Mean => (of("avg"), false),
        Kind::Sum => (of("sum"), false),
        _ => (of("stddev_samp"), false),
    };
    let column = relation.column(name).filter(|_| is_of_column);
    Whole {
        holds: bounds(&found, arguments, column),
        observed: format!("to_jsonb({found})"),
        apart: None,
    }
}

/// Where a column's values stand in order.
fn in_order(check: &Check, is_grouped: bool) -> Apart {
    let column = check.arguments.text("column").unwrap_or_default().to_owned();
    if is_grouped { Apart::Ranked { column } } else { Apart::Sorted { column } }
}

/// As the server's own `percentile_cont` has it: between the two rows in the middle.
fn median(check: &Check, is_grouped: bool) -> Whole {
    let arguments = &check.arguments;
    let x = column(arguments.text("column").unwrap_or_default());
    let row = |function: &str| {
        format!("min(g.v::float8) filter (where g.upto > {function}((g.total - 1) / 2))")
    };
    let found = match is_grouped {
        true => {
            let [low, high] = ["floor", "ceil"].map(row);
            format!("({low} + ({high} - {low}) / 2)")
        }
        false => format!("percentile_cont(0.5) within group (order by {x}){}", filter(arguments)),
    };
    Whole {
        holds: bounds(&found, arguments, None),
        observed: format!("to_jsonb({found})"),
        apart: Some(in_order(check, is_grouped)),
    }
}

fn quantiles(relation: &Relation, check: &Check, is_grouped: bool) -> Whole {
    let arguments = &check.arguments;
    let name = arguments.text("column").unwrap_or_default();
    let (x, of) = (column(name), relation.column(name));
    let ranges = arguments.value("quantile_ranges").cloned().unwrap_or_default();
    let list = |key: &str| ranges[key].as_array().cloned().unwrap_or_default();
    let (mut found, mut holds) = (Vec::new(), Vec::new());
    // TOML has no null: an empty text leaves a range open too.
    for (quantile, range) in list("quantiles").iter().zip(list("value_ranges")) {
        let value = match is_grouped {
            true => format!("min(g.v) filter (where g.upto >= ceil({quantile} * g.total))"),
            false => {
                let filter = filter(arguments);
                format!("percentile_disc({quantile}) within group (order by {x}){filter}")
            }
        };
        holds.push(format!("{value} is not null"));
        for (bound, sign) in [(&range[0], ">="), (&range[1], "<=")] {
            if !bound.is_null() && bound != "" {
                holds.push(format!("{value} {sign} {}", literal(bound, of)));
            }
        }
        found.push(value);
    }
    let asked = quoted(&ranges["quantiles"].to_string());
    let observed = format!(
        "jsonb_build_object('quantiles', {asked}::jsonb, 'values', jsonb_build_array({}))",
        found.join(", ")
    );
    Whole { observed, holds: holds.join(" and "), apart: Some(in_order(check, is_grouped)) }
}

fn fresh(check: &Check, clock: &Clock) -> Whole {
    let arguments = &check.arguments;
    let name = arguments.text("column").unwrap_or_default();
    let days = arguments.number("max_days").map(|days| days * 24.0);
    let hours = days.or(arguments.number("max_hours")).unwrap_or_default();
    let found = format!("(max({}){})::timestamptz", column(name), filter(arguments));
    let now = quoted(&clock.0);
    Whole {
        observed: format!("to_jsonb({found})"),
        holds: format!(
            "{found} >= {now}::timestamptz - interval '1 second' * {:?}",
            hours * 3600.0
        ),
        apart: None,
    }
}

fn count(relation: &Relation, check: &Check) -> Whole {
    let arguments = &check.arguments;
    let rows = format!("count(*){}", filter(arguments));
    let pair = |other: &str, name: &str| Whole {
        observed: format!("jsonb_build_object('self', {rows}, '{name}', {other})"),
        holds: format!("{rows} = {other}"),
        apart: None,
    };
    let holds = match check.expectation.kind {
        Kind::RowCountOtherTable => {
            let other = table(arguments.text("other_table_name").unwrap_or_default());
            return pair(&format!("(select count(*) from {other})"), "other");
        }
        Kind::RowCountQuery => {
            let query = arguments.text("query").unwrap_or_default();
            return pair(&format!("(\n{}\n)::bigint", statement(relation, query)), "query");
        }
        Kind::UnexpectedRows => {
            let query = arguments.text("unexpected_rows_query").unwrap_or_default();
            let found = format!("(select count(*) from (\n{}\n) q)", statement(relation, query));
            let (observed, holds) = (format!("to_jsonb({found})"), format!("{found} = 0"));
            return Whole { observed, holds, apart: None };
        }
        Kind::RowCountEqual => {
            let wanted = arguments.value("value").map(Value::to_string).unwrap_or_default();
            format!("{rows} = {wanted}")
        }
        _ => bounds(&rows, arguments, None),
    };
    Whole { observed: format!("to_jsonb({rows})"), holds, apart: None }
}

/// A query of the user's as a part of another: `{batch}` is the table, and no semicolon ends it.
pub(super) fn statement(relation: &Relation, query: &str) -> String {
    let query = query.trim().trim_end_matches(';').trim_end();
    query.replace("{batch}", &relation.table.to_string())
}

fn grouped(relation: &Relation, check: &Check) -> Whole {
    let arguments = &check.arguments;
    let name = arguments.text("column").unwrap_or_default();
    let of = relation.column(name);
    let set = literals(arguments.values("value_set"), of);
    let (listed, known) = (is_in("g.v", &set), set.len());
    let all = "to_jsonb((array_agg(to_jsonb(g.v) order by g.v))[:1000])";
    let lists_all = || format!("coalesce({all}, '[]')");
    let (observed, holds) = match check.expectation.kind {
        Kind::UniqueProportion => {
            let share = "coalesce(count(*)::float8 / nullif(sum(g.n), 0)::float8, 0)";
            (format!("to_jsonb({share})"), bounds(share, arguments, None))
        }
        Kind::UniqueCount => ("to_jsonb(count(*))".into(), bounds("count(*)", arguments, None)),
        Kind::MostCommon => {
            let is_top = "filter (where g.n = g.top)";
            let any = format!("bool_or({listed}) {is_top}");
            let holds = match arguments.truth("ties_okay") {
                true => any,
                false => format!("{any} and count(*) {is_top} = 1"),
            };
            (format!("coalesce(jsonb_agg(g.v order by g.v) {is_top}, '[]')"), holds)
        }
        Kind::DistinctInSet => (lists_all(), format!("count(*) filter (where not ({listed})) = 0")),
        Kind::DistinctContainSet => {
            (lists_all(), format!("count(*) filter (where {listed}) = {known}"))
        }
        Kind::DistinctEqualSet => {
            let inside = format!("count(*) filter (where {listed}) = {known}");
            (lists_all(), format!("{inside} and count(*) = {known}"))
        }
        _ => {
            let counts = "jsonb_agg(jsonb_build_array(g.v::text, g.n) order by g.v)";
            (format!("coalesce({counts}, '[]')"), "true".into())
        }
    };
    let apart = Apart::Groups { columns: vec![name.to_owned()], scope: scope(arguments) };
    Whole { observed, holds, apart: Some(apart) }
}

//! What objectives ask of a table, as one plain statement.

use karat_rules::objective::format;

use crate::check::literal::{column, is_in};
use crate::check::{Clock, Relation};
use crate::name::{Ident, quoted};

use super::{Asks, Question, Reference};

/// The statement that answers all questions about a table: two columns for each, `NAME.judged` and
/// `NAME.good`, or one, `NAME.days`, where the latest is asked for.
pub fn statement(relation: &Relation, questions: &[&Question], clock: &Clock) -> String {
    let columns: Vec<String> = questions.iter().flat_map(|q| answers(relation, q, clock)).collect();
    format!("select {}\nfrom {} t", columns.join(",\n       "), relation.table)
}

fn answers(relation: &Relation, question: &Question, clock: &Clock) -> Vec<String> {
    let named = |sql: String, what: &str| {
        let name = format!("{}.{what}", question.name);
        format!("{sql} as {}", Ident(&name))
    };
    let cells: Vec<Cell> = question.columns.iter().map(|name| cell(relation, name)).collect();
    let present = |x: &str| present(x, &question.placeholders);
    match question.asks {
        Asks::Newest => vec![named(age(&cells, clock), "days")],
        Asks::Filled => {
            let any: Vec<String> = cells.iter().map(|cell| cell.has(&present)).collect();
            let good = format!("count(*) filter (where {})", any.join(" or "));
            vec![named("count(*)".to_owned(), "judged"), named(good, "good")]
        }
        _ => {
            let sum = |test: &dyn Fn(&str) -> String| {
                cells.iter().map(|cell| cell.count(test)).collect::<Vec<_>>().join(" + ")
            };
            let judged = sum(&present);
            let good = sum(&|x| format!("{} and {}", present(x), fits(x, &question.asks)));
            vec![named(judged, "judged"), named(good, "good")]
        }
    }
}

/// The values that are present and not good, with how often each comes; none of questions that are
/// about no values.
pub fn unfit(relation: &Relation, question: &Question, most: u32) -> Option<String> {
    if matches!(question.asks, Asks::Filled | Asks::Newest) {
        return None;
    }
    let of = |name: &String| {
        let cell = cell(relation, name);
        let unfit = format!(
            "{} and not ({})",
            present("v", &question.placeholders),
            fits("v", &question.asks)
        );
        match cell {
            Cell::One { text, .. } => format!(
                "select v from {} t cross join lateral (values ({text})) x (v) where {unfit}",
                relation.table
            ),
            Cell::Many(all) => format!(
                "select v from {} t cross join lateral unnest({all}) x (v) where {unfit}",
                relation.table
            ),
        }
    };
    let parts: Vec<String> = question.columns.iter().map(of).collect();
    Some(format!(
        "select v, count(*)\nfrom ({}) u\ngroup by v\norder by 2 desc, v collate \"C\"\nlimit {most}",
        parts.join("\n  union all\n  ")
    ))
}

/// A column of a row: one value, or an array of them.
enum Cell {
    One { plain: String, text: String },
    Many(String),
}

fn cell(relation: &Relation, name: &str) -> Cell {
    let x = column(name);
    match relation.column(name) {
        // The server names the type of arrays with an underscore in front.
        Some(column) if column.kind.starts_with('_') => Cell::Many(format!("{x}::text[]")),
        Some(column) if column.is_text => Cell::One { text: x.clone(), plain: x },
        _ => Cell::One { text: format!("{x}::text"), plain: x },
    }
}

impl Cell {
    /// Whether a row has a value of which `test` holds.
    fn has(&self, test: &dyn Fn(&str) -> String) -> String {
        match self {
            Cell::One { text, .. } => test(text),
            Cell::Many(all) => {
                format!("exists (select from unnest({all}) x (v) where {})", test("v"))
            }
        }
    }

    /// How many values of all rows `test` holds of.
    fn count(&self, test: &dyn Fn(&str) -> String) -> String {
        match self {
            Cell::One { text, .. } => format!("count(*) filter (where {})", test(text)),
            Cell::Many(all) => format!(
                "coalesce(sum((select count(*) from unnest({all}) x (v) where {})), 0)::bigint",
                test("v")
            ),
        }
    }
}

fn present(x: &str, placeholders: &[String]) -> String {
    let (open, exact): (Vec<&String>, Vec<&String>) =
        placeholders.iter().partition(|text| text.ends_with('*'));
    let clean = format!("lower(btrim({x}, E' \\t\\r\\n'))");
    let mut tests = vec![format!("{x} is not null")];
    if !exact.is_empty() {
        let list: Vec<String> = exact.iter().map(|text| quoted(text)).collect();
        tests.push(format!("{clean} not in ({})", list.join(", ")));
    }
    if !open.is_empty() {
        let list: Vec<String> = open.iter().map(|text| quoted(&like(text))).collect();
        tests.push(format!("{clean} not like all (array[{}])", list.join(", ")));
    }
    tests.join(" and ")
}

/// A placeholder with a `*` at its end as a pattern.
fn like(text: &str) -> String {
    let start = text.trim_end_matches('*');
    let plain = start.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{plain}%")
}

fn fits(x: &str, asks: &Asks) -> String {
    match asks {
        Asks::Formed(pattern) => format!("{x} ~ {}", quoted(pattern)),
        // 64 bytes before the sign, 254 in all, 63 characters in a label.
        Asks::Email => format!(
            "{x} ~ {} and {x} !~ {} and octet_length({x}) <= 254 \
             and octet_length(split_part({x}, '@', 1)) <= 64 \
             and split_part({x}, '@', 2) !~ '[^.]{{64}}'",
            quoted(format::EMAIL),
            quoted(format::NO_EMAIL),
        ),
        Asks::Listed(Reference::Values(values)) => {
            is_in(x, &values.iter().map(|value| quoted(value)).collect::<Vec<_>>())
        }
        Asks::Listed(Reference::Column { table, column }) => {
            let column = Ident(column);
            format!("{x} in (select r.{column}::text from {table} r where r.{column} is not null)")
        }
        Asks::Filled | Asks::Newest => "true".to_owned(),
    }
}

/// Days from the latest time of any of the columns until now. What is after now is an error in the
/// data that must not hide that nothing comes any more.
fn age(cells: &[Cell], clock: &Clock) -> String {
    let now = format!("{}::timestamptz", quoted(&clock.0));
    let time = |cell: &Cell| match cell {
        Cell::One { plain, .. } => {
            format!("case when {plain}::timestamptz <= {now} then {plain}::timestamptz end")
        }
        Cell::Many(all) => format!(
            "(select max(v::timestamptz) from unnest({all}) x (v) where v::timestamptz <= {now})"
        ),
    };
    let times: Vec<String> = cells.iter().map(time).collect();
    format!("(extract(epoch from {now} - max(greatest({}))) / 86400)::float8", times.join(", "))
}

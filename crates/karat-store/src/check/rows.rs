//! Checks of rows: which rows they judge, which of those are not as expected, and what has to be
//! joined to tell.

use karat_rules::check::{Arguments, Check, Kind};
use serde_json::Value;

use super::literal::{column, is_in, literal, literals, table};
use super::{Column, Relation, regex};
use crate::name::quoted;

/// A check of rows as SQL. The table is `t` in all of it.
pub(super) struct Row {
    /// Rows that are looked at.
    pub scope: String,
    /// Rows of these that are judged.
    pub over: String,
    /// Rows of these that are not as expected; null counts as expected.
    pub bad: String,
    /// What else is read, each at most one row per row of the table.
    pub join: Option<String>,
    /// Where all that is asked is whether values come again: the names of the columns whose equal
    /// values are grouped. Counting then needs no join.
    pub again: Option<Vec<String>>,
    /// What is kept of a row that fails, as jsonb.
    pub value: String,
}

/// The rows that a check looks at.
pub(super) fn scope(arguments: &Arguments) -> String {
    arguments.condition().map_or_else(|| "true".to_owned(), |sql| format!("(\n{sql}\n)"))
}

/// The check as SQL. `place` names what it joins.
pub(super) fn row(relation: &Relation, check: &Check, place: usize) -> Row {
    let arguments = &check.arguments;
    let names = arguments.columns();
    let columns: Vec<String> = names.iter().map(|name| column(name)).collect();
    let join = join(relation, check, place);
    Row {
        scope: scope(arguments),
        over: over(check, &columns),
        bad: bad(relation, check, place),
        join,
        again: matches!(check.expectation.kind, Kind::Unique | Kind::CompoundUnique)
            .then(|| names.iter().map(|&name| name.to_owned()).collect()),
        value: match columns.as_slice() {
            [one] => format!("to_jsonb({one})"),
            several => format!("jsonb_build_array({})", several.join(", ")),
        },
    }
}

/// Rows that are judged: missing values are not, unless the check is about them.
fn over(check: &Check, columns: &[String]) -> String {
    let filled = |word: &str| {
        let each: Vec<String> = columns.iter().map(|x| format!("{x} is not null")).collect();
        format!("({})", each.join(word))
    };
    let standard = match check.expectation.kind {
        Kind::Null | Kind::NotNull => return "true".to_owned(),
        Kind::PairGreater | Kind::PairEqual | Kind::PairInSet => "both_values_are_missing",
        Kind::CompoundUnique | Kind::UniqueWithinRecord | Kind::SumEqual => {
            "all_values_are_missing"
        }
        _ => return format!("{} is not null", columns.join(", ")),
    };
    match check.arguments.text("ignore_row_if").unwrap_or(standard) {
        "both_values_are_missing" | "all_values_are_missing" => filled(" or "),
        "either_value_is_missing" | "any_value_is_missing" => filled(" and "),
        _ => "true".to_owned(),
    }
}

fn bad(relation: &Relation, check: &Check, place: usize) -> String {
    let arguments = &check.arguments;
    let names = arguments.columns();
    let of = |at: usize| names.get(at).and_then(|name| relation.column(name));
    let columns: Vec<String> = names.iter().map(|name| column(name)).collect();
    let x = columns.first().cloned().unwrap_or_default();
    match check.expectation.kind {
        Kind::Null => format!("{x} is not null"),
        Kind::NotNull => missing(&x, &arguments.texts("placeholders")),
        Kind::Between => format!("not ({})", bounds(&x, arguments, of(0))),
        Kind::InSet => {
            format!("not ({})", is_in(&x, &literals(arguments.values("value_set"), of(0))))
        }
        Kind::NotInSet => is_in(&x, &literals(arguments.values("value_set"), of(0))),
        Kind::LengthBetween => {
            format!("not ({})", bounds(&format!("length({})", text(&x, of(0))), arguments, None))
        }
        Kind::LengthEqual => {
            let wanted = arguments.value("value").map(Value::to_string).unwrap_or_default();
            format!("length({}) <> {wanted}", text(&x, of(0)))
        }
        Kind::ZScore => z_score(&x, arguments, place),
        Kind::Outliers => {
            let limit = arguments.number("threshold").unwrap_or(3.0).abs();
            let far = format!("abs({x}::float8 - j{place}.karat_0)");
            format!("{far} > {limit:?}::float8 * j{place}.karat_1")
        }
        Kind::Unique | Kind::CompoundUnique => format!("j{place}.karat_0 is not null"),
        Kind::Relationships => format!("j{place}.karat_0 is null"),
        Kind::PairGreater => greater(&columns, arguments.truth("or_equal")),
        Kind::PairEqual => {
            let [a, b] = [&columns[0], &columns[1]];
            format!("not ({a} = {b} and {a} is not null and {b} is not null)")
        }
        Kind::PairInSet => {
            // By their first value, so that the server can look the second one up.
            let mut by_first: Vec<(String, Vec<String>)> = Vec::new();
            for pair in arguments.values("value_pairs_set") {
                let [a, b] = [literal(&pair[0], of(0)), literal(&pair[1], of(1))];
                match by_first.iter_mut().find(|(first, _)| *first == a) {
                    Some((_, seconds)) => seconds.push(b),
                    None => by_first.push((a, vec![b])),
                }
            }
            let any = by_first.iter().map(|(a, seconds)| {
                format!("({} = {a} and {})", columns[0], is_in(&columns[1], seconds))
            });
            let any: Vec<String> = any.collect();
            let any = if any.is_empty() { "false".to_owned() } else { any.join(" or ") };
            format!("({any}) is not true")
        }
        Kind::UniqueWithinRecord => equal_pairs(&columns),
        Kind::SumEqual => {
            let total = arguments.value("sum_total").map(Value::to_string).unwrap_or_default();
            format!("{} <> {total}", columns.join(" + "))
        }
        _ => pattern(&text(&x, of(0)), check),
    }
}

/// A value as text, for what only texts have.
fn text(x: &str, column: Option<&Column>) -> String {
    if column.is_some_and(|column| column.is_text) { x.to_owned() } else { format!("{x}::text") }
}

pub(super) fn missing(x: &str, placeholders: &[&str]) -> String {
    if placeholders.is_empty() {
        return format!("{x} is null");
    }
    let words: Vec<String> =
        placeholders.iter().map(|word| quoted(&word.trim().to_lowercase())).collect();
    format!("({x} is null or lower(btrim({x}::text)) in ({}))", words.join(", "))
}

/// `x >= low and x < high`, from the bounds that are there.
pub(super) fn bounds(x: &str, arguments: &Arguments, column: Option<&Column>) -> String {
    let sides = [("min_value", "strict_min", ">"), ("max_value", "strict_max", "<")];
    let parts = sides.into_iter().filter_map(|(key, strict, sign)| {
        let bound = literal(arguments.value(key)?, column);
        let sign = if arguments.truth(strict) { sign.to_owned() } else { format!("{sign}=") };
        Some(format!("{x} {sign} {bound}"))
    });
    parts.collect::<Vec<_>>().join(" and ")
}

fn z_score(x: &str, arguments: &Arguments, place: usize) -> String {
    let limit = arguments.number("threshold").unwrap_or_default();
    let score = format!("({x}::float8 - j{place}.karat_0) / nullif(j{place}.karat_1, 0)");
    let is_double = arguments.value("double_sided").is_none_or(|sided| sided == &Value::Bool(true));
    match is_double {
        true => format!("not (abs({score}) < {:?})", limit.abs()),
        false => format!("not ({score} < {limit:?})"),
    }
}

fn greater(columns: &[String], or_equal: bool) -> String {
    let [a, b] = [&columns[0], &columns[1]];
    match or_equal {
        true => format!("not ({a} >= {b} or ({a} is null and {b} is null))"),
        false => format!("not ({a} > {b})"),
    }
}

fn equal_pairs(columns: &[String]) -> String {
    let mut pairs = Vec::new();
    for (at, a) in columns.iter().enumerate() {
        for b in &columns[at + 1..] {
            pairs.push(format!("{a} is not distinct from {b}"));
        }
    }
    format!("({})", pairs.join(" or "))
}

fn pattern(x: &str, check: &Check) -> String {
    let (one, list) = ("regex", "regex_list");
    let (one, list, sign) = match check.expectation.kind {
        Kind::Like | Kind::NotLike | Kind::LikeList | Kind::NotLikeList => {
            ("like_pattern", "like_pattern_list", "like")
        }
        _ => (one, list, "~"),
    };
    let arguments = &check.arguments;
    let patterns = arguments.text(one).into_iter().chain(arguments.texts(list));
    let each = patterns.map(|pattern| {
        let simple = (sign == "~").then(|| regex::like(x, pattern)).flatten();
        simple.unwrap_or_else(|| format!("{x} {sign} {}", quoted(pattern)))
    });
    let each: Vec<String> = each.collect();
    let all = arguments.text("match_on") == Some("all");
    let found = each.join(if all { " and " } else { " or " });
    match check.expectation.kind {
        Kind::NotRegex | Kind::NotRegexList | Kind::NotLike | Kind::NotLikeList => {
            format!("({found})")
        }
        _ => format!("not ({found})"),
    }
}

/// What is joined: values that come more than once, those of another table, or two statistics.
fn join(relation: &Relation, check: &Check, place: usize) -> Option<String> {
    let arguments = &check.arguments;
    let (from, scope) = (&relation.table, scope(arguments));
    let columns: Vec<String> = arguments.columns().into_iter().map(column).collect();
    let x = columns.first()?;
    Some(match check.expectation.kind {
        Kind::Unique | Kind::CompoundUnique => {
            let named = |(at, column): (usize, &String)| format!("{column} as karat_{at}");
            let kept: Vec<String> = columns.iter().enumerate().map(named).collect();
            let on = |(at, column): (usize, &String)| format!("j{place}.karat_{at} = {column}");
            let on: Vec<String> = columns.iter().enumerate().map(on).collect();
            let (all, kept) = (columns.join(", "), kept.join(", "));
            let on = on.join(" and ");
            format!(
                "left join (select {kept} from {from} t where {scope} and num_nulls({all}) = 0 \
                 group by {all} having count(*) > 1) j{place} on {on}"
            )
        }
        Kind::Relationships => {
            let to = table(arguments.text("to")?);
            let field = column(arguments.text("field")?);
            format!(
                "left join (select distinct {field} as karat_0 from {to} t \
                 where {field} is not null) j{place} on j{place}.karat_0 = {x}"
            )
        }
        Kind::ZScore => format!(
            "cross join (select avg({x})::float8 as karat_0, stddev_samp({x})::float8 as karat_1 \
             from {from} t where {scope}) j{place}"
        ),
        Kind::Outliers => {
            let by: Vec<String> = arguments.texts("group_by").into_iter().map(column).collect();
            let named = |(at, by): (usize, &String)| format!("{by} as karat_g{at}, ");
            let kept: String = by.iter().enumerate().map(named).collect();
            let on = |(at, by): (usize, &String)| format!("j{place}.karat_g{at} = {by}");
            let on: Vec<String> = by.iter().enumerate().map(on).collect();
            let (group, on) = match by.is_empty() {
                true => (String::new(), "true".to_owned()),
                false => (format!(" group by {}", by.join(", ")), on.join(" and ")),
            };
            format!(
                "left join (select {kept}avg({x})::float8 as karat_0, \
                 stddev_pop({x})::float8 as karat_1 from {from} t where {scope}{group}) j{place} \
                 on {on}"
            )
        }
        _ => return None,
    })
}

//! The levels of Splink's `comparison_level_library`, with the conditions and labels that Splink
//! 5.0 writes for DuckDB.

use std::fmt;

use super::ast::{Arithmetic, Comparison, Expr, Literal, Side, Type};
use super::column::ColumnExpression;
pub use super::distance_levels::{
    Metric, TimeDifference, absolute_date_difference_level, absolute_time_difference_level,
    distance_in_km_level,
};

/// One level of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// `None` for the level of all other pairs, `ELSE`.
    pub condition: Option<Expr>,
    /// What charts call the level.
    pub label: String,
    /// Whether the level says nothing about the pair because a value is missing.
    pub is_null: bool,
    /// The column whose term frequencies adjust the level.
    pub term_frequency_column: Option<String>,
}

impl Level {
    fn new(condition: Expr, label: impl Into<String>) -> Level {
        Level {
            condition: Some(condition),
            label: label.into(),
            is_null: false,
            term_frequency_column: None,
        }
    }

    /// The level under another label.
    pub fn labelled(self, label: impl Into<String>) -> Level {
        Level { label: label.into(), ..self }
    }

    /// The level adjusted by the term frequencies of a column.
    pub fn adjusted(self, column: &str) -> Level {
        Level { term_frequency_column: Some(column.to_owned()), ..self }
    }

    /// The SQL as Splink stores it.
    pub fn sql(&self) -> String {
        self.condition.as_ref().map_or("ELSE".to_owned(), Expr::to_string)
    }
}

/// The number as Python prints it in labels.
impl fmt::Display for Literal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Decimal(decimal) => write!(out, "{decimal}"),
            Literal::Text(text) => out.write_str(text),
            other => write!(out, "{}", Expr::Literal(other.clone())),
        }
    }
}

/// Either value is missing, or does not match the pattern.
pub fn null_level(column: &ColumnExpression, valid_pattern: Option<&str>) -> Level {
    let column = match valid_pattern {
        Some(pattern) => column.regex_extract(pattern, 0),
        None => column.clone(),
    };
    let condition = Expr::any(column.both().map(Expr::is_null).into());
    Level { is_null: true, ..Level::new(condition, format!("{} is NULL", column.label())) }
}

/// All other pairs.
pub fn else_level() -> Level {
    Level {
        condition: None,
        label: "All other comparisons".to_owned(),
        is_null: false,
        term_frequency_column: None,
    }
}

/// A condition of one's own.
pub fn custom_level(condition: Expr, label: &str) -> Level {
    Level::new(condition, label)
}

/// Both values are the same.
pub fn exact_match_level(column: &ColumnExpression) -> Level {
    let [left, right] = column.both();
    let label = format!("Exact match on {}", column.label());
    Level::new(Expr::compare(Comparison::Equal, left, right), label)
}

/// A constant that a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Text(String),
    Integer(i64),
    Float(f64),
    /// Written as `2020-01-05`.
    Date(String),
}

impl Constant {
    fn expr(&self) -> Expr {
        let (value, to) = match self {
            Constant::Text(text) => return Expr::literal(text.as_str()),
            Constant::Integer(whole) => (Expr::literal(*whole), Type::Integer),
            Constant::Float(number) => (Expr::literal(*number), Type::Real),
            Constant::Date(date) => (Expr::literal(date.as_str()), Type::Date),
        };
        Expr::Cast { value: Box::new(value), to, lenient: false }
    }

    fn label(&self) -> String {
        match self {
            Constant::Text(text) | Constant::Date(text) => text.clone(),
            Constant::Integer(whole) => whole.to_string(),
            Constant::Float(number) => Literal::from(*number).to_string(),
        }
    }
}

/// The value of one side, or of both without a side, is a constant.
pub fn literal_match_level(
    column: &ColumnExpression,
    constant: &Constant,
    side: Option<Side>,
) -> Level {
    let equal = |side| Expr::compare(Comparison::Equal, column.on(side), constant.expr());
    let (condition, on) = match side {
        Some(Side::Left) => (equal(Side::Left), "left"),
        Some(Side::Right) => (equal(Side::Right), "right"),
        None => (Expr::all(vec![equal(Side::Left), equal(Side::Right)]), "both"),
    };
    Level::new(condition, format!("{} = {} on {on}", column.label(), constant.label()))
}

/// The values of two columns are exchanged: in one direction, or `symmetrical` in both.
pub fn columns_reversed_level(
    first: &ColumnExpression,
    second: &ColumnExpression,
    symmetrical: bool,
) -> Level {
    let equal = |a: &ColumnExpression, side: Side, b: &ColumnExpression| {
        Expr::compare(Comparison::Equal, a.on(side), b.on(side.other()))
    };
    let mut parts = vec![equal(first, Side::Left, second)];
    if symmetrical {
        parts.push(equal(first, Side::Right, second));
    }
    let direction = if symmetrical { "both directions" } else { "one direction" };
    let (first, second) = (first.label(), second.label());
    let label = format!("Match on reversed cols: {first} and {second} ({direction})");
    Level::new(Expr::all(parts), label)
}

/// A function of both values compared with a threshold.
fn measured(
    column: &ColumnExpression,
    function: &str,
    op: Comparison,
    threshold: &Literal,
) -> Expr {
    let call = Expr::call(function, column.both().into());
    Expr::compare(op, call, Expr::Literal(threshold.clone()))
}

/// At most so many edits apart.
pub fn levenshtein_level(column: &ColumnExpression, edits: impl Into<Literal>) -> Level {
    let edits = edits.into();
    let condition = measured(column, "levenshtein", Comparison::LessOrEqual, &edits);
    Level::new(condition, format!("Levenshtein distance of {} <= {edits}", column.label()))
}

/// At most so many edits apart, transpositions counted as one.
pub fn damerau_levenshtein_level(column: &ColumnExpression, edits: impl Into<Literal>) -> Level {
    let edits = edits.into();
    let condition = measured(column, "damerau_levenshtein", Comparison::LessOrEqual, &edits);
    let label = format!("Damerau-Levenshtein distance of {} <= {edits}", column.label());
    Level::new(condition, label)
}

fn similar(column: &ColumnExpression, function: &str, threshold: &Literal, label: String) -> Level {
    Level::new(measured(column, function, Comparison::GreaterOrEqual, threshold), label)
}

/// At least so similar by Jaro-Winkler.
pub fn jaro_winkler_level(column: &ColumnExpression, least: impl Into<Literal>) -> Level {
    let least = least.into();
    let label = format!("Jaro-Winkler distance of {} >= {least}", column.label());
    similar(column, "jaro_winkler_similarity", &least, label)
}

/// At least so similar by Jaro. (The misplaced quote in the label is Splink's.)
pub fn jaro_level(column: &ColumnExpression, least: impl Into<Literal>) -> Level {
    let least = least.into();
    let label = format!("Jaro distance of '{} >= {least}'", column.label());
    similar(column, "jaro_similarity", &least, label)
}

/// At least so similar by the share of common characters.
pub fn jaccard_level(column: &ColumnExpression, least: impl Into<Literal>) -> Level {
    let least = least.into();
    let label = format!("Jaccard distance of '{} >= {least}'", column.label());
    similar(column, "jaccard", &least, label)
}

/// At least so similar by the angle of two vectors.
pub fn cosine_similarity_level(column: &ColumnExpression, least: impl Into<Literal>) -> Level {
    let least = least.into();
    let label = format!("Cosine similarity of {} >= {least}", column.label());
    similar(column, "array_cosine_similarity", &least, label)
}

/// Any function of two values, on the similar side of a threshold.
pub fn distance_function_level(
    column: &ColumnExpression,
    function: &str,
    threshold: impl Into<Literal>,
    higher_is_more_similar: bool,
) -> Level {
    let threshold = threshold.into();
    let (op, word) = match higher_is_more_similar {
        true => (Comparison::GreaterOrEqual, "greater"),
        false => (Comparison::LessOrEqual, "less"),
    };
    let label = format!("`{function}` distance of '{} {word} than {threshold}'", column.label());
    Level::new(measured(column, function, op, &threshold), label)
}

/// The measures that lists of texts can be compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairwiseMeasure {
    Levenshtein,
    DamerauLevenshtein,
    JaroWinkler,
    Jaro,
}

/// The closest two items of two lists are close enough. Splink 5.0 writes the lambdas with
/// arrows, which DuckDB 2.0 refuses; ours are written so that it runs them.
pub fn pairwise_level(
    column: &ColumnExpression,
    measure: PairwiseMeasure,
    threshold: impl Into<Literal>,
) -> Level {
    let threshold = threshold.into();
    let (name, function, similar) = match measure {
        PairwiseMeasure::Levenshtein => ("levenshtein", "levenshtein", false),
        PairwiseMeasure::DamerauLevenshtein => {
            ("damerau_levenshtein", "damerau_levenshtein", false)
        }
        PairwiseMeasure::JaroWinkler => ("jaro_winkler", "jaro_winkler_similarity", true),
        PairwiseMeasure::Jaro => ("jaro", "jaro_similarity", true),
    };
    let (extreme, word, op) = match similar {
        true => ("list_max", "Max", Comparison::GreaterOrEqual),
        false => ("list_min", "Min", Comparison::LessOrEqual),
    };
    let sign = if similar { ">=" } else { "<=" };
    let label =
        format!("{word} `{name}` distance of '{}' {sign} than {threshold}'", column.label());
    let best = Expr::call(extreme, vec![pairwise(column, function)]);
    Level::new(Expr::compare(op, best, Expr::Literal(threshold)), label)
}

fn pairwise(column: &ColumnExpression, function: &str) -> Expr {
    let lambda =
        |parameter: &str, body| Expr::Lambda { parameter: parameter.into(), body: Box::new(body) };
    let over = |list, lambda| Expr::call("list_transform", vec![list, lambda]);
    let variable = |name: &str| Expr::Variable(name.into());
    let item = |index: i64| Expr::Subscript {
        value: Box::new(variable("pair")),
        index: Box::new(Expr::literal(index)),
    };
    let [left, right] = column.both();
    let couple = Expr::List(vec![variable("x"), variable("y")]);
    let pairs = over(left, lambda("x", over(right, lambda("y", couple))));
    let measured = Expr::call(function, vec![item(1), item(2)]);
    over(Expr::call("flatten", vec![pairs]), lambda("pair", measured))
}

/// At least so many common items.
pub fn array_intersect_level(column: &ColumnExpression, least: impl Into<Literal>) -> Level {
    let least = least.into();
    let common = Expr::call("list_intersect", column.both().into());
    let count = Expr::call("array_length", vec![common]);
    let label = format!("Array intersection size >= {least}");
    Level::new(Expr::compare(Comparison::GreaterOrEqual, count, Expr::Literal(least)), label)
}

/// All items of the shorter list are in the longer one.
pub fn array_subset_level(column: &ColumnExpression, empty_is_subset: bool) -> Level {
    let length = |list| Expr::call("ARRAY_LENGTH", vec![list]);
    let shorter = Expr::call("LEAST", column.both().map(length).into());
    let common = Expr::call("ARRAY_INTERSECT", column.both().into());
    let subset = Expr::compare(Comparison::Equal, length(common), shorter.clone());
    let mut parts = Vec::new();
    if !empty_is_subset {
        parts.push(Expr::compare(Comparison::NotEqual, shorter, Expr::literal(0)));
    }
    parts.push(subset);
    Level::new(Expr::all(parts), "Array subset")
}

fn difference(left: Expr, right: Expr) -> Expr {
    Expr::call("ABS", vec![Expr::arithmetic(Arithmetic::Subtract, left, right)])
}

/// At most so far apart.
pub fn absolute_difference_level(column: &ColumnExpression, most: impl Into<Literal>) -> Level {
    let most = most.into();
    let [left, right] = column.both();
    let label = format!("Absolute difference of '{}' <= {most}", column.label());
    let most = Expr::Literal(most);
    Level::new(Expr::compare(Comparison::LessOrEqual, difference(left, right), most), label)
}

/// Less far apart than this share (0 to 1) of the larger value.
pub fn percentage_difference_level(column: &ColumnExpression, share: impl Into<Literal>) -> Level {
    let share = share.into();
    let [left, right] = column.both();
    let larger = Expr::Case {
        subject: None,
        branches: vec![(
            Expr::compare(Comparison::Greater, right.clone(), left.clone()),
            right.clone(),
        )],
        otherwise: Some(Box::new(left.clone())),
    };
    let ratio = Expr::arithmetic(Arithmetic::Divide, difference(left, right), larger);
    let percent = share.as_f64().unwrap_or(0.0) * 100.0;
    let label = format!("Percentage difference of '{}' within {percent:.2}%", column.label());
    Level::new(Expr::compare(Comparison::Less, ratio, Expr::Literal(share)), label)
}

/// The level holds when all of these do.
pub fn and_level(levels: &[Level]) -> Level {
    joined(levels, " AND ", Expr::all)
}

/// The level holds when any of these does.
pub fn or_level(levels: &[Level]) -> Level {
    joined(levels, " OR ", Expr::any)
}

/// A level of nothing but null levels is a null level.
fn joined(levels: &[Level], word: &str, join: fn(Vec<Expr>) -> Expr) -> Level {
    let labels: Vec<String> = levels.iter().map(|level| format!("({})", level.label)).collect();
    let conditions = levels.iter().filter_map(|level| level.condition.clone()).collect();
    Level {
        is_null: levels.iter().all(|level| level.is_null),
        ..Level::new(join(conditions), labels.join(word))
    }
}

/// The level holds when this does not.
pub fn not_level(level: &Level) -> Level {
    let condition = level.condition.clone().unwrap_or(Expr::Literal(Literal::Null));
    Level::new(Expr::Not(Box::new(condition)), format!("NOT ({})", level.label))
}

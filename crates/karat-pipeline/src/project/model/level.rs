//! The levels of Splink's `comparison_level_library` by name, as a comparison lists them.

use karat_resolve::condition::library::{self as build, Constant, PairwiseMeasure};
use karat_resolve::condition::{self, ColumnExpression, Level, Literal, Side};
use toml_edit::Item;

use super::arguments::{Arguments, Bounds};
use super::library::lookup;
use super::times;

type Read = fn(&Arguments<'_>) -> Option<Level>;

/// Every level and how its arguments are read.
pub(super) const ALL: &[(&str, Read)] = &[
    ("NullLevel", null),
    ("ElseLevel", |_| Some(build::else_level())),
    ("CustomLevel", custom),
    ("ExactMatchLevel", |args| args.field().map(|field| build::exact_match_level(&field))),
    ("LiteralMatchLevel", literal_match),
    ("ColumnsReversedLevel", columns_reversed),
    ("LevenshteinLevel", |args| distance(args, Bounds::Whole, build::levenshtein_level)),
    ("DamerauLevenshteinLevel", |args| {
        distance(args, Bounds::Whole, build::damerau_levenshtein_level)
    }),
    ("JaroWinklerLevel", |args| distance(args, Bounds::Share, build::jaro_winkler_level)),
    ("JaroLevel", |args| distance(args, Bounds::Share, build::jaro_level)),
    ("JaccardLevel", |args| distance(args, Bounds::Share, build::jaccard_level)),
    ("DistanceFunctionLevel", distance_function),
    ("PairwiseStringDistanceFunctionLevel", pairwise),
    ("AbsoluteTimeDifferenceLevel", |args| {
        let (field, by) = (args.field(), times::difference(args));
        Some(build::absolute_time_difference_level(&field?, &by?))
    }),
    ("AbsoluteDateDifferenceLevel", |args| {
        let (field, by) = (args.field(), times::difference(args));
        Some(build::absolute_date_difference_level(&field?, &by?))
    }),
    ("DistanceInKMLevel", distance_in_km),
    ("CosineSimilarityLevel", |args| {
        graded(args, ("similarity_threshold", Bounds::Share), build::cosine_similarity_level)
    }),
    ("ArrayIntersectLevel", array_intersect),
    ("ArraySubsetLevel", |args| {
        let empty = args.section.truth("empty_is_subset").unwrap_or(false);
        Some(build::array_subset_level(&args.field()?, empty))
    }),
    ("PercentageDifferenceLevel", |args| {
        graded(args, ("percentage_threshold", Bounds::Amount), build::percentage_difference_level)
    }),
    ("AbsoluteDifferenceLevel", |args| {
        graded(args, ("difference_threshold", Bounds::Amount), build::absolute_difference_level)
    }),
    ("And", |args| parts(args).map(|levels| build::and_level(&levels))),
    ("Or", |args| parts(args).map(|levels| build::or_level(&levels))),
    ("Not", not),
];

/// Reads a level without its probabilities and term frequencies. A table without `level` holds a
/// condition in SQL, as in Splink.
pub(super) fn read(args: &Arguments<'_>) -> Option<Level> {
    let section = args.section;
    let level = match section.has("level") || !section.has("sql_condition") {
        true => lookup(args, "level", ALL)?(args)?,
        false => custom(args)?,
    };
    let label = section.text("label_for_charts").unwrap_or_else(|| level.label.clone());
    let is_null = section.truth("is_null_level").unwrap_or(level.is_null);
    let condition = match level.condition {
        Some(condition) => {
            let key = if section.has("level") { "level" } else { "sql_condition" };
            Some(args.valid(key, condition)?)
        }
        None => None,
    };
    Some(Level { label, is_null, condition, ..level })
}

fn null(args: &Arguments<'_>) -> Option<Level> {
    let pattern = args.section.text("valid_string_pattern");
    Some(build::null_level(&args.field()?, pattern.as_deref()))
}

fn custom(args: &Arguments<'_>) -> Option<Level> {
    let section = args.section;
    let dialect = section.text("base_dialect_str");
    if let Some(dialect) = dialect.filter(|dialect| dialect != "duckdb") {
        let what = format!("conditions are read as DuckDB does, not {dialect}");
        section.wrong("base_dialect_str", what, "write the condition in DuckDB's SQL");
    }
    let sql = section.required_text("sql_condition", "for example: \"name_l\" = \"name_r\"")?;
    if sql.trim().eq_ignore_ascii_case("else") {
        return Some(build::else_level().labelled(sql));
    }
    let condition = args.sql("sql_condition", &sql, condition::parse_condition)?;
    Some(build::custom_level(condition, &sql))
}

fn literal_match(args: &Arguments<'_>) -> Option<Level> {
    let section = args.section;
    let field = args.field();
    let kinds = ["string", "int", "float", "date"].map(|kind| (kind, kind));
    let kind = section.choice("literal_datatype", &kinds);
    let sides = [("left", Some(Side::Left)), ("right", Some(Side::Right)), ("both", None)];
    let side = section.choice("side_of_comparison", &sides).flatten();
    if !section.has("literal_value") {
        section.missing("literal_value", "the constant: literal_value = \"unknown\"");
    }
    let read = |item: &Item| {
        let value = item.as_value()?;
        let text = value.as_str().map(str::to_owned);
        let date = || value.as_datetime().map(ToString::to_string);
        match (kind, value.as_integer(), value.as_float()) {
            (None | Some("int"), Some(whole), _) => Some(Constant::Integer(whole)),
            (Some("float"), Some(whole), _) => Some(Constant::Float(whole as f64)),
            (None | Some("float"), _, Some(number)) => Some(Constant::Float(number)),
            (None | Some("string"), ..) if text.is_some() => text.map(Constant::Text),
            (None | Some("date"), ..) => text.or_else(date).map(Constant::Date),
            (Some("int"), ..) => text?.parse().ok().map(Constant::Integer),
            (Some("float"), ..) => text?.parse().ok().map(Constant::Float),
            _ => None,
        }
    };
    let example = ("a constant of the kind of literal_datatype", "\"unknown\"");
    let constant = section.typed("literal_value", example, read);
    Some(build::literal_match_level(&field?, &constant?, side))
}

fn columns_reversed(args: &Arguments<'_>) -> Option<Level> {
    let (first, second) = (args.column("col_name_1"), args.column("col_name_2"));
    let symmetrical = args.section.truth("symmetrical").unwrap_or(false);
    Some(build::columns_reversed_level(&first?, &second?, symmetrical))
}

fn distance(
    args: &Arguments<'_>,
    bounds: Bounds,
    level: fn(&ColumnExpression, Literal) -> Level,
) -> Option<Level> {
    graded(args, ("distance_threshold", bounds), level)
}

fn graded(
    args: &Arguments<'_>,
    (own, bounds): (&'static str, Bounds),
    level: fn(&ColumnExpression, Literal) -> Level,
) -> Option<Level> {
    let field = args.field();
    let threshold = args.threshold(args.spelled(own, "threshold"), bounds);
    Some(level(&field?, threshold?))
}

fn distance_function(args: &Arguments<'_>) -> Option<Level> {
    let field = args.field();
    let (function, higher) = function(args);
    let threshold = args.threshold(args.spelled("distance_threshold", "threshold"), Bounds::Any);
    Some(build::distance_function_level(&field?, &function?, threshold?, higher))
}

/// The function that measures, and whether more is more similar.
pub(super) fn function(args: &Arguments<'_>) -> (Option<String>, bool) {
    let hint = "the name of a function of two values: \"hamming\"";
    let function = args.section.required_text("distance_function_name", hint);
    (function, args.section.truth("higher_is_more_similar").unwrap_or(true))
}

/// The measure of the items of two lists.
pub(super) fn measure(args: &Arguments<'_>) -> Option<PairwiseMeasure> {
    let measures = [
        ("levenshtein", PairwiseMeasure::Levenshtein),
        ("damerau_levenshtein", PairwiseMeasure::DamerauLevenshtein),
        ("jaro_winkler", PairwiseMeasure::JaroWinkler),
        ("jaro", PairwiseMeasure::Jaro),
    ];
    let key = "distance_function_name";
    if !args.section.has(key) {
        args.section.missing(key, "one of levenshtein, damerau_levenshtein, jaro_winkler, jaro");
    }
    args.section.choice(key, &measures)
}

fn pairwise(args: &Arguments<'_>) -> Option<Level> {
    let (field, measure) = (args.field(), measure(args));
    let threshold = args.threshold(args.spelled("distance_threshold", "threshold"), Bounds::Amount);
    Some(build::pairwise_level(&field?, measure?, threshold?))
}

fn distance_in_km(args: &Arguments<'_>) -> Option<Level> {
    let (latitude, longitude) = (args.column("lat_col"), args.column("long_col"));
    let threshold = args.threshold(args.spelled("km_threshold", "threshold"), Bounds::Amount);
    let not_null = args.section.truth("not_null").unwrap_or(false);
    Some(build::distance_in_km_level(&latitude?, &longitude?, threshold?, not_null))
}

fn array_intersect(args: &Arguments<'_>) -> Option<Level> {
    let field = args.field();
    let least = match args.section.has("min_intersection") {
        true => args.threshold("min_intersection", Bounds::Whole),
        false => Some(Literal::Integer(1)),
    };
    Some(build::array_intersect_level(&field?, least?))
}

/// The levels that another one is made of.
fn parts(args: &Arguments<'_>) -> Option<Vec<Level>> {
    let tables = args.section.tables("levels");
    if tables.is_empty() {
        let hint = "the levels that it joins: levels = [{ level = \"...\" }]";
        args.section.missing("levels", hint);
    }
    let levels: Vec<_> = tables.iter().map(|table| part(&args.within(table))).collect();
    levels.into_iter().collect::<Option<Vec<Level>>>().filter(|levels| !levels.is_empty())
}

fn not(args: &Arguments<'_>) -> Option<Level> {
    if !args.section.has("of") {
        args.section.missing("of", "the level that must not hold: of = { level = \"...\" }");
    }
    let table = args.section.table("of")?;
    part(&Arguments { section: &table, fields: args.fields }).map(|level| build::not_level(&level))
}

fn part(args: &Arguments<'_>) -> Option<Level> {
    let level = read(args)?;
    args.section.done();
    if level.condition.is_none() {
        let what = "the level of all other pairs cannot be a part of another";
        args.section.wrong("level", what, "leave it out");
        return None;
    }
    Some(level)
}

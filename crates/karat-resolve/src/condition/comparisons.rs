//! The comparisons of Splink's `comparison_library`: their levels from best to worst, with the
//! null level before them and the level of all other pairs behind.

use super::ast::Literal;
use super::column::ColumnExpression;
use super::library::{
    Level, Metric, PairwiseMeasure, TimeDifference, absolute_date_difference_level,
    absolute_time_difference_level, and_level, array_intersect_level, columns_reversed_level,
    cosine_similarity_level, damerau_levenshtein_level, distance_function_level,
    distance_in_km_level, else_level, exact_match_level, jaccard_level, jaro_level,
    jaro_winkler_level, levenshtein_level, null_level, or_level, pairwise_level,
};

const SECTOR: &str = "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]";
const DISTRICT: &str = "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?";
const AREA: &str = "^[A-Za-z]{1,2}";
const POSTCODE: &str = "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9][A-Za-z]{2}$";
const USERNAME: &str = "^[^@]+";

/// Names below this similarity come after the names that sound alike.
const SOUNDS_ALIKE: f64 = 0.88;

type Column<'a> = &'a ColumnExpression;

/// Levels between a first one and the level of all other pairs.
fn between(first: Level, levels: impl IntoIterator<Item = Level>) -> Vec<Level> {
    std::iter::once(first).chain(levels).chain([else_level()]).collect()
}

/// Null, equal, and a level of each threshold.
fn graded(
    column: Column<'_>,
    thresholds: &[Literal],
    level: impl Fn(Column<'_>, Literal) -> Level,
) -> Vec<Level> {
    let grades = thresholds.iter().map(|threshold| level(column, threshold.clone()));
    between(null_level(column, None), std::iter::once(exact_match_level(column)).chain(grades))
}

/// Equal or not.
pub fn exact_match(column: Column<'_>) -> Vec<Level> {
    graded(column, &[], jaro_level)
}

/// Splink's default thresholds are 1 and 2.
pub fn levenshtein_at_thresholds(column: Column<'_>, thresholds: &[Literal]) -> Vec<Level> {
    graded(column, thresholds, levenshtein_level)
}

/// Splink's default thresholds are 1 and 2.
pub fn damerau_levenshtein_at_thresholds(column: Column<'_>, thresholds: &[Literal]) -> Vec<Level> {
    graded(column, thresholds, damerau_levenshtein_level)
}

/// Splink's default thresholds are 0.9 and 0.7.
pub fn jaccard_at_thresholds(column: Column<'_>, thresholds: &[Literal]) -> Vec<Level> {
    graded(column, thresholds, jaccard_level)
}

/// Splink's default thresholds are 0.9 and 0.7.
pub fn jaro_at_thresholds(column: Column<'_>, thresholds: &[Literal]) -> Vec<Level> {
    graded(column, thresholds, jaro_level)
}

/// Splink's default thresholds are 0.9 and 0.7.
pub fn jaro_winkler_at_thresholds(column: Column<'_>, thresholds: &[Literal]) -> Vec<Level> {
    graded(column, thresholds, jaro_winkler_level)
}

/// Any function of two values.
pub fn distance_function_at_thresholds(
    column: Column<'_>,
    function: &str,
    thresholds: &[Literal],
    higher_is_more_similar: bool,
) -> Vec<Level> {
    graded(column, thresholds, |column, threshold| {
        distance_function_level(column, function, threshold, higher_is_more_similar)
    })
}

/// Lists of texts: a common item, then the closest two items.
pub fn pairwise_at_thresholds(
    column: Column<'_>,
    measure: PairwiseMeasure,
    thresholds: &[Literal],
) -> Vec<Level> {
    let grades =
        thresholds.iter().map(|threshold| pairwise_level(column, measure, threshold.clone()));
    let common = array_intersect_level(column, 1);
    between(null_level(column, None), std::iter::once(common).chain(grades))
}

/// How the texts of a column of times are read.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeInput {
    pub input_is_string: bool,
    pub format: Option<String>,
    /// Whether a text that cannot be read counts as missing.
    pub invalid_as_null: bool,
}

impl TimeInput {
    fn difference(&self, (threshold, metric): &(Literal, Metric)) -> TimeDifference {
        TimeDifference {
            threshold: threshold.clone(),
            metric: *metric,
            input_is_string: self.input_is_string,
            format: self.format.clone(),
        }
    }

    fn null_level(
        &self,
        column: Column<'_>,
        parse: fn(Column<'_>, Option<&str>) -> ColumnExpression,
    ) -> Level {
        match self.input_is_string && self.invalid_as_null {
            true => null_level(&parse(column, self.format.as_deref()), None),
            false => null_level(column, None),
        }
    }
}

/// Times at most so far apart.
pub fn absolute_time_difference_at_thresholds(
    column: Column<'_>,
    input: &TimeInput,
    thresholds: &[(Literal, Metric)],
) -> Vec<Level> {
    let grade = |by| absolute_time_difference_level(column, &input.difference(by));
    let levels = std::iter::once(exact_match_level(column)).chain(thresholds.iter().map(grade));
    between(input.null_level(column, ColumnExpression::try_parse_timestamp), levels)
}

/// Dates at most so far apart.
pub fn absolute_date_difference_at_thresholds(
    column: Column<'_>,
    input: &TimeInput,
    thresholds: &[(Literal, Metric)],
) -> Vec<Level> {
    let grade = |by| absolute_date_difference_level(column, &input.difference(by));
    let levels = std::iter::once(exact_match_level(column)).chain(thresholds.iter().map(grade));
    between(input.null_level(column, ColumnExpression::try_parse_date), levels)
}

/// At least so many common items; Splink's default is 1.
pub fn array_intersect_at_sizes(column: Column<'_>, sizes: &[Literal]) -> Vec<Level> {
    let grades = sizes.iter().map(|size| array_intersect_level(column, size.clone()));
    between(null_level(column, None), grades)
}

/// At most so many kilometres apart.
pub fn distance_in_km_at_thresholds(
    latitude: Column<'_>,
    longitude: Column<'_>,
    thresholds: &[Literal],
) -> Vec<Level> {
    let grades =
        thresholds.iter().map(|km| distance_in_km_level(latitude, longitude, km.clone(), false));
    between(or_level(&[null_level(latitude, None), null_level(longitude, None)]), grades)
}

/// Vectors; Splink's default thresholds are 0.9, 0.8 and 0.7.
pub fn cosine_similarity_at_thresholds(column: Column<'_>, thresholds: &[Literal]) -> Vec<Level> {
    let grades = thresholds.iter().map(|least| cosine_similarity_level(column, least.clone()));
    between(null_level(column, None), grades)
}

/// Equal, a typing error, then so far apart; Splink's default is a month, a year, ten years.
pub fn date_of_birth_comparison(
    column: Column<'_>,
    input: &TimeInput,
    thresholds: &[(Literal, Metric)],
) -> Vec<Level> {
    let text = if input.input_is_string { column.clone() } else { column.cast_to_string() };
    let grade = |by: &(Literal, Metric)| {
        let level = absolute_date_difference_level(column, &input.difference(by));
        level.labelled(format!("Abs date difference <= {} {}", by.0, by.1))
    };
    let close = [
        exact_match_level(column).labelled("Exact match on date of birth"),
        levenshtein_level(&text, 1).labelled("Levenshtein distance <= 1"),
    ];
    let levels = close.into_iter().chain(thresholds.iter().map(grade));
    between(input.null_level(column, ColumnExpression::try_parse_date), levels)
}

/// British postcodes: whole, sector, then district and area or, with a place, kilometres
/// (Splink's default: 1, 10 and 100).
pub fn postcode_comparison(
    column: Column<'_>,
    invalid_as_null: bool,
    place: Option<(Column<'_>, Column<'_>, &[Literal])>,
) -> Vec<Level> {
    let part = |pattern| exact_match_level(&column.regex_extract(pattern, 0));
    let first = null_level(column, invalid_as_null.then_some(POSTCODE));
    let (whole, sector) = (exact_match_level(column), part(SECTOR));
    let Some((latitude, longitude, kilometres)) = place else {
        let levels = [
            whole.labelled("Exact match on full postcode"),
            sector.labelled("Exact match on sector"),
            part(DISTRICT).labelled("Exact match on district"),
            part(AREA).labelled("Exact match on area"),
        ];
        return between(first, levels);
    };
    let near = kilometres.iter().map(|km| {
        let level = distance_in_km_level(latitude, longitude, km.clone(), false);
        level.labelled(format!("Distance in km <= {km}"))
    });
    between(first, [whole, sector].into_iter().chain(near))
}

/// Equal, the same name before the @, then similar.
pub fn email_comparison(column: Column<'_>) -> Vec<Level> {
    let username = column.regex_extract(USERNAME, 0);
    let levels = [
        exact_match_level(column).adjusted(column.written()),
        exact_match_level(&username).labelled("Exact match on username"),
        jaro_winkler_level(column, SOUNDS_ALIKE),
        jaro_winkler_level(&username, SOUNDS_ALIKE).labelled("Jaro-Winkler >0.88 on username"),
    ];
    between(null_level(column, None), levels)
}

/// Equal, similar, alike in sound (a list of double metaphones), less similar. Splink's default
/// thresholds are 0.92, 0.88 and 0.7.
pub fn name_comparison(
    column: Column<'_>,
    thresholds: &[Literal],
    sounds: Option<Column<'_>>,
) -> Vec<Level> {
    let (high, low): (Vec<&Literal>, Vec<&Literal>) = thresholds
        .iter()
        .partition(|least| least.as_f64().is_some_and(|least| least >= SOUNDS_ALIKE));
    let mut exact = exact_match_level(column);
    if column.is_plain() {
        exact = exact.adjusted(column.written());
    }
    let grade = |least: &Literal| jaro_winkler_level(column, least.clone());
    let levels = std::iter::once(exact)
        .chain(high.into_iter().map(grade))
        .chain(sounds.map(|sounds| array_intersect_level(sounds, 1)))
        .chain(low.into_iter().map(grade));
    between(null_level(column, None), levels)
}

/// Both equal, exchanged, both similar, one equal. Splink's default thresholds are 0.92 and
/// 0.88; `whole` is a column of both names together, for their term frequencies.
pub fn forename_surname_comparison(
    forename: Column<'_>,
    surname: Column<'_>,
    thresholds: &[Literal],
    whole: Option<Column<'_>>,
) -> Vec<Level> {
    let both = |level: &dyn Fn(Column<'_>) -> Level| and_level(&[level(forename), level(surname)]);
    let equal = match whole {
        Some(whole) => exact_match_level(whole).adjusted(whole.written()),
        None => both(&exact_match_level),
    };
    let similar = |least: &Literal| both(&|column| jaro_winkler_level(column, least.clone()));
    let single = |column: Column<'_>| exact_match_level(column).adjusted(column.written());
    let levels = [equal, columns_reversed_level(forename, surname, true)]
        .into_iter()
        .chain(thresholds.iter().map(similar))
        .chain([single(surname), single(forename)]);
    between(both(&|column| null_level(column, None)), levels)
}

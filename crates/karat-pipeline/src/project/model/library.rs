//! The comparisons by name: Splink's `comparison_library`, and ours beside it.

use karat_resolve::condition::comparisons as build;
use karat_resolve::condition::library::Metric;
use karat_resolve::condition::{ColumnExpression, Level, Literal};

use super::arguments::{Arguments, Bounds, literals};
use super::times::Step;
use super::{level, ours, times};
use crate::project::section::one_of;

/// A comparison before anything is said of probabilities and term frequencies.
pub(super) struct Made {
    /// Splink's name for it: its fields.
    pub name: String,
    pub levels: Vec<Level>,
}

impl Made {
    /// Over these columns.
    pub fn of(columns: &[&ColumnExpression], levels: Vec<Level>) -> Made {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let name = |column: &&ColumnExpression| column.written().chars().map(plain).collect();
        let names: Vec<String> = columns.iter().map(name).collect();
        Made { name: names.join("_"), levels }
    }
}

type Read = fn(&Arguments<'_>) -> Option<Made>;

/// Every comparison and how its arguments are read.
pub(super) const ALL: &[(&str, Read)] = &[
    ("ExactMatch", |args| {
        args.field().map(|field| Made::of(&[&field], build::exact_match(&field)))
    }),
    ("LevenshteinAtThresholds", |args| edits(args, build::levenshtein_at_thresholds)),
    ("DamerauLevenshteinAtThresholds", |args| {
        edits(args, build::damerau_levenshtein_at_thresholds)
    }),
    ("JaccardAtThresholds", |args| scores(args, build::jaccard_at_thresholds)),
    ("JaroAtThresholds", |args| scores(args, build::jaro_at_thresholds)),
    ("JaroWinklerAtThresholds", |args| scores(args, build::jaro_winkler_at_thresholds)),
    ("DistanceFunctionAtThresholds", distance_function),
    ("PairwiseStringDistanceFunctionAtThresholds", pairwise),
    ("AbsoluteTimeDifferenceAtThresholds", |args| {
        apart(args, build::absolute_time_difference_at_thresholds)
    }),
    ("AbsoluteDateDifferenceAtThresholds", |args| {
        apart(args, build::absolute_date_difference_at_thresholds)
    }),
    ("ArrayIntersectAtSizes", |args| {
        let grade = ("size_threshold_or_thresholds", Bounds::Whole);
        graded(args, grade, &literals(&[1]), build::array_intersect_at_sizes)
    }),
    ("DistanceInKMAtThresholds", distance_in_km),
    ("CosineSimilarityAtThresholds", |args| {
        let grade = ("score_threshold_or_thresholds", Bounds::Share);
        graded(args, grade, &literals(&[0.9, 0.8, 0.7]), build::cosine_similarity_at_thresholds)
    }),
    ("DateOfBirthComparison", date_of_birth),
    ("PostcodeComparison", postcode),
    ("EmailComparison", |args| {
        args.field().map(|field| Made::of(&[&field], build::email_comparison(&field)))
    }),
    ("NameComparison", name),
    ("ForenameSurnameComparison", forename_surname),
    ("CompanyNameComparison", ours::company_name),
    ("PhoneComparison", ours::phone),
    ("AddressComparison", ours::address),
    ("FullNameComparison", ours::full_name),
];

/// The name with neither capitals nor underscores.
pub(super) fn folded(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

/// What a table says of the name that the key holds.
pub(super) fn lookup<T: Copy>(args: &Arguments<'_>, key: &str, all: &[(&str, T)]) -> Option<T> {
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let hint = format!("one of {}", names.join(", "));
    let word = args.section.required_text(key, &hint)?;
    let found = all.iter().find(|(name, _)| folded(name) == folded(&word));
    if found.is_none() {
        let what = format!("{} cannot be {word:?}", args.section.named(key));
        args.section.wrong(key, what, &one_of(&camel(&word), &names));
    }
    found.map(|(_, value)| *value)
}

/// `exact_match` as `ExactMatch`.
fn camel(word: &str) -> String {
    let mut parts = word.split('_').map(|part| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
    });
    parts.by_ref().flatten().collect()
}

fn graded(
    args: &Arguments<'_>,
    (own, bounds): (&'static str, Bounds),
    default: &[Literal],
    levels: fn(&ColumnExpression, &[Literal]) -> Vec<Level>,
) -> Option<Made> {
    let field = args.field();
    let thresholds = args.thresholds(args.spelled(own, "thresholds"), bounds, default);
    let field = field?;
    Some(Made::of(&[&field], levels(&field, &thresholds?)))
}

fn edits(
    args: &Arguments<'_>,
    levels: fn(&ColumnExpression, &[Literal]) -> Vec<Level>,
) -> Option<Made> {
    let grade = ("distance_threshold_or_thresholds", Bounds::Whole);
    graded(args, grade, &literals(&[1, 2]), levels)
}

fn scores(
    args: &Arguments<'_>,
    levels: fn(&ColumnExpression, &[Literal]) -> Vec<Level>,
) -> Option<Made> {
    let grade = ("score_threshold_or_thresholds", Bounds::Share);
    graded(args, grade, &literals(&[0.9, 0.7]), levels)
}

fn distance_function(args: &Arguments<'_>) -> Option<Made> {
    let field = args.field();
    let (function, higher) = level::function(args);
    let key = args.spelled("distance_threshold_or_thresholds", "thresholds");
    let thresholds = args.thresholds(key, Bounds::Any, &[]);
    let (field, function, thresholds) = (field?, function?, thresholds?);
    let levels = build::distance_function_at_thresholds(&field, &function, &thresholds, higher);
    Some(Made::of(&[&field], levels))
}

fn pairwise(args: &Arguments<'_>) -> Option<Made> {
    let (field, measure) = (args.field(), level::measure(args));
    let key = args.spelled("distance_threshold_or_thresholds", "thresholds");
    let thresholds = args.thresholds(key, Bounds::Amount, &[]);
    let field = field?;
    Some(Made::of(&[&field], build::pairwise_at_thresholds(&field, measure?, &thresholds?)))
}

fn apart(
    args: &Arguments<'_>,
    levels: fn(&ColumnExpression, &build::TimeInput, &[Step]) -> Vec<Level>,
) -> Option<Made> {
    let (field, input) = (args.field(), times::input(args));
    let steps = times::steps(args, ("thresholds", "metrics"), &[]);
    let field = field?;
    Some(Made::of(&[&field], levels(&field, &input, &steps?)))
}

fn distance_in_km(args: &Arguments<'_>) -> Option<Made> {
    let (latitude, longitude) = (args.column("lat_col"), args.column("long_col"));
    let key = args.spelled("km_thresholds", "thresholds");
    let thresholds = args.thresholds(key, Bounds::Amount, &[]);
    let (latitude, longitude) = (latitude?, longitude?);
    let levels = build::distance_in_km_at_thresholds(&latitude, &longitude, &thresholds?);
    Some(Made::of(&[&latitude, &longitude], levels))
}

fn date_of_birth(args: &Arguments<'_>) -> Option<Made> {
    let (field, input) = (args.field(), times::input(args));
    let keys = (
        args.spelled("datetime_thresholds", "thresholds"),
        args.spelled("datetime_metrics", "metrics"),
    );
    let usual = [(1, Metric::Month), (1, Metric::Year), (10, Metric::Year)];
    let steps = times::steps(args, keys, &usual);
    let field = field?;
    Some(Made::of(&[&field], build::date_of_birth_comparison(&field, &input, &steps?)))
}

fn postcode(args: &Arguments<'_>) -> Option<Made> {
    let field = args.field();
    let invalid_as_null = args.section.truth("invalid_postcodes_as_null").unwrap_or(false);
    if !args.section.has("lat_col") && !args.section.has("long_col") {
        let field = field?;
        return Some(Made::of(
            &[&field],
            build::postcode_comparison(&field, invalid_as_null, None),
        ));
    }
    let (latitude, longitude) = (args.column("lat_col"), args.column("long_col"));
    let key = args.spelled("km_thresholds", "thresholds");
    let near = args.thresholds(key, Bounds::Amount, &literals(&[1, 10, 100]));
    let (field, latitude, longitude, near) = (field?, latitude?, longitude?, near?);
    let place = Some((&latitude, &longitude, near.as_slice()));
    Some(Made::of(&[&field], build::postcode_comparison(&field, invalid_as_null, place)))
}

/// The thresholds of names.
pub(super) fn names(args: &Arguments<'_>, default: &[f64]) -> Option<Vec<Literal>> {
    let key = args.spelled("jaro_winkler_thresholds", "thresholds");
    args.thresholds(key, Bounds::Share, &literals(default))
}

fn name(args: &Arguments<'_>) -> Option<Made> {
    let (field, sounds) = (args.field(), args.optional_column("dmeta_col_name"));
    let thresholds = names(args, &[0.92, 0.88, 0.7]);
    let field = field?;
    Some(Made::of(&[&field], build::name_comparison(&field, &thresholds?, sounds.as_ref())))
}

fn forename_surname(args: &Arguments<'_>) -> Option<Made> {
    let (forename, surname) = (args.column("forename_col_name"), args.column("surname_col_name"));
    let whole = args.optional_column("forename_surname_concat_col_name");
    let thresholds = names(args, &[0.92, 0.88]);
    let (forename, surname) = (forename?, surname?);
    let levels =
        build::forename_surname_comparison(&forename, &surname, &thresholds?, whole.as_ref());
    Some(Made::of(&[&forename, &surname], levels))
}

//! The levels built here have the conditions and labels that Splink 5.0 writes for DuckDB.

use karat_resolve::condition::comparisons::{self as comparison, TimeInput};
use karat_resolve::condition::library::{self as level, Constant, Metric, PairwiseMeasure};
use karat_resolve::condition::{
    ColumnExpression, Expr, Extreme, Level, Literal, Side, Style, parse_condition,
};
use serde_json::Value as Json;

const FIXTURE: &str = include_str!("fixtures/condition/splink_library.jsonl");

fn column(name: &str) -> ColumnExpression {
    ColumnExpression::from(name)
}

fn sql(sql: &str) -> ColumnExpression {
    ColumnExpression::parse(sql).expect("the column is SQL")
}

fn numbers<T: Into<Literal> + Copy>(numbers: &[T]) -> Vec<Literal> {
    numbers.iter().map(|number| (*number).into()).collect()
}

fn columns() -> Vec<Level> {
    let exact = |column: ColumnExpression| level::exact_match_level(&column);
    vec![
        exact(column("name")),
        exact(column("first name")),
        exact(column("name").lower()),
        exact(column("name").substr(1, 3)),
        exact(column("n").cast_to_string()),
        exact(column("n").regex_extract("^[^@]+", 0)),
        exact(column("n").regex_extract("(a)(b)", 2)),
        exact(column("d").try_parse_date(None)),
        exact(column("d").try_parse_date(Some("%d/%m/%Y"))),
        exact(column("t").try_parse_timestamp(None)),
        exact(column("n").nullif("x")),
        exact(column("a").access_extreme_array_element(Extreme::First)),
        exact(column("a").access_extreme_array_element(Extreme::Last)),
        exact(column("n").lower().substr(2, 4).nullif("")),
        exact(sql("upper(x)")),
        exact(sql("a || b")),
        exact(sql("loc['lat']")),
    ]
}

fn times(a: &ColumnExpression) -> Vec<Level> {
    let by = |threshold: Literal, metric, input_is_string, format: Option<&str>| {
        let format = format.map(str::to_owned);
        level::TimeDifference { threshold, metric, input_is_string, format }
    };
    let metrics =
        [Metric::Second, Metric::Minute, Metric::Hour, Metric::Day, Metric::Month, Metric::Year];
    let mut levels = Vec::new();
    for metric in metrics {
        for threshold in [Literal::from(1), Literal::from(1.5), Literal::from(10)] {
            levels
                .push(level::absolute_time_difference_level(a, &by(threshold, metric, true, None)));
        }
    }
    let (month, year) = (Metric::Month, Metric::Year);
    levels.push(level::absolute_time_difference_level(a, &by(1.into(), month, false, None)));
    levels.push(level::absolute_date_difference_level(a, &by(1.into(), month, true, None)));
    let formatted = by(10.into(), year, true, Some("%d/%m/%y"));
    levels.push(level::absolute_date_difference_level(a, &formatted));
    levels
}

fn levels() -> Vec<Level> {
    let (a, b) = (&column("a"), &column("b"));
    let mut levels = columns();
    levels.extend([
        level::null_level(a, None),
        level::null_level(a, Some(r"^\d+$")),
        level::literal_match_level(a, &Constant::Text("abc".into()), Some(Side::Left)),
        level::literal_match_level(a, &Constant::Date("2020-01-01".into()), Some(Side::Right)),
        level::literal_match_level(a, &Constant::Integer(5), None),
        level::literal_match_level(a, &Constant::Float(5.5), None),
        level::columns_reversed_level(a, b, false),
        level::columns_reversed_level(a, b, true),
        level::levenshtein_level(a, 2),
        level::damerau_levenshtein_level(a, 1),
        level::jaro_winkler_level(a, 0.88),
        level::jaro_level(a, 1),
        level::jaccard_level(a, 0.9),
        level::distance_function_level(a, "hamming", 2, false),
        level::distance_function_level(a, "jaro_similarity", 0.5, true),
        level::pairwise_level(a, PairwiseMeasure::Levenshtein, 2),
        level::pairwise_level(a, PairwiseMeasure::DamerauLevenshtein, 2),
        level::pairwise_level(a, PairwiseMeasure::JaroWinkler, 0.9),
        level::pairwise_level(a, PairwiseMeasure::Jaro, 0.9),
    ]);
    levels.extend(times(a));
    levels.extend([
        level::distance_in_km_level(&column("lat"), &column("long"), 10, false),
        level::distance_in_km_level(&sql("c['lat']"), &sql("c['long']"), 0.1, true),
        level::cosine_similarity_level(a, 0.9),
        level::array_intersect_level(a, 3),
        level::array_subset_level(a, false),
        level::array_subset_level(a, true),
        level::percentage_difference_level(a, 0.2),
        level::absolute_difference_level(a, 2),
        level::absolute_difference_level(a, 0.5),
        level::and_level(&[level::exact_match_level(a), level::null_level(b, None)]),
        level::or_level(&[level::null_level(a, None), level::null_level(b, None)]),
        level::not_level(&level::or_level(&[
            level::exact_match_level(a),
            level::exact_match_level(b),
        ])),
        level::jaro_winkler_level(a, 0.00001),
    ]);
    levels
}

fn input(input_is_string: bool, invalid_as_null: bool) -> TimeInput {
    TimeInput { input_is_string, format: None, invalid_as_null }
}

fn comparisons() -> Vec<Vec<Level>> {
    let a = &column("a");
    let (edits, scores) = (numbers(&[1, 2]), numbers(&[0.9, 0.7]));
    let (month, year) = (Metric::Month, Metric::Year);
    let ages = [(1.into(), month), (1.into(), year), (10.into(), year)];
    let hours = [(1.into(), Metric::Hour), (2.into(), Metric::Day)];
    let (latitude, longitude) = (column("lat"), column("long"));
    let kilometres = numbers(&[1, 10]);
    let place = Some((&latitude, &longitude, kilometres.as_slice()));
    let (dob, name) = (column("dob"), column("n"));
    let (forename, surname, whole) = (column("f"), column("s"), column("fs"));
    let high = numbers(&[0.92, 0.88]);
    let three = numbers(&[0.92, 0.88, 0.7]);
    vec![
        comparison::exact_match(a),
        comparison::levenshtein_at_thresholds(a, &edits),
        comparison::damerau_levenshtein_at_thresholds(a, &edits),
        comparison::jaccard_at_thresholds(a, &scores),
        comparison::jaro_at_thresholds(a, &scores),
        comparison::jaro_winkler_at_thresholds(a, &scores),
        comparison::distance_function_at_thresholds(a, "hamming", &edits, false),
        comparison::pairwise_at_thresholds(a, PairwiseMeasure::JaroWinkler, &numbers(&[0.9, 0.8])),
        comparison::absolute_time_difference_at_thresholds(a, &input(true, true), &hours),
        comparison::absolute_date_difference_at_thresholds(a, &input(true, false), &ages[..2]),
        comparison::absolute_date_difference_at_thresholds(a, &input(false, true), &ages[..1]),
        comparison::array_intersect_at_sizes(a, &numbers(&[2, 1])),
        comparison::distance_in_km_at_thresholds(&latitude, &longitude, &kilometres),
        comparison::cosine_similarity_at_thresholds(a, &numbers(&[0.9, 0.8, 0.7])),
        comparison::date_of_birth_comparison(&dob, &input(true, true), &ages),
        comparison::date_of_birth_comparison(&dob, &input(false, true), &ages),
        comparison::postcode_comparison(&column("pc"), false, None),
        comparison::postcode_comparison(&column("pc"), true, place),
        comparison::email_comparison(&column("email")),
        comparison::name_comparison(&name, &three, None),
        comparison::name_comparison(&name, &three, Some(&column("dm"))),
        comparison::forename_surname_comparison(&forename, &surname, &high, None),
        comparison::forename_surname_comparison(&forename, &surname, &high, Some(&whole)),
    ]
}

fn theirs(level: &Json) -> Level {
    let text = |key: &str| level[key].as_str().map(str::to_owned);
    let sql = text("sql").expect("a condition");
    let condition: Option<Expr> = match sql.as_str() {
        "ELSE" => None,
        _ => Some(parse_condition(&sql).expect("the condition parses")),
    };
    Level {
        condition,
        label: text("label").expect("a label"),
        is_null: level["is_null"] == Json::Bool(true),
        term_frequency_column: text("tf"),
    }
}

#[test]
fn every_level_of_splink_is_built_as_splink_writes_it() {
    let ours: Vec<Vec<Level>> =
        levels().into_iter().map(|level| vec![level]).chain(comparisons()).collect();
    let cases: Vec<Json> =
        FIXTURE.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ours.len(), cases.len());
    for (ours, case) in ours.iter().zip(&cases) {
        let theirs: Vec<Level> = case["levels"].as_array().unwrap().iter().map(theirs).collect();
        assert_eq!(ours, &theirs, "{}", case["case"]);
        for level in ours.iter().filter(|level| level.condition.is_some()) {
            let again = parse_condition(&level.sql()).unwrap();
            assert_eq!(Some(&again), level.condition.as_ref(), "{}", level.sql());
        }
    }
}

#[test]
fn plain_levels_are_printed_letter_by_letter_like_splink() {
    let printed: Vec<String> = levels().iter().map(Level::sql).collect();
    let cases = FIXTURE.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let (mut same, mut other) = (0, Vec::new());
    for (ours, case) in printed.iter().zip(cases) {
        match case["levels"][0]["sql"].as_str() == Some(ours) {
            true => same += 1,
            false => other.push(case["case"].as_str().unwrap().to_owned()),
        }
    }
    let unlike = [
        // Unquoted columns, lambda arrows, line breaks, needless parentheses.
        "upper",
        "joined",
        "pairwise levenshtein",
        "pairwise damerau",
        "pairwise jaro winkler",
        "pairwise jaro",
        "km",
        "km known",
        "percentage",
        "and",
        "not",
    ];
    assert_eq!(other, unlike);
    assert_eq!(same, printed.len() - unlike.len());
}

#[test]
fn a_column_of_one_record_is_printed_without_a_side() {
    let key = sql("substr(\"first name\", 1, 2) || upper(surname)").on(Side::Right);
    let shown = key.on(Side::Left).printed(Style::Plain).to_string();
    assert_eq!(shown, "substr(\"first name\", 1, 2) || upper(\"surname\")");
}

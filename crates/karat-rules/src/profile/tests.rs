//! Profiles of small columns, and that parts merged are the whole.

use karat_record::Type;

use super::{ColumnProfile, Kind};

fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> ColumnProfile {
    let mut profile = ColumnProfile::default();
    for (row, text) in (1..).zip(texts) {
        profile.add(row, Some(text));
    }
    profile
}

#[test]
fn rows_without_value_are_told_apart() {
    let mut profile = of(["a", "", "  ", "N/A", "b", "n/a"]);
    profile.add(7, None);
    assert_eq!((profile.rows, profile.missing, profile.empty, profile.tokens), (7, 1, 2, 2));
    assert_eq!(profile.present(), 2);
    assert_eq!(profile.distinct.count().values, 2);
    assert_eq!(profile.mean_length(), Some(1.0));
}

#[test]
fn evidence_names_the_rows_that_do_not_fit() {
    let mut texts = vec!["12"; 1000];
    texts[40] = "twelve";
    texts[976] = "1.5";
    let verdict = of(texts).verdict("amount");
    assert_eq!(verdict.stored, Type::Text);
    let evidence = verdict.evidence.expect("nearly all are numbers");
    assert_eq!((evidence.kind, evidence.fits, evidence.of), (Kind::Decimal, 999, 1000));
    assert_eq!(evidence.misfits, [41]);
}

#[test]
fn identifiers_are_never_narrowed() {
    for (name, texts, stored, kept) in [
        ("amount", ["1", "20", "300"], Type::Integer, None),
        ("amount", ["1.5", "20", "300"], Type::Numeric, None),
        ("amount", ["01", "20", "300"], Type::Text, Some("leading zeros")),
        ("amount", ["1234567890123456", "2", "3"], Type::Text, Some("more than 15 digits")),
        (
            "who",
            ["+12125550100", "+12125550101", "7"],
            Type::Text,
            Some("looks like phone numbers"),
        ),
        ("customerID", ["1", "2", "3"], Type::Text, Some("an identifier by its name")),
        ("zip_code", ["1", "2", "3"], Type::Text, Some("an identifier by its name")),
        ("identity", ["1", "2", "3"], Type::Integer, None),
        ("born", ["2024-01-31", "2024-02-01", "1999-12-31"], Type::Date, None),
        ("flag", ["yes", "no", "yes"], Type::Boolean, None),
        ("flag", ["1", "0", "1"], Type::Integer, None),
        ("name", ["a", "b", "c"], Type::Text, None),
    ] {
        let verdict = of(texts).verdict(name);
        assert_eq!((verdict.stored, verdict.kept), (stored, kept), "{name} {texts:?}");
    }
}

#[test]
fn dates_are_voted_for_by_format() {
    let profile = of(["1/31/2024", "2/1/2024", "3/4/2024"]);
    assert_eq!(profile.evidence(Kind::DateMonthFirst).fits, 3);
    assert_eq!(profile.evidence(Kind::DateDayFirst).fits, 2);
    assert_eq!(profile.evidence(Kind::DateDayFirst).misfits, [1]);
}

#[test]
fn parts_merged_are_the_whole() {
    let samples = ["", "n/a", "Jane", "2024-01-31", "jane@example.com", "+1 212 555 0100", "007"];
    let mut state = 7_u64;
    let texts: Vec<String> = (0..20_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            match (state >> 33) % 10 {
                at @ 0..=6 => samples[at as usize].to_owned(),
                _ => ((state >> 40) % 1500).to_string(),
            }
        })
        .collect();
    let part = |from: usize, to: usize| {
        let mut profile = ColumnProfile::default();
        for (at, text) in texts[from..to].iter().enumerate() {
            profile.add((from + at) as u64, Some(text.as_str()));
        }
        profile
    };
    let whole = part(0, texts.len());
    for cut in [0, 1, 977, 10_000, 19_999] {
        let mut parts = part(0, cut);
        parts.merge(&part(cut, texts.len()));
        assert_eq!(shown(&parts), shown(&whole), "cut at {cut}");
    }
}

/// All figures that are exact here.
fn shown(profile: &ColumnProfile) -> String {
    let kinds = super::KINDS.map(|kind| profile.evidence(kind));
    format!(
        "{:?}",
        (
            [profile.rows, profile.missing, profile.empty, profile.tokens, profile.leading_zeros],
            (profile.lengths, profile.texts.clone(), profile.mean_length()),
            (profile.distinct.count(), profile.values.top(9), profile.shapes.top(9)),
            (profile.numbers.ends, profile.numbers.quantiles(&[0.1, 0.5, 0.9])),
            kinds,
        )
    )
}

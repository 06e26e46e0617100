//! The score at its edges: what each part weighs, what limits, what people chose.

use karat_record::Type;

use super::*;

fn column(name: &str, kind: Option<Type>, is_required: bool) -> Column {
    let name = name.to_owned();
    Column { header: name.clone(), name, kind, is_required, ..Column::default() }
}

/// A dataset `name` with a key, a date and a number.
fn declared(name: &str) -> Declared {
    let columns = vec![
        column("key", None, true),
        column("day", Some(Type::Date), true),
        column("amount", Some(Type::Numeric), false),
    ];
    Declared { name: name.to_owned(), columns, ..Declared::default() }
}

fn sample(header: &str, rows: &[&str]) -> Sample {
    let headers: Vec<String> = header.split(',').map(str::to_owned).collect();
    let mut columns = vec![ColumnProfile::default(); headers.len()];
    for (line, row) in (2..).zip(rows) {
        for (column, text) in columns.iter_mut().zip(row.split(',')) {
            column.add(line, Some(text));
        }
    }
    Sample { headers, columns, has_header: true }
}

const ROWS: [&str; 3] = ["a,2024-01-02,1.5", "b,2024-01-03,2", "c,2024-01-04,0.25"];

fn found(datasets: &[(&Declared, Chosen)], sample: &Sample) -> Vec<(String, f64, Band)> {
    let against: Vec<Against<'_>> = datasets
        .iter()
        .map(|(declared, chosen)| Against { declared, sample: Ok(sample), chosen: *chosen })
        .collect();
    let found = detect("file.csv", &against, &Context::default());
    assert!(found.iter().all(|one| (0.0..=1.0).contains(&one.score)));
    assert!(found.iter().all(|one| one.band == Band::of(one.score)));
    found.into_iter().map(|one| (one.dataset, one.score, one.band)).collect()
}

fn alone(declared: &Declared, sample: &Sample) -> f64 {
    found(&[(declared, Chosen::Never)], sample)[0].1
}

#[test]
fn each_part_scores_its_weight() {
    let mut dataset = declared("a");
    assert_eq!(alone(&dataset, &sample("key,day,amount", &ROWS)), 1.0);
    // Without rows values say nothing, and neither lift nor lower.
    assert_eq!(alone(&dataset, &sample("key,day,amount", &[])), 1.0);
    for column in &mut dataset.columns {
        column.patterns = vec![format!("*{}*", column.name)];
    }
    let patterns = sample("the key,the day,the amount", &ROWS);
    assert_eq!(alone(&dataset, &patterns), 0.8);
    dataset.columns.remove(0);
    dataset.columns.iter_mut().for_each(|column| column.is_required = false);
    let values = sample("x,y,z", &ROWS);
    // The dates of three columns, by their values alone; numbers are everywhere.
    assert_eq!(alone(&dataset, &values), 0.2);
}

#[test]
fn a_text_column_lifts_nothing() {
    let dataset = Declared {
        name: "a".to_owned(),
        columns: ["p", "q", "r"].map(|name| column(name, Some(Type::Text), false)).into(),
        ..Declared::default()
    };
    assert_eq!(alone(&dataset, &sample("x,y,z", &ROWS)), 0.0);
}

#[test]
fn what_a_load_would_refuse_is_never_above_low() {
    let mut dataset = declared("a");
    let low = |dataset: &Declared, header: &str, rows: &[&str]| {
        let score = alone(dataset, &sample(header, rows));
        assert!(score < MEDIUM, "{header}: {score}");
        score
    };
    low(&dataset, "key,amount", &["a,1", "b,2"]);
    low(&dataset, "key,day,amount", &["a,soon,1", "b,later,2"]);
    dataset.columns[2].aliases = vec!["sum".to_owned()];
    low(&dataset, "key,day,amount,sum", &["a,2024-01-02,1,1"]);
    // Nor is what somebody chose before.
    let chosen = [(&dataset, Chosen::Always)];
    assert_eq!(found(&chosen, &sample("key,amount", &["a,1"]))[0].2, Band::Low);
}

#[test]
fn a_missing_optional_column_says_nothing_unless_another_has_its_place() {
    let dataset = declared("a");
    assert_eq!(alone(&dataset, &sample("key,day", &["a,2024-01-02"])), 1.0);
    let swapped = sample("key,day,remark", &["a,2024-01-02,x"]);
    assert_eq!(alone(&dataset, &swapped), 0.67);
}

#[test]
fn a_tie_is_asked_about() {
    let (a, b) = (declared("a"), declared("b"));
    let file = sample("key,day,amount", &ROWS);
    let both = [(&b, Chosen::Never), (&a, Chosen::Never)];
    let expected = [("a".to_owned(), 0.69, Band::Low), ("b".to_owned(), 0.69, Band::Low)];
    assert_eq!(found(&both, &file), expected);
    // A file's name decides, but not silently.
    let named = Declared { files: vec!["file".to_owned()], ..declared("b") };
    let first = &found(&[(&a, Chosen::Never), (&named, Chosen::Never)], &file)[0];
    assert_eq!((first.0.as_str(), first.2), ("b", Band::Medium));
    // One column more that the dataset knows decides.
    let mut wider = declared("b");
    wider.columns.push(column("note", None, false));
    let file = sample("key,day,amount,note", &["a,2024-01-02,1.5,x"]);
    let first = &found(&[(&a, Chosen::Never), (&wider, Chosen::Never)], &file)[0];
    assert_eq!((first.0.as_str(), first.2), ("b", Band::High));
}

#[test]
fn what_people_chose_decides_while_they_agree() {
    let (a, b) = (declared("a"), declared("b"));
    let file = sample("key,day,amount", &ROWS);
    let chosen = found(&[(&a, Chosen::Never), (&b, Chosen::Always)], &file);
    assert_eq!((chosen[0].0.as_str(), chosen[0].2, chosen[1].2), ("b", Band::High, Band::Low));
    let differ = found(&[(&a, Chosen::Sometimes), (&b, Chosen::Sometimes)], &file);
    assert_eq!(differ[0].2, Band::Low);
    let unlike = Declared { name: "c".to_owned(), ..Declared::default() };
    assert_eq!(found(&[(&unlike, Chosen::Always)], &file)[0].2, Band::High);
}

#[test]
fn evidence_names_columns_and_no_values() {
    let mut dataset = declared("a");
    dataset.columns[0].aliases = vec!["number".to_owned()];
    let file =
        sample("Number,DAY,other", &["secret,2024-01-02,x", "secret,soon,y", "z,2024-01-03,z"]);
    let against = Against { declared: &dataset, sample: Ok(&file), chosen: Chosen::Never };
    let found = detect("file.csv", &[against], &Context::default());
    let lines: Vec<String> = found[0]
        .evidence
        .iter()
        .map(|e| format!("{} {} {}", if e.is_for { '+' } else { '-' }, e.part.name(), e.text))
        .collect();
    let expected = [
        "+ names \"Number\" matches key by its alias \"number\"",
        "+ names \"DAY\" matches day by name",
        "- names missing: amount",
        "- values column 2 \"DAY\": only 67 % dates, unlike day",
        "- hints not declared: other",
    ];
    assert_eq!(lines, expected);
}

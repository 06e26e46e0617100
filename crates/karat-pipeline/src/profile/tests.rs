//! A small file from end to end: figures, suggestion, page.

use std::io::Write;

use super::{Profile, doubts, file, percent, report, suggest, type_of};

fn profiled(text: &str) -> Profile {
    let mut on_disk = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    on_disk.write_all(text.as_bytes()).expect("written");
    file(on_disk.path()).expect("profiled")
}

fn people() -> String {
    let row = |n: u32| {
        let (age, half) = (20 + n % 50, 40 + 2 * (n % 50));
        let zip = format!("{:05}", 2000 + n % 900);
        let name = if n == 40 { "n/a".to_owned() } else { format!("Person {n}") };
        let age = if n == 7 { "old".to_owned() } else { age.to_string() };
        format!("K{n},{name},{age},{half},{zip},{}/{}/1980\n", 1 + n % 12, 1 + n % 28)
    };
    let rows: String = (1..=1000).map(row).collect();
    format!("key,Full Name,age,half,zip,born\n{rows}K5,Person 5,25,50,02005,6/6/1980\n")
}

#[test]
fn a_file_is_profiled_with_evidence() {
    let found = profiled(&people());
    assert_eq!((found.rows, found.columns.len()), (1001, 6));
    assert_eq!((found.duplicates.rows, found.duplicates.is_exact), (1, true));
    let types: Vec<String> = found.columns.iter().map(|c| type_of(&c.verdict)).collect();
    let expected =
        ["text", "text", "integer", "integer", "text (leading zeros)", "date (month first)"];
    assert_eq!(types, expected);
    assert_eq!(doubts(&found.columns[2].verdict, "line"), "99.90 %; line 8 is not");
    assert_eq!(found.columns[1].profile.tokens, 1);
    let pair = &found.correlations[0];
    assert_eq!((pair.a.as_str(), pair.b.as_str(), pair.rows), ("age", "half", 1000));
    assert!(pair.value > 0.999);
    assert!(found.keys().is_empty());
}

#[test]
fn a_column_without_repeats_could_be_a_key() {
    assert_eq!(profiled("id,a\n1,x\n2,x\n3,\n").keys(), ["id"]);
}

#[test]
fn the_suggestion_is_toml_and_names_rule_and_evidence() {
    let text = suggest(&profiled(&people()));
    assert!(text.parse::<toml_edit::DocumentMut>().is_ok(), "{text}");
    for part in [
        "mode = \"append\"",
        "[columns.\"full_name\"]\nheader = \"Full Name\"",
        "# integer: 99.90 %; line 8 is not; 100 % filled\n[columns.\"age\"]\ntype = \"text\"",
        "[columns.\"born\"]\ntype = \"date\"\nclean = [\"date_month_first\"]",
        "null = [\"n/a\"]",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
}

#[test]
fn the_page_stands_alone_and_shows_each_column() {
    let html = report::page(&profiled(&people()));
    for part in ["<!DOCTYPE html>", "Full Name", "Numbers that go together", "99.90 %"] {
        assert!(html.contains(part), "{part}");
    }
    assert!(!html.contains("<script"));
}

#[test]
fn shares_are_never_rounded_to_all_or_nothing() {
    for (part, of, shown) in [
        (0, 0, "0 %"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 1_000_000, "< 0.01 %"),
        (999_999, 1_000_000, "> 99.99 %"),
        (9998, 10_000, "99.98 %"),
        (1, 3, "33.3 %"),
    ] {
        assert_eq!(percent(part, of), shown, "{part} of {of}");
    }
}

//! `karat profile` of a file: a line per column, a document, a page, a suggestion. It needs
//! neither a project nor a database.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod support;

use support::World;

fn world() -> World {
    let world = World::new();
    let row =
        |n: u32| format!("{n},{},{:05},{}\n", n % 3, 100 + n % 7, if n == 9 { "x" } else { "5" });
    let rows: String = (1..=40).map(row).collect();
    world.write(&[("people.csv", &format!("id,kind,zip,amount\n{rows}"))]);
    world
}

#[test]
fn a_file_is_shown_a_line_per_column() {
    let world = world();
    let path = world.path("people.csv").display().to_string();
    let output = world.karat(&["profile", &path]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    for part in [
        "40 rows · 4 columns",
        "text (leading zeros)",
        "could be a key: id",
        "rows that come again: 0",
        "97.5 %; line 10 is not",
    ] {
        assert!(said.contains(part), "{part} in:\n{said}");
    }
}

#[test]
fn a_document_a_page_and_a_suggestion_are_written() {
    let world = world();
    let path = |name: &str| world.path(name).display().to_string();
    let (file, page, folder) = (path("people.csv"), path("page.html"), path("."));
    let arguments = ["profile", &file, "--report", &page, "--suggest", &folder, "--format", "json"];
    let output = world.karat(&arguments).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["rows"], 40);
    assert_eq!(document["columns"][2]["kept_as_text"], "leading zeros");
    assert!(std::fs::read_to_string(&page).unwrap().starts_with("<!DOCTYPE html>"));
    let suggested = std::fs::read_to_string(world.path("people.toml")).unwrap();
    assert!(suggested.contains("key = [\"id\"]"), "{suggested}");
    // A second time it would overwrite what somebody may have changed.
    let again = world.karat(&arguments).output().unwrap();
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn what_is_no_file_is_named() {
    let world = World::new();
    let output = world.karat(&["profile", "nothing.csv"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no file nothing.csv"));
}

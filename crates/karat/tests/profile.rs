//! `karat profile` of a file: a line per column, a document, a page, a suggestion. It needs
//! neither a project nor a database.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rust_xlsxwriter::Workbook;

/// A folder with a file of people.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let row = |n: u32| {
            format!("{n},{},{:05},{}\n", n % 3, 100 + n % 7, if n == 9 { "five" } else { "5" })
        };
        let rows: String = (1..=40).map(row).collect();
        std::fs::write(folder.path("people.csv"), format!("id,kind,zip,amount\n{rows}")).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn karat(&self, arguments: &[&str]) -> Output {
        Command::new(Path::new(env!("CARGO_BIN_EXE_karat")))
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.0.path())
            .output()
            .unwrap()
    }
}

#[test]
fn a_file_is_shown_a_line_per_column() {
    let folder = Folder::new();
    let output = folder.karat(&["profile", "people.csv"]);
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
    let folder = Folder::new();
    let written = ["--report", "page.html", "--suggest", ".", "--format", "json"];
    let arguments = [&["profile", "people.csv"], &written[..]].concat();
    let output = folder.karat(&arguments);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["rows"], 40);
    assert_eq!(document["columns"][2]["kept_as_text"], "leading zeros");
    assert!(
        std::fs::read_to_string(folder.path("page.html")).unwrap().starts_with("<!DOCTYPE html>")
    );
    let suggested = std::fs::read_to_string(folder.path("people.toml")).unwrap();
    assert!(suggested.contains("key = [\"id\"]"), "{suggested}");
    // A second time it would overwrite what somebody may have changed.
    let again = folder.karat(&arguments);
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn what_is_no_file_is_named() {
    let folder = Folder::new();
    let output = folder.karat(&["profile", "nothing.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("there is no file nothing.csv"));
}

#[test]
fn a_workbook_is_profiled_like_a_file_of_text() {
    let folder = Folder::new();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (at, (id, city)) in [("id", "city"), ("007", "Bern"), ("008", "Bern")].iter().enumerate() {
        sheet.write(at as u32, 0, *id).unwrap().write(at as u32, 1, *city).unwrap();
    }
    workbook.save(folder.path("cities.xlsx")).unwrap();
    let output = folder.karat(&["profile", "cities.xlsx"]);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("2 rows · 2 columns") && said.contains("leading zeros"), "{said}");
}

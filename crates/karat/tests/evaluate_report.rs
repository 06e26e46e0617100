//! `karat evaluate --report` on the examples: one page, whole, and without values where none are
//! wanted.

#[path = "agents_support/mod.rs"]
mod agents_support;

use std::path::{Path, PathBuf};

use agents_support::{Project, done};
use karat_testdb::TestDb;

/// Sections in their order; those of `LABELLED` only with labels.
const SECTIONS: [&str; 7] = [
    "Summary",
    "The model",
    "Scores and blocking",
    "Thresholds",
    "Errors by kind",
    "Examples",
    "The records",
];
const LABELLED: [&str; 2] = ["Thresholds", "Errors by kind"];

/// A resolved project.
struct Resolved {
    db: TestDb,
    project: Project,
    entity: &'static str,
}

impl Resolved {
    /// Customers, whose pairs are weighed.
    fn customers() -> Resolved {
        Resolved::of("customers", Project::of("customers", "600", 7))
    }

    fn of(entity: &'static str, project: Project) -> Resolved {
        let db = TestDb::new();
        done(&mut project.karat(&db.url(), &["run"]));
        Resolved { db, project, entity }
    }

    /// Evaluates in a folder of its own; what was printed on standard output, and the report.
    fn evaluate(&self, arguments: &[&str]) -> (String, String) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let given = ["evaluate", self.entity, "--report", "report.html"];
        let mut karat = self.project.karat(&self.db.url(), &[&given, arguments].concat());
        let output = karat.current_dir(folder.path()).output().expect("karat can be run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let files: Vec<PathBuf> = files(folder.path());
        assert_eq!(files, [folder.path().join("report.html")], "the report is one file");
        (text(&output.stdout), std::fs::read_to_string(&files[0]).expect("the report is UTF-8"))
    }

    /// The values of a column of a file whose values have neither quotes nor commas.
    fn column(&self, path: &str, name: &str) -> Vec<String> {
        let path = self.project.root.join(path);
        let text = std::fs::read_to_string(path).expect("the file is there");
        let mut lines = text.lines().map(|line| line.trim_start_matches('\u{feff}'));
        let header = lines.next().expect("the file has a header");
        let at = header.split(',').position(|column| column == name);
        let at = at.expect("the column is there");
        let value = |line: &str| line.split(',').nth(at).unwrap_or_default().to_lowercase();
        lines.map(value).filter(|value| !value.is_empty()).collect()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("the folder can be read").path()).collect()
}

fn sections(page: &str) -> Vec<&str> {
    let titles = page.split("<h2>").skip(1);
    titles.map(|rest| rest.split("</h2>").next().expect("a title ends")).collect()
}

/// What is no markup: texts between tags, and the titles that screens read.
fn words(page: &str) -> Vec<String> {
    let body = page.split_once("</style>").expect("the page has a style").1;
    let texts = body.split('<').filter_map(|tag| tag.split_once('>').map(|(_, text)| text));
    let word = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    texts.flat_map(str::split_whitespace).map(word).filter(|word| !word.is_empty()).collect()
}

const LABELS: [&str; 6] =
    ["--labels", "truth/people.csv", "--label", "person", "--group", "household"];

#[test]
fn the_report_has_every_section_and_asks_nothing_of_a_network() {
    let resolved = Resolved::customers();
    let (printed, page) = resolved.evaluate(&LABELS);
    assert!(printed.contains("report   report.html"), "{printed}");
    assert_eq!(sections(&page), SECTIONS);
    let page_alone = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["http:", "https:", "src=", "url(", "<script", "NaN"] {
        assert!(!page_alone.contains(outside), "{outside} stands in the page");
    }
    let figures = page.matches("<figure>").count();
    assert!(figures >= 15, "only {figures} charts");
    assert!(page.contains("The examples show values of real records"), "the warning is there");
    assert_eq!(page, resolved.evaluate(&LABELS).1, "the same records, another report");
}

#[test]
fn without_labels_the_report_has_what_needs_none() {
    let resolved = Resolved::customers();
    let (printed, page) = resolved.evaluate(&[]);
    assert!(printed.contains("no labels"), "{printed}");
    let expected: Vec<&str> =
        SECTIONS.into_iter().filter(|section| !LABELLED.contains(section)).collect();
    assert_eq!(sections(&page), expected);
    assert!(!page.contains(">precision<"), "nothing says what is right");
    let (printed, _) = resolved.evaluate(&["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&printed).expect("one document");
    assert!(document["pairs"].is_null() && document["review"]["pairs"].is_u64(), "{document}");
}

#[test]
fn declared_tiers_have_a_report_without_a_model() {
    let resolved = Resolved::of("agents", Project::of("agents", "300x300", 1));
    let (_, page) = resolved.evaluate(&["--labels", "truth/truth.csv"]);
    let expected = ["Summary", "Tiers and blocking", "Errors by kind", "Examples", "The records"];
    assert_eq!(sections(&page), expected);
    let (_, page) = resolved.evaluate(&[]);
    assert_eq!(sections(&page), ["Summary", "Tiers and blocking", "The records"]);
}

#[test]
fn values_and_keys_stand_in_the_examples_only_where_they_are_wanted() {
    let resolved = Resolved::customers();
    let column = |path: &str, name: &str| resolved.column(path, name);
    let emails: Vec<String> = [
        column("data/customers.csv", "email"),
        column("data/leads.csv", "email_address"),
        column("data/bookings.csv", "customer_email"),
    ]
    .concat();
    // What stands in place of an address is no value of anybody.
    let emails: Vec<String> = emails.into_iter().filter(|email| email.contains('@')).collect();
    let keys = column("truth/people.csv", "key");
    assert!(emails.len() > 200 && keys.len() > 500, "there are values to look for");
    let (_, page) = resolved.evaluate(&LABELS);
    let (_, bare) = resolved.evaluate(&[&LABELS[..], &["--without-values"]].concat());
    let found = |page: &str| {
        let page = page.to_lowercase();
        let in_page = |value: &&String| page.contains(value.as_str());
        (emails.iter().filter(in_page).count(), words(&page))
    };
    let ((with, words), (without, bare_words)) = (found(&page), found(&bare));
    assert!(with > 10, "the examples show values");
    assert_eq!(without, 0, "an e-mail address stands in the report");
    let is_key = |word: &&String| keys.contains(word) && word.chars().any(|c| !c.is_numeric());
    let key_of = |words: &[String]| words.iter().filter(is_key).count();
    assert_eq!(key_of(&bare_words), 0, "a key stands in the report");
    assert!(words.len() > bare_words.len(), "the values take words");
    let surnames = column("data/customers.csv", "last_name");
    let rare: Vec<&String> = surnames.iter().filter(|name| name.len() > 5).collect();
    assert!(rare.len() > 100, "there are names to look for");
    let named = bare_words.iter().filter(|word| rare.contains(word)).count();
    assert_eq!(named, 0, "a surname stands in the report");
    assert_eq!(sections(&bare), SECTIONS);
    assert!(bare.contains("No value and no key of a record stands in this file"));
}

#[test]
fn the_document_stays_one_document() {
    let resolved = Resolved::customers();
    let (printed, _) = resolved.evaluate(&[&LABELS[..], &["--format", "json"]].concat());
    let mut documents = serde_json::Deserializer::from_str(&printed).into_iter();
    let document: serde_json::Value =
        documents.next().expect("there is a document").expect("it is JSON");
    assert!(documents.next().is_none(), "there is only one document");
    assert_eq!(document["report"], "report.html");
    assert!(document["pairs"]["precision"].as_f64().is_some_and(|it| it > 0.9), "{document}");
}

#[test]
fn a_report_that_cannot_be_written_is_said_and_a_command_without_purpose_refused() {
    let Resolved { db, project, .. } = Resolved::customers();
    let fails = |arguments: &[&str]| {
        let output = project.karat(&db.url(), arguments).output().expect("karat can be run");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let said = fails(&["evaluate", "customers", "--report", "no/such/folder/report.html"]);
    assert!(said.contains("no/such/folder") && said.contains("hint:"), "{said}");
    let said = fails(&["evaluate", "customers"]);
    assert!(said.contains("--labels"), "{said}");
}

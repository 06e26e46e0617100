//! The first hour of somebody who was invited: files are handed over, loaded while one watches, and
//! what is made of them is taken away and is true.

use std::fs;

use serde_json::json;

use crate::access::{axe, examined};
use crate::chrome::Chrome;
use crate::come_in;
use crate::project::Project;
use crate::readings::{is_true, truth};
use crate::served::Served;

/// Hands a file of the example over, and watches until it is loaded.
fn hand_over(chrome: &Chrome, project: &Project, name: &str) {
    chrome.go("/uploads");
    chrome.fill("#file", &project.path("handed over").join(name).display().to_string());
    chrome.click(".drop button");
    chrome.sees(name);
    // The page keeps itself up to date.
    chrome.sees("completed");
    let text = chrome.sees("What it was taken for");
    assert!(text.contains("Loaded into readings"), "{text}");
}

/// The addresses of links with a text, as the page has them.
fn links(chrome: &Chrome, text: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll('main a')]\
                  .filter((a) => a.textContent.includes(arguments[0])).map((a) => a.href)";
    let found = chrome.run(script, vec![json!(text)]);
    found.as_array().unwrap().iter().map(|to| to.as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_are_handed_over_and_what_is_true_is_taken_away() {
    let project = Project::new(&[]);
    project.ends(0, &["new", "gauges", "--example", "sensors", "--size", "2000", "--seed", "3"]);
    fs::rename(project.path("gauges/data"), project.path("handed over")).unwrap();
    let served = Served::start(&project, &["--project", "gauges"]);
    let chrome = Chrome::open(&served.host);
    come_in(&chrome, served.first_link.as_deref().unwrap());
    hand_over(&chrome, &project, "telemetry.csv");
    hand_over(&chrome, &project, "raw_data.xlsx");
    let rows = "select string_agg(requested_by || ' ' || state, ', ') from karat.job";
    assert_eq!(project.db.sql(rows), "Eve completed, Eve completed");
    chrome.go("/outputs");
    chrome.sees("CT_Analysis.csv");
    chrome.picture("outputs of the sensors");
    let truth = truth(&project.path("gauges/truth/readings.csv"));
    for station in ["CT", "TUS"] {
        let link = links(&chrome, &format!("Download {station}_Analysis.csv"));
        let (status, sheet) = chrome.fetch(&link[0]);
        assert_eq!(status, 200);
        is_true(&sheet, &truth, station);
    }
    let board = links(&chrome, "Show dashboard.html");
    chrome.go(&board[0]);
    let text = chrome.sees("TUS");
    assert!(text.contains("CT") && text.contains("BRK"), "{text}");
    chrome.picture("dashboard of the sensors");
    served.end();
    // Where it was opened it is confined, and no script may look at it; as a file it is not.
    project.ends(0, &["--project", "gauges", "outputs", "get", "dashboard.html", "--to", "taken"]);
    chrome.go(&format!("file://{}", project.path("taken/dashboard.html").display()));
    let wrong = examined(&chrome, &axe(), "dashboard");
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_large_file_comes_in_parts() {
    let project = crate::project();
    let served = Served::start(&project, &[]);
    let chrome = crate::eve(&served);
    let mut large = "id,name,email\n".to_owned();
    (100..2100).for_each(|id| large += &format!("{id},{},{id}@x.org\n", "Ann ".repeat(2200)));
    project.write("large.csv", &large);
    assert!(large.len() > 16_000_000);
    chrome.go("/uploads");
    chrome.fill("#file", &project.path("large.csv").display().to_string());
    chrome.click(".drop button");
    chrome.until("the upload", || chrome.place().starts_with("/uploads/"));
    chrome.sees("large.csv");
    let bytes = project.db.sql("select max(bytes) from karat.upload");
    assert_eq!(bytes, large.len().to_string());
    assert!(project.path(".karat/partial").is_dir(), "it came at once");
}

//! The first hour of somebody who was invited: files are handed over, loaded while one watches, and
//! what is made of them is taken away and is true.

use std::fs;

use serde_json::json;

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
}

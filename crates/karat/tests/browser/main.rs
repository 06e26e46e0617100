//! The pages in a real browser: whole journeys, by mouse and keyboard, with and without scripts,
//! and what people need who see or hear them otherwise.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod access;
mod chrome;
mod keyboard;
#[path = "../support/project.rs"]
mod project;
#[path = "../support/readings.rs"]
mod readings;
mod sensors;
#[path = "../support/served.rs"]
mod served;
mod sign;

use chrome::Chrome;
use project::Project;
use served::{PASSWORD, Served};

const DATASET: &str = "files = \"list.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n\
     [columns]\nid = { type = \"integer\" }\n";
const ENTITY: &str = r#"
auto = 80
sources = [{ dataset = "list" }]
fields.name = { from = "name", clean = ["folded"] }
fields.email = { from = "email", clean = ["email"] }
tiers = [
  { name = "same e-mail", score = 95, when = [{ same = "email" }] },
  { name = "similar name", score = 60, when = [{ similar = "name", at_least = 0.8 }] },
]
"#;
const PIVOT: &str = "kind = \"pivot\"\ndataset = \"readings\"\nrows = [\"day\"]\ncolumns = \"code\"\n\
     value = \"value\"\naggregate = \"mean\"\nfile = \"by day.csv\"\n";
const DASHBOARD: &str = "kind = \"dashboard\"\ntitle = \"Gauges\"\nof = [\"analysis\"]\n";
const READINGS: &str = "id,station,day,code,value\n1,CT,2026-01-01,a,1.5\n2,CT,2026-01-02,a,2.5\n\
     3,CT,2026-01-01,b,7\n4,CT,2026-01-02,b,6\n";

/// People of whom some pairs have to be decided, readings with outputs, and a run of all.
fn project() -> Project {
    let mut people =
        "id,name,email\n1,Ann Lee,ann@x.org\n2,Ann Lee,ann@x.org\nx,Dan Fox,d@x.org\n".to_owned();
    for (n, name) in ["Bob Ray", "Cid Poe", "Eva Lund", "Finn Moor", "Gil Hart"].iter().enumerate()
    {
        let at = 10 * (n + 1);
        people += &format!("{at},{name},{at}@x.org\n{},{name}e,{at}@y.org\n", at + 1);
    }
    let typed = "files = \"readings.csv\"\nkey = [\"id\"]\n[columns]\nid = { type = \"integer\" }\n\
                 day = { type = \"date\" }\nvalue = { type = \"numeric\" }\n";
    let project = Project::new(&[
        ("datasets/list.toml", DATASET),
        ("list.csv", &people),
        ("entities/people.toml", ENTITY),
        ("datasets/readings.toml", typed),
        ("readings.csv", READINGS),
        ("outputs/analysis.toml", PIVOT),
        ("outputs/board.toml", DASHBOARD),
    ]);
    project.ends(0, &["run"]);
    project
}

/// A browser in which Eve, the first admin, has come in.
fn eve(served: &Served) -> Chrome {
    let chrome = Chrome::open(&served.host);
    come_in(&chrome, served.first_link.as_deref().unwrap());
    chrome
}

/// Takes an invitation.
fn come_in(chrome: &Chrome, link: &str) {
    chrome.go(link);
    chrome.fill("#name", "Eve");
    chrome.fill("#password", PASSWORD);
    chrome.click("form button");
    chrome.sees("Sign out");
}

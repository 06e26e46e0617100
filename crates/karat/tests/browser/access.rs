//! Whether the pages can be used by those who see little, nothing, or a small screen: axe-core looks
//! at every page that can be reached, and a picture of each is kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::chrome::Chrome;
use crate::project::Project;
use crate::served::Served;
use crate::{eve, project};

/// The rules of axe-core, which scripts/setup keeps outside of the checkout.
pub fn axe() -> String {
    let home = |name, below: &str| Some(PathBuf::from(std::env::var_os(name)?).join(below));
    let cache = home("XDG_CACHE_HOME", "").or_else(|| home("HOME", ".cache")).unwrap_or_default();
    let setup = include_str!("../../../../scripts/setup");
    let version = setup.split("AXE_VERSION=").nth(1).unwrap().lines().next().unwrap();
    let path = cache.join("karat").join(format!("axe-{version}.min.js"));
    fs::read_to_string(&path).unwrap_or_else(|e| {
        panic!(
            "{}: {e}; tests of the pages need axe-core, which scripts/setup brings",
            path.display()
        )
    })
}

/// What axe-core finds wrong, as lines to read.
fn violations(chrome: &Chrome) -> Vec<String> {
    let body = "const done = arguments[0];
        const rules = { 'target-size': { enabled: true } };
        axe.run(document, { resultTypes: ['violations'], rules }).then(
            (found) => done(found.violations.flatMap((rule) => rule.nodes.map((node) =>
                `${rule.impact} ${rule.id}: ${node.html} (${node.any.concat(node.all, node.none)
                    .map((why) => why.message).join('; ')})`))),
            (error) => done([String(error)]));";
    let found = chrome.run_later(body, vec![]);
    found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

/// All that is wrong with the page, in the light and in the dark, on a phone and on a desk.
pub fn examined(chrome: &Chrome, axe: &str, name: &str) -> Vec<String> {
    chrome.run(axe, vec![]);
    let mut wrong = Vec::new();
    for (screen, width) in [("phone", 360), ("desk", 1280)] {
        for scheme in ["light", "dark"] {
            chrome.look(width, scheme);
            let found = violations(chrome).into_iter();
            wrong.extend(found.map(|line| format!("{name}, {screen}, {scheme}: {line}")));
            chrome.picture(&format!("{name} {screen} {scheme}"));
        }
        let script = "const wide = document.documentElement.scrollWidth; \
                      return [wide, wide <= window.innerWidth]";
        let fits = chrome.run(script, vec![]);
        if fits[1] != true {
            wrong.push(format!("{name}, {screen}: is {} wide and scrolls sideways", fits[0]));
        }
    }
    wrong
}

/// What pages of one kind have in common: their address without numbers, ids and values.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let part = |part: &str| match part.bytes().any(|b| b.is_ascii_digit()) {
        true => "N".to_owned(),
        false => part.to_owned(),
    };
    let parts: Vec<String> = path.split('/').map(part).collect();
    let keys: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", parts.join("/"), keys.join("&"))
}

/// A name for pictures.
fn named(kind: &str) -> String {
    let name = kind.trim_end_matches('?').replace(['/', '?', '&'], " ");
    if name.trim().is_empty() { "home".to_owned() } else { name.trim().to_owned() }
}

/// The addresses of the server that a page leads to. No files, which say their
/// type: a dashboard lets nothing run in it.
fn leads_to(chrome: &Chrome) -> Vec<String> {
    let script = "return [...document.querySelectorAll('a[href]')]
        .filter((a) => a.origin === location.origin && !a.type && !a.pathname.startsWith('/d/'))
        .map((a) => a.pathname + a.search)";
    let found = chrome.run(script, vec![]);
    let texts = found.as_array().unwrap().iter().filter_map(Json::as_str);
    texts.map(str::to_owned).collect()
}

/// Everything that pages lead to, one page of each kind.
fn everywhere(chrome: &Chrome, axe: &str, also: &[&str]) -> (BTreeSet<String>, Vec<String>) {
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    let mut waiting: Vec<String> = also.iter().map(|path| (*path).to_owned()).collect();
    while let Some(path) = waiting.pop() {
        let kind = kind(&path);
        if !seen.insert(kind.clone()) {
            continue;
        }
        chrome.go(&path);
        wrong.extend(examined(chrome, axe, &named(&kind)));
        waiting.extend(leads_to(chrome));
    }
    (seen, wrong)
}

/// Hands over a file that is loaded and one that waits.
fn hand_over(chrome: &Chrome, project: &Project) {
    let known = "id,name,email\n90,Ivo Jung,ivo@x.org\n91,Ivo Jungk,ivo@y.org\n";
    for (name, text) in [("people.csv", known), ("strange.csv", "Wer,Post\nx,y\n")] {
        project.write(name, text);
        chrome.go("/uploads");
        chrome.fill("#file", &project.path(name).display().to_string());
        chrome.click(".drop button");
        chrome.sees(name);
        if name == "people.csv" {
            chrome.click("form.inline button");
            chrome.until("a job has it", || chrome.place().starts_with("/jobs/"));
        }
    }
    let open = "select count(*) from karat.job where finished_at is null";
    chrome.until("the job has ended", || project.db.sql(open) == "0");
    assert_ne!(project.db.sql("select count(*) from karat.job"), "0");
}

#[test]
fn every_page_is_accessible_on_a_phone_and_a_desk_in_the_light_and_in_the_dark() {
    let axe = axe();
    let project = project();
    let served = Served::start(&project, &[]);
    let chrome = Chrome::open(&served.host);
    let welcome = served.first_link.as_deref().unwrap();
    let outside = [welcome, "/welcome/nothing", "/sign-in", "/nothing", "/d/nothing"];
    let mut wrong = Vec::new();
    for (path, name) in outside.iter().zip(["welcome", "no welcome", "sign in", "404", "no link"]) {
        chrome.go(path);
        wrong.extend(examined(&chrome, &axe, name));
    }
    drop(chrome);
    let chrome = eve(&served);
    hand_over(&chrome, &project);
    chrome.go("/review");
    chrome.click("button[value=unsure]");
    chrome.sees("Noted as decision");
    wrong.extend(examined(&chrome, &axe, "review decided"));
    chrome.go("/accounts");
    chrome.click("form.inline button");
    chrome.sees("Hand this link over");
    wrong.extend(examined(&chrome, &axe, "accounts with a link"));
    chrome.go("/outputs");
    chrome.click("form button[class=quiet]:not(.who button)");
    chrome.sees("Whoever has this link");
    wrong.extend(examined(&chrome, &axe, "outputs with a link"));
    let unknown = "/uploads/2";
    let (seen, found) = everywhere(&chrome, &axe, &[unknown, "/"]);
    wrong.extend(found);
    for kind in [
        "/?",
        "/accounts?",
        "/datasets?",
        "/datasets/list?",
        "/entities/people?",
        "/entities/people/N?",
        "/jobs?",
        "/jobs/N?",
        "/outputs?",
        "/review?",
        "/review/decisions?",
        "/runs?",
        "/runs/N?",
        "/uploads?",
        "/uploads/N?",
    ] {
        assert!(seen.contains(kind), "nothing leads to {kind}: {seen:?}");
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    served.end();
}

#[test]
fn what_is_wrong_would_be_found() {
    let axe = axe();
    let project = Project::new(&[]);
    let served = Served::start(&project, &["--no-work"]);
    let chrome = Chrome::open(&served.host);
    chrome.go("/sign-in");
    let spoil = "document.querySelector('label').remove();
        const image = document.createElement('img');
        image.style.width = '900px';
        document.querySelector('main').append(image)";
    chrome.run(spoil, vec![json!(null)]);
    let wrong = examined(&chrome, &axe, "spoilt").join("\n");
    for rule in ["image-alt", "label", "scrolls sideways"] {
        assert!(wrong.contains(rule), "{rule}: {wrong}");
    }
}

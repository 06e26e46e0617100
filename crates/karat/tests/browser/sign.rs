//! Coming in and going out, and links that end.

use crate::chrome::Chrome;
use crate::served::{PASSWORD, Served};
use crate::{eve, project};

fn sign_in(chrome: &Chrome, password: &str) {
    chrome.go("/sign-in?next=/datasets");
    chrome.fill("#name", "Eve");
    chrome.fill("#password", password);
    chrome.click("form button");
}

#[test]
fn who_guesses_waits_and_who_signs_out_is_out() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    drop(eve(&served));
    let chrome = Chrome::open(&served.host);
    for _ in 0..5 {
        sign_in(&chrome, "a wrong password");
        chrome.sees("Name or password are wrong.");
    }
    project.db.sql("update karat.account set locked_until = now() + interval '1 hour'");
    sign_in(&chrome, PASSWORD);
    chrome.sees("Too many attempts. Try again in");
    project.db.sql("update karat.account set locked_until = now()");
    sign_in(&chrome, PASSWORD);
    chrome.sees("list.csv");
    assert_eq!(chrome.place(), "/datasets");
    chrome.click(".who button");
    chrome.until("the way in", || chrome.place() == "/sign-in");
    // What was there before is not shown again.
    chrome.back();
    chrome.until("the way in", || chrome.place().starts_with("/sign-in"));
    assert!(!chrome.text().contains("list.csv"), "{}", chrome.text());
    chrome.go("/datasets");
    chrome.until("the way in", || chrome.place() == "/sign-in?next=/datasets");
    served.end();
}

#[test]
fn a_link_that_has_ended_is_refused_in_a_browser() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let chrome = eve(&served);
    chrome.go("/outputs");
    chrome.sees("by day.csv");
    let page = chrome.run("return document.body.innerHTML", vec![]);
    let page = page.as_str().unwrap();
    let of_eve = page.split("href=\"").map(|rest| rest.split('"').next().unwrap());
    let of_eve = of_eve.filter(|to| to.starts_with("/d/")).last().unwrap().replace("&amp;", "&");
    assert_eq!(chrome.fetch(&of_eve).0, 200);
    let printed = project.ends(0, &["outputs", "link", "by day.csv", "--for", "1"]);
    let short = printed.split_whitespace().find(|word| word.contains("/d/")).unwrap();
    let short = &short[short.find("/d/").unwrap()..];
    chrome.forget();
    assert_eq!(chrome.fetch(&of_eve).0, 403, "it was for Eve alone");
    chrome.until("the link has ended", || chrome.fetch(short).0 == 403);
    chrome.go(short);
    let told = chrome.sees("This link is not good");
    assert!(!told.contains("by day"), "nothing is told of the file: {told}");
    let hour = project.ends(0, &["outputs", "link", "by day.csv"]);
    let hour = &hour[hour.find("/d/").unwrap()..];
    assert_eq!(chrome.fetch(hour.split_whitespace().next().unwrap()).0, 200);
    served.end();
}
